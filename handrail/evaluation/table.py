"""Reading a CSV of texts to be understood."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


class BadTable(ValueError):  # noqa: N818
    """A CSV that cannot be evaluated; says where and why."""


@dataclass(frozen=True)
class Row:
    """A text and what is known of it: empty where the table does not say.

    `risk` is suicide or danger; `country` is None if the table has no such column.
    """

    line: int
    text: str
    lang: str
    label: str
    risk: str
    country: str | None


def read_rows(file: Path) -> list[Row]:
    """Return the rows of the CSV.

    Raises:
        BadTable: it is not UTF-8, a needed column is missing, or a row has no text.
        OSError: the file cannot be read.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return _rows(file, csv.DictReader(lines))
    except UnicodeDecodeError as error:
        raise BadTable(f"{file}: is not UTF-8; save the file as UTF-8.") from error
    except csv.Error as error:
        raise BadTable(f"{file}: is not CSV ({error}).") from error


def _rows(file: Path, reader: csv.DictReader[str]) -> list[Row]:
    columns = set(reader.fieldnames or ())
    if missing := {"text", "lang"} - columns:
        raise BadTable(f"{file}: the column {', '.join(sorted(missing))} is missing.")
    rows = []
    for cells in reader:
        if not (cells["text"] or "").strip():
            raise BadTable(f"{file}, line {reader.line_num}: the text is empty.")
        rows.append(
            Row(
                line=reader.line_num,
                text=cells["text"],
                lang=(cells["lang"] or "").strip(),
                label=(cells.get("label") or "").strip(),
                risk=(cells.get("risk") or "").strip(),
                country=(cells.get("country") or "").strip() if "country" in columns else None,
            )
        )
    return rows
