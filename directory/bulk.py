"""Writing very many rows at once: the quickest way in, with checks and indexes made afterwards.

PostgreSQL takes rows by COPY, and builds an index or checks a million references in one go in a
fraction of the time that it needs row by row; its manual advises both for populating a database
(chapter 14.4).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import Boolean, Column, Date, Table, bindparam, text
from sqlalchemy.engine import Connection

from directory.models.base import UtcDateTime

# Stands for NULL in COPY; readers let no control characters through.
_NULL = "\x01"

# Only an owner may set something aside; what others own stays as it is.
_MINE = "t.relname IN :tables AND pg_table_is_visible(t.oid) AND pg_has_role(t.relowner, 'USAGE')"
_TABLES = bindparam("tables", expanding=True)
_FOREIGN_KEYS = text(f"""
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS remove,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s',
            conrelid::regclass, conname, pg_get_constraintdef(c.oid)) AS restore
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE contype = 'f' AND {_MINE}
""").bindparams(_TABLES)  # noqa: S608 (no values in it)
_INDEXES = text(f"""
    SELECT format('DROP INDEX %s', indexrelid::regclass) AS remove,
        pg_get_indexdef(indexrelid) AS restore
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    WHERE NOT indisunique AND {_MINE}
""").bindparams(_TABLES)  # noqa: S608


@contextmanager
def without_foreign_keys(connection: Connection, tables: Collection[str]) -> Iterator[None]:
    """The foreign keys of these tables are checked at the end; on SQLite nothing changes.

    Raises IntegrityError at the end for a reference that leads nowhere. The transaction holds the
    tables for itself from here on.
    """
    with _set_aside(connection, _FOREIGN_KEYS, tables):
        yield


@contextmanager
def without_indexes(connection: Connection, tables: Collection[str]) -> Iterator[None]:
    """The indexes of these tables, but for unique ones, are built at the end; as above."""
    with _set_aside(connection, _INDEXES, tables):
        yield


@contextmanager
def _set_aside(connection: Connection, query: Any, tables: Collection[str]) -> Iterator[None]:
    if connection.dialect.name != "postgresql":
        yield
        return
    found = connection.execute(query, {"tables": list(tables)}).all()
    for one in found:
        connection.exec_driver_sql(one.remove)
    yield
    for one in found:
        connection.exec_driver_sql(one.restore)


def send_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows (values in the order of the table's columns) as fast as the database can."""
    columns = dict(zip(table.c.keys(), zip(*rows, strict=True), strict=True))
    send_columns(connection, table, columns)


def send_columns(
    connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]
) -> None:
    """Write rows, given column by column; columns not named are NULL."""
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"{table.name} ({names})", columns.values())
        return
    marks = ", ".join("?" for _ in columns)
    adapted = [_adapted(_sqlite_value(table.c[name]), values) for name, values in columns.items()]
    rows = list(zip(*adapted, strict=True))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)


def _copy(connection: Connection, target: str, columns: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO()
    values = [
        [_NULL if value is None else value for value in column] if None in column else column
        for column in columns
    ]
    csv.writer(text).writerows(zip(*values, strict=True))
    text.seek(0)
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')", text)


def _adapted(adapt: Callable[[Any], Any] | None, values: Sequence[Any]) -> Sequence[Any]:
    if adapt is None:
        return values
    return [value if value is None else adapt(value) for value in values]


def _sqlite_value(column: Column) -> Callable[[Any], Any] | None:
    """How SQLAlchemy stores this type in SQLite, for rows that go there without it."""
    if isinstance(column.type, UtcDateTime):
        return _sqlite_moment
    if isinstance(column.type, Boolean):
        return int
    return date.isoformat if isinstance(column.type, Date) else None


def _sqlite_moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")
