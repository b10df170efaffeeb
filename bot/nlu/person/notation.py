"""The one-line notation of person patterns, and its translation to spaCy Matcher patterns.

    word          this word                 a|b      one of these words
    <name>        a word of that list       <5-17>   a number in that range
    _             any word                  ~<name>  any word that is not in that list
    x?            perhaps x                 x*3      none to three times x
    ^  $          begin and end of the message

No element crosses the end of a sentence. In scripts without spaces each character is a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.nlu.person.reading import BEGIN, END, STOP, plain_words

TokenPattern = list[dict[str, Any]]

_ELEMENT = re.compile(r"(?P<body>\^|\$|_|~?[^\s?*^$~]+)(?P<repeat>\?|\*[1-9])?")
_LIST = re.compile(r"<([a-z_]+)>")
_RANGE = re.compile(r"<(\d+)-(\d+)>")
_MARKS = {"^": BEGIN, "$": END}
_BORDERS = (BEGIN, END, STOP)


class NotationError(ValueError):
    """A pattern's notation is wrong; the message quotes the part."""


def parse_words(lists: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Read the word lists of a file; a list may refer to lists above it by `<name>`.

    Raises:
        NotationError: an entry is not a single word, or refers to a list that is not above it.
    """
    parsed: dict[str, frozenset[str]] = {}
    for name, entries in lists.items():
        parsed[name] = frozenset().union(
            *(_alternatives(entry.strip(), parsed) for entry in entries.split(",") if entry.strip())
        )
    return parsed


def compile_pattern(source: str, words: Mapping[str, frozenset[str]]) -> TokenPattern:
    """Translate one pattern.

    Raises:
        NotationError: the notation is wrong, a list does not exist, or nothing need be there.
    """
    tokens = [token for element in source.split() for token in _compile_element(element, words)]
    if not required_words(tokens):
        raise NotationError(f"'{source}' would match any message")
    return tokens


def vocabulary_of(tokens: TokenPattern) -> set[str]:
    """Return every word that a compiled pattern tells from others."""
    return {
        word
        for token in tokens
        for words in token["ORTH"].values()
        for word in words
        if word not in _BORDERS
    }


def required_words(tokens: TokenPattern) -> list[frozenset[str]]:
    """Return the lists of which a message must have a word for the pattern to match at all."""
    return [
        frozenset(token["ORTH"]["IN"])
        for token in tokens
        if "OP" not in token and not set(_MARKS.values()).issuperset(token["ORTH"].get("IN", ()))
    ]


def _compile_element(element: str, words: Mapping[str, frozenset[str]]) -> TokenPattern:
    found = _ELEMENT.fullmatch(element)
    if found is None:
        raise NotationError(f"'{element}' is not an element of a pattern")
    body, repeat = found["body"], found["repeat"]
    token = {"ORTH": _condition(body, words)}
    if repeat is None:
        return [token]
    most = 1 if repeat == "?" else int(repeat[1:])
    return [{**token, "OP": "?"} for _ in range(most)]


def _condition(body: str, words: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    if body in _MARKS:
        return {"IN": [_MARKS[body]]}
    if body == "_":
        return {"NOT_IN": sorted(_BORDERS)}
    if body.startswith("~"):
        return {"NOT_IN": sorted({*_BORDERS, *_alternatives(body[1:], words)})}
    return {"IN": sorted({word for part in body.split("|") for word in _alternatives(part, words)})}


def _alternatives(part: str, words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if numbers := _RANGE.fullmatch(part):
        return frozenset(str(n) for n in range(int(numbers[1]), int(numbers[2]) + 1))
    if reference := _LIST.fullmatch(part):
        if reference[1] not in words:
            raise NotationError(f"there is no word list '{reference[1]}'")
        return words[reference[1]]
    plain = plain_words(part)
    if len(plain) != 1 or plain[0].text == STOP or "<" in part or ">" in part:
        raise NotationError(f"'{part}' is not one word")
    return frozenset({plain[0].text})
