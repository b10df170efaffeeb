"""Cells of CSV files that a spreadsheet would run as a formula, and how they are made harmless.

A text that begins with = + - @ or a tab or line end gets an apostrophe before it, which reading
takes off again; a text that has such an apostrophe of its own gets one more, so that nothing is
lost. Texts of digits and the punctuation of telephone numbers, such as +44 20 7946 0000, are left
alone: they can name no function, cell or program, and other readers of HSDS dial what they find.
"""

from __future__ import annotations

import re

# The full-width forms count in East Asian spreadsheets.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9 ().,/-]*")


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def original(cell: str) -> str:
    """The text of a cell that `harmless` made; other cells stay as they are."""
    if cell[0] == "'" and _FORMULA.match(cell):
        return cell[1:]
    return cell
