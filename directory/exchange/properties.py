"""A record's own properties as JSON has them, without those that its place in a document says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import cache
from typing import Any

from sqlalchemy import Column, Date, Float

from directory.exchange.nesting import IMPLIED, INTERNAL, POSITION
from directory.models import metadata
from directory.models.base import UtcDateTime

_HOME = "organization_id"


@dataclass(frozen=True)
class _Property:
    """One column: its default, which JSON leaves out, and its way into JSON."""

    name: str
    default: Any
    to_json: Callable[[Any], Any] | None


def document_of(table: str, row: Mapping[str, Any], home: str | None) -> dict[str, Any]:
    """The row's own properties; empty ones and defaults of ours are left out.

    An organization other than `home`, which the document is about, is named: no nesting says it.
    """
    document: dict[str, Any] = {}
    for own in _properties(table):
        value = row[own.name]
        if value is not None and value != own.default:
            document[own.name] = own.to_json(value) if own.to_json else value
    if _HOME in IMPLIED[table] and row[_HOME] is not None and row[_HOME] != home:
        document[_HOME] = row[_HOME]
    return document


@cache
def _properties(table: str) -> tuple[_Property, ...]:
    left_out = IMPLIED[table] | INTERNAL.get(table, frozenset()) | {POSITION}
    return tuple(
        _Property(column.name, scalar_default(column), _converter(column))
        for column in metadata.tables[table].c
        if column.name not in left_out
    )


def scalar_default(column: Column) -> Any:
    """The value that the column has when nothing is said; None if that is empty or computed."""
    default = column.default
    return default.arg if default is not None and default.is_scalar else None


def _converter(column: Column) -> Callable[[Any], Any] | None:
    if isinstance(column.type, UtcDateTime):
        return moment_text
    if isinstance(column.type, Date):
        return date.isoformat
    return plain_number if isinstance(column.type, Float) else None


def moment_text(moment: datetime) -> str:
    """A moment in UTC with Z and no more digits than it needs."""
    moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    precision = "milliseconds" if moment.microsecond % 1000 == 0 else "microseconds"
    if moment.microsecond == 0:
        precision = "seconds"
    return moment.isoformat(timespec=precision) + "Z"


def plain_number(number: float) -> float | int:
    """A whole number without its point."""
    return int(number) if number.is_integer() else number
