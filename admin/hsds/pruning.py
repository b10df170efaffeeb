"""Leaving out of nested documents what belongs to services that are not shown.

An organization or a location comes with all its records, and some of them may be those of a
service that nobody has verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.hsds.visibility import shown_locations, shown_programs, shown_records
from directory.batches import batches
from directory.exchange.documents import Document
from directory.exchange.nesting import NESTING, Many
from directory.models import metadata

# Below these, records of other services may be found.
_SHARED = frozenset({"organization", "location"})
_OWNERS = frozenset({"service_id", "service_at_location_id", "location_id"})


def pruned(session: Session, table: str, documents: list[Document], day: date) -> list[Document]:
    """Copies of the documents (of records of `table`) with only what is shown on this day."""
    found: dict[str, set[str]] = {}
    for document in documents:
        for inner_table, id_ in _shared_records(table, document):
            found.setdefault(inner_table, set()).add(id_)
    hidden = {name: ids - _shown(session, name, ids, day) for name, ids in found.items()}
    return [_copy(table, document, hidden) for document in documents]


def _shared_records(
    table: str, document: Document, shared: bool = False
) -> Iterator[tuple[str, str]]:
    """Table and id of all records below an organization or a location that need a look."""
    shared = shared or table in _SHARED
    for nested in NESTING[table]:
        inner = document.get(nested.name, [])
        for record in inner if isinstance(nested, Many) else [inner] if inner else []:
            if shared and isinstance(nested, Many) and _needs_a_look(nested.table):
                yield nested.table, record["id"]
            yield from _shared_records(nested.table, record, shared and nested.table != "service")


def _needs_a_look(table: str) -> bool:
    columns = metadata.tables[table].c
    return table in ("location", "program") or any(name in columns for name in _OWNERS)


def _shown(session: Session, name: str, ids: Iterable[str], day: date) -> set[str]:
    table = metadata.tables[name]
    if name == "location":
        condition = shown_locations(day)
    elif name == "program":
        condition = shown_programs(day)
    else:
        condition = shown_records(table, day)
    shown: set[str] = set()
    for some in batches(ids):
        query = select(table.c.id).where(table.c.id.in_(some), condition)
        shown.update(session.execute(query).scalars())
    return shown


def _copy(table: str, document: Document, hidden: Mapping[str, set[str]]) -> Document:
    copy: dict[str, Any] = dict(document)
    for nested in NESTING[table]:
        inner = document.get(nested.name)
        if inner is None:
            continue
        if not isinstance(nested, Many):
            copy[nested.name] = _copy(nested.table, inner, hidden)
            continue
        gone = hidden.get(nested.table, set())
        kept = [_copy(nested.table, record, hidden) for record in inner if record["id"] not in gone]
        copy[nested.name] = kept
        if not kept:
            del copy[nested.name]
    return copy
