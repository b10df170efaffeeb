"""Finds who the help is for and how the person can be in contact, in messages of one language.

Patterns run as spaCy Matchers over the words; the first entry of the file that matches decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from spacy.vocab import Vocab

from bot.nlu.person.definition import (
    AudienceEntry,
    ContactEntry,
    Entry,
    PersonDefinition,
    PersonDefinitionError,
    load_definition,
)
from bot.nlu.person.matching import PatternGroup, Reading, Span
from bot.nlu.person.notation import (
    NotationError,
    TokenPattern,
    compile_pattern,
    parse_words,
    vocabulary_of,
)
from bot.nlu.person.reading import BEGIN, END, UNKNOWN, Reader

AUDIENCE = "audience"
CONTACT_WAY = "contact_way"
_HURT = "writer_hurt"


@dataclass(frozen=True)
class Finding:
    """What a message says about the person: codes and a place, never the person's words.

    `start` and `end` count characters of the message; `entry` is the id of the entry that decided.
    """

    entity: str
    value: str
    start: int
    end: int
    entry: str


class PersonModel:
    """Finds `audience` and `contact_way`, at most one of each, in messages of one language."""

    def __init__(self, definition: PersonDefinition, path: Path) -> None:
        """Compile a definition; `path` only names the file in errors.

        Raises:
            PersonDefinitionError: a pattern's notation is wrong, or it could never match.
        """
        self.definition = definition
        patterns = _compile(definition, path)
        vocabulary = {
            word
            for group in patterns.values()
            for tokens in group
            for word in vocabulary_of(tokens)
        }
        self._reader = Reader(
            definition.spellings, definition.numbers, vocabulary, definition.attached
        )
        _refuse_rewritten_words(patterns, self._reader, path)
        self._vocab = Vocab()
        self._groups = {key: PatternGroup(self._vocab, group) for key, group in patterns.items()}

    @classmethod
    def load(cls, path: Path) -> PersonModel:
        """Load the model of one `data/person/<lang>.yml`.

        Raises:
            PersonDefinitionError: names the file and the entry at fault.
        """
        return cls(load_definition(path), path)

    def find(self, text: str) -> list[Finding]:
        """Return what the message says: the audience, then the way of contact, where it does."""
        words = self._reader.read(text)
        if all(word.text == UNKNOWN for word in words[1:-1]):
            return []
        reading = Reading(self._vocab, words)
        found = (self._audience(reading), self._contact_way(reading))
        return [finding for finding in found if finding is not None]

    def _audience(self, reading: Reading) -> Finding | None:
        for entry in self.definition.audience:
            span = self._first_span(AUDIENCE, entry, reading)
            if span is None:
                continue
            value = self._value(entry, reading)
            if value != "nothing":
                return _finding(AUDIENCE, value, entry, reading, span)
        return None

    def _value(self, entry: AudienceEntry, reading: Reading) -> str:
        if entry.if_hurt and self._groups[_HURT].spans(reading):
            return entry.if_hurt
        return entry.value

    def _contact_way(self, reading: Reading) -> Finding | None:
        for entry in self.definition.contact_way:
            span = self._first_span(CONTACT_WAY, entry, reading)
            if span is not None:
                return _finding(CONTACT_WAY, entry.value, entry, reading, span)
        return None

    def _first_span(
        self, entity: str, entry: AudienceEntry | ContactEntry, reading: Reading
    ) -> Span | None:
        """Return the first and longest match of an entry that none of its masks overlaps."""
        matches = self._groups[_key(entity, entry)].spans(reading)
        if not matches:
            return None
        masks = [span for name in entry.masks for span in self._groups[_mask(name)].spans(reading)]
        return next((span for span in matches if not any(_overlap(span, m) for m in masks)), None)


def _finding(entity: str, value: str, entry: Entry, reading: Reading, span: Span) -> Finding:
    inside = [word for word in reading.words[slice(*span)] if word.text not in (BEGIN, END)]
    return Finding(entity, value, inside[0].start, inside[-1].end, entry.id)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _key(entity: str, entry: Entry) -> str:
    return f"{entity}:{entry.id}"


def _mask(name: str) -> str:
    return f"mask:{name}"


def _compile(definition: PersonDefinition, path: Path) -> dict[str, list[TokenPattern]]:
    """Compile every pattern of the file, by its key in the matcher."""
    try:
        words = parse_words(definition.words)
    except NotationError as error:
        raise PersonDefinitionError(f"{path}: words: {error}") from error
    sources = {_HURT: definition.writer_hurt}
    sources |= {_mask(name): patterns for name, patterns in definition.masks.items()}
    sources |= {_key(AUDIENCE, entry): entry.match for entry in definition.audience}
    sources |= {_key(CONTACT_WAY, entry): entry.match for entry in definition.contact_way}
    return {key: list(_compile_all(key, group, words, path)) for key, group in sources.items()}


def _compile_all(
    key: str, sources: Iterable[str], words: Mapping[str, frozenset[str]], path: Path
) -> Iterator[TokenPattern]:
    for source in sources:
        try:
            yield compile_pattern(source, words)
        except NotationError as error:
            raise PersonDefinitionError(f"{path}: {key}: {error}") from error


def _refuse_rewritten_words(
    patterns: Mapping[str, Iterable[TokenPattern]], reader: Reader, path: Path
) -> None:
    """Raise if a pattern waits for a word that `spellings` or `numbers` always replace."""
    for key, group in patterns.items():
        words = sorted({word for pattern in group for word in vocabulary_of(pattern)})
        lost = [word for word in words if reader.rewrites(word)]
        if lost:
            raise PersonDefinitionError(
                f"{path}: {key}: '{lost[0]}' is rewritten by 'spellings' or 'numbers' "
                "and never reaches the patterns"
            )
