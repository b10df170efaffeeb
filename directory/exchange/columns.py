"""Checking the cells of a CSV column, one by one or a portion of them at once.

What can be asked of a portion as a whole is asked so, which is many times quicker; only where the
answer is no, each of its cells is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column

from directory.exchange.formulas import original
from directory.exchange.values import (
    Check,
    is_free_text,
    is_uuid,
    must_not_be_empty,
    text_check,
    texts_check,
    uuids_check,
)

ColumnCheck = Callable[[Sequence[str]], Sequence[Any]]


def cell_check(column: Column) -> Check:
    """The check of a cell that is not empty; only free texts can hold formulas."""
    check = text_check(column)
    if not is_free_text(column):
        return check
    needed = must_not_be_empty(column)

    def checked(cell: str) -> object:
        if cell[0] == "'":
            cell = original(cell)
        if needed and cell.isspace():
            raise ValueError("must not be empty")
        return check(cell)

    return checked


def column_check(column: Column) -> ColumnCheck:
    """Checks cells as `cell_check` does; empty ones become None. Raises ValueError for any fault.

    Texts and UUIDs differ from row to row and are looked at as a whole. Of everything else there
    are few different values, each of which is checked once.
    """
    check = cell_check(column)
    if is_uuid(column):
        return _as_they_are(uuids_check, check)
    if is_free_text(column):
        return _as_they_are(_plain_texts(column), check)

    def checked(cells: Sequence[str]) -> Sequence[Any]:
        known = {cell: check(cell) if cell else None for cell in set(cells)}
        return [known[cell] for cell in cells]

    return checked


def _as_they_are(are_sound: Callable[[Sequence[str]], bool], check: Check) -> ColumnCheck:
    """Cells that are what they say when all of them `are_sound`."""

    def checked(cells: Sequence[str]) -> Sequence[Any]:
        if not are_sound(cells):
            return [check(cell) if cell else None for cell in cells]
        return cells if all(cells) else [cell or None for cell in cells]

    return checked


def _plain_texts(column: Column) -> Callable[[Sequence[str]], bool]:
    are_sound, needed = texts_check(column), must_not_be_empty(column)

    def plain(cells: Sequence[str]) -> bool:
        # An apostrophe at the beginning may be the mark of a formula.
        marked = any(cell[:1] == "'" for cell in cells)
        blank = needed and any(map(str.isspace, cells))
        return not marked and not blank and are_sound(cells)

    return plain
