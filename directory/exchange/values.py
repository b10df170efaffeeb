"""Checking a file's values against the types of the directory's columns, for JSON and for CSV.

A check is made once for a column and called for each value, because files may be large. Every
check raises ValueError saying what the value must be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer, String

from directory.models.base import URL_LENGTH, UtcDateTime

Check = Callable[[Any], Any]

LONGEST_TEXT = 1_000_000
"""Characters of one text, in any file: more is a mistake such as a missing quotation mark."""

# Half characters cannot be stored as UTF-8; control characters hide things from readers.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?)?"
)
# Addresses with which a page would run a program instead of opening a page.
_SCRIPT = re.compile(r"[\s\x00-\x20]*(javascript|vbscript|data)[\s]*:", re.IGNORECASE)

_UUID_LENGTH = 36
# What every database's whole numbers hold.
_LARGEST_INTEGER = 2**31 - 1
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "1": True} | {
    "false": False, "False": False, "FALSE": False, "0": False
}  # fmt: skip

# Required by HSDS, and yet often truly empty: there is no text for them.
_MAY_BE_EMPTY = frozenset(
    {"description", "previous_value", "replacement_value"}
    | {"address_1", "city", "state_province", "postal_code"}
)

# Texts that consist of digits so often that files write them as numbers, HSDS's example too.
_OFTEN_DIGITS = frozenset({"identifier", "external_identifier", "tax_id", "postal_code"})


def json_check(column: Column) -> Check:
    """Checks a JSON value for this column, and gives it as the column's type has it.

    An empty text where none is needed is no value: CSV has no other way to say so.
    """
    kind = column.type
    if isinstance(kind, Boolean):
        return _boolean
    if isinstance(kind, (Integer, Float)):
        return _whole_number if isinstance(kind, Integer) else _number
    check, required, needed = text_check(column), is_required(column), must_not_be_empty(column)
    often_digits = column.name in _OFTEN_DIGITS

    def checked(value: Any) -> Any:
        if often_digits and type(value) is int:
            value = str(value)
        if not isinstance(value, str):
            raise ValueError("must be text")
        if needed and (not value or value.isspace()):
            raise ValueError("must not be empty")
        return check(value) if value or required else None

    return checked


def text_check(column: Column) -> Check:
    """Checks the text of a CSV cell, which is not empty, for this column."""
    kind = column.type
    if isinstance(kind, Boolean):
        return _boolean_text
    if isinstance(kind, (Integer, Float)):
        return _whole_number_text if isinstance(kind, Integer) else _number_text
    if isinstance(kind, UtcDateTime):
        return _moment
    if isinstance(kind, Date):
        return _date
    if isinstance(kind, Enum):
        return _choice(tuple(kind.enums))
    return _uuid if is_uuid(column) else _text(column)


def is_uuid(column: Column) -> bool:
    """Whether the column holds UUIDs."""
    kind = column.type
    return isinstance(kind, String) and kind.length == _UUID_LENGTH


def is_free_text(column: Column) -> bool:
    """Whether the column holds any text, and not a UUID, a choice, a number or a date."""
    return isinstance(column.type, String) and not (
        isinstance(column.type, Enum) or is_uuid(column)
    )


def must_not_be_empty(column: Column) -> bool:
    """Whether a record of this kind needs a value here that says something."""
    return is_required(column) and column.name not in _MAY_BE_EMPTY


def is_required(column: Column) -> bool:
    """Whether a record of this kind needs this column."""
    return not column.nullable and column.default is None


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _boolean_text(text: str) -> bool:
    value = _BOOLEANS.get(text)
    if value is None:
        raise ValueError("must be true or false")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("is too large for a number")
    return number


@lru_cache(maxsize=10_000)
def _number_text(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("must be a number, with a point before the decimals")
    return _number(float(text))


def _whole_number(value: Any) -> int:
    number = _number(value)
    if not number.is_integer():
        raise ValueError("must be a whole number")
    if abs(number) > _LARGEST_INTEGER:
        raise ValueError(f"must not be larger than {_LARGEST_INTEGER}")
    return int(number)


def _whole_number_text(text: str) -> int:
    return _whole_number(_number_text(text))


@lru_cache(maxsize=10_000)
def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date, YYYY-MM-DD") from None


def _moment(text: str) -> datetime:
    """An ISO 8601 moment, in UTC; without an offset it is UTC already."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("must be a date and time with its offset from UTC")
    day, clock, fraction, offset = match.groups()
    offset = "+00:00" if offset in (None, "Z") else f"{offset[:3]}:{offset[-2:]}"
    micro = (fraction or "0")[:6].ljust(6, "0")
    clock = clock or "00:00"
    clock = clock if len(clock) > len("00:00") else f"{clock}:00"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{micro}{offset}")
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError("must be a date and time with its offset from UTC") from None


def _choice(values: tuple[str, ...]) -> Check:
    known = {value: value for value in values}

    def check(text: str) -> str:
        value = known.get(text)
        if value is None:
            raise ValueError(f"must be one of {', '.join(values)}")
        return value

    return check


def _uuid(text: str) -> str:
    """UUIDs in small letters, so that one written in capitals elsewhere is the same one."""
    if _UUID.fullmatch(text):
        return text
    text = text.lower()
    if not _UUID.fullmatch(text):
        raise ValueError("must be a UUID")
    return text


def uuids_check(cells: Sequence[str]) -> bool:
    """Whether all cells that are not empty are UUIDs in small letters."""
    return all(map(_UUID.fullmatch, filter(None, cells)))


def texts_check(column: Column) -> Callable[[Sequence[str]], bool]:
    """Says of several texts for this column whether `text_check` would take each as it is."""
    longest, is_address = column.type.length or LONGEST_TEXT, column.type.length == URL_LENGTH

    def check(texts: Sequence[str]) -> bool:
        return (
            max(map(len, texts)) <= longest
            and not _FORBIDDEN.search("\n".join(texts))
            and not (is_address and any(map(_SCRIPT.match, texts)))
        )

    return check


def _text(column: Column) -> Check:
    longest = column.type.length or LONGEST_TEXT
    forbidden, is_address = _FORBIDDEN.search, column.type.length == URL_LENGTH

    def check(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"is longer than {longest} characters")
        if forbidden(text):
            raise ValueError(f"holds {_named(text)}; take it out")
        if is_address and _SCRIPT.match(text):
            raise ValueError("must be the address of a page, not a program")
        return text

    return check


def _named(text: str) -> str:
    found = _FORBIDDEN.search(text)
    code = ord(found.group()) if found else 0
    if code == 0:
        return "a NUL character"
    return "half a character" if code > 0x7F else f"the control character U+{code:04X}"
