"""Writing HSDS tabular data: a CSV file (RFC 4180, UTF-8) a table, and their datapackage.json.

The whole directory is written except what each keeps to itself (the vetting), and except those of
our own terms that no record uses: every directory has them. A record's place in a list is in the
column `position`.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Boolean, Column, Date, Float, Integer, Table, func, or_, select
from sqlalchemy.engine import Connection

from directory.batches import Progress, no_progress
from directory.errors import BadDataError, Problem
from directory.exchange.datapackage import datapackage
from directory.exchange.formulas import harmless
from directory.exchange.properties import moment_text, plain_number
from directory.exchange.references import with_unresolved
from directory.exchange.replacing import replacing
from directory.exchange.tables import DATAPACKAGE, FILES, exchanged_columns
from directory.info import is_demonstration
from directory.models import metadata
from directory.models.base import UtcDateTime
from directory.vocabulary import TAXONOMIES

# Rows fetched at once.
_PORTION = 1000
# Archives with the same content are the same file: no time of their making is in them.
_EPOCH = (1980, 1, 1, 0, 0, 0)

Opener = Callable[[str], Any]
"""Opens a file of the package for writing text, as a context manager."""


def export_tabular(connection: Connection, path: Path, progress: Progress = no_progress) -> int:
    """Write the directory into a .zip archive or a folder; returns how many services there are.

    `progress` gets rows done and total. A folder is made if need be, and must be empty or hold an
    earlier export. Raises BadDataError for a folder with other files in it, and OSError.
    """
    with _zip_archive(path) if path.suffix.lower() == ".zip" else _folder(path) as opener:
        total = sum(_count(connection, metadata.tables[name]) for name in FILES)
        done = 0
        for name, file in FILES.items():
            with opener(file) as text:
                for written in _write(connection, name, text):
                    progress(done + written, total)
                done += _count(connection, metadata.tables[name])
        with opener(DATAPACKAGE) as text:
            json.dump(datapackage(), text, ensure_ascii=False, indent=1)
    return _count(connection, metadata.tables["service"])


@contextmanager
def _folder(path: Path) -> Iterator[Opener]:
    path.mkdir(parents=True, exist_ok=True)
    foreign = {file.name for file in path.iterdir()} - {*FILES.values(), DATAPACKAGE}
    if foreign:
        what = f"holds other files, such as {min(foreign)}; export into an empty folder"
        raise BadDataError([Problem(path.name, "as a whole", None, what)])

    @contextmanager
    def opener(name: str) -> Iterator[TextIO]:
        with (
            replacing(path / name) as unfinished,
            unfinished.open("w", encoding="utf-8", newline="") as text,
        ):
            yield text

    yield opener


@contextmanager
def _zip_archive(path: Path) -> Iterator[Opener]:
    with replacing(path) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:

        @contextmanager
        def opener(name: str) -> Iterator[TextIO]:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            with (
                archive.open(info, "w", force_zip64=True) as packed,
                io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
            ):
                yield text

        yield opener


def _count(connection: Connection, table: Table) -> int:
    query = select(func.count()).select_from(table).where(*_exported(table))
    return int(connection.execute(query).scalar() or 0)


def _write(connection: Connection, name: str, text: TextIO) -> Iterator[int]:
    """Write one table; tells after each portion how many rows are written."""
    table, columns = metadata.tables[name], exchanged_columns(name)
    # Nobody assured the services of a demonstration: no file claims it.
    left_out = "assured_date" if is_demonstration(connection) else None
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    to_cells = [_nothing if column.name == left_out else _to_cell(column) for column in columns]
    query = select(*columns).where(*_exported(table)).order_by(table.c.id)
    rows = connection.execute(query.execution_options(stream_results=True))
    written = 0
    for portion in rows.mappings().partitions(_PORTION):
        complete = with_unresolved(connection, name, portion)
        writer.writerows(_cells(to_cells, [list(row.values()) for row in complete]))
        written += len(portion)
        yield written


def _exported(table: Table) -> Sequence[Any]:
    """Conditions for a row to be written: our own taxonomies and terms only if they are used."""
    if table.name not in ("taxonomy", "taxonomy_term"):
        return ()
    attribute, term = metadata.tables["attribute"], metadata.tables["taxonomy_term"]
    used = select(attribute.c.taxonomy_term_id)
    if table.name == "taxonomy":
        ours = [taxonomy.id for taxonomy in TAXONOMIES]
        used = select(term.c.taxonomy_id).where(
            term.c.taxonomy_id.is_not(None),
            or_(term.c.id.not_in(_our_terms()), term.c.id.in_(used)),
        )
    else:
        ours = _our_terms()
    return (or_(table.c.id.not_in(ours), table.c.id.in_(used)),)


def _our_terms() -> list[str]:
    return [row["id"] for taxonomy in TAXONOMIES for row in taxonomy.term_rows()]


def _cells(to_cells: Sequence[Callable[[Any], str]], rows: Sequence[Any]) -> Iterator[list[str]]:
    for row in rows:
        yield [
            "" if value is None else to_cell(value)
            for to_cell, value in zip(to_cells, row, strict=True)
        ]


def _to_cell(column: Column) -> Callable[[Any], str]:
    kind = column.type
    if isinstance(kind, Boolean):
        return lambda value: "true" if value else "false"
    if isinstance(kind, Float):
        return lambda value: str(plain_number(value))
    if isinstance(kind, Integer):
        return str
    if isinstance(kind, UtcDateTime):
        return moment_text
    return date.isoformat if isinstance(kind, Date) else harmless


def _nothing(value: Any) -> str:
    return ""
