"""A folder or zip archive of HSDS files, read without trusting it.

Nothing of an archive is unpacked to disk, names with folders lead nowhere, and what pretends to be
small is noticed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NoReturn, cast

from directory.errors import BadDataError, Problem

# Bytes of one file, unpacked; ten million services fit.
LARGEST_FILE = 16 * 2**30
# Text packs 5 to 20 times smaller; only an attack packs better than that.
MOST_PACKED = 250
# Small files may be as repetitive as they like.
SMALL_FILE = 16 * 2**20

# What reading a damaged or exotic archive raises.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)
# The bit of an entry that says that it is encrypted.
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class PackedFile:
    """One file: its name without folders, its size in bytes, and how to open it."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Package:
    """The files with known names, and the names of the other CSV files."""

    files: dict[str, PackedFile]
    others: tuple[str, ...]


@contextmanager
def open_package(path: Path, known: Collection[str]) -> Iterator[Package]:
    """The files of a folder or zip archive. Raises BadDataError for a bad archive, and OSError."""
    if path.is_dir():
        files = [_in_folder(file) for file in sorted(path.iterdir()) if file.is_file()]
        yield _package(path, files, known)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield _package(path, _in_archive(path, archive, known), known)
    except _UNREADABLE as error:
        _refuse(path, f"cannot be read as a zip archive: {error}")


def _in_folder(file: Path) -> PackedFile:
    return PackedFile(file.name, file.stat().st_size, lambda: file.open("rb"))


def _in_archive(path: Path, archive: zipfile.ZipFile, known: Collection[str]) -> list[PackedFile]:
    files: list[PackedFile] = []
    for info in archive.infolist():
        name = PurePosixPath(info.filename).name
        # Folders, and what macOS adds to archives.
        if info.is_dir() or info.filename.startswith("__MACOSX/"):
            continue
        if name in known:
            _check(path, info)
        files.append(PackedFile(name, info.file_size, _opener(archive, info)))
    return files


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    # Far faster in reading lines than what the archive gives.
    return lambda: io.BufferedReader(cast(io.RawIOBase, archive.open(info)), 1 << 16)


def _check(path: Path, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & _ENCRYPTED:
        _refuse(path, f"{info.filename} is encrypted; make an archive without a password")
    packed_too_well = info.file_size > max(info.compress_size, 1) * MOST_PACKED
    if info.file_size > LARGEST_FILE or (info.file_size > SMALL_FILE and packed_too_well):
        _refuse(path, f"{info.filename} would unpack to {info.file_size} bytes; is it a zip bomb?")


def _package(path: Path, files: list[PackedFile], known: Collection[str]) -> Package:
    found: dict[str, PackedFile] = {}
    for file in files:
        if file.name in known and file.name in found:
            _refuse(path, f"holds {file.name} twice")
        if file.name in known:
            found[file.name] = file
    if not found:
        _refuse(path, f"holds none of the files of HSDS tabular data: {', '.join(known)}")
    others = sorted({f.name for f in files if f.name.endswith(".csv") and f.name not in known})
    return Package(found, tuple(others))


def _refuse(path: Path, what: str) -> NoReturn:
    raise BadDataError([Problem(path.name, "as a whole", None, what)]) from None
