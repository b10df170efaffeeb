"""Puts typing errors into texts, to see how much of the understanding they cost."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

SHARE = 1 / 3
"""The share of words that get one error each."""

_WORD = re.compile(r"\w+")
_SHORTEST = 3


def with_typos(texts: Sequence[str], seed: int = 20261124) -> list[str]:
    """Return the texts with one error in a third of their words: the same ones for a seed.

    An error swaps two neighbouring letters, or leaves out, doubles or replaces one by another
    letter of the text. Words of less than three letters stay as they are.
    """
    chance = random.Random(seed)
    return [_mistyped(text, chance) for text in texts]


def _mistyped(text: str, chance: random.Random) -> str:
    words = [found for found in _WORD.finditer(text) if len(found.group()) >= _SHORTEST]
    chosen = chance.sample(words, round(len(words) * SHARE))
    for found in sorted(chosen, key=lambda match: -match.start()):
        word = _with_error(found.group(), chance)
        text = text[: found.start()] + word + text[found.end() :]
    return text


def _with_error(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word) - 1)
    before, letter, following, after = (
        word[:place],
        word[place],
        word[place + 1],
        word[place + 2 :],
    )
    return chance.choice(
        (
            f"{before}{following}{letter}{after}",
            f"{before}{following}{after}",
            f"{before}{letter}{letter}{following}{after}",
            f"{before}{letter}{chance.choice(word)}{after}",
        )
    )
