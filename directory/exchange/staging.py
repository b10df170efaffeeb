"""The staging area: temporary tables in which a file's rows wait until all of them are known.

Rows stream in, so that a file may be far larger than memory; PostgreSQL gets them by COPY. What
cannot be staged is collected as faults.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Column, Enum, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import func

from directory.bulk import send_columns, send_rows
from directory.errors import BadDataError, Problem
from directory.exchange.nesting import NESTING
from directory.exchange.telephones import check_telephones
from directory.models import metadata

Row = dict[str, Any]

VETTING = frozenset({"vetting_state", "valid_until", "version", "last_editor"})
"""Decided here, never by a file: what it says of them is its own directory's business."""

KEPT = VETTING | {"assured_date", "assurer_email", "last_modified"}
"""Kept as they are when a file says nothing about them."""

PLACE = "read_at"
"""Column of the temporary tables: where in the file the row was read."""

# So many rows go to the database at once.
_PORTION = 5000
# Rows that come again and again, such as the organization of each of its services, are staged
# once; so many are remembered per table.
_REMEMBERED = 20_000
# More faults than anybody reads.
_MOST_FAULTS = 1000


@contextmanager
def staging(connection: Connection, file: str) -> Iterator[Staging]:
    """A staging area inside the caller's transaction; it is empty and gone afterwards.

    `file` names in problems what is being read.
    """
    stage = Staging(connection, file)
    try:
        yield stage
    finally:
        stage.drop()


class Staging:
    """Takes rows of HSDS tables from a reader (the protocol `Incoming`)."""

    def __init__(self, connection: Connection, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.left_out: set[str] = set()
        self.covered: frozenset[str] = frozenset(NESTING)
        self._connection = connection
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}
        self._recent: dict[str, OrderedDict[str, tuple[Any, ...]]] = {}
        self._fillers: dict[str, Callable[[Row], tuple[Any, ...]]] = {}
        self._made: list[Table] = []

    def add(self, table: str, row: Row, place: str) -> None:
        """Take a row; columns that it does not name get their default or nothing."""
        filler = self._fillers.get(table) or self._begin(table)
        values = filler(row)
        recent = self._recent[table]
        known = recent.get(row["id"])
        if known == values:
            return
        recent[row["id"]] = values
        if len(recent) > _REMEMBERED:
            recent.popitem(last=False)
        waiting = self._waiting[table]
        waiting.append((*values, place))
        if len(waiting) >= _PORTION:
            self._send(table)

    def add_columns(
        self, table: str, columns: Mapping[str, Sequence[Any]], places: Sequence[str]
    ) -> None:
        """Take many rows, column by column; None, and columns not named, get their default."""
        if table not in self._waiting:
            self._begin(table)
        defaults = _defaults(metadata.tables[table])
        filled = {
            name: _filled(columns.get(name), defaults.get(name), len(places))
            for name in columns.keys() | defaults.keys()
        }
        send_columns(self._connection, stage_table(table), {**filled, PLACE: places})

    def fault(self, place: str, field: str | None, what: str) -> None:
        """Note a fault; `finish` raises them all."""
        if len(self.problems) < _MOST_FAULTS:
            self.problems.append(Problem(self.file, place, field, what))

    def ignored(self, name: str) -> None:
        """Note a property of the file that this directory has no place for."""
        self.left_out.add(name)

    def covers(self, tables: Sequence[str]) -> None:
        """Say that the file speaks of these tables only: what hangs in others is left as it is."""
        self.covered = frozenset(tables)

    def finish(self) -> None:
        """Send what waits, and join rows with the same id. Raises BadDataError with all faults."""
        for table in self._waiting:
            self._send(table)
        for stage in self._made:
            _join_doubles(self._connection, stage, self.fault)
        if "phone" in self._waiting:
            check_telephones(self._connection, stage_table("phone"), PLACE, self.fault)
        if self.problems:
            raise BadDataError(self.problems)
        if self._connection.dialect.name == "postgresql":
            for stage in self._made:
                self._connection.exec_driver_sql(f"ANALYZE {stage.name}")

    def tables(self) -> dict[str, Table]:
        """The temporary table of each table that has rows, parents first."""
        made = {stage.name.removeprefix("stage_"): stage for stage in self._made}
        return {t.name: made[t.name] for t in metadata.sorted_tables if t.name in made}

    def drop(self) -> None:
        """Remove the temporary tables, unless a failed transaction does it."""
        if self._connection.in_transaction() and self._connection.get_transaction().is_active:
            for stage in self._made:
                stage.drop(self._connection)

    def _begin(self, table: str) -> Callable[[Row], tuple[Any, ...]]:
        stage = stage_table(table)
        stage.create(self._connection)
        self._made.append(stage)
        self._waiting[table] = []
        self._recent[table] = OrderedDict()
        self._fillers[table] = _filler(metadata.tables[table])
        return self._fillers[table]

    def _send(self, table: str) -> None:
        rows, self._waiting[table] = self._waiting[table], []
        if rows:
            send_rows(self._connection, stage_table(table), rows)


@cache
def stage_table(name: str) -> Table:
    """The temporary table for rows of `name`: its columns without constraints, and their place."""
    columns = [
        Column(c.name, String(c.type.length) if isinstance(c.type, Enum) else c.type)
        for c in metadata.tables[name].c
    ]
    return Table(f"stage_{name}", MetaData(), *columns, Column(PLACE, Text), prefixes=["TEMPORARY"])


def _filler(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    """A function that makes a row's values in the order of the columns, with defaults."""
    names = [column.name for column in table.c]
    defaults = _defaults(table)
    if not defaults:
        return lambda row: tuple(map(row.get, names))

    def fill(row: Row) -> tuple[Any, ...]:
        return tuple([row[name] if name in row else defaults.get(name) for name in names])

    return fill


def _filled(values: Sequence[Any] | None, default: Any, rows: int) -> Sequence[Any]:
    """The values of a column with its default."""
    if values is None:
        return [default] * rows
    if default is None or None not in values:
        return values
    return [default if value is None else value for value in values]


def _defaults(table: Table) -> dict[str, Any]:
    return {
        column.name: column.default.arg
        for column in table.c
        if column.default is not None and column.default.is_scalar and column.name not in KEPT
    }


def _join_doubles(
    connection: Connection, stage: Table, fault: Callable[[str, str | None, str], None]
) -> None:
    """Make one row of rows with one id: their owners may differ, their facts may not."""
    doubles = select(stage.c.id).group_by(stage.c.id).having(func.count() > 1)
    rows = connection.execute(select(stage).where(stage.c.id.in_(doubles))).mappings().all()
    joined: dict[str, Row] = {}
    for row in rows:
        _join(joined, dict(row), fault)
    if joined:
        connection.execute(delete(stage).where(stage.c.id.in_(doubles)))
        connection.execute(insert(stage), list(joined.values()))


def _join(joined: dict[str, Row], row: Row, fault: Callable[[str, str | None, str], None]) -> None:
    known = joined.setdefault(row["id"], row)
    if known is row:
        return
    for name, value in row.items():
        if known[name] is None:
            known[name] = value
        elif value is not None and value != known[name] and name not in ("position", PLACE):
            what = f"the id {row['id']} is used twice with different facts (see {known[PLACE]})"
            fault(row[PLACE], name, what)


def changed_columns(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Columns in which a staged row differs from the stored one, as (stored, staged)."""
    return {
        name: (old[name], value)
        for name, value in new.items()
        if name != PLACE
        and name not in VETTING
        and old[name] != value
        and not (name in KEPT and value is None)
    }
