"""Who is protected from a file: services in review or past it, with everything that is theirs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, insert, or_, select, union_all
from sqlalchemy.engine import Connection

from directory.exchange.nesting import NESTING, Many
from directory.exchange.staging import Staging
from directory.models import metadata

SERVICE = metadata.tables["service"]

_shielded = Table(
    "stage_shielded", MetaData(), Column("id", String(36), primary_key=True), prefixes=["TEMPORARY"]
)


def owner_columns(table: Table) -> list[Column]:
    """The columns by which a row of this table hangs on another record."""
    owners = {"link_id", "resource_id"} & set(table.c.keys())
    linked = {
        nested.via
        for inner in NESTING.values()
        for nested in inner
        if isinstance(nested, Many) and nested.table == table.name
    }
    return [table.c[name] for name in sorted(owners | linked)]


def shield(connection: Connection, stage: Staging, writable: Collection[str]) -> None:
    """Note the ids of all staged rows that belong to services which may not be written."""
    _shielded.drop(connection, checkfirst=True)
    _shielded.create(connection)
    staged = stage.tables()
    if "service" not in staged:
        return
    protected = select(SERVICE.c.id).where(
        SERVICE.c.id.in_(select(staged["service"].c.id)), SERVICE.c.vetting_state.not_in(writable)
    )
    connection.execute(insert(_shielded).from_select(["id"], protected))
    if connection.execute(select(_shielded.c.id).limit(1)).first() is None:
        return
    _shield_shared(connection)
    for name, table in staged.items():
        links = owner_columns(metadata.tables[name])
        owners = [table.c[link.name].in_(select(_shielded.c.id)) for link in links]
        known = select(_shielded.c.id)
        if owners and name != "service":
            theirs = select(table.c.id).where(or_(*owners), table.c.id.not_in(known)).distinct()
            connection.execute(insert(_shielded).from_select(["id"], theirs))


def _shield_shared(connection: Connection) -> None:
    """What shielded services share with others: their organizations, programs and places."""
    place = metadata.tables["service_at_location"]
    mine = SERVICE.c.id.in_(select(_shielded.c.id))
    shared = union_all(
        select(SERVICE.c.organization_id.label("id")).where(mine),
        select(SERVICE.c.program_id).where(mine, SERVICE.c.program_id.is_not(None)),
        select(place.c.location_id).where(place.c.service_id.in_(select(_shielded.c.id))),
    ).subquery()
    connection.execute(insert(_shielded).from_select(["id"], select(shared.c.id).distinct()))


def free(staged: Table) -> Any:
    """The SQL condition for a staged row that may be written."""
    return staged.c.id.not_in(select(_shielded.c.id))
