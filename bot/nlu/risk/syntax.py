"""The one-line notation of risk patterns, and its translation to spaCy Matcher patterns.

    word          this word                 a|b      one of these words
    <name>        a word of that list       <num>    a number in figures
    _             any word                  ^  $     begin, end of a sentence
    x?            perhaps x                 x*3      none to three times x

Only ^ and $ cross the end of a sentence; both may stand among alternatives.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.nlu.risk.normaliser import NUMBER, STOP, fold, plain_words, split_list

TokenPattern = list[dict[str, Any]]
Phrase = tuple[str, ...]
WordLists = Mapping[str, Sequence[Phrase]]

_ELEMENT = re.compile(r"(?P<body>[^\s?*]+)(?P<repeat>\?|\*[1-9])?")
_REFERENCE = re.compile(r"<([a-z_]+)>")
_MOST_VARIANTS = 400


class PatternSyntaxError(ValueError):
    """A pattern's notation is wrong; the message quotes the part."""


def parse_words(words: Mapping[str, str]) -> dict[str, list[Phrase]]:
    """Reads the word lists of a file: list name to phrases of one or more words.

    A list may refer to lists above it by `<name>`.

    Raises:
        PatternSyntaxError: a list refers to one that is not above it.
    """
    parsed: dict[str, list[Phrase]] = {"num": [(NUMBER,)]}
    for name, text in words.items():
        entries = split_list(text)
        parsed[name] = [phrase for entry in entries for phrase in _phrases(entry, parsed)]
    return parsed


def compile_pattern(source: str, words: WordLists) -> list[TokenPattern]:
    """Translates one pattern to the spaCy token patterns that together mean the same.

    Raises:
        PatternSyntaxError: the notation is wrong or a named list does not exist.
    """
    variants = [_compile_element(element, words) for element in source.split()]
    products = list(itertools.islice(itertools.product(*variants), _MOST_VARIANTS + 1))
    if len(products) > _MOST_VARIANTS:
        raise PatternSyntaxError(f"'{source}' has more than {_MOST_VARIANTS} variants")
    compiled = [list(itertools.chain.from_iterable(product)) for product in products]
    if not all(any(required_words(tokens)) for tokens in compiled):
        raise PatternSyntaxError(f"'{source}' requires no word")
    return compiled


def required_words(tokens: TokenPattern) -> list[frozenset[str]]:
    """Returns the word sets of which a message must hold one each, for the pattern to match."""
    needed = (words_of(token) for token in tokens if "OP" not in token)
    return [words for words in needed if words and STOP not in words]


def words_of(token: Mapping[str, Any]) -> frozenset[str]:
    """Returns the words that a token of a pattern accepts; none where it takes any word."""
    value = token["ORTH"]
    return frozenset([value] if isinstance(value, str) else value.get("IN", ()))


def vocabulary_of(compiled: Iterable[TokenPattern]) -> frozenset[str]:
    """Returns every word that the compiled patterns look for."""
    tokens = itertools.chain.from_iterable(compiled)
    return frozenset(itertools.chain.from_iterable(map(words_of, tokens)))


def _compile_element(element: str, words: WordLists) -> list[TokenPattern]:
    found = _ELEMENT.fullmatch(element)
    if found is None:
        raise PatternSyntaxError(f"'{element}' is not an element of a pattern")
    body, repeat = found["body"], found["repeat"]
    if body == "_":
        return [_repeated({"ORTH": {"NOT_IN": [STOP]}}, repeat)]
    phrases = [phrase for part in body.split("|") for phrase in _phrases(part, words)]
    return _compile_phrases(element, phrases, repeat)


def _compile_phrases(element: str, phrases: list[Phrase], repeat: str | None) -> list[TokenPattern]:
    singles = sorted({phrase[0] for phrase in phrases if len(phrase) == 1})
    longer = [phrase for phrase in phrases if len(phrase) > 1]
    variants = [[{"ORTH": word} for word in phrase] for phrase in longer]
    if longer and repeat not in (None, "?"):
        raise PatternSyntaxError(f"'{element}' repeats an entry of several words")
    if singles:
        value = singles[0] if len(singles) == 1 else {"IN": singles}
        variants.append(_repeated({"ORTH": value}, repeat))
    elif repeat:
        variants.append([])
    return variants


def _repeated(token: dict[str, Any], repeat: str | None) -> TokenPattern:
    if repeat is None:
        return [token]
    most = 1 if repeat == "?" else int(repeat[1:])
    return [{**token, "OP": "?"} for _ in range(most)]


def _phrases(part: str, words: WordLists) -> Sequence[Phrase]:
    if part in ("^", "$"):
        return [(STOP,)]
    if reference := _REFERENCE.fullmatch(part):
        if reference[1] not in words:
            raise PatternSyntaxError(f"there is no word list '{reference[1]}'")
        return words[reference[1]]
    phrase = tuple(plain_words(fold(part)))
    if not phrase or "<" in part or ">" in part:
        raise PatternSyntaxError(f"'{part}' holds no word")
    return [phrase]
