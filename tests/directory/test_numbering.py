"""The quick look at a telephone number never says yes where the phonenumbers library says no."""

from __future__ import annotations

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from directory.numbering import is_plainly_valid

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)


def examples(country: str) -> list[str]:
    """The library's own example of each kind of number, in E.164 form."""
    found = (
        phonenumbers.example_number_for_type(country, kind) for kind in PhoneNumberType.values()
    )
    return [phonenumbers.format_number(one, PhoneNumberFormat.E164) for one in found if one]


@st.composite
def changed_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """A country and one of its numbers, in which a few digits were changed, added or lost."""
    country = draw(st.sampled_from(COUNTRIES))
    number = list(draw(st.sampled_from(examples(country))))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(1, len(number) - 1))
        number[place : place + draw(st.integers(0, 1))] = draw(st.text("0123456789", max_size=2))
        if len(number) < 2:
            break
    return country, "".join(number)


@given(changed_numbers())
def test_given_any_number_when_it_is_plainly_valid_then_the_library_says_so_too(
    case: tuple[str, str],
) -> None:
    country, number = case
    if is_plainly_valid(number, country):
        parsed = phonenumbers.parse(number, country)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.format_number(parsed, PhoneNumberFormat.E164) == number


def test_given_the_examples_of_all_countries_when_checked_then_most_are_plainly_valid() -> None:
    checked = [is_plainly_valid(number, one) for one in COUNTRIES for number in examples(one)]
    assert sum(checked) > len(checked) / 2


def test_given_a_country_that_shares_its_code_when_checked_then_the_library_must_be_asked() -> None:
    assert not is_plainly_valid("+12015550123", "US")
    assert not is_plainly_valid("+441632960001", "GB")
