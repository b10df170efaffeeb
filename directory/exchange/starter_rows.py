"""Turning a checked row of the starter CSV into HSDS records with ids derived from its slug."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pycountry

from directory.exchange.incoming import Row
from directory.phones import CheckedNumber
from directory.vocabulary import (
    AUDIENCES,
    INTERNATIONAL,
    NEEDS,
    WEB_CHAT,
    derived_id,
)

Cells = Mapping[str, str]
TableRow = tuple[str, Row]
_ANONYMOUS = {"yes": True, "no": False, "unknown": None}


def service_rows(cells: Cells, numbers: Mapping[str, CheckedNumber]) -> Iterator[TableRow]:
    """The HSDS records of one row, with their tables, parents first."""
    id_ = service_id(cells["id"])
    yield "organization", _organization(cells)
    yield "service", _service(cells)
    yield "service_area", _area(id_, cells["country"])
    yield "provenance", _provenance(id_, cells)
    for row in _phones(id_, cells["country"], numbers):
        yield "phone", row
    if cells["web_chat_url"]:
        url = {"id": derived_id("url", id_, WEB_CHAT), "label": WEB_CHAT}
        yield "url", {**url, "service_id": id_, "url": cells["web_chat_url"]}
    if cells["hours"] or cells["hours_osm"] or cells["timezone"]:
        yield "schedule", _schedule(id_, cells)
    for position, code in enumerate(split_list(cells["languages"])):
        yield "language", _language(id_, code, position)
    yield from _attributes(id_, cells)


def service_id(slug: str) -> str:
    """The HSDS id of the service with this slug; the same in every directory."""
    return derived_id("service", slug)


def split_list(cell: str) -> list[str]:
    """The entries of a semicolon list."""
    return [entry.strip() for entry in cell.split(";")] if cell else []


def _organization_id(cells: Cells) -> str:
    return derived_id("organization", cells["country"], cells["organization"])


def _organization(cells: Cells) -> Row:
    """HSDS wants a description of each organization; the file has none, so it says just this."""
    place = country_name(cells["country"])
    return {
        "id": _organization_id(cells),
        "name": cells["organization"],
        "description": f"{cells['organization']}, {place}",
    }


def country_name(code: str) -> str:
    """English name of a country, for records that must have a text."""
    if code == INTERNATIONAL:
        return "international"
    country: Any = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name))


def _service(cells: Cells) -> Row:
    return {
        "id": service_id(cells["id"]),
        "slug": cells["id"],
        "organization_id": _organization_id(cells),
        "name": cells["name"],
        "description": cells["description"],
        "url": cells["website"] or None,
        "email": cells["email"] or None,
        "status": "active",
        "minimum_age": float(cells["minimum_age"]) if cells["minimum_age"] else None,
        "maximum_age": float(cells["maximum_age"]) if cells["maximum_age"] else None,
        "anonymous": _ANONYMOUS[cells["anonymous"]],
        "cost": cells["cost"],
        "pair": cells["pair"] or None,
    }


def _area(service: str, country: str) -> Row:
    return {
        "id": derived_id("service_area", service, country),
        "service_id": service,
        "name": country_name(country),
        "country": country,
    }


def _provenance(service: str, cells: Cells) -> Row:
    return {
        "id": derived_id("provenance", service, cells["source_url"]),
        "service_id": service,
        "source_url": cells["source_url"],
        "source_seen": cells["source_seen"] or None,
        "confidence": cells["confidence"],
        "notes": cells["notes"] or None,
    }


def _phones(service: str, country: str, numbers: Mapping[str, CheckedNumber]) -> list[Row]:
    """One row a number; phone and phone_international become one row when they are the same."""
    rows: list[Row] = []

    def add(type_: str, number: CheckedNumber, abroad: bool) -> None:
        rows.append(
            {
                "id": derived_id("phone", service, type_, number.number),
                "service_id": service,
                "number": number.number,
                "type": type_,
                "country": None if country == INTERNATIONAL else country,
                "e164": number.e164,
                "reachable_from_abroad": abroad,
                "position": len(rows),
            }
        )

    abroad = numbers.get("phone_international")
    if phone := numbers.get("phone"):
        same = abroad is not None and abroad.e164 == phone.e164
        add("voice", phone, same or phone.number.startswith("+"))
        abroad = None if same else abroad
    if abroad:
        add("voice", abroad, True)
    if sms := numbers.get("sms"):
        add("text", sms, sms.number.startswith("+"))
    if whatsapp := numbers.get("whatsapp"):
        # WhatsApp works with the full number, wherever one is.
        add("whatsapp", whatsapp, True)
    return rows


def _schedule(service: str, cells: Cells) -> Row:
    return {
        "id": derived_id("schedule", service),
        "service_id": service,
        "description": cells["hours"] or None,
        "opening_hours": cells["hours_osm"] or None,
        "timezone_name": cells["timezone"] or None,
    }


def _language(service: str, code: str, position: int) -> Row:
    language: Any = pycountry.languages.get(alpha_2=code)
    return {
        "id": derived_id("language", service, code),
        "service_id": service,
        "name": language.name,
        "code": code,
        "position": position,
    }


def _attributes(service: str, cells: Cells) -> Iterator[TableRow]:
    """Needs and audiences as links to terms; the order of the file is kept."""
    pairs = [(NEEDS, code) for code in split_list(cells["needs"])]
    pairs += [(AUDIENCES, code) for code in split_list(cells["audiences"])]
    for position, (taxonomy, code) in enumerate(pairs):
        yield (
            "attribute",
            {
                "id": derived_id("attribute", service, taxonomy.code, code),
                "link_id": service,
                "link_entity": "service",
                "link_type": taxonomy.code,
                "taxonomy_term_id": taxonomy.term_id(code),
                "position": position,
            },
        )
