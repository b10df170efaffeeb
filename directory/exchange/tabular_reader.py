"""Reading HSDS tabular data: a folder or zip archive with one CSV file (RFC 4180) a table.

datapackage.json is not needed: the files and columns are those of the specification.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Column

from directory.batches import Progress
from directory.exchange import rules
from directory.exchange.columns import ColumnCheck, cell_check, column_check
from directory.exchange.incoming import Incoming, Row
from directory.exchange.package import PackedFile, open_package
from directory.exchange.tables import FILES, exchanged_columns
from directory.exchange.values import LONGEST_TEXT, Check, is_required, must_not_be_empty

_TABLES = {file: table for table, file in FILES.items()}
# Bytes of one line: several texts of the greatest length.
_LONGEST_LINE = 32 * 2**20
_PROGRESS_STEP = 1 << 20
# So many rows are checked at once.
_PORTION = 2000


def read_tabular(path: Path, incoming: Incoming, progress: Progress) -> None:
    """Give the rows of all files of a folder or zip archive.

    `progress` gets the bytes read and the bytes of all files, unpacked. Raises BadDataError for
    what is no such package, and OSError.
    """
    # One limit for all files; the csv module knows only a global one.
    csv.field_size_limit(LONGEST_TEXT + 1)
    with open_package(path, tuple(_TABLES)) as package:
        for name in package.others:
            incoming.ignored(name)
        files = [package.files[name] for name in _TABLES if name in package.files]
        incoming.covers([_TABLES[file.name] for file in files])
        watch = _Watch(progress, sum(file.size for file in files))
        for file in files:
            _read_file(file, incoming, watch)


@dataclass
class _Watch:
    """Tells the progress now and then."""

    progress: Progress
    total: int
    done: int = 0
    told: int = 0

    def add(self, size: int) -> None:
        """Count bytes."""
        self.done += size
        if self.done - self.told >= _PROGRESS_STEP or self.done >= self.total:
            self.told = self.done
            self.progress(self.done, self.total)


@dataclass(frozen=True)
class _Plan:
    """How the cells of a file become rows: for each column its name and check, or nothing."""

    table: str
    names: Sequence[str | None]
    checks: Sequence[Check]
    column_checks: Sequence[ColumnCheck]
    required: frozenset[str]
    # Required columns that may be empty.
    empty: Row = field(default_factory=dict)


class _Rows:
    """The rows of a file in portions; `line` is where the next row begins."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._reader = csv.reader(lines, strict=True)
        self.line = 1

    @property
    def next_line(self) -> int:
        """The line that is read next; a row may have several."""
        return self._reader.line_num + 1

    def header(self) -> list[str]:
        """The first row. Raises csv.Error and UnicodeDecodeError, as `portions` does."""
        header = next(self._reader, [])
        self.line = self.next_line
        return header

    def portions(self) -> Iterator[tuple[list[list[str]], list[int]]]:
        """Rows with the lines in which they begin; what precedes an error comes before it."""
        rows: list[list[str]] = []
        lines: list[int] = []
        try:
            for cells in self._reader:
                rows.append(cells)
                lines.append(self.line)
                self.line = self.next_line
                if len(rows) == _PORTION:
                    yield rows, lines
                    rows, lines = [], []
        except (UnicodeDecodeError, csv.Error):
            if rows:
                yield rows, lines
            raise
        if rows:
            yield rows, lines


def _read_file(file: PackedFile, incoming: Incoming, watch: _Watch) -> None:
    """Give the rows of one file; what cannot be read at all ends it."""
    with file.open() as binary:
        rows = _Rows(_lines(binary, watch))
        try:
            plan = _plan(file.name, rows.header(), incoming)
            if plan is None:
                return
            for portion, lines in rows.portions():
                places = [f"{file.name}, line {line}" for line in lines]
                if not _read_portion(plan, portion, places, incoming):
                    for cells, place in zip(portion, places, strict=True):
                        _read_row(plan, cells, place, incoming)
        except UnicodeDecodeError as error:
            place = f"{file.name}, line {rows.next_line}"
            what = f"is not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8"
            incoming.fault(place, None, what)
        except csv.Error as error:
            incoming.fault(f"{file.name}, line {rows.line}", None, _explained(error))


def _lines(file: BinaryIO, watch: _Watch) -> Iterator[str]:
    """The lines as text, without the byte order mark that spreadsheets write."""
    encoding = "utf-8-sig"
    for line in iter(partial(file.readline, _LONGEST_LINE), b""):
        watch.add(len(line))
        if len(line) == _LONGEST_LINE:
            raise csv.Error(f"a line is longer than {_LONGEST_LINE} bytes")
        yield line.decode(encoding)
        encoding = "utf-8"


def _explained(error: csv.Error) -> str:
    what = str(error)
    if "field limit" in what:
        return f"a cell is longer than {LONGEST_TEXT} characters; is a quotation mark missing?"
    if "NUL" in what:
        return "holds a NUL character; take it out"
    return f"is not CSV as RFC 4180 has it: {what}; is a quotation mark missing or too many?"


def _plan(file: str, header: list[str], incoming: Incoming) -> _Plan | None:
    """Match the column names of a file; None, and faults, if the file cannot be read so."""
    table = _TABLES[file]
    names = [name.strip() for name in header]
    columns = {column.name: column for column in exchanged_columns(table)}
    faults = list(_header_faults(names, columns))
    for name, what in faults:
        incoming.fault(f"{file}, line 1", name, what)
    if faults:
        return None
    for number, name in enumerate(names, start=1):
        if name not in columns:
            incoming.ignored(f"{table}.{name}" if name else f"{table}, column {number}")
    known = [columns.get(name) for name in names]
    return _Plan(
        table,
        [None if column is None else column.name for column in known],
        [_anything if column is None else cell_check(column) for column in known],
        [_anything if column is None else column_check(column) for column in known],
        frozenset(name for name, column in columns.items() if must_not_be_empty(column)),
        {
            name: ""
            for name, column in columns.items()
            if is_required(column) and not must_not_be_empty(column)
        },
    )


def _header_faults(
    names: list[str], columns: dict[str, Column]
) -> Iterator[tuple[str | None, str]]:
    if not any(names):
        yield None, "is empty; the first line must hold the names of the columns"
        return
    if "id" not in names and len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        yield None, "is not separated by commas; save the file as CSV with commas"
        return
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        yield name, "is there twice"
    for name, column in columns.items():
        if is_required(column) and name not in names:
            yield name, f"is missing; the columns are {', '.join(columns)}"


def _anything(_: object) -> Any:
    """Cells of columns for which there is no place."""


def _read_portion(
    plan: _Plan, rows: list[list[str]], places: list[str], incoming: Incoming
) -> bool:
    """Give all these rows if nothing is wrong with any of them; otherwise none, and say so."""
    if any(len(cells) != len(plan.names) for cells in rows):
        return False
    try:
        columns = {
            name: check(cells)
            for name, check, cells in zip(plan.names, plan.column_checks, zip(*rows))  # noqa: B905
            if name
        }
    except ValueError:
        return False
    if any(None in columns[name] for name in plan.required):
        return False
    for name in plan.empty:
        columns[name] = [value or "" for value in columns[name]]
    if plan.table in rules.RULES:
        for values in zip(*columns.values(), strict=True):
            if any(rules.faults(plan.table, dict(zip(columns, values, strict=True)))):
                return False
    incoming.add_columns(plan.table, columns, places)
    return True


def _read_row(plan: _Plan, cells: list[str], place: str, incoming: Incoming) -> None:
    """Give one row, or say all that is wrong with it."""
    if len(cells) != len(plan.names):
        # Blank lines come from the ends of files.
        if any(cells):
            what = f"has {len(cells)} cells instead of {len(plan.names)}"
            incoming.fault(place, None, f"{what}; is a comma or quotation mark missing?")
        return
    row: Row = dict(plan.empty)
    try:
        for name, check, cell in zip(plan.names, plan.checks, cells):  # noqa: B905 (measured: slow)
            if cell and name:
                row[name] = check(cell)
    except ValueError:
        _tell_faults(plan, cells, place, incoming)
        return
    if not plan.required <= row.keys():
        if any(cells):
            _tell_faults(plan, cells, place, incoming)
        return
    sound = True
    if plan.table in rules.RULES:
        for name, what in rules.faults(plan.table, row):
            incoming.fault(place, name, what)
            sound = False
    if sound:
        incoming.add(plan.table, row, place)


def _tell_faults(plan: _Plan, cells: list[str], place: str, incoming: Incoming) -> None:
    for name, check, cell in zip(plan.names, plan.checks, cells, strict=True):
        if name in plan.required and not cell:
            incoming.fault(place, name, "must not be empty")
        elif name and cell:
            try:
                check(cell)
            except ValueError as error:
                incoming.fault(place, name, str(error))
