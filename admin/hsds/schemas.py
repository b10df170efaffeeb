"""JSON schemas (2020-12) of the records of this API, made from the tables and their nesting.

They are closed: a property that is not told here is not in any answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer, String

from directory import models
from directory.exchange.nesting import IMPLIED, INTERNAL, NESTING, POSITION, Many, One
from directory.info import DEMONSTRATION_NOTICE
from directory.models import metadata
from directory.models.base import UtcDateTime

Schema = dict[str, Any]

NOTICE: Schema = {
    "type": "string",
    "const": DEMONSTRATION_NOTICE,
    "description": "Only in a demonstration directory: nobody has verified its records.",
}
# What an answer may be about; it may carry the notice.
_ANSWERED = ("service", "organization", "service_at_location", "taxonomy", "taxonomy_term")
# What lists hold, and what is in their records.
_LISTED = ("service", "organization", "service_at_location", "program", "location")
_HOME = "organization_id"


def record_schemas() -> Mapping[str, Schema]:
    """The schemas by name: each record in full, and "listed" ones as lists have them."""
    schemas = {name: _full(name) for name in NESTING}
    schemas |= {f"listed_{name}": _listed(name) for name in _LISTED}
    schemas["minimal_service"] = {
        "type": "object",
        "description": "A service for callers who only look for changes.",
        "properties": {
            "id": {"type": "string"},
            "modified_date": {"type": "string", "format": "date-time"},
            "notice": NOTICE,
        },
        "required": ["id", "modified_date"],
        "additionalProperties": False,
    }
    schemas["brief_service"] = {
        "type": "object",
        "description": "A service in the list of its organization.",
        "properties": {name: {"type": "string"} for name in ("id", "name", "status")},
        "required": ["id", "name", "status"],
        "additionalProperties": False,
    }
    return schemas


def _full(table: str) -> Schema:
    schema = _own(table)
    for nested in NESTING[table]:
        inner: Schema = {"$ref": f"#/components/schemas/{nested.table}"}
        if table == "organization" and nested.table == "service":
            inner = {"anyOf": [inner, {"$ref": "#/components/schemas/brief_service"}]}
        many = isinstance(nested, Many)
        schema["properties"][nested.name] = {"type": "array", "items": inner} if many else inner
    return schema


def _listed(table: str) -> Schema:
    schema = _own(table)
    for nested in NESTING[table]:
        if isinstance(nested, One):
            inner = {"$ref": f"#/components/schemas/listed_{nested.table}"}
            schema["properties"][nested.name] = inner
    return schema


def _own(table: str) -> Schema:
    """The record's own properties."""
    columns = list(_columns(table))
    properties = {column.name: _of_column(column) for column in columns}
    if _HOME in IMPLIED[table]:
        properties[_HOME] = {"type": "string"}
    if table in _ANSWERED:
        properties["notice"] = NOTICE
    return {
        "type": "object",
        "description": _description(table),
        "properties": properties,
        "required": [column.name for column in columns if _is_always_there(column)],
        "additionalProperties": False,
    }


def _columns(table: str) -> Iterator[Column]:
    left_out = IMPLIED[table] | INTERNAL.get(table, frozenset()) | {POSITION}
    return (column for column in metadata.tables[table].c if column.name not in left_out)


def _is_always_there(column: Column) -> bool:
    has_default = column.default is not None and column.default.is_scalar
    return not column.nullable and not has_default


def _of_column(column: Column) -> Schema:
    kind = column.type
    if isinstance(kind, Enum):
        return {"type": "string", "enum": list(kind.enums)}
    if isinstance(kind, UtcDateTime):
        return {"type": "string", "format": "date-time"}
    if isinstance(kind, Date):
        return {"type": "string", "format": "date"}
    for python, name in ((Boolean, "boolean"), (Integer, "integer"), (Float, "number")):
        if isinstance(kind, python):
            return {"type": name}
    length = kind.length if isinstance(kind, String) else None
    return {"type": "string", "maxLength": length} if length else {"type": "string"}


def _description(table: str) -> str:
    """The first sentence of what the model says of itself."""
    classes = {
        model.__tablename__: model
        for model in vars(models).values()
        if hasattr(model, "__tablename__")
    }
    text: str = classes[table].__doc__ or ""
    return " ".join(text.split("\n\n")[0].split())
