"""How HSDS nests records inside each other in JSON (its compiled schemas service and organization).

The import and the export both walk this one table. `additional_urls`, `additional_websites`
(HSDS 3.1) and `provenance` (ours) are the additions to HSDS 3.0. Two relations over one column are
each other's way back: where the one is nested, the other is not nested again inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Many:
    """A list of records of `table`, whose column `via` holds the id of the enclosing record."""

    name: str
    table: str
    via: str

    def column(self, outer: str) -> str:
        """The column that makes the link, named with its table; `outer` is the enclosing table."""
        return f"{self.table}.{self.via}"


@dataclass(frozen=True)
class One:
    """One record of `table`, whose id the enclosing record holds in its column `via`."""

    name: str
    table: str
    via: str

    def column(self, outer: str) -> str:
        """The column that makes the link, named with its table; `outer` is the enclosing table."""
        return f"{outer}.{self.via}"


Nested = Many | One

_ATTRIBUTES = Many("attributes", "attribute", "link_id")
_METADATA = Many("metadata", "metadata", "resource_id")
_ABOUT = (_ATTRIBUTES, _METADATA)

NESTING: Mapping[str, tuple[Nested, ...]] = {
    "service": (
        Many("phones", "phone", "service_id"),
        Many("schedules", "schedule", "service_id"),
        Many("service_areas", "service_area", "service_id"),
        Many("service_at_locations", "service_at_location", "service_id"),
        Many("languages", "language", "service_id"),
        One("organization", "organization", "organization_id"),
        Many("funding", "funding", "service_id"),
        Many("cost_options", "cost_option", "service_id"),
        One("program", "program", "program_id"),
        Many("required_documents", "required_document", "service_id"),
        Many("contacts", "contact", "service_id"),
        Many("additional_urls", "url", "service_id"),
        Many("provenance", "provenance", "service_id"),
        *_ABOUT,
    ),
    "organization": (
        Many("funding", "funding", "organization_id"),
        Many("contacts", "contact", "organization_id"),
        Many("phones", "phone", "organization_id"),
        Many("locations", "location", "organization_id"),
        Many("programs", "program", "organization_id"),
        Many("organization_identifiers", "organization_identifier", "organization_id"),
        Many("additional_websites", "url", "organization_id"),
        Many("services", "service", "organization_id"),
        *_ABOUT,
    ),
    "service_at_location": (
        Many("contacts", "contact", "service_at_location_id"),
        Many("phones", "phone", "service_at_location_id"),
        Many("schedules", "schedule", "service_at_location_id"),
        One("location", "location", "location_id"),
        One("service", "service", "service_id"),
        *_ABOUT,
    ),
    "location": (
        Many("languages", "language", "location_id"),
        Many("addresses", "address", "location_id"),
        Many("contacts", "contact", "location_id"),
        Many("accessibility", "accessibility", "location_id"),
        Many("phones", "phone", "location_id"),
        Many("schedules", "schedule", "location_id"),
        *_ABOUT,
    ),
    "contact": (Many("phones", "phone", "contact_id"), *_ABOUT),
    "phone": (Many("languages", "language", "phone_id"), *_ABOUT),
    "attribute": (One("taxonomy_term", "taxonomy_term", "taxonomy_term_id"), _METADATA),
    "taxonomy_term": (One("taxonomy_detail", "taxonomy", "taxonomy_id"), _METADATA),
    "taxonomy": (_METADATA,),
    "metadata": (),
    "provenance": (),
    "program": _ABOUT,
    "funding": _ABOUT,
    "cost_option": _ABOUT,
    "required_document": _ABOUT,
    "schedule": _ABOUT,
    "service_area": _ABOUT,
    "language": _ABOUT,
    "address": _ABOUT,
    "accessibility": _ABOUT,
    "url": _ABOUT,
    "organization_identifier": _ABOUT,
}


def _implied() -> Mapping[str, frozenset[str]]:
    """Per table, the columns that nesting itself says, and that JSON leaves out."""
    columns: dict[str, set[str]] = {table: set() for table in NESTING}
    for table, inner in NESTING.items():
        for nested in inner:
            columns[nested.table if isinstance(nested, Many) else table].add(nested.via)
    return {table: frozenset(names) for table, names in columns.items()}


IMPLIED: Mapping[str, frozenset[str]] = _implied()

# What the place in a list says.
POSITION = "position"

# Decided in each directory for itself: no file says it here, and no file of ours tells it.
INTERNAL: Mapping[str, frozenset[str]] = {
    "service": frozenset({"vetting_state", "valid_until", "version", "last_editor"})
}


def inner(table: str, link: str | None) -> tuple[Nested, ...]:
    """What is nested in a record of `table` that was reached over the column `link`."""
    return tuple(nested for nested in NESTING[table] if nested.column(table) != link)
