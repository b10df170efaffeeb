"""Importing the starter CSV: one row a service, described in data/services/README.md.

Rows arrive as drafts. A file with a single fault changes nothing; every fault is reported with
its line and column.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pycountry

from directory import phones
from directory.batches import Progress, no_progress
from directory.errors import BadDataError, Problem
from directory.exchange.incoming import Incoming
from directory.exchange.starter_rows import service_rows, split_list
from directory.models.record import CONFIDENCES
from directory.models.service import COSTS
from directory.opening import is_expression, is_timezone
from directory.phones import ShortNumbers
from directory.vocabulary import AUDIENCES, INTERNATIONAL, NEEDS

# The longest text of each column; the database holds at least as much.
LIMITS = {
    "id": 100,
    "organization": 300,
    "name": 300,
    "pair": 100,
    "country": 2,
    "needs": 500,
    "audiences": 300,
    "languages": 200,
    "phone": 40,
    "phone_international": 16,
    "sms": 40,
    "whatsapp": 40,
    "web_chat_url": 2048,
    "email": 320,
    "website": 2048,
    "hours": 500,
    "hours_osm": 1000,
    "timezone": 64,
    "cost": 10,
    "anonymous": 10,
    "minimum_age": 3,
    "maximum_age": 3,
    "description": 1000,
    "source_url": 2048,
    "source_seen": 10,
    "confidence": 10,
    "notes": 4000,
}
REQUIRED = (
    "id",
    "organization",
    "name",
    "country",
    "needs",
    "audiences",
    "cost",
    "anonymous",
    "description",
    "source_url",
    "confidence",
)
ONE_OF = {"cost": COSTS, "anonymous": ("yes", "no", "unknown"), "confidence": CONFIDENCES}
SHORT_NUMBERS_FILE = "short_numbers.csv"


@dataclass(frozen=True)
class StarterRow:
    """A checked row: the cells as text, and its numbers in both forms by column."""

    line: int
    cells: dict[str, str]
    numbers: dict[str, phones.CheckedNumber] = field(default_factory=dict)


def stage_starter(path: Path, incoming: Incoming, progress: Progress = no_progress) -> None:
    """Give the file's records to the staging area; `progress` gets rows done and total.

    Short numbers that the library does not know may be listed in short_numbers.csv beside the
    file. Raises BadDataError with all faults, and OSError if there is no such file.
    """
    stage_rows(read_starter(path, progress), incoming)


def stage_rows(rows: Iterable[StarterRow], incoming: Incoming) -> None:
    """Give the records of checked rows to the staging area."""
    for row in rows:
        for table, record in service_rows(row.cells, row.numbers):
            incoming.add(table, record, f"line {row.line}")


def read_starter(path: Path, progress: Progress = no_progress) -> list[StarterRow]:
    """The checked rows of a starter file. Raises BadDataError with all faults."""
    beside = path.with_name(SHORT_NUMBERS_FILE)
    short_numbers = ShortNumbers.load(beside) if beside.exists() else ShortNumbers(())
    problems: list[Problem] = []
    rows: list[StarterRow] = []
    ids: dict[str, int] = {}
    lines = list(_lines(path))
    for done, (line, cells) in enumerate(lines, start=1):
        faults, numbers = _check(cells, short_numbers)
        if cells["id"] in ids:
            faults.append(("id", f"is already the id of line {ids[cells['id']]}"))
        ids.setdefault(cells["id"], line)
        problems += [Problem(path.name, f"line {line}", name, what) for name, what in faults]
        rows.append(StarterRow(line, cells, numbers))
        progress(done, len(lines))
    if problems:
        raise BadDataError(problems)
    return rows


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """First line and cells of each row, without the space around them."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, restkey="", restval=None)
        line = 1
        try:
            if set(reader.fieldnames or ()) != set(LIMITS):
                what = f"the columns must be {', '.join(LIMITS)}"
                raise BadDataError([Problem(path.name, "line 1", None, what)])
            line = reader.line_num + 1
            for row in reader:
                if "" in row or None in row.values():
                    what = f"has not exactly {len(LIMITS)} cells"
                    raise BadDataError([Problem(path.name, f"line {line}", None, what)])
                yield line, {name: value.strip() for name, value in row.items()}
                line = reader.line_num + 1
        except UnicodeDecodeError as error:
            what = f"is not UTF-8 (byte {error.start} of the part being read)"
            raise BadDataError([Problem(path.name, f"line {line} or later", None, what)]) from None
        except csv.Error as error:
            raise BadDataError([Problem(path.name, f"line {line}", None, str(error))]) from None


Fault = tuple[str, str]
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_SEEN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_AGE = re.compile(r"\d{1,2}|1[01]\d|120")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_web_address(text: str) -> bool:
    """Whether this is an absolute http or https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


@cache
def _countries() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def _languages() -> frozenset[str]:
    return frozenset(str(getattr(lang, "alpha_2", "")) for lang in pycountry.languages) - {""}


_FORMS: dict[str, tuple[Callable[[str], object], str]] = {
    "id": (_SLUG.fullmatch, "must be small letters and digits joined by hyphens"),
    "pair": (_SLUG.fullmatch, "must be small letters and digits joined by hyphens"),
    "country": (lambda v: v == INTERNATIONAL or v in _countries(),
                "must be an ISO 3166-1 code of two capital letters, or ZZ"),
    "web_chat_url": (is_web_address, "must be an http or https address"),
    "website": (is_web_address, "must be an http or https address"),
    "source_url": (is_web_address, "must be an http or https address"),
    "email": (_EMAIL.fullmatch, "must be an e-mail address"),
    "hours_osm": (is_expression, "is not a valid OpenStreetMap opening_hours expression"),
    "timezone": (is_timezone, "is not the name of an IANA time zone"),
    "minimum_age": (_AGE.fullmatch, "must be an age in years, 0 to 120"),
    "maximum_age": (_AGE.fullmatch, "must be an age in years, 0 to 120"),
    "source_seen": (_SEEN.fullmatch, "must be YYYY, YYYY-MM or YYYY-MM-DD"),
}  # fmt: skip


def _check(
    cells: dict[str, str], short_numbers: ShortNumbers
) -> tuple[list[Fault], dict[str, phones.CheckedNumber]]:
    """All faults of a row, and its valid numbers."""
    faults: list[Fault] = [(name, "must not be empty") for name in REQUIRED if not cells[name]]
    for name, value in cells.items():
        if len(value) > LIMITS[name]:
            faults.append((name, f"is longer than {LIMITS[name]} characters"))
        elif _CONTROL.search(value):
            faults.append((name, "holds a control character"))
        elif value and name in ONE_OF and value not in ONE_OF[name]:
            faults.append((name, f"must be one of {', '.join(ONE_OF[name])}"))
        elif value and name in _FORMS and not _FORMS[name][0](value):
            faults.append((name, _FORMS[name][1]))
    faults += _check_lists(cells)
    ages = [cells["minimum_age"], cells["maximum_age"]]
    if not faults and all(ages) and int(ages[0]) > int(ages[1]):
        faults.append(("maximum_age", "is below minimum_age"))
    number_faults, numbers = _check_numbers(cells, short_numbers)
    return faults + number_faults, numbers


def _check_lists(cells: dict[str, str]) -> Iterator[Fault]:
    for name, taxonomy in (("needs", NEEDS), ("audiences", AUDIENCES)):
        codes = split_list(cells[name])
        if len(set(codes)) < len(codes):
            yield name, "names a code twice"
        for code in codes:
            if code == "emergency":
                yield name, "emergency numbers belong in emergency_numbers.csv"
            elif code not in taxonomy.codes:
                yield name, f"{code[:40]!r} is not one of {', '.join(taxonomy.codes)}"
    for code in split_list(cells["languages"]):
        if code not in _languages():
            yield "languages", f"{code[:40]!r} is not an ISO 639-1 code"


def _check_numbers(
    cells: dict[str, str], short_numbers: ShortNumbers
) -> tuple[list[Fault], dict[str, phones.CheckedNumber]]:
    faults: list[Fault] = []
    numbers: dict[str, phones.CheckedNumber] = {}
    for name in ("phone", "phone_international", "sms", "whatsapp"):
        if not cells[name]:
            continue
        try:
            numbers[name] = phones.check(cells[name], cells["country"], short_numbers)
        except ValueError as error:
            faults.append((name, str(error)))
    for name in ("phone_international", "whatsapp"):
        if name in numbers and numbers[name].e164 is None:
            faults.append((name, "must be a full number, not a short one"))
    if "phone_international" in numbers and not cells["phone_international"].startswith("+"):
        faults.append(("phone_international", "must be in international form, beginning with +"))
    return faults, numbers
