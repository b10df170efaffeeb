"""Numbering plans of countries, for checking a million telephone numbers in seconds.

The phonenumbers library looks long at each number. What its own metadata say at once of a plain
number in E.164 form is said here; everything else is left to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata

# The library's names of the kinds of number, of one of which each valid number is.
_KINDS = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)


@dataclass(frozen=True)
class _Numbers:
    """Numbers of some lengths that have a pattern."""

    lengths: frozenset[int]
    pattern: re.Pattern[str]

    def hold(self, number: str) -> bool:
        return len(number) in self.lengths and self.pattern.fullmatch(number) is not None


@dataclass(frozen=True)
class _Plan:
    """The numbers of a country that shares its calling code with no other."""

    code: str
    every: _Numbers
    kinds: tuple[_Numbers, ...]
    # What may stand before a number inside the country: the library may take it away.
    prefix: re.Pattern[str] | None


def is_plainly_valid(number: str, country: str) -> bool:
    """Says whether this is a valid number of `country` (ISO 3166-1) in E.164 form.

    True is certain; False only says that the library must be asked: the country may share its
    calling code with others, or the number may begin with a prefix.
    """
    plan = _plan(country)
    if plan is None or not number.startswith(plan.code):
        return False
    rest = number[len(plan.code) :]
    if rest[:1] == "0" or (plan.prefix and plan.prefix.match(rest)):
        return False
    return plan.every.hold(rest) and any(kind.hold(rest) for kind in plan.kinds)


@cache
def _plan(country: str) -> _Plan | None:
    code = phonenumbers.country_code_for_region(country)
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or phonenumbers.region_codes_for_country_code(code) != (country,):
        return None
    every = _numbers(metadata.general_desc)
    kinds = tuple(_numbers(getattr(metadata, kind)) for kind in _KINDS)
    prefix = metadata.national_prefix_for_parsing
    if every is None:
        return None
    return _Plan(
        f"+{code}",
        every,
        # A kind without lengths of its own has those of all numbers.
        tuple(_Numbers(k.lengths or every.lengths, k.pattern) for k in kinds if k is not None),
        re.compile(prefix) if prefix else None,
    )


def _numbers(described: phonenumbers.PhoneNumberDesc | None) -> _Numbers | None:
    if described is None or not described.national_number_pattern:
        return None
    lengths = frozenset(described.possible_length)
    return _Numbers(lengths, re.compile(described.national_number_pattern))
