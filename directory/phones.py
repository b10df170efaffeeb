"""Telephone numbers: are they real, how are they dialled from where, and how are they shown.

Validity comes from the phonenumbers library; national short numbers that it does not know are
listed, with the page that proves them, in data/services/short_numbers.csv.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, shortnumberinfo

from directory.errors import BadDataError, Problem
from directory.numbering import is_plainly_valid
from directory.vocabulary import INTERNATIONAL

COLUMNS = ["country", "number", "source_url"]
_PUNCTUATION = re.compile(r"[\s().\-/]")
_DIALABLE = re.compile(r"\+?[0-9]+|[*#][0-9*#]+")


@dataclass(frozen=True)
class CheckedNumber:
    """A valid number: `number` as published, `e164` its international form (None if short)."""

    number: str
    e164: str | None


class ShortNumbers:
    """Short numbers that exist although the phonenumbers library does not list them."""

    def __init__(self, numbers: Collection[tuple[str, str]]) -> None:
        self._numbers = frozenset(numbers)

    @classmethod
    def load(cls, path: Path) -> ShortNumbers:
        """Read the list. Raises BadDataError naming file and line."""
        numbers: set[tuple[str, str]] = set()
        problems: list[Problem] = []
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file, restkey="", restval="")
            if reader.fieldnames != COLUMNS:
                what = f"the columns must be {', '.join(COLUMNS)}"
                raise BadDataError([Problem(path.name, "line 1", None, what)])
            for row in reader:
                complete = row["source_url"].startswith(("https://", "http://"))
                if not complete or not _DIALABLE.fullmatch(row["number"]):
                    what = "needs a number as dialled and the address of the page that shows it"
                    problems.append(Problem(path.name, f"line {reader.line_num}", None, what))
                numbers.add((row["country"], row["number"]))
        if problems:
            raise BadDataError(problems)
        return cls(numbers)

    def __contains__(self, country_and_number: tuple[str, str]) -> bool:
        return country_and_number in self._numbers


def check(number: str, country: str, short_numbers: ShortNumbers) -> CheckedNumber:
    """Check a number as dialled inside `country` (ISO 3166-1; ZZ for none).

    Raises ValueError saying why it cannot be a number there.
    """
    bare = dialable(number)
    if not _DIALABLE.fullmatch(bare):
        raise ValueError("holds characters that cannot be dialled")
    if (country, bare) in short_numbers:
        return CheckedNumber(number, None)
    if country == INTERNATIONAL and not bare.startswith("+"):
        return CheckedNumber(number, None)
    if country != INTERNATIONAL and is_plainly_valid(bare, country):
        return CheckedNumber(number, bare)
    try:
        parsed = phonenumbers.parse(bare, None if country == INTERNATIONAL else country)
    except NumberParseException as error:
        raise ValueError("is not a telephone number") from error
    if phonenumbers.is_valid_number(parsed):
        return CheckedNumber(number, phonenumbers.format_number(parsed, PhoneNumberFormat.E164))
    if shortnumberinfo.is_valid_short_number_for_region(parsed, country):
        return CheckedNumber(number, None)
    raise ValueError(
        f"is not a valid number in {country}; a short number that the library does not know"
        " belongs in short_numbers.csv with its source"
    )


def dialable(number: str) -> str:
    """The characters that a telephone dials: digits, a leading +, * and #.

    In a tel: link # must be written %23 (RFC 3966 and RFC 3986).
    """
    return _PUNCTUATION.sub("", number)


def international_display(e164: str) -> str:
    """An E.164 number grouped for reading, such as +44 20 3879 8560."""
    parsed = phonenumbers.parse(e164, None)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
