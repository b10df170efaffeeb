"""Turns what a person typed into the words that person patterns are written in.

Words that no pattern knows become a placeholder: nothing personal reaches spaCy's vocabulary,
which never forgets a string.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.nlu.scripts import ARABIC_ALIKE

BEGIN = "\x02"
END = "\x03"
STOP = "."
UNKNOWN = "\N{MIDDLE DOT}"

# Scripts without spaces between words: each character is a word.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff"
# Vowel signs and accents written apart belong to their word; `\w` leaves them out.
_MARKS = "".join(s for s in map(chr, range(0x300, 0xFE30)) if unicodedata.category(s)[0] == "M")
_LETTERS = rf"[^\W\d_{_UNSPACED}](?:[^\W\d_{_UNSPACED}]|[{_MARKS}])*"
_APOSTROPHE = "['\u2019\u2018\u00b4\u02bc`]"
# "15f" and "im13" are two words each; "10:30", "13,000" and "5'2" are no ages.
_WORD = re.compile(
    rf"""
    (?P<figures>\d+(?:[:.,/'-]\d+)+)
    | (?P<number>\d+)
    | (?P<ending>{_APOSTROPHE}{_LETTERS})
    | (?P<word>{_LETTERS}|[{_UNSPACED}])
    | (?P<stop>[.!?;\n\u2026\u3002\uff01\uff1f\u061f\u0964]+)
    | (?P<sign>[^\s\w])
    """,
    re.VERBOSE,
)
_SAYING_SIGNS = frozenset({"%", "#", "@", "&"})
_SAYING_CATEGORIES = frozenset({"Sc", "Sm"})


class Word(NamedTuple):
    """A word as patterns know it, and where it stands in the message (characters)."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return the text without capitals, accents and styled letters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(sign for sign in decomposed if unicodedata.category(sign) != "Mn")
    return plain.translate(ARABIC_ALIKE)


def plain_words(text: str) -> list[Word]:
    """Split a text into folded words, numbers, telling signs (18+, 10%) and sentence ends."""
    return list(_split(text))


def _split(text: str) -> Iterator[Word]:
    for found in _WORD.finditer(text):
        kind, piece = found.lastgroup, found.group()
        if kind == "stop":
            piece = STOP
        elif kind == "ending":
            piece = "'" + fold(piece[1:])
        elif kind == "number":
            piece = str(int(piece))
        elif kind == "sign" and not _says_something(piece):
            continue
        yield Word(fold(piece) if kind == "word" else piece, found.start(), found.end())


def _says_something(sign: str) -> bool:
    """Tell signs that change a meaning from commas, quotes, dashes, brackets and emoji."""
    return sign in _SAYING_SIGNS or unicodedata.category(sign) in _SAYING_CATEGORIES


class Reader:
    """Reads messages of one language for the words that its patterns know."""

    def __init__(
        self,
        spellings: Mapping[str, str],
        numbers: Mapping[str, int],
        vocabulary: Collection[str],
        attached: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare the tables; `vocabulary` holds each word that a pattern looks for."""
        named = {word: str(number) for word, number in numbers.items()}
        self._spellings = {
            tuple(word.text for word in plain_words(short)): [w.text for w in plain_words(full)]
            for short, full in {**named, **spellings}.items()
        }
        self._longest = max(map(len, self._spellings), default=0)
        self._first_words = frozenset(short[0] for short in self._spellings)
        self._vocabulary = frozenset(vocabulary) | {STOP}
        self._known = self._vocabulary.union(*self._spellings)
        self._attached = [
            (fold(prefix), [word.text for word in plain_words(full)])
            for prefix, full in (attached or {}).items()
        ]

    def read(self, text: str) -> list[Word]:
        """Return the message as pattern words between a `BEGIN` and an `END` mark."""
        words = [
            word if word.text in self._vocabulary else Word(UNKNOWN, word.start, word.end)
            for word in self._expand(list(self._detach(plain_words(text))))
        ]
        while words and words[-1].text == STOP:
            words.pop()
        return [Word(BEGIN, 0, 0), *words, Word(END, len(text), len(text))]

    def rewrites(self, word: str) -> bool:
        """Tell whether the tables turn this single word into something else."""
        return self._spellings.get((word,), [word]) != [word]

    def _detach(self, words: Iterable[Word]) -> Iterator[Word]:
        """Take off what is written together with a known word; all parts keep its place."""
        for word in words:
            if word.text not in self._known:
                for prefix, full in self._attached:
                    rest = word.text.removeprefix(prefix)
                    if rest != word.text and rest in self._known:
                        yield from (Word(text, word.start, word.end) for text in (*full, rest))
                        break
                else:
                    yield word
            else:
                yield word

    def _expand(self, words: Sequence[Word]) -> Iterator[Word]:
        """Replace short forms and number words, the longest first; all parts keep its place."""
        at = 0
        while at < len(words):
            length, full = self._spelling_at(words, at)
            if full is None:
                yield words[at]
            else:
                start, end = words[at].start, words[at + length - 1].end
                yield from (Word(text, start, end) for text in full)
            at += length

    def _spelling_at(self, words: Sequence[Word], at: int) -> tuple[int, list[str] | None]:
        """Return how many words the longest short form there spans, and what it stands for."""
        if words[at].text in self._first_words:
            for length in range(min(self._longest, len(words) - at), 0, -1):
                short = tuple(word.text for word in words[at : at + length])
                if short in self._spellings:
                    return length, self._spellings[short]
        return 1, None
