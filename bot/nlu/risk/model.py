"""The detector of one language: finds risk patterns in a message and drops the guarded ones.

It works on normalised words and answers with the pattern's id, never with the person's words.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu.risk.definition import (
    GuardEntry,
    PatternEntry,
    RiskDefinition,
    RiskDefinitionError,
    is_within,
    load_definition,
)
from bot.nlu.risk.normaliser import STOP, UNKNOWN, Normaliser, split_list
from bot.nlu.risk.pattern_index import Hit, PatternIndex
from bot.nlu.risk.syntax import (
    PatternSyntaxError,
    TokenPattern,
    WordLists,
    compile_pattern,
    parse_words,
    vocabulary_of,
)


@dataclass(frozen=True)
class Risk:
    """An acute risk in a message: its kind and the id of the pattern, never the person's words.

    `third_person` is true when the message is about someone else's life.
    """

    kind: str
    pattern: str
    third_person: bool


class RiskDetectorModel:
    """Detects suicide, self-harm and immediate danger in messages of one language."""

    def __init__(self, definition: RiskDefinition, path: Path) -> None:
        """Compiles a definition; `path` is only used to name the file in errors.

        Raises:
            RiskDefinitionError: a pattern's notation is wrong or could never match.
        """
        self.safe_words = tuple(definition.safe_words)
        self._patterns = definition.patterns
        self._guards = {guard.id: guard for guard in definition.guards}
        words = _word_lists(definition, path)
        risks, guards, exceptions, subjects = (
            {label: _compile(f"{path}: {label}", sources, words) for label, sources in entries}
            for entries in (
                [(pattern.id, pattern.match) for pattern in definition.patterns],
                [(guard.id, guard.match) for guard in definition.guards],
                [(guard.id, guard.unless) for guard in definition.guards],
                [("third_person", definition.third_person)],
            )
        )
        everything = [c for part in (risks, guards, exceptions, subjects) for c in part.items()]
        self._first_person = frozenset(split_list(definition.first_person))
        uses = Counter(self._first_person)
        for _, compiled in everything:
            uses.update(itertools.chain.from_iterable(vocabulary_of([c]) for c in compiled))
        vocabulary = sorted(uses, key=lambda word: (-uses[word], word))
        self._normaliser = Normaliser(definition, vocabulary)
        rewritten = frozenset(filter(self._normaliser.is_rewritten, vocabulary))
        for label, compiled in everything:
            _refuse_rewritten(f"{path}: {label}", rewritten & vocabulary_of(compiled))
        self._vocab = Vocab()
        self._risks = PatternIndex(self._vocab, risks)
        self._silencers = PatternIndex(self._vocab, guards)
        self._exceptions = PatternIndex(self._vocab, exceptions)
        self._subjects = PatternIndex(self._vocab, subjects)

    @classmethod
    def load(cls, path: Path) -> RiskDetectorModel:
        """Loads the detector of one `data/safety/<lang>.yml`.

        Raises:
            RiskDefinitionError: names the file and the entry at fault.
        """
        return cls(load_definition(path), path)

    def detect(self, text: str) -> Risk | None:
        """Returns the first risk of `detect_all`, or None."""
        return next(iter(self.detect_all(text)), None)

    def detect_all(self, text: str) -> list[Risk]:
        """Returns each risk once: the person's own first, then in the order of the file."""
        for words in self._normaliser.readings(text):
            if risks := self._detect_in(words):
                return risks
        return []

    def _detect_in(self, words: Sequence[str]) -> list[Risk]:
        if all(word in (UNKNOWN, STOP) for word in words):
            return []
        doc = Doc(self._vocab, words=[STOP, *words, STOP])
        hits = list(self._risks.find(doc))
        if not hits:
            return []
        silence = _Silence(doc, self._active_guards(doc))
        fired: dict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            if not silence.covers(hit):
                fired[hit.entry].append(hit)
        found = [
            Risk(pattern.kind, pattern.id, self._is_about_another(pattern, fired[pattern.id], doc))
            for pattern in self._patterns
            if pattern.id in fired
        ]
        return sorted(found, key=lambda risk: risk.third_person)

    def _is_about_another(self, pattern: PatternEntry, hits: Sequence[Hit], doc: Doc) -> bool:
        if pattern.third_person or pattern.kind != "suicide":
            return pattern.third_person
        subjects = list(self._subjects.find(doc))
        return any(
            any(subject.start <= hit.start <= subject.end for subject in subjects)
            and self._first_person.isdisjoint(word.text for word in doc[hit.start : hit.end])
            for hit in hits
        )

    def _active_guards(self, doc: Doc) -> list[tuple[GuardEntry, Hit]]:
        lifted = {hit.entry for hit in self._exceptions.find(doc)}
        return [
            (self._guards[hit.entry], hit)
            for hit in self._silencers.find(doc)
            if hit.entry not in lifted
        ]


class _Silence:
    """Which words and sentences of one message are under which guard."""

    def __init__(self, doc: Doc, active: Sequence[tuple[GuardEntry, Hit]]) -> None:
        self._sentence_of: list[int] = []
        for token in doc:
            last = self._sentence_of[-1] if self._sentence_of else 0
            self._sentence_of.append(last + (token.text == STOP))
        self._guards = {guard.id: guard for guard, _ in active}
        self._reach: dict[str, set[int]] = {guard_id: set() for guard_id in self._guards}
        for guard, hit in active:
            self._reach[guard.id].update(self._units(guard, hit))

    def covers(self, hit: Hit) -> bool:
        """Says whether a guard silences this hit."""
        return any(
            not self._reach[guard.id].isdisjoint(self._units(guard, hit))
            for guard in self._guards.values()
            if any(is_within(hit.entry, prefix) for prefix in guard.cancels)
        )

    def _units(self, guard: GuardEntry, hit: Hit) -> set[int]:
        """Returns what the hit takes up, counted as the guard's scope counts."""
        if guard.scope == "message":
            return {0}
        if guard.scope == "sentence":
            return {self._sentence_of[position] for position in range(hit.start, hit.end)}
        return set(range(hit.start, hit.end))


def _word_lists(definition: RiskDefinition, path: Path) -> WordLists:
    try:
        return parse_words(definition.words)
    except PatternSyntaxError as error:
        raise RiskDefinitionError(f"{path}: words: {error}") from error


def _compile(place: str, sources: Sequence[str], words: WordLists) -> list[TokenPattern]:
    try:
        return [tokens for source in sources for tokens in compile_pattern(source, words)]
    except PatternSyntaxError as error:
        raise RiskDefinitionError(f"{place}: {error}") from error


def _refuse_rewritten(place: str, words: frozenset[str]) -> None:
    if words:
        raise RiskDefinitionError(
            f"{place}: 'spellings' rewrites {sorted(words)}, so the pattern never matches: "
            "use the full form"
        )
