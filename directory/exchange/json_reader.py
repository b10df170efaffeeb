"""Reading HSDS JSON: nested documents become rows of the tables that they are about.

Where something is wrong is said with a JSON pointer (RFC 6901).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from directory.batches import Progress
from directory.exchange import rules
from directory.exchange.incoming import Incoming, Row
from directory.exchange.json_stream import read_records
from directory.exchange.nesting import INTERNAL, NESTING, POSITION, Many, Nested
from directory.exchange.shapes import ROOTS, shapes_of
from directory.exchange.tables import FILES
from directory.exchange.values import Check, is_required, json_check
from directory.models import metadata

# The name of the column that tells which table a record of this table is about.
_SUBJECT = {"attribute": "link_entity", "metadata": "resource_type"}

# So many documents of a list are looked at to find out what they are.
_MOST_WAITING = 1000

_TABLES = {file: table for table, file in FILES.items()}


def read_json(path: Path, incoming: Incoming, progress: Progress) -> None:
    """Give the rows of a file: a list of documents, a page, one document, or HSDS's tables.

    `progress` gets the bytes read and the size of the file. Raises BadDataError for what is not
    JSON, and OSError.
    """
    recognised = _Recognised(incoming)
    for place, file, content in read_records(path, _TABLES, progress):
        if file is None:
            recognised.read(content, place)
        else:
            read_document(content, place, incoming, _TABLES[file])
    recognised.finish()


def read_document(document: Any, place: str, incoming: Incoming, table: str) -> None:
    """Give the rows of one document of this table and of all that is nested in it."""
    _Reader(incoming).read(table, document, place, {}, None)


class _Recognised:
    """Reads documents of one list, whose table their properties tell.

    Documents that may be of several tables wait for one that can be of one table only.
    """

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self._likely: str | None = None
        self._waiting: list[tuple[Any, str, str]] = []

    def read(self, document: Any, place: str) -> None:
        """Give the rows of the document, or keep it for later."""
        if not isinstance(document, dict):
            self._incoming.fault(place or "/", None, "must be an object, such as a service")
            return
        tables = shapes_of(document)
        if not tables:
            what = f"is no record of HSDS; those are {', '.join(ROOTS)}"
            self._incoming.fault(place or "/", None, what)
        elif len(tables) == 1:
            self._likely = tables[0]
            self.finish()
            read_document(document, place, self._incoming, tables[0])
        elif self._likely in tables:
            read_document(document, place, self._incoming, self._likely)
        else:
            self._waiting.append((document, place, tables[0]))
            if len(self._waiting) >= _MOST_WAITING:
                self.finish()

    def finish(self) -> None:
        """Read what waits: as what the list turned out to be, or as the likeliest."""
        waiting, self._waiting = self._waiting, []
        for document, place, likeliest in waiting:
            table = self._likely if self._likely in shapes_of(document) else likeliest
            read_document(document, place, self._incoming, table or likeliest)


class _Reader:
    """Walks a document and gives what is in it."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming

    def read(
        self, table: str, document: Any, place: str, given: Row, outer: str | None
    ) -> str | None:
        """Read a document and all inside it; returns its id, or None if it has none.

        `given` holds the columns that the enclosing record, of table `outer`, decides.
        """
        if not isinstance(document, dict):
            self._fault(place, f"must be an object (a {table})")
            return None
        row, sound = self._columns(table, document, place)
        if "id" not in row:
            if document.get("id") is None:
                self._fault(f"{place}/id", "must be a UUID")
            return None
        for name, value in given.items():
            if row.setdefault(name, value) != value:
                self._fault(f"{place}/{name}", "is not the record in which this one is nested")
        if table in _SUBJECT:
            row.setdefault(_SUBJECT[table], outer)
        for nested in NESTING.get(table, ()):
            if document.get(nested.name) is not None:
                self._read_nested(table, nested, document[nested.name], place, row)
        if sound:
            self._complete(table, row, place)
        return str(row["id"])

    def _fault(self, place: str, what: str) -> None:
        self._incoming.fault(place or "/", None, what)

    def _columns(self, table: str, document: Row, place: str) -> tuple[Row, bool]:
        """The document's own properties as values of columns, and whether all are sound."""
        checks = _checks(table)
        nested = _nested_names(table)
        row: Row = {}
        sound = True
        for name, value in document.items():
            if value is None or name in nested:
                continue
            if name not in checks:
                self._incoming.ignored(f"{table}.{name}")
                continue
            try:
                row[name] = checks[name](value)
            except ValueError as error:
                self._fault(f"{place}/{name}", str(error))
                sound = False
        return {name: value for name, value in row.items() if value is not None}, sound

    def _read_nested(self, table: str, nested: Nested, content: Any, place: str, row: Row) -> None:
        where = f"{place}/{nested.name}"
        if not isinstance(nested, Many):
            self._read_one(table, nested, content, where, row)
        elif not isinstance(content, list):
            self._fault(where, "must be a list")
        else:
            ordered = POSITION in metadata.tables[nested.table].c
            for index, item in enumerate(content):
                given = {nested.via: row["id"], **({POSITION: index} if ordered else {})}
                self.read(nested.table, item, f"{where}/{index}", given, table)

    def _read_one(self, table: str, nested: Nested, content: Any, where: str, row: Row) -> None:
        if nested.table == "program" and isinstance(content, dict):
            # A program that does not say whose it is, is of the organization of the service.
            content = {"organization_id": row.get("organization_id"), **content}
        id_ = self.read(nested.table, content, where, {}, table)
        if id_ is not None and row.setdefault(nested.via, id_) != id_:
            self._fault(f"{where}/id", f"is not the {nested.via} of the record around it")

    def _complete(self, table: str, row: Row, place: str) -> None:
        """Give the row if nothing is missing and its columns go together."""
        missing = [name for name in _required(table) if row.get(name) is None]
        for name in missing:
            self._fault(place, f"{name} is missing")
        if missing:
            return
        faults = list(rules.faults(table, row))
        for name, what in faults:
            self._fault(f"{place}/{name}", what)
        if not faults:
            self._incoming.add(table, row, place or "/")


@cache
def _nested_names(table: str) -> frozenset[str]:
    return frozenset(nested.name for nested in NESTING.get(table, ()))


@cache
def _required(table: str) -> tuple[str, ...]:
    return tuple(column.name for column in metadata.tables[table].c if is_required(column))


@cache
def _checks(table: str) -> Mapping[str, Check]:
    """The check of each column that a document may name."""
    left_out = INTERNAL.get(table, frozenset()) | {POSITION}
    columns = metadata.tables[table].c
    return {column.name: json_check(column) for column in columns if column.name not in left_out}
