"""Recognising services again whose ids are new: exporters that number afresh each time.

A staged service with an unknown id is the known one if both were read on the same page and have
the same name; a staged source may be given for the whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Table, and_, bindparam, select, update
from sqlalchemy.engine import Connection

from directory.exchange.shielding import owner_columns
from directory.exchange.staging import PLACE, Staging
from directory.models import metadata
from directory.vocabulary import derived_id

SERVICE = metadata.tables["service"]
PROVENANCE = metadata.tables["provenance"]


def name_source(connection: Connection, stage: Staging, source_url: str) -> None:
    """Note the address as provenance of each staged service that has none."""
    tables = stage.tables()
    services, known = tables.get("service"), tables.get("provenance")
    if services is None:
        return
    without = select(services.c.id, services.c[PLACE])
    if known is not None:
        without = without.where(services.c.id.not_in(select(known.c.service_id)))
    for row in connection.execute(without).all():
        id_ = derived_id("provenance", row.id, source_url)
        provenance = {"id": id_, "service_id": row.id, "source_url": source_url}
        stage.add("provenance", provenance, row._mapping[PLACE])
    stage.finish()


def recognise(connection: Connection, stage: Staging) -> None:
    """Give staged services and organizations the ids under which they are known here.

    Where one of either side could be several of the other, nobody can tell, and all stay new.
    """
    tables = stage.tables()
    if "service" not in tables or "provenance" not in tables:
        return
    rows = _lookalikes(connection, tables["service"], tables["provenance"])
    services = _one_to_one({(row.id, row.known_id) for row in rows})
    if not services:
        return
    organizations = _one_to_one(
        {(row.organization_id, row.known_organization_id) for row in rows if row.id in services}
    )
    _rename(connection, stage, services)
    _rename(connection, stage, {new: old for new, old in organizations.items() if new != old})


def _lookalikes(connection: Connection, services: Table, sources: Table) -> list[Any]:
    """Staged services without a namesake by id, beside the known ones they seem to be."""
    same_id, twin = SERVICE.alias(), services.alias()
    query = (
        select(
            services.c.id,
            SERVICE.c.id.label("known_id"),
            services.c.organization_id,
            SERVICE.c.organization_id.label("known_organization_id"),
        )
        .join(sources, sources.c.service_id == services.c.id)
        .join(PROVENANCE, PROVENANCE.c.source_url == sources.c.source_url)
        .join(
            SERVICE,
            and_(SERVICE.c.id == PROVENANCE.c.service_id, SERVICE.c.name == services.c.name),
        )
        .outerjoin(same_id, same_id.c.id == services.c.id)
        .outerjoin(twin, twin.c.id == SERVICE.c.id)
        .where(same_id.c.id.is_(None), twin.c.id.is_(None))
    )
    rows: list[Any] = connection.execute(query).all()
    return rows


def _one_to_one(pairs: Collection[tuple[str, str]]) -> dict[str, str]:
    """The pairs of which neither side occurs in another pair."""
    left = Counter(new for new, _ in pairs)
    right = Counter(old for _, old in pairs)
    return {new: old for new, old in pairs if left[new] == right[old] == 1}


def _rename(connection: Connection, stage: Staging, ids: Mapping[str, str]) -> None:
    """Put the known ids in the place of the new ones, wherever staged rows name them."""
    values = [{"new": new, "old": old} for new, old in ids.items()]
    if not values:
        return
    for name, staged in stage.tables().items():
        target = metadata.tables[name]
        links = {column.name for column in owner_columns(target)}
        links |= {column.name for column in target.c if column.foreign_keys}
        if name in ("service", "organization"):
            links.add("id")
        for link in sorted(links):
            column = staged.c[link]
            statement = update(staged).where(column == bindparam("new"))
            connection.execute(statement.values({link: bindparam("old")}), values)
