"""The words of free text: the same in what is stored, in what is asked, and on every database.

Words are made here so that no database has anything left to decide: they hold nothing but
letters and digits that each of them takes for such, separated by spaces.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby

LONGEST_WORD = 100
"""Longer words are cut: no language needs them, and databases have limits of their own."""

# Written without spaces between words; nothing here can tell where one ends.
_UNSPACED = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")

# Part of no word, and no border between two: Arabic stretching, joiners and other marks.
_TATWEEL = "\u0640"
_ZERO_WIDTH_SPACE = "\u200b"

_APART, _JOINED, _UNSPACED_LETTER = "apart", "joined", "unspaced"


def words(text: str) -> list[str]:
    """The words under which a text is found, without capitals, accents and punctuation.

    Of scripts without spaces these are all pairs of neighbouring letters, and each letter alone.
    """
    return [word for pairs, letters in _runs(text) for word in (*pairs, *letters)]


def asked_words(text: str) -> list[str]:
    """The words that a text must have to be found; of scripts without spaces pairs of letters.

    A letter of such a script that stands alone is asked for alone.
    """
    return [word for pairs, letters in _runs(text) for word in pairs or letters]


def _runs(text: str) -> list[tuple[list[str], list[str]]]:
    """Pairs of letters (scripts without spaces only), and words or single letters, in order."""
    runs: list[tuple[list[str], list[str]]] = []
    for kind, group in groupby(_letters(text), key=lambda letter: letter[0]):
        letters = [letter for _, letter in group]
        if kind == _UNSPACED_LETTER:
            pairs = [first + second for first, second in zip(letters, letters[1:], strict=False)]
            runs.append((pairs, letters))
        elif kind == _JOINED:
            runs.append(([], ["".join(letters)[:LONGEST_WORD]]))
    return runs


def _letters(text: str) -> list[tuple[str, str]]:
    """Each character's kind and how it is written; those that are part of no word are gone."""
    # Decomposed twice: some signs become capitals, and some capitals two characters.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return [letter for letter in map(_letter, plain) if letter is not None]


@lru_cache(maxsize=20_000)
def _letter(char: str) -> tuple[str, str] | None:
    """A character's kind and how it is written; None for one that is passed over."""
    category = unicodedata.category(char)
    if category[0] == "M" or char == _TATWEEL:
        return None
    if category == "Cf" and char != _ZERO_WIDTH_SPACE:
        return None
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return _JOINED, str(digit)
    if not char.isalnum():
        return _APART, " "
    # The databases' tables of letters are older than ours: what is newer is spelled.
    if unicodedata.ucd_3_2_0.category(char)[0] != "L":
        return _JOINED, f"u{ord(char):x}"
    if unicodedata.name(char, "").startswith(_UNSPACED):
        return _UNSPACED_LETTER, char
    return _JOINED, char
