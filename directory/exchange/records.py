"""Records on their way into the database, whatever file they came from.

Every importer turns a file into `ServiceRecord`s; `store` writes them all or none, touches only
drafts, and gives the same database however often the same file is imported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from directory.batches import batches
from directory.errors import BadDataError, Problem
from directory.exchange.nesting import NESTING
from directory.models import metadata
from directory.models.base import now

Row = dict[str, Any]

# Decided here, never by a file: what it says of them is its own directory's business.
VETTING = frozenset({"vetting_state", "valid_until"})
# Kept as they are when a file says nothing about them.
KEPT = VETTING | {"assured_date", "assurer_email", "last_modified"}


@dataclass
class ServiceRecord:
    """One service of a file as rows of all tables that it touches: table → id → row."""

    id: str
    place: str
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)

    def add(self, table: str, row: Row) -> None:
        """Add a row, filled up with empty values; rows with one id become one row.

        Raises ValueError if the record already holds different facts under this id.
        """
        row = filled(metadata.tables[table], row)
        _join(self.rows.setdefault(table, {}), row)


@dataclass(frozen=True)
class ImportReport:
    """What an import did, in services. `kept` ones are past draft and were not touched.

    `ignored` names properties of the file that this directory has no place for.
    """

    created: int
    updated: int
    unchanged: int
    kept: int
    ignored: tuple[str, ...] = ()


def filled(table: Table, row: Row) -> Row:
    """The row with every column: missing ones get their default or None, kept ones stay out."""
    full: Row = {}
    for column in table.c:
        if column.name in row:
            full[column.name] = row[column.name]
        elif column.name not in KEPT:
            default = column.default
            full[column.name] = default.arg if default is not None and default.is_scalar else None
    return full


def store(
    connection: Connection,
    file: str,
    records: Sequence[ServiceRecord],
    writable: Collection[str] = ("draft",),
) -> ImportReport:
    """Write the records inside the caller's transaction.

    Services in a state that is not `writable` stay untouched, and so do their organizations.
    Raises BadDataError if two records contradict each other or the database refuses one.
    """
    states = _states(connection, [record.id for record in records])
    wanted = [record for record in records if states.get(record.id, "draft") in writable]
    rows = _merged(file, wanted)
    try:
        changed = _remove_stale(connection, rows, [r.id for r in wanted if r.id in states])
        changed |= _write(connection, rows)
    except IntegrityError as error:
        what = f"the database refuses it: {error.orig}"
        raise BadDataError([Problem(file, "as a whole", None, what)]) from None
    known = [record for record in wanted if record.id in states]
    updated = [record for record in known if _touches(record, changed)]
    _date(connection, updated)
    return ImportReport(
        created=len(wanted) - len(known),
        updated=len(updated),
        unchanged=len(known) - len(updated),
        kept=len(records) - len(wanted),
    )


def _join(rows: dict[str, Row], row: Row) -> None:
    """Add `row`, or complete the one that has its id; owners differ, facts may not."""
    known = rows.setdefault(row["id"], row)
    if known is row:
        return
    for name, value in row.items():
        if known.get(name) is None:
            known[name] = value
        elif value is not None and value != known[name] and name != "position":
            raise ValueError(f"two records have the id {row['id']} and differ in {name}")


def _merged(file: str, records: Iterable[ServiceRecord]) -> dict[str, dict[str, Row]]:
    merged: dict[str, dict[str, Row]] = {}
    problems: list[Problem] = []
    for record in records:
        for table, rows in record.rows.items():
            for row in rows.values():
                try:
                    _join(merged.setdefault(table, {}), dict(row))
                except ValueError as error:
                    problems.append(Problem(file, record.place, None, str(error)))
    if problems:
        raise BadDataError(problems)
    return merged


def _states(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    service = metadata.tables["service"]
    states: dict[str, str] = {}
    for some in batches(ids):
        query = select(service.c.id, service.c.vetting_state).where(service.c.id.in_(some))
        states.update((row.id, row.vetting_state) for row in connection.execute(query))
    return states


def _write(connection: Connection, rows: Mapping[str, Mapping[str, Row]]) -> set[tuple[str, str]]:
    """Insert and update, parents first; returns table and id of every row that changed."""
    changed: set[tuple[str, str]] = set()
    for table in metadata.sorted_tables:
        new = rows.get(table.name, {})
        old = _existing(connection, table, new)
        added = [row for id_, row in new.items() if id_ not in old]
        edited = [row for id_, row in new.items() if id_ in old and _differs(row, old[id_])]
        if table.name == "organization":
            shielded = _shielded(connection, [row["id"] for row in edited])
            edited = [row for row in edited if row["id"] not in shielded]
        if added:
            connection.execute(insert(table), [_complete(table, row) for row in added])
        for row in edited:
            connection.execute(update(table).where(table.c.id == row["id"]).values(row))
        changed.update((table.name, row["id"]) for row in (*added, *edited))
    return changed


def _existing(connection: Connection, table: Table, ids: Iterable[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for some in batches(ids):
        for row in connection.execute(select(table).where(table.c.id.in_(some))).mappings():
            found[row["id"]] = dict(row)
    return found


def _differs(new: Row, old: Row) -> bool:
    return any(old[name] != value for name, value in new.items())


def _complete(table: Table, row: Row) -> Row:
    """All columns, so that the rows of one statement are alike."""
    values = {column.name: row.get(column.name) for column in table.c}
    if table.name == "service":
        values["vetting_state"] = "draft"
        values["last_modified"] = row.get("last_modified") or now()
    return values


def _shielded(connection: Connection, organization_ids: Iterable[str]) -> set[str]:
    """Organizations of services that are past draft."""
    service = metadata.tables["service"]
    shielded: set[str] = set()
    for some in batches(organization_ids):
        query = select(service.c.organization_id).where(
            service.c.organization_id.in_(some), service.c.vetting_state != "draft"
        )
        shielded.update(connection.execute(query).scalars())
    return shielded


def _remove_stale(
    connection: Connection, rows: Mapping[str, Mapping[str, Row]], service_ids: Sequence[str]
) -> set[tuple[str, str]]:
    """Take away what a known service no longer has; returns the services concerned."""
    changed: set[tuple[str, str]] = set()
    exchanged = [table for table in metadata.sorted_tables if table.name in NESTING]
    links = [(table, table.c.service_id) for table in exchanged if "service_id" in table.c]
    attribute = metadata.tables["attribute"]
    for table, link in [*links, (attribute, attribute.c.link_id)]:
        new = rows.get(table.name, {})
        for some in batches(service_ids):
            query = select(table).where(link.in_(some))
            for row in connection.execute(query).mappings().all():
                if row["id"] not in new:
                    _detach(connection, table, link.name, dict(row))
                    changed.add(("service", row[link.name]))
    return changed


def _detach(connection: Connection, table: Table, link: str, row: Row) -> None:
    """Delete a row, or only cut it off when something else owns it too."""
    owners = [c.name for c in table.c if c.foreign_keys and c.nullable and c.name != link]
    if any(row[name] is not None for name in owners):
        connection.execute(update(table).where(table.c.id == row["id"]).values({link: None}))
    else:
        connection.execute(delete(table).where(table.c.id == row["id"]))


def _touches(record: ServiceRecord, changed: set[tuple[str, str]]) -> bool:
    return ("service", record.id) in changed or any(
        (table, id_) in changed for table, rows in record.rows.items() for id_ in rows
    )


def _date(connection: Connection, records: Iterable[ServiceRecord]) -> None:
    """Set last_modified of changed services whose file does not tell it."""
    service = metadata.tables["service"]
    ids = [r.id for r in records if r.rows["service"][r.id].get("last_modified") is None]
    if ids:
        statement = update(service).where(service.c.id == bindparam("changed_id"))
        moment = now()
        connection.execute(statement, [{"changed_id": id_, "last_modified": moment} for id_ in ids])
