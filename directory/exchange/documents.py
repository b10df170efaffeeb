"""Giving services out as HSDS JSON documents, nested in full or flat as in lists.

Empty properties are left out, as HSDS does. The vetting state is not part of a document: a
verification is worth something only to those who made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any, TypeAlias

from sqlalchemy import Column, Table, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.exchange.nesting import IMPLIED, NESTING, Many, Nested
from directory.exchange.records import VETTING, batches
from directory.info import is_demonstration
from directory.models import metadata

Document = dict[str, Any]
Reader: TypeAlias = "Connection | Session"

# What the place in a list says already.
_ORDER = "position"


def full_services(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The services with everything that belongs to them, in the order of `ids`."""
    found = _documents(reader, "service", "id", ids)
    by_id = {document["id"]: document for documents in found.values() for document in documents}
    return _honest(reader, [by_id[id_] for id_ in ids if id_ in by_id])


def listed_services(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The services with organization and program only (HSDS service_list), in that order."""
    rows = _rows(reader, metadata.tables["service"], "id", ids)
    by_id = {row["id"]: _document("service", row) for row in rows}
    for name in ("organization", "program"):
        inner = metadata.tables[name]
        links = {row["id"]: row[f"{name}_id"] for row in rows if row[f"{name}_id"]}
        wanted = _rows(reader, inner, "id", sorted(set(links.values())))
        documents = {row["id"]: _document(name, row) for row in wanted}
        for id_, link in links.items():
            by_id[id_][name] = documents[link]
    return _honest(reader, [by_id[id_] for id_ in ids if id_ in by_id])


def _honest(reader: Reader, services: list[Document]) -> list[Document]:
    """Nobody assured the services of a demonstration: no document claims it."""
    if is_demonstration(reader):
        for service in services:
            service.pop("assured_date", None)
    return services


def _documents(
    reader: Reader, table: str, column: str, ids: Iterable[str]
) -> dict[str, list[Document]]:
    """Nested documents of the rows whose `column` is among `ids`, by the value of `column`."""
    rows = _rows(reader, metadata.tables[table], column, ids)
    documents = {row["id"]: _document(table, row) for row in rows}
    for nested in NESTING[table] if rows else ():
        _nest(reader, nested, rows, documents)
    found: dict[str, list[Document]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(documents[row["id"]])
    return found


def _nest(
    reader: Reader,
    nested: Nested,
    rows: Sequence[Mapping[str, Any]],
    documents: Mapping[str, Document],
) -> None:
    """Put one property into all documents."""
    if isinstance(nested, Many):
        lists = _documents(reader, nested.table, nested.via, documents)
        for id_, inner in lists.items():
            documents[id_][nested.name] = inner
        return
    links = {row["id"]: row[nested.via] for row in rows if row[nested.via] is not None}
    singles = _documents(reader, nested.table, "id", sorted(set(links.values())))
    for id_, link in links.items():
        documents[id_][nested.name] = singles[link][0]


def _rows(reader: Reader, table: Table, column: str, ids: Iterable[str]) -> list[Mapping[str, Any]]:
    order = [table.c[_ORDER]] if _ORDER in table.c else []
    rows: list[Mapping[str, Any]] = []
    for some in batches(ids):
        query = select(table).where(table.c[column].in_(some)).order_by(*order, table.c.id)
        rows += reader.execute(query).mappings().all()
    return rows


def _document(table: str, row: Mapping[str, Any]) -> Document:
    """The row's own properties; defaults of ours are left out, so that plain HSDS stays plain."""
    left_out = IMPLIED[table] | {_ORDER} | (VETTING if table == "service" else frozenset())
    columns: Iterable[Column] = metadata.tables[table].c
    return {
        column.name: _json(row[column.name])
        for column in columns
        if column.name not in left_out and row[column.name] not in (None, _default(column))
    }


def _default(column: Column) -> Any:
    default = column.default
    return default.arg if default is not None and default.is_scalar else None


def _json(value: Any) -> Any:
    """A value as JSON has it: moments in UTC with Z, whole numbers without a point."""
    if isinstance(value, datetime):
        moment = value.astimezone(timezone.utc).replace(tzinfo=None)
        precision = "milliseconds" if moment.microsecond % 1000 == 0 else "microseconds"
        if moment.microsecond == 0:
            precision = "seconds"
        return moment.isoformat(timespec=precision) + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
