"""What must hold between the columns of one row, found with its place before the database refuses.

Whether telephone numbers are right is checked when all are there (telephones.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from directory.opening import is_expression, is_timezone

Row = Mapping[str, Any]
Fault = tuple[str, str]
"""A column and what is wrong with it."""

_OLDEST = 120
_COUNTRY = re.compile(r"[A-Z]{2}")
_SEEN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def faults(table: str, row: Row) -> Iterator[Fault]:
    """What is wrong with a row whose single columns are all right."""
    for rule in RULES.get(table, ()):
        yield from rule(row)


def _ages(row: Row) -> Iterator[Fault]:
    low, high = row.get("minimum_age"), row.get("maximum_age")
    for name, age in (("minimum_age", low), ("maximum_age", high)):
        if age is not None and not 0 <= age <= _OLDEST:
            yield name, f"must be an age in years, 0 to {_OLDEST}"
    if low is not None and high is not None and low > high:
        yield "maximum_age", "is below minimum_age"


def _period(row: Row) -> Iterator[Fault]:
    start, end = row.get("valid_from"), row.get("valid_to")
    if start is not None and end is not None and end < start:
        yield "valid_to", "is before valid_from"


def _price(row: Row) -> Iterator[Fault]:
    amount, currency = row.get("amount"), row.get("currency")
    if amount is not None and amount < 0:
        yield "amount", "must not be below 0"
    if currency is not None and len(currency) != len("EUR"):
        yield "currency", "must be a code of three letters (ISO 4217)"


def _country(row: Row) -> Iterator[Fault]:
    country = row.get("country")
    if country is not None and not _COUNTRY.fullmatch(country):
        yield "country", "must be a code of two capital letters (ISO 3166-1)"


def _country_code(row: Row) -> Iterator[Fault]:
    if len(row.get("country", "..")) != len("FR"):
        yield "country", "must be a code of two letters (ISO 3166-1)"


def _region(row: Row) -> Iterator[Fault]:
    region = row.get("region")
    if region is not None and not region.startswith(f"{row.get('country')}-"):
        yield "region", "must be an ISO 3166-2 code that begins with the country"


def _opening(row: Row) -> Iterator[Fault]:
    hours, zone = row.get("opening_hours"), row.get("timezone_name")
    if hours is not None and not _is_expression(hours):
        yield "opening_hours", "is not a valid OpenStreetMap opening_hours expression"
    if zone is not None and not _is_timezone(zone):
        yield "timezone_name", "is not the name of an IANA time zone"


_is_expression = lru_cache(maxsize=10_000)(is_expression)
_is_timezone = lru_cache(maxsize=1_000)(is_timezone)


def _source(row: Row) -> Iterator[Fault]:
    seen = row.get("source_seen")
    if seen is not None and not _SEEN.fullmatch(seen):
        yield "source_seen", "must be YYYY, YYYY-MM or YYYY-MM-DD"


def _reach(row: Row) -> Iterator[Fault]:
    if row.get("e164") is None and row.get("reachable_from_abroad"):
        yield "reachable_from_abroad", "needs the number in international form, in e164"


RULES: Mapping[str, tuple[Callable[[Row], Iterator[Fault]], ...]] = {
    "service": (_ages,),
    "phone": (_country, _reach),
    "schedule": (_period, _opening),
    "service_area": (_country, _region),
    "cost_option": (_period, _price),
    "address": (_country_code,),
    "provenance": (_source,),
}
