"""Reading a JSON file record by record, so that a file may be larger than memory.

A file is a list of records, a page of the HSDS API ({"contents": […]}), the tables of HSDS's
tabular example ({"services.csv": […], …}), or one record.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from directory.batches import Progress
from directory.errors import BadDataError, Problem

CONTENTS = "contents"

_CHUNK = 1 << 20
# Characters of one record; far above any real one.
_LONGEST_RECORD = 64 << 20
_SPACE = re.compile(r"[ \t\n\r]*")
# An error so near to the end of what was read may come from the end, as in "tru" or "\\u12".
_UNCERTAIN = 12


def read_records(
    path: Path, tables: Collection[str], progress: Progress
) -> Iterator[tuple[str, str | None, Any]]:
    """JSON pointer, name of the list (one of `tables`, or None) and content of each record.

    `progress` gets the bytes read and the size of the file. Raises BadDataError for what is not
    JSON, with line and character, and OSError.
    """
    with path.open("rb") as file:
        yield from _Scanner(path.name, file, path.stat().st_size, progress).records(tables)


class _Scanner:
    """A window that moves over the file; `_text[_at:]` is what is not yet understood."""

    def __init__(self, name: str, file: BinaryIO, size: int, progress: Progress) -> None:
        self._name = name
        self._file = file
        self._size = size
        self._progress = progress
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._json = json.JSONDecoder(parse_constant=_no_constant)
        self._text = ""
        self._at = 0
        self._ended = False
        self._bytes = 0
        # Where the window begins, for messages.
        self._line = 1
        self._column = 1

    def records(self, tables: Collection[str]) -> Iterator[tuple[str, str | None, Any]]:
        """All records of the file."""
        if self._next() == "[":
            yield from self._list("", None)
        elif self._next() == "{":
            yield from self._object(tables)
        else:
            yield "", None, self._value("")
        if self._next():
            self._fail("something follows the end")

    def _list(self, place: str, table: str | None) -> Iterator[tuple[str, str | None, Any]]:
        self._at += 1
        if self._next() == "]":
            self._at += 1
            return
        for index in range(1 << 62):
            pointer = f"{place}/{index}"
            yield pointer, table, self._value(pointer)
            if not self._goes_on("]"):
                return

    def _object(self, tables: Collection[str]) -> Iterator[tuple[str, str | None, Any]]:
        """A record, or lists of records with something around them."""
        own: dict[str, Any] = {}
        lists = False
        self._at += 1
        if self._next() == "}":
            self._at += 1
            yield "", None, own
            return
        more = True
        while more:
            name = self._name_of_property()
            if (name == CONTENTS or name in tables) and self._next() == "[":
                lists = True
                yield from self._list(_pointer(name), None if name == CONTENTS else name)
            else:
                own[name] = self._value(_pointer(name))
            more = self._goes_on("}")
        if not lists:
            yield "", None, own

    def _name_of_property(self) -> str:
        if self._next() != '"':
            self._fail("expecting the name of a property in quotation marks")
        name: str = self._value("")
        if self._next() != ":":
            self._fail("expecting ':'")
        self._at += 1
        return name

    def _goes_on(self, end: str) -> bool:
        """Step over what follows a value: a comma, or the end of the list or object."""
        mark = self._next()
        if mark not in (",", end) or not mark:
            self._fail(f"expecting ',' or '{end}'")
        self._at += 1
        return mark == ","

    def _next(self) -> str:
        """The next character that is not space, without stepping over it; empty at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _value(self, pointer: str) -> Any:
        """The value that begins here; reads on as long as it is not complete."""
        self._next()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except JSONDecodeError as error:
                where = self._position(error.pos)
                if not self._may_be_cut(error) or not self._more():
                    self._fail(error.msg, where)
            except RecursionError:
                self._refuse(pointer or "/", "not JSON that can be read: nested too deeply")
            except ValueError as error:
                self._refuse(pointer or "/", f"not JSON: {error}")
            else:
                # A number may go on in the next part of the file.
                if end < len(self._text) or not self._more():
                    self._at = end
                    return value
            if len(self._text) - self._at > _LONGEST_RECORD:
                self._refuse(pointer, f"is longer than {_LONGEST_RECORD} characters")

    def _may_be_cut(self, error: JSONDecodeError) -> bool:
        near_end = error.pos >= len(self._text) - _UNCERTAIN
        return near_end or error.msg.startswith("Unterminated string")

    def _more(self) -> bool:
        """Read the next part of the file, as long again as what waits; False at the end."""
        if self._ended:
            return False
        self._forget()
        data = self._file.read(max(_CHUNK, len(self._text)))
        self._ended = not data
        try:
            self._text += self._decode(data, self._ended)
        except UnicodeDecodeError as error:
            self._refuse_bytes(data, error)
        self._bytes += len(data)
        self._progress(self._bytes, self._size)
        return bool(data)

    def _forget(self) -> None:
        """Drop the part of the window that is understood."""
        self._line, self._column = self._position(self._at)
        self._text = self._text[self._at :]
        self._at = 0

    def _position(self, at: int) -> tuple[int, int]:
        lines = self._text.count("\n", 0, at)
        if lines:
            return self._line + lines, at - self._text.rfind("\n", 0, at)
        return self._line, self._column + at

    def _fail(self, what: str, where: tuple[int, int] | None = None) -> NoReturn:
        line, column = where or self._position(self._at)
        self._refuse(f"line {line}, character {column}", f"not JSON: {what}")

    def _refuse_bytes(self, data: bytes, error: UnicodeDecodeError) -> NoReturn:
        # What the decoder had kept back is part of what it complains about.
        kept = len(error.object) - len(data)
        line = self._position(len(self._text))[0] + error.object.count(b"\n", 0, error.start)
        place = f"line {line} (byte {self._bytes - kept + error.start})"
        self._refuse(place, "is not UTF-8; save the file as UTF-8")

    def _refuse(self, place: str, what: str) -> NoReturn:
        raise BadDataError([Problem(self._name, place, None, what)]) from None


def _pointer(name: str) -> str:
    """A JSON pointer to a property (RFC 6901)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
