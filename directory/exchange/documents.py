"""Giving records out as HSDS JSON documents, nested in full or flat as in lists.

Empty properties are left out, as HSDS does. The vetting state is not part of a document: a
verification is worth something only to those who made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.batches import batches
from directory.exchange.nesting import POSITION, Many, Nested, One, inner
from directory.exchange.properties import document_of
from directory.info import is_demonstration
from directory.models import Service, ServiceAtLocation, UnresolvedReference, metadata

Document = dict[str, Any]
Reader: TypeAlias = "Connection | Session"

UNRESOLVED = UnresolvedReference.__table__

# All functions below give the documents of the ids that exist, in the order of `ids`. Documents
# share what they have in common, such as the organization of two services: read, do not change.


def full_services(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The services with everything that belongs to them (HSDS service), in the order of `ids`."""
    return _Writer(reader).documents("service", ids)


def listed_services(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The services with organization and program only (HSDS service_list), in that order."""
    return _Writer(reader, nest=One).documents("service", ids)


def full_organizations(
    reader: Reader, ids: Sequence[str], with_services: bool = False, which: Any = None
) -> list[Document]:
    """The organizations with everything that belongs to them (HSDS organization).

    Their services are nested, in full, `with_services`; then only those that meet `which`, an SQL
    condition on Service such as `may_be_shown(day)`, if there is one.
    """
    link = None if with_services else "service.organization_id"
    return _Writer(reader, which=which).documents("organization", ids, link)


def listed_organizations(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The organizations' own properties (HSDS organization_list)."""
    return _Writer(reader, nest=One).documents("organization", ids)


def full_service_at_locations(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """Services at locations, with service and location in full (HSDS service_at_location)."""
    return _Writer(reader).documents("service_at_location", ids)


def listed_service_at_locations(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """Service with organization and program, and location (HSDS service_at_location_list)."""
    return _Writer(reader, nest=One).documents("service_at_location", ids)


def full_locations(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The locations with everything that belongs to them (HSDS location)."""
    return _Writer(reader).documents("location", ids)


def taxonomies(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The taxonomies (HSDS taxonomy and taxonomy_list)."""
    return _Writer(reader).documents("taxonomy", ids)


def taxonomy_terms(reader: Reader, ids: Sequence[str]) -> list[Document]:
    """The terms with their taxonomies (HSDS taxonomy_term and taxonomy_term_list)."""
    return _Writer(reader).documents("taxonomy_term", ids)


@dataclass(frozen=True)
class _Node:
    """A row on its way into a document. `home` is the organization that the document is about."""

    row: Mapping[str, Any]
    home: str | None
    document: Document


class _Writer:
    """Builds the documents of many records at once, with one query a kind of record."""

    def __init__(
        self, reader: Reader, nest: type[Many] | type[One] | None = None, which: Any = None
    ) -> None:
        self._reader = reader
        self._nest = nest
        self._which = which
        # References to records that are nowhere, by the id of who refers: no nesting says them.
        self._lost: dict[str, dict[str, str]] = {}
        self._has_lost = reader.execute(select(UNRESOLVED.c.record_id).limit(1)).first() is not None
        # Nobody assured the services of a demonstration: no document claims it.
        self._left_out = {"assured_date"} if is_demonstration(reader) else set()

    def documents(self, table: str, ids: Sequence[str], link: str | None = None) -> list[Document]:
        """The documents of these records; `link` is the column over which nothing is nested."""
        homes = self._homes(ids) if table == "service_at_location" else {}
        rows = self._rows(metadata.tables[table], "id", ids)
        nodes = {row["id"]: self._node(table, row, homes.get(row["id"])) for row in rows}
        self._fill(table, list(nodes.values()), link)
        return [nodes[id_].document for id_ in ids if id_ in nodes]

    def _homes(self, ids: Iterable[str]) -> dict[str, str]:
        """The organizations of services at locations."""
        homes: dict[str, str] = {}
        for some in batches(ids):
            query = (
                select(ServiceAtLocation.id, Service.organization_id)
                .join(Service, Service.id == ServiceAtLocation.service_id)
                .where(ServiceAtLocation.id.in_(some))
            )
            homes.update((row.id, row.organization_id) for row in self._reader.execute(query))
        return homes

    def _node(self, table: str, row: Mapping[str, Any], home: str | None) -> _Node:
        if table in ("organization", "service"):
            home = row["id" if table == "organization" else "organization_id"]
        document = document_of(table, row, home) | self._lost.get(row["id"], {})
        for name in self._left_out & document.keys():
            del document[name]
        return _Node(row, home, document)

    def _fill(self, table: str, nodes: Sequence[_Node], link: str | None) -> None:
        """Nest in the nodes' documents what belongs there."""
        if not nodes:
            return
        for nested in inner(table, link):
            if self._nest is None or isinstance(nested, self._nest):
                fill = self._fill_many if isinstance(nested, Many) else self._fill_one
                self._fill(nested.table, fill(nested, nodes), nested.column(table))

    def _fill_many(self, nested: Nested, nodes: Sequence[_Node]) -> list[_Node]:
        """Put one list into each document; returns what is in the lists."""
        rows: dict[str, list[Mapping[str, Any]]] = {}
        owners = sorted({node.row["id"] for node in nodes})
        for row in self._rows(metadata.tables[nested.table], nested.via, owners):
            rows.setdefault(row[nested.via], []).append(row)
        added: list[_Node] = []
        for node in nodes:
            new = [self._node(nested.table, row, node.home) for row in rows.get(node.row["id"], ())]
            if new:
                node.document[nested.name] = [one.document for one in new]
                added += new
        return added

    def _fill_one(self, nested: Nested, nodes: Sequence[_Node]) -> list[_Node]:
        """Put one record into each document that has one; returns these records."""
        ids = sorted({node.row[nested.via] for node in nodes if node.row[nested.via]})
        table = metadata.tables[nested.table]
        rows = {row["id"]: row for row in self._rows(table, "id", ids)}
        shared: dict[tuple[str, str | None], _Node] = {}
        for node in nodes:
            key = (node.row[nested.via], node.home)
            if key[0] is None:
                continue
            if key not in shared:
                shared[key] = self._node(nested.table, rows[key[0]], node.home)
            node.document[nested.name] = shared[key].document
        return list(shared.values())

    def _rows(self, table: Table, column: str, ids: Iterable[str]) -> list[Mapping[str, Any]]:
        order = [table.c[POSITION]] if POSITION in table.c else []
        rows: list[Mapping[str, Any]] = []
        for some in batches(ids):
            query = select(table).where(table.c[column].in_(some)).order_by(*order, table.c.id)
            if self._which is not None and column == "organization_id" and table.name == "service":
                query = query.where(self._which)
            rows += self._reader.execute(query).mappings().all()
        if self._has_lost:
            self._find_lost(table.name, [row["id"] for row in rows])
        return rows

    def _find_lost(self, table: str, ids: Iterable[str]) -> None:
        for some in batches(ids):
            query = select(UNRESOLVED).where(
                UNRESOLVED.c.table_name == table, UNRESOLVED.c.record_id.in_(some)
            )
            for lost in self._reader.execute(query):
                self._lost.setdefault(lost.record_id, {})[lost.column_name] = lost.target_id
