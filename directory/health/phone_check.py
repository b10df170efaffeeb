"""Looks for stored telephone numbers that do not work, contradict themselves, or cost money.

Imports check numbers too; this finds what became wrong later, or came by another way. That a
number reachable from abroad has an international form is left to the database, which insists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory.emergency import EmergencyNumbers
from directory.models import Phone, Service
from directory.phones import CheckedNumber, ShortNumbers, check, dialable
from directory.vocabulary import INTERNATIONAL

Level = Literal["error", "warning"]

_COSTLY_TYPES = {
    PhoneNumberType.PREMIUM_RATE: "is a premium-rate number, which can cost the caller a lot",
    PhoneNumberType.SHARED_COST: "is a shared-cost number, which may cost the caller money",
}


@dataclass(frozen=True)
class PhoneProblem:
    """What is wrong with a stored number; the service's fields are empty if it has none itself.

    An error makes the number useless or false; a warning is for somebody to look at.
    """

    level: Level
    phone_id: str
    service_id: str | None
    slug: str | None
    service: str | None
    number: str
    country: str
    what: str


def check_phones(
    session: Session, short_numbers: Path, emergency_numbers: Path
) -> list[PhoneProblem]:
    """Problems of all numbers but those of withdrawn services; errors first, then by country.

    The paths are those of short_numbers.csv and emergency_numbers.csv. Raises BadDataError or
    OSError if one of them cannot be used.
    """
    known = ShortNumbers.load(short_numbers)
    emergency = EmergencyNumbers.load(emergency_numbers)
    query = (
        select(
            Phone.id.label("phone_id"),
            Phone.service_id,
            Service.slug,
            Service.name.label("service"),
            Phone.number,
            Phone.country,
            Phone.e164,
        )
        .outerjoin(Service, Service.id == Phone.service_id)
        .where(or_(Service.id.is_(None), Service.vetting_state != "withdrawn"))
    )
    problems = [
        _problem(row, level, what)
        for row in session.execute(query)
        for level, what in _findings(row, known, emergency)
    ]
    return sorted(problems, key=lambda each: (each.level, each.country, each.number, each.phone_id))


def _findings(
    row: Any, known: ShortNumbers, emergency: EmergencyNumbers
) -> Iterator[tuple[Level, str]]:
    country = row.country or INTERNATIONAL
    try:
        checked = check(row.number, country, known)
    except ValueError as error:
        yield "error", str(error)
    else:
        yield from _contradictions(row, checked)
    if cost := _cost(row.number, country):
        yield "warning", cost
    dialled = dialable(row.number)
    if any(dialled == each.number for each in emergency.for_country(country)):
        yield "warning", "is an emergency number there, not a helpline"


def _contradictions(row: Any, checked: CheckedNumber) -> Iterator[tuple[Level, str]]:
    if row.e164 is None or row.e164 == checked.e164:
        return
    if checked.e164 is not None:
        yield "error", f"is {checked.e164}, but {row.e164} is stored as its international form"
    elif row.country is not None:
        yield "error", f"cannot be called from abroad, but {row.e164} is stored for that"


def _cost(number: str, country: str) -> str | None:
    """What the number costs the caller, if that is more than a usual call.

    Short numbers are left out: the library only guesses their cost by their range, and takes free
    helplines such as 3919 in France for premium-rate ones.
    """
    try:
        parsed = phonenumbers.parse(dialable(number), None if country == INTERNATIONAL else country)
    except NumberParseException:
        return None
    return _COSTLY_TYPES.get(phonenumbers.number_type(parsed))


def _problem(row: Any, level: Level, what: str) -> PhoneProblem:
    return PhoneProblem(
        level=level,
        phone_id=row.phone_id,
        service_id=row.service_id,
        slug=row.slug,
        service=row.service,
        number=row.number,
        country=row.country or INTERNATIONAL,
        what=what,
    )
