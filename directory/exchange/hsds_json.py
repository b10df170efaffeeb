"""HSDS JSON files: a list of fully nested services (service_package), in and out.

Import also takes a single service or a page of the HSDS API. A file with a single fault changes
nothing; every fault is reported with a JSON pointer (RFC 6901).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer, select
from sqlalchemy.engine import Connection

from directory.batches import Progress, batches, no_progress
from directory.errors import BadDataError, Problem
from directory.exchange.documents import full_services
from directory.exchange.nesting import NESTING, Many
from directory.exchange.records import VETTING, ImportReport, Row, ServiceRecord, store
from directory.models import Service, metadata
from directory.models.base import UtcDateTime
from directory.models.service import VETTING_STATES

T = TypeVar("T")

# The name of the column that tells which table a record of this table is about.
_SUBJECT = {"attribute": "link_entity", "metadata": "resource_type"}


def import_hsds_json(
    connection: Connection, path: Path, progress: Progress = no_progress
) -> ImportReport:
    """Import the file inside the caller's transaction; `progress` gets services done and total.

    Raises BadDataError with all faults, and OSError if there is no such file.
    """
    services = _services(path)
    reader = _Reader(path.name)
    records: list[ServiceRecord] = []
    for done, (place, service) in enumerate(services, start=1):
        records += reader.service(service, place)
        progress(done, len(services))
    if reader.problems:
        raise BadDataError(reader.problems)
    report = store(connection, path.name, records)
    return ImportReport(
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        kept=report.kept,
        ignored=tuple(sorted(reader.ignored)),
    )


def apply_document(connection: Connection, document: Any, name: str) -> None:
    """Give a service the content of a full HSDS document, whatever its state.

    The caller is responsible for the state, the version, the audit log and the search index.
    `name` says in errors where the document comes from. Raises BadDataError.
    """
    reader = _Reader(name)
    records = list(reader.service(document, ""))
    if reader.problems:
        raise BadDataError(reader.problems)
    store(connection, name, records, writable=VETTING_STATES)


def export_hsds_json(connection: Connection, path: Path, progress: Progress = no_progress) -> int:
    """Write all services into the file as a JSON list; returns how many there are."""
    ids: list[str] = connection.execute(select(Service.id).order_by(Service.id)).scalars().all()
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        done = 0
        for some in batches(ids):
            for document in full_services(connection, some):
                file.write(",\n" if done else "\n")
                json.dump(document, file, ensure_ascii=False, indent=1)
                done += 1
                progress(done, len(ids))
        file.write("\n]\n")
    return len(ids)


def _services(path: Path) -> list[tuple[str, Any]]:
    """JSON pointer and content of each service in the file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise BadDataError([Problem(path.name, place, None, f"not JSON: {error.msg}")]) from None
    except UnicodeDecodeError as error:
        place = f"byte {error.start}"
        raise BadDataError([Problem(path.name, place, None, "is not UTF-8")]) from None
    except (RecursionError, ValueError) as error:
        raise BadDataError([Problem(path.name, "/", None, f"not JSON: {error}")]) from None
    if isinstance(content, list):
        return [(f"/{index}", service) for index, service in enumerate(content)]
    if isinstance(content, dict) and isinstance(content.get("contents"), list):
        return [(f"/contents/{i}", service) for i, service in enumerate(content["contents"])]
    return [("", content)]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


class _Reader:
    """Turns nested documents into rows, and collects what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.ignored: set[str] = set()
        self._file = file
        self._seen: set[str] = set()

    def service(self, document: Any, place: str) -> Iterator[ServiceRecord]:
        """The record of one service; nothing if it is faulty."""
        record = ServiceRecord("", place or "/")
        before = len(self.problems)
        id_ = self._read(record, "service", document, place, {}, None)
        if id_ in self._seen:
            self._fault(place, f"the service {id_} is in this file twice")
        if id_ is None or len(self.problems) > before:
            return
        self._seen.add(id_)
        record.id = id_
        yield record

    def _fault(self, place: str, what: str) -> None:
        self.problems.append(Problem(self._file, place or "/", None, what))

    def _read(
        self,
        record: ServiceRecord,
        table: str,
        document: Any,
        place: str,
        given: Row,
        outer: str | None,
    ) -> str | None:
        """Read a document and all inside it; returns its id, or None if it has none.

        `given` holds the columns that the enclosing record, of table `outer`, decides.
        """
        if not isinstance(document, dict):
            self._fault(place, f"must be an object (a {table})")
            return None
        id_ = document.get("id")
        if not _is_uuid(id_):
            self._fault(f"{place}/id", "must be a UUID")
            return None
        row = {**self._columns(table, document, place), **given}
        if table in _SUBJECT:
            row.setdefault(_SUBJECT[table], outer)
        self._read_inner(record, table, document, place, row)
        self._require(table, row, place)
        try:
            record.add(table, row)
        except ValueError as error:
            self._fault(place, str(error))
        return str(id_)

    def _columns(self, table: str, document: Row, place: str) -> Row:
        """The document's own properties as values of columns."""
        columns = metadata.tables[table].c
        inner = {nested.name for nested in NESTING[table]}
        row: Row = {}
        for name, value in document.items():
            if name in inner or value is None:
                continue
            if name not in columns or name in VETTING:
                self.ignored.add(f"{table}.{name}")
                continue
            try:
                row[name] = _value(columns[name], value)
            except ValueError as error:
                self._fault(f"{place}/{name}", str(error))
        return row

    def _read_inner(
        self, record: ServiceRecord, table: str, document: Row, place: str, row: Row
    ) -> None:
        for nested in NESTING[table]:
            content = document.get(nested.name)
            where = f"{place}/{nested.name}"
            if content is None:
                continue
            if not isinstance(nested, Many):
                # A program is of the organization that runs the service.
                owner = row.get("organization_id")
                given: Row = {"organization_id": owner} if nested.table == "program" else {}
                id_ = self._read(record, nested.table, content, where, given, table)
                row[nested.via] = id_
            elif not isinstance(content, list):
                self._fault(where, "must be a list")
            else:
                for index, item in enumerate(content):
                    given = {nested.via: row["id"]}
                    if "position" in metadata.tables[nested.table].c:
                        given["position"] = index
                    self._read(record, nested.table, item, f"{where}/{index}", given, table)

    def _require(self, table: str, row: Row, place: str) -> None:
        for column in metadata.tables[table].c:
            optional = column.nullable or column.default is not None
            if not optional and row.get(column.name) is None:
                self._fault(place, f"{column.name} is missing")


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False


def _value(column: Column, value: Any) -> Any:
    """A JSON value as the column's type has it. Raises ValueError saying what it must be."""
    kind = column.type
    if isinstance(kind, Boolean):
        return _typed(value, bool, "true or false")
    if isinstance(kind, (Integer, Float)):
        if isinstance(value, bool):
            raise ValueError("must be a number")
        number = _typed(value, (int, float), "a number")
        return int(number) if isinstance(kind, Integer) and number == int(number) else float(number)
    text: str = _typed(value, str, "text")
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    if isinstance(kind, Date):
        return _parsed(date.fromisoformat, text, "a date, YYYY-MM-DD")
    if isinstance(kind, UtcDateTime):
        return _parsed(_moment, text, "a date and time with its offset from UTC")
    if isinstance(kind, Enum):
        if text not in kind.enums:
            raise ValueError(f"must be one of {', '.join(kind.enums)}")
        return text
    if kind.length is not None and len(text) > kind.length:
        raise ValueError(f"is longer than {kind.length} characters")
    return text


def _typed(value: Any, kind: type | tuple[type, ...], name: str) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"must be {name}")
    return value


def _parsed(parse: Callable[[str], T], text: str, name: str) -> T:
    try:
        return parse(text)
    except ValueError:
        raise ValueError(f"must be {name}") from None


def _moment(text: str) -> datetime:
    """An ISO 8601 moment; without an offset it is UTC."""
    moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
