"""Working through many records: in portions that fit into one statement, with visible progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

Progress = Callable[[int, int], None]
"""Gets how much is done and how much there is in total."""

# How many ids one SQL statement names; all databases allow that many.
BATCH = 500


def no_progress(done: int, total: int) -> None:
    """For callers who do not watch."""


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids in lists that fit into one statement."""
    everything = list(ids)
    for start in range(0, len(everything), BATCH):
        yield everything[start : start + BATCH]
