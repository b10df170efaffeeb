"""A directory in which public and hidden records hang together in every way that HSDS allows.

Whatever must not be seen carries the word CANARY.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Engine

from directory.database import open_transaction
from directory.models import metadata
from directory.preparation import prepare
from directory.search.index import refresh
from directory.vocabulary import NEEDS, derived_id

CANARY = "CANARY"
PARIS = (48.8566, 2.3522)
LYON = (45.7640, 4.8357)

HIDDEN: dict[str, dict[str, Any]] = {
    "draft": {"vetting_state": "draft", "assured_date": None, "valid_until": None},
    "in_review": {"vetting_state": "in_review"},
    "expired": {"vetting_state": "expired"},
    "withdrawn": {"vetting_state": "withdrawn"},
    "overdue": {"valid_until": date(2026, 1, 2)},
    "defunct": {"status": "defunct"},
}

Row = tuple[str, dict[str, Any]]


def uid(*parts: str) -> str:
    """An id that is the same in each test."""
    return derived_id("hsds test", *parts)


def fill(engine: Engine) -> None:
    """Make the directory in an empty database."""
    prepare(engine)
    rows = [*_shared(), *_shown("one"), *_shown("two")]
    for name, fields in HIDDEN.items():
        rows += _hidden(name, fields)
    rows += _vetting()
    order = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
    services = [row["id"] for table, row in rows if table == "service"]
    with open_transaction(engine) as connection:
        for table, row in sorted(rows, key=lambda row: order[row[0]]):
            connection.execute(insert(metadata.tables[table]).values(row))
        refresh(connection, services)


def service_row(key: str, **fields: Any) -> Row:
    """A service that may be shown unless `fields` say otherwise."""
    row = {
        "id": uid("service", key),
        "organization_id": uid("organization", "open"),
        "name": f"Helpline {key}",
        "description": "Someone to talk to",
        "status": "active",
        "vetting_state": "verified",
        "assured_date": date(2026, 1, 1),
        "valid_until": date(2999, 1, 1),
        "last_modified": datetime(2026, 3, 1, 12, 30, 15, 250000, timezone.utc),
        "last_editor": f"{CANARY}@example.org",
        "cost": "free",
        "anonymous": True,
        **fields,
    }
    return "service", row


def _shared() -> Iterator[Row]:
    """The organization of all services, a place of several, and terms of another taxonomy."""
    organization = {"id": uid("organization", "open"), "name": "Open Trust", "description": "Open"}
    yield "organization", organization
    yield from _location("paris", PARIS, "75001", "Paris", None)
    yield "phone", {"id": uid("phone", "o"), "number": "1", "organization_id": organization["id"]}
    taxonomy = {"id": uid("taxonomy"), "name": "Foreign", "description": "Foreign"}
    yield "taxonomy", taxonomy
    for name, parent in (("top", None), ("used", "top")):
        yield (
            "taxonomy_term",
            {
                "id": uid("term", name),
                "code": name,
                "name": f"Term {name}",
                "description": "Foreign",
                "parent_id": uid("term", parent) if parent else None,
                "taxonomy_id": taxonomy["id"],
            },
        )


def _location(
    name: str, place: tuple[float, float] | None, postcode: str, city: str, owner: str | None
) -> Iterator[Row]:
    latitude, longitude = place or (None, None)
    id_ = uid("location", name)
    yield (
        "location",
        {
            "id": id_,
            "location_type": "physical",
            "name": f"House {name}",
            "latitude": latitude,
            "longitude": longitude,
            "organization_id": owner,
        },
    )
    yield (
        "address",
        {
            "id": uid("address", name),
            "location_id": id_,
            "address_1": f"Street {name}",
            "city": city,
            "state_province": "-",
            "postal_code": postcode,
            "country": "FR",
            "address_type": "physical",
        },
    )


def _shown(name: str) -> Iterator[Row]:
    """A public service with one record of every kind."""
    id_, organization = uid("service", name), uid("organization", "open")
    program = {"id": uid("program", name), "name": f"Program {name}", "description": "-"}
    yield "program", {**program, "organization_id": organization}
    yield service_row(name, program_id=program["id"])
    owned = {"service_id": id_}
    yield from _belongings(name, f"public {name}", owned)
    yield "service_area", {"id": uid("area", name), **owned, "country": "FR"}
    yield "cost_option", {"id": uid("cost", name), **owned, "amount": 0.5, "currency": "EUR"}
    yield "required_document", {"id": uid("document", name), **owned, "document": "none"}
    yield (
        "provenance",
        {
            "id": uid("provenance", name),
            **owned,
            "source_url": "https://example.org/source",
            "source_seen": "2026-01",
        },
    )
    if name == "two":
        yield from _location("lyon", LYON, "69 001", "Lyon", organization)
    place = "paris" if name == "one" else "lyon"
    at = {"id": uid("sal", name), **owned, "location_id": uid("location", place)}
    yield "service_at_location", at
    yield from _belongings(f"{name} there", f"there {name}", {"service_at_location_id": at["id"]})
    needs = ("child_helpline", "suicide_crisis") if name == "one" else ("child_helpline",)
    terms = [NEEDS.term_id(need) for need in needs]
    for place_, term in enumerate([*terms, uid("term", "used")]):
        yield _attribute(id_, term, place_)


def _hidden(name: str, fields: dict[str, Any]) -> Iterator[Row]:
    """A service that is not public, and records that it shares with what is."""
    text, id_, shared = f"{CANARY} {name}", uid("service", name), uid("organization", "open")
    own = {"id": uid("organization", name), "name": text, "description": text}
    yield "organization", own
    program = {"id": uid("program", name), "name": text, "description": text}
    yield "program", {**program, "organization_id": shared}
    yield service_row(
        name, name=text, description=text, program_id=program["id"], slug=text, **fields
    )
    yield service_row(f"{name} of its own", name=text, organization_id=own["id"], **fields)
    yield from _location(
        f"{CANARY} {name}", PARIS, f"{CANARY} {name}".replace("_", "-"), text, shared
    )
    hidden_place = uid("location", f"{CANARY} {name}")
    for number, place in enumerate((hidden_place, uid("location", "paris"))):
        at = {"id": uid("sal", name, str(number)), "service_id": id_, "location_id": place}
        yield "service_at_location", {**at, "description": text}
        yield from _belongings(
            f"{name} {number}",
            text,
            {"service_at_location_id": at["id"], "location_id": uid("location", "paris")},
        )
    paris = uid("location", "paris")
    yield from _belongings(f"{name} a", text, {"service_id": id_, "organization_id": shared})
    yield from _belongings(f"{name} b", text, {"service_id": id_, "location_id": paris})
    yield from _belongings(
        f"{name} c", text, {"location_id": hidden_place, "organization_id": shared}
    )
    term = {"id": uid("term", name), "code": text, "name": text, "description": text}
    yield "taxonomy", {"id": uid("taxonomy", name), "name": text, "description": text}
    yield "taxonomy_term", {**term, "taxonomy_id": uid("taxonomy", name)}
    yield _attribute(id_, term["id"], 1)
    yield _attribute(id_, NEEDS.term_id("child_helpline"), 0)
    yield (
        "metadata",
        {
            "id": uid("metadata", name),
            "resource_id": id_,
            "resource_type": "service",
            "last_action_date": date(2026, 1, 1),
            "last_action_type": "update",
            "field_name": "name",
            "previous_value": text,
            "replacement_value": text,
            "updated_by": text,
        },
    )


def _belongings(name: str, text: str, owners: dict[str, str]) -> Iterator[Row]:
    """A record of each kind that can belong to these owners, at least to the first one."""
    facts: dict[str, dict[str, Any]] = {
        "phone": {"number": text[:40], "type": "voice"},
        "contact": {"name": text},
        "schedule": {"description": text},
        "language": {"name": text},
        "url": {"url": f"https://example.org/{text}", "label": text},
        "funding": {"source": text},
    }
    for table, values in facts.items():
        fitting = {key: id_ for key, id_ in owners.items() if key in metadata.tables[table].c}
        if next(iter(owners)) in fitting:
            yield table, {"id": uid(table, name), **values, **fitting}
    number = {"id": uid("phone of contact", name), "number": text[:40]}
    yield "phone", {**number, "contact_id": uid("contact", name)}


def _attribute(service_id: str, term_id: str, position: int) -> Row:
    return "attribute", {
        "id": uid("attribute", service_id, term_id),
        "link_id": service_id,
        "link_entity": "service",
        "taxonomy_term_id": term_id,
        "position": position,
    }


def _vetting() -> Iterator[Row]:
    """What administrators know of a public service."""
    id_ = uid("service", "one")
    yield (
        "verification",
        {
            "id": uid("verification"),
            "service_id": id_,
            "version": 1,
            "verified_by": f"{CANARY}@example.org",
            "method": "called",
            "verified_on": date(2026, 1, 1),
            "valid_until": date(2999, 1, 1),
            "notes": CANARY,
        },
    )
    yield (
        "revision",
        {
            "id": uid("revision"),
            "service_id": id_,
            "base_version": 1,
            "document": f'{{"name": "{CANARY}"}}',
            "author": CANARY,
            "reason": CANARY,
            "created": datetime(2026, 2, 1, tzinfo=timezone.utc),
        },
    )
