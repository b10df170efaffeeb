"""What an edit of a service may touch: the service's own records, and none that others share.

HSDS nests whole organizations, locations and taxonomies in a service, and a document may name
any record by its id; an edit of one service must not change another one behind its verifier's
back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from directory.batches import batches
from directory.exchange.nesting import Many, inner
from directory.models import Service, ServiceAtLocation, metadata

Key = tuple[str, str]
"""Table and id of a record."""

Rows = dict[Key, dict[str, Any]]

# Where the services are named that use a record which services can share.
_USERS: dict[str, tuple[Any, Any]] = {
    "organization": (Service.organization_id, Service.id),
    "program": (Service.program_id, Service.id),
    "location": (ServiceAtLocation.location_id, ServiceAtLocation.service_id),
}

_FOR_ALL = frozenset({"taxonomy", "taxonomy_term"})


class Reach:
    """What belongs to the service in a document of it, and what only is named there.

    `own` holds the records that belong to no other service. `named` holds all others that the
    document must carry, such as the terms of its attributes.
    """

    def __init__(self, connection: Connection, document: dict[str, Any]) -> None:
        self._connection = connection
        self._id = document["id"]
        self._document = document
        self.own: set[Key] = set()
        self.named: set[Key] = set()
        for key, is_own in self._reached("service", document, None, True):
            (self.own if is_own else self.named).add(key)
        self.named -= self.own

    def trimmed(self) -> dict[str, Any]:
        """The document without what hangs on shared records, and so is not the service's."""
        trimmed: dict[str, Any] = self._trimmed("service", self._document, None)
        return trimmed

    def _reached(
        self, table: str, record: Any, link: str | None, is_own: bool
    ) -> Iterator[tuple[Key, bool]]:
        key = _key(table, record)
        if key is None:
            return
        is_own = is_own and not self._is_shared(key)
        yield key, is_own
        for nested in inner(table, link):
            value, column = record.get(nested.name), nested.column(table)
            if not isinstance(nested, Many):
                yield from self._reached(nested.table, value, column, is_own)
            elif is_own and isinstance(value, list):
                for item in value:
                    yield from self._reached(nested.table, item, column, True)

    def _trimmed(self, table: str, record: Any, link: str | None) -> Any:
        key = _key(table, record)
        if key is None:
            return record
        trimmed = dict(record)
        for nested in inner(table, link):
            value, column = record.get(nested.name), nested.column(table)
            if isinstance(nested, Many) and isinstance(value, list):
                kept = [item for item in value if key in self.own or self._is_here(nested, item)]
                trimmed[nested.name] = [self._trimmed(nested.table, i, column) for i in kept]
            elif value is not None:
                trimmed[nested.name] = self._trimmed(nested.table, value, column)
        return trimmed

    def _is_here(self, nested: Many, item: Any) -> bool:
        """Whether the record is in the document for other reasons too."""
        return _key(nested.table, item) in self.own | self.named

    def _is_shared(self, key: Key) -> bool:
        """Whether another service uses the record, or any might (taxonomies)."""
        name, id_ = key
        if name not in _USERS:
            return name in _FOR_ALL
        link, user = _USERS[name]
        queries = [select(user).where(link == id_, user != self._id)]
        table = metadata.tables[name]
        if "organization_id" in table.c:
            siblings = Service.organization_id == table.c.organization_id
            sibling = select(Service.id).join(table, siblings)
            queries.append(sibling.where(table.c.id == id_, Service.id != self._id))
        return any(self._connection.execute(query.limit(1)).first() for query in queries)


def rows_of(connection: Connection, keys: set[Key]) -> Rows:
    """The rows as they are in the database; records that are not there are left out."""
    rows: Rows = {}
    for name in sorted({table for table, _ in keys}):
        table = metadata.tables[name]
        for some in batches(sorted(id_ for of, id_ in keys if of == name)):
            for row in connection.execute(select(table).where(table.c.id.in_(some))).mappings():
                rows[name, row["id"]] = dict(row)
    return rows


def _key(table: str, record: Any) -> Key | None:
    id_ = record.get("id") if isinstance(record, dict) else None
    return (table, id_) if isinstance(id_, str) else None
