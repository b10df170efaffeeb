"""Telephone numbers: validity, short numbers, and what a telephone dials."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.errors import BadDataError
from directory.phones import ShortNumbers, check, dialable, international_display

NONE = ShortNumbers(())


@pytest.mark.parametrize(
    ("number", "country", "e164"),
    [
        ("0800 1111", "GB", "+448001111"),
        ("09 2525 0111", "FI", "+358925250111"),
        ("+44 20 3879 8560", "GB", "+442038798560"),
        ("116 111", "DE", None),
        ("988", "US", None),
    ],
)
def test_given_a_real_number_then_it_is_valid_and_has_its_international_form(
    number: str, country: str, e164: str | None
) -> None:
    checked = check(number, country, NONE)
    assert (checked.number, checked.e164) == (number, e164)


@pytest.mark.parametrize(
    ("number", "country"),
    [("12", "GB"), ("call us", "GB"), ("0800 1111 ext 5", "GB"), ("+1 555", "US"), ("", "FR")],
)
def test_given_no_real_number_then_it_is_refused(number: str, country: str) -> None:
    with pytest.raises(ValueError, match=r"number|dialled"):
        check(number, country, NONE)


def test_given_a_listed_short_number_then_it_is_valid_in_that_country_only() -> None:
    listed = ShortNumbers([("PE", "100")])
    assert check("100", "PE", listed).e164 is None
    with pytest.raises(ValueError, match=r"short_numbers\.csv"):
        check("100", "DE", listed)


def test_given_hash_and_spaces_then_what_is_dialled_keeps_the_hash() -> None:
    assert dialable("#88 91") == "#8891"
    assert dialable("(61) 99611-0100") == "61996110100"


def test_given_an_international_number_then_it_is_grouped_for_reading() -> None:
    assert international_display("+442038798560") == "+44 20 3879 8560"


def test_given_a_short_number_without_source_then_the_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short_numbers.csv"
    path.write_text("country,number,source_url\nPE,100,memory\n", encoding="utf-8")
    with pytest.raises(BadDataError, match=r"short_numbers\.csv, line 2"):
        ShortNumbers.load(path)


@given(st.text(max_size=60))
def test_given_any_text_then_checking_it_either_works_or_says_why_not(text: str) -> None:
    try:
        checked = check(text, "GB", NONE)
    except ValueError as error:
        assert str(error)
    else:
        assert checked.number == text
        assert dialable(dialable(text)) == dialable(text)
