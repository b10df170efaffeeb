"""datapackage.json: what an export holds, as a Frictionless tabular data package.

Made from the models, so that it cannot differ from the files.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer

from directory.exchange.tables import FILES, exchanged_columns
from directory.exchange.values import must_not_be_empty
from directory.models import Base, metadata
from directory.models.base import URL_LENGTH, UtcDateTime

HSDS_VERSION = "3.0.0"

_UUID_LENGTH = 36

ADDITIONAL_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "service": {
        "slug": "A short name that stays the same, for addresses and files.",
        "anonymous": "Whether one need not say who one is; empty if no source says.",
        "cost": "What contacting the service costs: free, a normal call charge, or unknown.",
        "pair": "The same word in services that belong together, such as for adults and children.",
    },
    "attribute": {"position": "The place in the list; a service's first need is its main one."},
    "phone": {
        "country": "The country in which the number is dialled so (ISO 3166-1).",
        "e164": "The same number in international form; empty for short numbers.",
        "reachable_from_abroad": "Whether the number works from other countries.",
        "position": "The place in the list: what to try first.",
    },
    "language": {"position": "The place in the list."},
    "schedule": {
        "opening_hours": "When it is open, as OpenStreetMap's opening_hours expression.",
        "timezone_name": "The IANA time zone of opening_hours.",
    },
    "service_area": {
        "country": "The country served (ISO 3166-1), or ZZ for everyone.",
        "region": "The part of the country served (ISO 3166-2).",
        "place": "The town served.",
    },
}
"""The columns that HSDS does not have; the tables url and provenance are additional as a whole."""

_DESCRIPTION = (
    "Organizations, their services, and where and how they are reached, in the tables of the Human"
    " Services Data Specification with the additional columns of Handrail. A cell that begins with"
    " an apostrophe before = + - or @ is a text that begins with what follows the apostrophe: it"
    " keeps spreadsheets from running the text as a formula."
)


def datapackage() -> dict[str, Any]:
    """The descriptor of the files that an export writes."""
    return {
        "name": "handrail_human_services_data",
        "title": "Human services data, HSDS with the Handrail profile",
        "description": _DESCRIPTION,
        "profile": "tabular-data-package",
        "version": HSDS_VERSION,
        "resources": [_resource(table, file) for table, file in FILES.items()],
    }


def _resource(table: str, file: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "primaryKey": "id",
        "fields": [_field(table, column) for column in exchanged_columns(table)],
    }
    keys = [key for column in exchanged_columns(table) for key in _foreign_keys(column)]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table,
        "path": file,
        "description": _about(table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": schema,
    }


def _about(table: str) -> str:
    """The first paragraph of the model's own description."""
    for model in Base.__subclasses__():
        if model.__table__ is metadata.tables[table]:
            return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())
    raise KeyError(table)


def _field(table: str, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, **_type(column)}
    if description := ADDITIONAL_COLUMNS.get(table, {}).get(column.name):
        field["description"] = description
    constraints: dict[str, Any] = {"required": must_not_be_empty(column)}
    if column.primary_key or column.unique:
        constraints["unique"] = True
    if isinstance(column.type, Enum):
        constraints["enum"] = list(column.type.enums)
    return {**field, "constraints": constraints}


def _type(column: Column) -> dict[str, str]:
    kind = column.type
    if isinstance(kind, Boolean):
        return {"type": "boolean"}
    if isinstance(kind, Integer):
        return {"type": "integer"}
    if isinstance(kind, Float):
        return {"type": "number"}
    if isinstance(kind, UtcDateTime):
        return {"type": "datetime", "format": "any"}
    if isinstance(kind, Date):
        return {"type": "date"}
    formats = {_UUID_LENGTH: "uuid", URL_LENGTH: "uri"}
    if column.name.endswith("email"):
        return {"type": "string", "format": "email"}
    text_format = formats.get(kind.length)
    return {"type": "string", **({"format": text_format} if text_format else {})}


def _foreign_keys(column: Column) -> list[dict[str, Any]]:
    return [
        {"fields": column.name, "reference": {"resource": parent, "fields": "id"}}
        for parent in (key.column.table.name for key in column.foreign_keys)
        if parent in FILES
    ]
