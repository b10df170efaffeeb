"""From the staging area into the directory: what is new, what changes, and what goes.

Set by set in SQL, so that a million services merge as well as one. Services in a state that may
not be written are left alone with everything that is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from directory.batches import batches
from directory.bulk import without_foreign_keys
from directory.errors import BadDataError, Problem
from directory.exchange.nesting import NESTING, Many
from directory.exchange.references import dangling, is_required, problem, resolve, set_aside
from directory.exchange.shielding import SERVICE, free, owner_columns, shield
from directory.exchange.staging import KEPT, VETTING, Staging, changed_columns
from directory.models import metadata
from directory.models.base import now

Row = dict[str, Any]

# Owned by nobody in particular: a change of theirs is not a change of each service.
_SHARED_WORDS = frozenset({"taxonomy", "taxonomy_term", "meta_table_description"})

# From so many services on, it is quicker to check all references at once than one by one.
_MANY = 10_000


@dataclass(frozen=True)
class RowChange:
    """A row of something that was there before: edited, added to it or removed from it.

    `columns` are (before, after); of an added or removed row only the id. `service_id` is None
    where the row hangs on something else than a service.
    """

    table: str
    id: str
    service_id: str | None
    columns: Mapping[str, tuple[Any, Any]]


@dataclass
class Merged:
    """What a merge did: how many services are new, which known ones changed, and in what."""

    created: int = 0
    changes: list[RowChange] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


def merge(
    connection: Connection, stage: Staging, writable: Collection[str], by: str | None
) -> Merged:
    """Write what is staged, except for services whose state is not `writable`.

    `by` becomes the last editor of what changes, and its version counts up; without it the caller
    sees to both. Raises BadDataError if a record that is
    referred to is missing, or if the database refuses a row.
    """
    resolve(connection)
    shield(connection, stage, writable)
    try:
        merged = _write(connection, stage, by)
    except IntegrityError:
        # The database stops at the first reference that leads nowhere: look for all of them.
        lost = dangling(connection, stage)
        faults = [problem(stage, one) for one in lost if is_required(one)]
        if faults:
            raise BadDataError(faults) from None
        set_aside(connection, stage, lost)
        merged = _write_at_last(connection, stage, by)
    merged.touched = _touched(connection, merged)
    if by is not None:
        _mark(connection, stage, merged.touched, by)
    return merged


def _write(connection: Connection, stage: Staging, by: str | None) -> Merged:
    merged = Merged(created=_count_new(connection, stage))
    with connection.begin_nested(), ExitStack() as meanwhile:
        if _is_first_load(connection, stage):
            meanwhile.enter_context(without_foreign_keys(connection, stage.tables()))
        _remove(connection, stage, merged)
        for name, staged in stage.tables().items():
            _note_added(connection, name, staged, merged)
        for name, staged in stage.tables().items():
            _edit(connection, name, staged, merged)
            _insert(connection, name, staged, by)
    return merged


def _is_first_load(connection: Connection, stage: Staging) -> bool:
    """Whether many services come into an empty directory, in which nobody searches yet."""
    staged = stage.tables().get("service")
    if staged is None or connection.execute(select(SERVICE.c.id).limit(1)).first() is not None:
        return False
    return int(connection.execute(select(func.count()).select_from(staged)).scalar() or 0) >= _MANY


def _write_at_last(connection: Connection, stage: Staging, by: str | None) -> Merged:
    try:
        return _write(connection, stage, by)
    except IntegrityError as error:
        reason = str(error.orig).splitlines()[0]
        what = f"the database refuses it: {reason}"
        raise BadDataError([Problem(stage.file, "as a whole", None, what)]) from None


def _count_new(connection: Connection, stage: Staging) -> int:
    staged = stage.tables().get("service")
    if staged is None:
        return 0
    new = ~exists().where(SERVICE.c.id == staged.c.id)
    query = select(func.count()).select_from(staged).where(new)
    return int(connection.execute(query).scalar() or 0)


def _insert(connection: Connection, name: str, staged: Table, by: str | None) -> None:
    target = metadata.tables[name]
    values: dict[str, Any] = {column.name: staged.c[column.name] for column in target.c}
    if name == "service":
        values |= {"vetting_state": literal("draft"), "valid_until": literal(None)}
        values |= {"version": literal(1), "last_editor": literal(by)}
        modified = literal(now(), type_=SERVICE.c.last_modified.type)
        values["last_modified"] = func.coalesce(staged.c.last_modified, modified)
    new = ~exists().where(target.c.id == staged.c.id)
    rows = select(*[value.label(column) for column, value in values.items()]).where(
        new, free(staged)
    )
    connection.execute(insert(target).from_select(list(values), rows))


def _edit(connection: Connection, name: str, staged: Table, merged: Merged) -> None:
    target = metadata.tables[name]
    differs = or_(*(_differs(staged.c[c.name], c) for c in target.c if c.name not in VETTING))
    both = select(staged, *[column.label(f"old_{column.name}") for column in target.c]).join(
        target, target.c.id == staged.c.id
    )
    rows = connection.execute(both.where(differs, free(staged))).mappings().all()
    for row in rows:
        old = {column.name: row[f"old_{column.name}"] for column in target.c}
        new = {column.name: row[column.name] for column in target.c}
        changes = changed_columns(new, old)
        values = {column: after for column, (_, after) in changes.items()}
        connection.execute(update(target).where(target.c.id == row["id"]).values(values))
        merged.changes.append(RowChange(name, row["id"], _service_of(name, row), changes))


def _service_of(name: str, row: Mapping[str, Any]) -> str | None:
    if name == "service":
        return str(row["id"])
    linked: str | None = row.get("service_id") or row.get("link_id")
    return linked


def _differs(staged: Column, stored: Column) -> Any:
    different = staged.is_distinct_from(stored)
    return and_(staged.is_not(None), different) if stored.name in KEPT else different


def _remove(connection: Connection, stage: Staging, merged: Merged) -> None:
    """Take away what the file's services no longer have; what others own too is only cut off."""
    services = stage.tables().get("service")
    if services is None:
        return
    written = select(services.c.id).where(free(services))
    for table in metadata.sorted_tables:
        link = table.c.get("service_id", table.c.get("link_id"))
        if table.name not in stage.covered or link is None:
            continue
        staged = stage.tables().get(table.name)
        stale = [link.in_(written)]
        if staged is not None:
            stale.append(table.c.id.not_in(select(staged.c.id)))
        for row in connection.execute(select(table).where(*stale)).mappings().all():
            _detach(connection, table, link, dict(row))
            columns = {"id": (row["id"], None)}
            merged.changes.append(RowChange(table.name, row["id"], row[link.name], columns))
            merged.touched.add(row[link.name])


def _detach(connection: Connection, table: Table, link: Column, row: Row) -> None:
    others = [c for c in owner_columns(table) if c.name != link.name and row[c.name] is not None]
    if others and link.nullable:
        statement = update(table).where(table.c.id == row["id"]).values({link.name: None})
        connection.execute(statement)
    else:
        connection.execute(delete(table).where(table.c.id == row["id"]))


def _note_added(connection: Connection, name: str, staged: Table, merged: Merged) -> None:
    """Remember new rows that hang on records which were there before."""
    target = metadata.tables[name]
    old_owners = [
        staged.c[nested.via].in_(select(metadata.tables[outer].c.id))
        for outer, inner in NESTING.items()
        for nested in inner
        if isinstance(nested, Many) and nested.table == name
    ]
    # A new service of a known organization is new, and no change of others.
    if not old_owners or name == "service":
        return
    new = ~exists().where(target.c.id == staged.c.id)
    query = select(staged).where(new, free(staged), or_(*old_owners))
    for row in connection.execute(query).mappings().all():
        columns = {"id": (None, row["id"])}
        merged.changes.append(RowChange(name, row["id"], _service_of(name, row), columns))


def _touched(connection: Connection, merged: Merged) -> set[str]:
    """The services in which anything changed, however deep, without those that are new."""
    changed: dict[str, set[str]] = {}
    for change in merged.changes:
        changed.setdefault(change.table, set()).add(change.id)
    for table in reversed(metadata.sorted_tables):
        if table.name in changed and table.name not in _SHARED_WORDS | {"service"}:
            for outer, ids in _owners(connection, table, changed[table.name]):
                changed.setdefault(outer, set()).update(ids)
    place = metadata.tables["service_at_location"]
    # Sorts after location, so that it was passed before its places were known.
    for outer, ids in _owners(connection, place, changed.get(place.name, set())):
        if outer == "service":
            changed.setdefault(outer, set()).update(ids)
    return changed.get("service", set()) | merged.touched


def _owners(
    connection: Connection, table: Table, ids: Collection[str]
) -> Iterator[tuple[str, set[str]]]:
    """For each table that rows of `table` nest in: ids of the records that hold these rows."""
    for outer, inner in NESTING.items():
        for nested in inner:
            if nested.table != table.name:
                continue
            holder = metadata.tables[outer]
            found: set[str] = set()
            for some in batches(sorted(ids)):
                if isinstance(nested, Many):
                    # link_id and resource_id may name a record of any table.
                    query = (
                        select(table.c[nested.via])
                        .join(holder, holder.c.id == table.c[nested.via])
                        .where(table.c.id.in_(some))
                    )
                else:
                    query = select(holder.c.id).where(holder.c[nested.via].in_(some))
                found.update(connection.execute(query).scalars())
            if found:
                yield outer, found


def _mark(connection: Connection, stage: Staging, service_ids: Collection[str], by: str) -> None:
    """Count the version up and say who and when; a date that the file gave stays."""
    moment = now()
    undated = [literal(True)]
    staged = stage.tables().get("service")
    if staged is not None:
        dated = select(staged.c.id).where(staged.c.last_modified.is_not(None))
        undated = [SERVICE.c.id.not_in(dated)]
    for some in batches(sorted(service_ids)):
        values = {"version": SERVICE.c.version + 1, "last_editor": by}
        connection.execute(update(SERVICE).where(SERVICE.c.id.in_(some)).values(values))
        statement = update(SERVICE).where(SERVICE.c.id.in_(some), *undated)
        connection.execute(statement.values(last_modified=moment))
