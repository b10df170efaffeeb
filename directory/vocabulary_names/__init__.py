"""The names of needs, audiences and ways of contact in other languages than English.

There is one CSV file a language (its name is the BCP 47 code), with the columns taxonomy, code,
name and description; the row without a code is the taxonomy itself.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from directory.errors import BadDataError, Problem
from directory.vocabulary import TAXONOMIES

FOLDER = Path(__file__).parent
COLUMNS = ("taxonomy", "code", "name", "description")


@dataclass(frozen=True)
class Naming:
    """What a taxonomy or a term is called, and what it means, in one language."""

    name: str
    description: str


Names = Mapping[str, Mapping[str, Naming]]
"""Language → id of the HSDS taxonomy or term → how it is called."""


def vocabulary_names(folder: Path = FOLDER) -> Names:
    """The names in all languages of the folder.

    Raises BadDataError naming file, line and column if a language lacks a term, names one that is
    not in the vocabulary, names one twice, or leaves a text empty.
    """
    problems: list[Problem] = []
    names = {file.stem: _read(file, problems) for file in sorted(folder.glob("*.csv"))}
    if problems:
        raise BadDataError(problems)
    return MappingProxyType(names)


def _read(file: Path, problems: list[Problem]) -> Mapping[str, Naming]:
    missing = _ids()
    found: dict[str, Naming] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, strict=True)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            what = f"the columns must be {', '.join(COLUMNS)}"
            problems.append(Problem(file.name, "line 1", None, what))
            return found
        for row in rows:
            place = f"line {rows.line_num}"
            faults = _faults(row)
            key = (row["taxonomy"], row["code"])
            if not faults and key not in missing:
                faults = [("code", "is not in the vocabulary, or stands here twice")]
            problems += [Problem(file.name, place, column, what) for column, what in faults]
            if not faults:
                found[missing.pop(key)] = Naming(row["name"], row["description"])
    problems += [
        Problem(file.name, "as a whole", None, f"{taxonomy} {code}".strip() + " is missing")
        for taxonomy, code in missing
    ]
    return found


def _ids() -> dict[tuple[str, str], str]:
    """HSDS ids by the codes of taxonomy and term; the taxonomies themselves have the code ""."""
    ids: dict[tuple[str, str], str] = {}
    for taxonomy in TAXONOMIES:
        ids[taxonomy.code, ""] = taxonomy.id
        ids.update({(taxonomy.code, code): taxonomy.term_id(code) for code in taxonomy.codes})
    return ids


def _faults(row: Mapping[str | None, str | None]) -> list[tuple[str | None, str]]:
    if None in row or None in row.values():
        return [(None, f"must have {len(COLUMNS)} columns")]
    return [
        (column, "is empty")
        for column in ("name", "description")
        if not (row[column] or "").strip()
    ]
