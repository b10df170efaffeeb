"""References to records that are neither in the file nor in the directory.

A required one is a fault of the file. An optional one is set aside: the link stays empty, and is
made as soon as the record arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Column, Table, delete, exists, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.batches import batches
from directory.errors import Problem
from directory.exchange.staging import PLACE, Staging
from directory.models import UnresolvedReference, metadata

Reader: TypeAlias = "Connection | Session"
KNOWN = UnresolvedReference.__table__


@dataclass(frozen=True)
class Dangling:
    """A staged row whose `column` names a record of `parent` that is not there."""

    table: str
    id: str
    column: str
    parent: str
    target: str
    place: str


def dangling(connection: Connection, stage: Staging) -> list[Dangling]:
    """All references of staged rows that lead nowhere."""
    found = []
    for name, staged in stage.tables().items():
        for column, parent in _links(metadata.tables[name]):
            link = staged.c[column.name]
            absent = [link.is_not(None), ~exists().where(parent.c.id == link)]
            in_file = stage.tables().get(parent.name)
            if in_file is not None:
                absent.append(~exists().where(in_file.c.id == link))
            rows = connection.execute(select(staged.c.id, link, staged.c[PLACE]).where(*absent))
            found += [
                Dangling(name, id_, column.name, parent.name, target, place)
                for id_, target, place in rows
            ]
    return found


def problem(stage: Staging, lost: Dangling) -> Problem:
    """The fault of a required reference that leads nowhere."""
    what = f"names a {lost.parent} ({lost.target}) that is missing; add it to the file"
    return Problem(stage.file, lost.place, lost.column, what)


def is_required(lost: Dangling) -> bool:
    """Whether a record cannot be without this reference."""
    return not metadata.tables[lost.table].c[lost.column].nullable


def set_aside(connection: Connection, stage: Staging, references: Iterable[Dangling]) -> None:
    """Empty the links of the staged rows, and remember where they led."""
    for lost in references:
        staged = stage.tables()[lost.table]
        emptied = update(staged).where(staged.c.id == lost.id).values({lost.column: None})
        connection.execute(emptied)
        key = {"table_name": lost.table, "record_id": lost.id, "column_name": lost.column}
        connection.execute(delete(KNOWN).where(*(KNOWN.c[name] == key[name] for name in key)))
        connection.execute(insert(KNOWN).values(target_id=lost.target, **key))


def resolve(connection: Connection) -> None:
    """Make the links whose record has arrived."""
    for row in connection.execute(select(KNOWN)).all():
        table = metadata.tables[row.table_name]
        parent = dict(_by_name(table))[row.column_name]
        here = select(parent.c.id).where(parent.c.id == row.target_id)
        if connection.execute(here).first() is None:
            continue
        linked = update(table).where(
            table.c.id == row.record_id, table.c[row.column_name].is_(None)
        )
        connection.execute(linked.values({row.column_name: row.target_id}))
        connection.execute(
            delete(KNOWN).where(
                KNOWN.c.table_name == row.table_name,
                KNOWN.c.record_id == row.record_id,
                KNOWN.c.column_name == row.column_name,
            )
        )


def with_unresolved(
    reader: Reader, table: str, rows: Iterable[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The stored rows of a table with the references that were set aside, for an export."""
    complete = {row["id"]: dict(row) for row in rows}
    for ids in batches(complete):
        query = select(KNOWN).where(KNOWN.c.table_name == table, KNOWN.c.record_id.in_(ids))
        for reference in reader.execute(query):
            complete[reference.record_id][reference.column_name] = reference.target_id
    yield from complete.values()


def _links(table: Table) -> Iterator[tuple[Column, Table]]:
    for column in table.c:
        for key in column.foreign_keys:
            yield column, key.column.table


def _by_name(table: Table) -> Iterator[tuple[str, Table]]:
    for column, parent in _links(table):
        yield column.name, parent
