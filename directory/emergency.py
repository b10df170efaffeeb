"""Emergency numbers by country, held in memory so that they can be named when all else fails.

The file data/services/emergency_numbers.csv is their only home; this module loads no database
code, because the Rasa process itself keeps these numbers (DESIGN S4).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from directory.errors import BadDataError, Problem

Reaches = Literal["all", "police", "ambulance"]
Confidence = Literal["high", "medium", "low"]

COLUMNS = ["country", "numbers", "what", "source_url", "confidence", "notes"]
ORDER: tuple[Reaches, ...] = ("all", "police", "ambulance")
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
# A few countries have an ordinary number only.
_NUMBER = re.compile(r"[0-9]{2,15}")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class EmergencyNumber:
    """A number as dialled inside `country` (ISO 3166-1 alpha-2) and what it reaches.

    `what` is "all" where one number reaches police and ambulance. `confidence` "low" means that a
    doubt is named in the file.
    """

    country: str
    number: str
    what: Reaches
    source_url: str
    confidence: Confidence


class EmergencyNumbers:
    """The emergency numbers of every country in the file."""

    def __init__(self, by_country: Mapping[str, tuple[EmergencyNumber, ...]]) -> None:
        self._by_country = MappingProxyType(dict(by_country))

    @classmethod
    def load(cls, path: Path) -> EmergencyNumbers:
        """Read and check the file.

        Raises BadDataError naming file and line for a row that cannot be used, and OSError if
        there is no file.
        """
        grouped: dict[str, list[EmergencyNumber]] = {}
        problems: list[Problem] = []
        for line, row in _rows(path):
            entries = _read(row, path.name, line, problems)
            for entry in entries:
                known = grouped.setdefault(entry.country, [])
                if any(entry.number == other.number for other in known):
                    what = f"{entry.country} has the number {entry.number} twice"
                    problems.append(Problem(path.name, f"line {line}", "numbers", what))
                known.append(entry)
        if problems:
            raise BadDataError(problems)
        return cls(
            {
                country: tuple(sorted(numbers, key=lambda entry: ORDER.index(entry.what)))
                for country, numbers in grouped.items()
            }
        )

    def for_country(self, country: str) -> tuple[EmergencyNumber, ...]:
        """The country's numbers, those that reach everything first; empty when none is known."""
        return self._by_country.get(country.upper(), ())

    def countries(self) -> frozenset[str]:
        """ISO 3166-1 alpha-2 codes of all countries with a number."""
        return frozenset(self._by_country)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row, cells without the space around them."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, restkey="", restval="")
        if reader.fieldnames != COLUMNS:
            what = f"the columns must be {', '.join(COLUMNS)}"
            raise BadDataError([Problem(path.name, "line 1", None, what)])
        for row in reader:
            yield reader.line_num, {name: row[name].strip() for name in COLUMNS}


def _read(
    row: dict[str, str], file: str, line: int, problems: list[Problem]
) -> list[EmergencyNumber]:
    """The numbers of one row; what is wrong with it is added to `problems`."""

    def fault(field: str, what: str) -> None:
        problems.append(Problem(file, f"line {line}", field, what))

    if not _COUNTRY.fullmatch(row["country"]):
        fault("country", "must be an ISO 3166-1 code of two capital letters")
    if row["what"] not in ORDER:
        fault("what", f"must be one of {', '.join(ORDER)}")
    if not row["source_url"].startswith(("https://", "http://")):
        fault("source_url", "must be the address of the page that says so")
    if row["confidence"] not in CONFIDENCES:
        fault("confidence", f"must be one of {', '.join(CONFIDENCES)}")
    numbers = row["numbers"].split(";")
    for number in numbers:
        if not _NUMBER.fullmatch(number):
            fault("numbers", "must be two to fifteen digits each, several joined by semicolons")
    what, confidence = cast(Reaches, row["what"]), cast(Confidence, row["confidence"])
    return [
        EmergencyNumber(row["country"], number, what, row["source_url"], confidence)
        for number in numbers
    ]
