"""Finds the country that a misspelt name means, when exactly one is close enough.

Used only where the words around say that a place must follow ("I live in Argentna").
"""

from collections.abc import Mapping, Set

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_LENGTH = 6
# One slip in short names, two in longer ones; swapped neighbours count as one.
LONG_LENGTH = 9


class Spelling:
    """The names that a misspelling may mean, and the `known` words that are no misspellings."""

    def __init__(self, names: Mapping[str, tuple[str, ...]], known: Set[str]) -> None:
        """`names` gives the countries of each normalised name."""
        self._names = {key: value for key, value in names.items() if len(key) >= MIN_LENGTH}
        self._known = known

    def countries(self, written: str) -> tuple[str, ...]:
        """Return the countries of the only name near to `written` (normalised), or nothing.

        The first letter must be right, and no name of another country may be nearly as close.
        """
        if len(written) < MIN_LENGTH - 1 or written in self._known:
            return ()
        found = process.extract(
            written, self._names.keys(), scorer=OSA.distance, score_cutoff=3, limit=10
        )
        near = [(name, slips) for name, slips, _ in found if name[0] == written[0]]
        if not near or near[0][1] > (2 if len(near[0][0]) >= LONG_LENGTH else 1):
            return ()
        best, slips = self._names[near[0][0]], near[0][1]
        rivals = (self._names[name] for name, distance in near if distance <= slips + 1)
        return best if all(rival == best for rival in rivals) else ()
