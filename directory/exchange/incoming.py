"""What readers of files and the storing of their records agree on.

A reader gives each row as soon as it has read it, so that a file may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Row = dict[str, Any]


class Incoming(Protocol):
    """Takes what a reader finds; nothing is stored before the whole file is read without fault."""

    def add(self, table: str, row: Row, place: str) -> None:
        """Take one row of a table of directory/models, checked column by column.

        `place` is where it was read: "phones.csv, line 12" or "/3/phones/0". An id may come again
        with other owners, another position, or with columns that were empty: such rows become
        one. Contradictions become faults.
        """

    def add_columns(
        self, table: str, columns: Mapping[str, Sequence[Any]], places: Sequence[str]
    ) -> None:
        """Take many rows at once: the values of each column, and the rows' places."""

    def fault(self, place: str, field: str | None, what: str) -> None:
        """Note a fault: the import fails at the end, with all of them."""

    def ignored(self, name: str) -> None:
        """Note a property for which this directory has no place, such as "service.colour"."""

    def covers(self, tables: Sequence[str]) -> None:
        """Say that the file speaks of these tables only: others are left as they are."""
