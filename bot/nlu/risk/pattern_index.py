"""Finds the compiled patterns of a file in a message without trying each of them.

A spaCy Matcher tests every one of its patterns at every word, which takes 20 ms for a thousand
patterns. Here only a pattern whose required words are all in the message is handed to spaCy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu.risk.normaliser import STOP
from bot.nlu.risk.syntax import TokenPattern, required_words


@dataclass(frozen=True)
class Hit:
    """Where a pattern of an entry matched: word positions in the Doc, `end` exclusive."""

    entry: str
    start: int
    end: int


class PatternIndex:
    """All patterns of some entries, each reached by its most telling required word."""

    def __init__(self, vocab: Vocab, entries: Mapping[str, Sequence[TokenPattern]]) -> None:
        """Indexes the patterns; `entries` maps an entry's id to its compiled patterns."""
        patterns = [
            _Pattern(vocab, entry, tokens)
            for entry, several in entries.items()
            for tokens in several
        ]
        uses = Counter(word for pattern in patterns for words in pattern.required for word in words)
        self._by_word: dict[str, list[_Pattern]] = defaultdict(list)
        for pattern in patterns:
            rarest = min(pattern.required, key=lambda words: sum(uses[word] for word in words))
            for word in rarest:
                self._by_word[word].append(pattern)

    def find(self, doc: Doc) -> Iterator[Hit]:
        """Yields every match, without the sentence ends at its edges."""
        present = {token.text for token in doc}
        candidates = {id(p): p for word in present for p in self._by_word.get(word, ())}
        for pattern in candidates.values():
            if not any(words.isdisjoint(present) for words in pattern.required):
                yield from pattern.find(doc)


class _Pattern:
    def __init__(self, vocab: Vocab, entry: str, tokens: TokenPattern) -> None:
        self._vocab = vocab
        self._entry = entry
        self._tokens = tokens
        self.required = required_words(tokens)

    def find(self, doc: Doc) -> Iterator[Hit]:
        for _, start, end in self._matcher(doc):
            first = start + (doc[start].text == STOP)
            yield Hit(self._entry, first, end - (doc[end - 1].text == STOP))

    @cached_property
    def _matcher(self) -> Matcher:
        """Made when first needed: most patterns of a file are never needed, and loading is fast."""
        matcher = Matcher(self._vocab, validate=False)
        matcher.add(self._entry, [self._tokens])
        return matcher
