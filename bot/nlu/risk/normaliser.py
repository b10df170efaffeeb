"""Turns what a person typed into the words that risk patterns are written in.

Undoes capitals, accents, short forms, misspellings, figures for letters and spread-out letters.
A word that no pattern knows becomes a placeholder, so nothing personal reaches spaCy's
vocabulary, which never forgets a string.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.nlu.risk.definition import RiskDefinition
from bot.nlu.scripts import ARABIC_ALIKE

STOP = "."
NUMBER = "#"
UNKNOWN = "\N{MIDDLE DOT}"

# Scripts without spaces between words: each character is a token.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff"
_LETTER = rf"[^\W_{_UNSPACED}]"
_TOKEN = re.compile(
    rf"""
    (?P<pause>\.{{2,}})                                    # an ellipsis ends no sentence
    | (?P<stop>[.!?;\n\u3002\u061f\u0964]+(?!\w))
    | (?P<unspaced>[{_UNSPACED}])
    | (?P<word>(?:[$@](?={_LETTER}))?{_LETTER}+(?:[*@$!|]+{_LETTER}+)*\**)
    | (?P<symbol>[\u2600-\u27bf\U0001f000-\U0001faff])
    | (?P<full_stop>[.!?;\u3002])
    """,
    re.VERBOSE,
)
_SPREAD = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*]+){2,}[^\W\d_](?![^\W_])")
# The alef that ends a verb of many is not spoken, and often left out.
_SILENT_ALEF = re.compile(r"\b(?![وفبلك]?ال)(\w{2,}و)ا\b")
_RUN = re.compile(r"(.)\1+")
_LONG_RUN = re.compile(r"(.)\1\1")
_FIGURES = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
    "|": "il",
}  # fmt: skip
_TRIPLE = re.compile(r"(.)\1\1+")
_SHORTEST_JOINED = 8
_MOST_AFFIXES = 3
_MOST_CORRECTIONS = 4
_MOST_OTHER_READINGS = 12
_FEWEST_WORDS_JUDGED = 5
_MOST_WORDS_READ = 600


def fold(text: str) -> str:
    """Returns the text without case, accents, styled letters and invisible characters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))
    return _SILENT_ALEF.sub(r"\1", plain.translate(ARABIC_ALIKE))


def plain_words(text: str) -> list[str]:
    """Splits folded text into words, symbols and sentence ends, without any repair."""
    words: list[str] = []
    for found in _TOKEN.finditer(text):
        if found.lastgroup in ("stop", "full_stop"):
            words.append(STOP)
        elif found.lastgroup != "pause":
            words.append(found.group())
    return words


class _Part(NamedTuple):
    """A word taken apart; `next_prefix` is the first of the prefixes that may still follow."""

    before: list[str]
    stem: str
    after: list[str]
    next_prefix: int


class Normaliser:
    """Normalises messages of one language for the words that its patterns know."""

    def __init__(self, definition: RiskDefinition, vocabulary: Collection[str]) -> None:
        """Prepares the tables; `vocabulary` holds each single word used in a pattern.

        Its order decides between two words that are equally near to a misspelt one.
        """
        self._spellings = {
            tuple(plain_words(fold(short))): plain_words(fold(full))
            for short, full in definition.spellings.items()
        }
        self._longest_spelling = max(map(len, self._spellings), default=0)
        self._vocabulary = frozenset(vocabulary)
        self._known = self._vocabulary.union(*self._spellings, *self._spellings.values())
        self._real = frozenset(split_list(definition.typos.real_words))
        short_forms = (key[0] for key in self._spellings if len(key) == 1 and len(key[0]) > 3)
        candidates = dict.fromkeys([*vocabulary, *short_forms])
        self._keys = [w for w in candidates if len(w) >= definition.typos.shortest and w.isalpha()]
        self._keys_near = _by_length(self._keys)
        self._squeezed = {_squeeze(word): word for word in sorted(self._known, reverse=True)}
        self._longest_word = max(map(len, self._known), default=0)
        affixes = definition.affixes
        self._shortest_stem = affixes.shortest_stem
        self._joined = {
            fold(word): plain_words(fold(full)) for word, full in affixes.joined.items()
        }
        self._prefixes, self._suffixes = (
            [_affix(notation, full) for notation, full in several.items()]
            for several in (affixes.prefixes, affixes.suffixes)
        )
        self._shortest_part = self._shortest_stem if self._prefixes or self._suffixes else 1

    def readings(self, text: str) -> Iterator[list[str]]:
        """Yields the message as pattern words with `STOP`, `NUMBER` and `UNKNOWN` marks.

        The likeliest reading comes first. The others differ from it by one other correction of
        a misspelt word ("dsad" is "dad" or "dead"); there are fewer of them for a long message.
        """
        joined = _SPREAD.sub(self._join_spread, fold(text))
        words = [part for word in plain_words(joined) for part in self._take_apart(word)]
        repair = self._repair if self._is_familiar(words) else self._leave
        choices = [repair(word) for word in words]
        likeliest = [options[0] for options in choices]
        yield self._finish(likeliest)
        others = (
            [*likeliest[:position], option, *likeliest[position + 1 :]]
            for position, options in enumerate(choices)
            for option in options[1:]
        )
        most = min(_MOST_OTHER_READINGS, _MOST_WORDS_READ // (len(choices) + 1))
        yield from map(self._finish, itertools.islice(others, most))

    def is_rewritten(self, word: str) -> bool:
        """Says whether the word is a short form, which no message holds once normalised."""
        return (word,) in self._spellings

    def _finish(self, parts: Iterable[list[str]]) -> list[str]:
        words = self._expand_spellings(list(itertools.chain.from_iterable(parts)))
        return [self._mark(word) for word in words]

    def _mark(self, word: str) -> str:
        if word in self._vocabulary or word == STOP:
            return word
        return NUMBER if word.isdecimal() else UNKNOWN

    def _join_spread(self, found: re.Match[str]) -> str:
        letters = "".join(c for c in found.group() if c.isalpha())
        return " ".join(self._split(letters)) or found.group()

    def _is_familiar(self, words: Sequence[str]) -> bool:
        """Says whether a text is in this language: in another, each second word looks misspelt."""
        known = sum(word in self._known or word in self._real for word in words)
        return len(words) < _FEWEST_WORDS_JUDGED or known * 2 >= len(words)

    def _take_apart(self, word: str) -> list[str]:
        """Takes off what is written together with a word of the patterns or a real word."""
        if self._is_word(word) or not (self._prefixes or self._suffixes) or not word.isalpha():
            return [word]
        if joined := self._joined.get(word):
            return joined
        states = [_Part([], _TRIPLE.sub(r"\1", word), [], 0)]
        for _ in range(_MOST_AFFIXES):
            states = [shorter for state in states for shorter in self._without_affix(state)]
            for part in states:
                if self._is_word(part.stem):
                    return [*part.before, part.stem, *part.after]
        return [word]

    def _without_affix(self, part: _Part) -> Iterator[_Part]:
        stem, least = part.stem, self._shortest_stem
        for position, (prefix, first, full) in enumerate(self._prefixes[part.next_prefix :], 1):
            rest = stem.removeprefix(prefix)
            if least <= len(rest) < len(stem) and rest[0] in (first or rest):
                following = part.next_prefix + position
                yield _Part([*part.before, *full], rest, part.after, following)
        for suffix, _, full in self._suffixes:
            rest = stem.removesuffix(suffix)
            if least <= len(rest) < len(stem):
                yield _Part(part.before, rest, [*full, *part.after], part.next_prefix)

    def _is_word(self, word: str) -> bool:
        return word in self._known or word in self._real

    def _leave(self, word: str) -> list[list[str]]:
        return [[word]]

    def _repair(self, word: str) -> list[list[str]]:
        """Returns what a word may stand for, the likeliest first, as one or more words each."""
        if word == STOP or word in self._known or word in self._real or word.isdecimal():
            return [[word]]
        if not word.isalpha():
            return [self._undisguise(word)]
        if _LONG_RUN.search(word) and (squeezed := self._squeezed.get(_squeeze(word))):
            return [[squeezed]]
        if corrections := self._corrections(word):
            return [[key] for key in corrections]
        if len(word) >= _SHORTEST_JOINED and (parts := self._split(word)):
            return [parts]
        return [[word]]

    def _undisguise(self, word: str) -> list[str]:
        """Reads figures and signs as the letters that they stand for (k1ll, s*icide)."""
        if "*" in word:
            shape = re.compile(re.escape(word).replace(r"\*", "."))
            return [key for key in self._keys if shape.fullmatch(key)][:1] or plain_words(
                word.replace("*", " ")
            )
        letters = itertools.product(*(_FIGURES.get(c, c) for c in word.rstrip("!")))
        for candidate in map("".join, itertools.islice(letters, 16)):
            if candidate in self._known:
                return [candidate]
        return re.findall(r"[^\W\d_]+|\d+", word)

    def _corrections(self, word: str) -> list[str]:
        near = self._keys_near.get(len(word), ())
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=2, limit=None)
        close = [(distance, i, key) for key, distance, i in found if distance <= _tolerance(key)]
        return [key for _, _, key in sorted(close)[:_MOST_CORRECTIONS]]

    def _split(self, letters: str) -> list[str]:
        """Finds known words in letters without spaces; nothing when a letter is left over."""
        best: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - self._longest_word), end):
                before, word = best[start], letters[start:end]
                if before is None or word not in self._known or len(word) < self._shortest_part:
                    continue
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = [*before, word]
        return best[-1] or []

    def _expand_spellings(self, words: list[str]) -> Iterator[str]:
        position = 0
        while position < len(words):
            for length in range(self._longest_spelling, 0, -1):
                full = self._spellings.get(tuple(words[position : position + length]))
                if full is not None:
                    yield from full
                    position += length
                    break
            else:
                yield words[position]
                position += 1


def split_list(text: str) -> list[str]:
    """Splits a comma-separated list of the YAML file into folded entries."""
    return [entry for part in text.split(",") if (entry := fold(part.strip()))]


def _affix(notation: str, full: str) -> tuple[str, str, list[str]]:
    letters, _, first_letters = notation.rstrip("]").partition("[")
    return fold(letters), fold(first_letters), plain_words(fold(full))


def _tolerance(key: str) -> int:
    return 2 if len(key) >= 8 else 1


def _by_length(keys: Iterable[str]) -> dict[int, list[str]]:
    """Returns, for each length of a word, the keys that it could be a misspelling of."""
    near: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        for length in range(len(key) - _tolerance(key), len(key) + _tolerance(key) + 1):
            near[length].append(key)
    return near


def _squeeze(word: str) -> str:
    return _RUN.sub(r"\1", word)
