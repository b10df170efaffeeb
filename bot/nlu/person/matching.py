"""Runs person patterns over a message with spaCy's Matcher, skipping those that cannot match.

Most messages hold few of the words that patterns need, and spaCy tries every pattern at every word:
looking first whether the needed words are there at all makes it several times as fast.
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu.person.notation import TokenPattern, required_words
from bot.nlu.person.reading import Word

Span = tuple[int, int]


class Reading:
    """A message as a spaCy `Doc` of pattern words, and the set of those words."""

    def __init__(self, vocab: Vocab, words: Sequence[Word]) -> None:
        """Prepare what every group of patterns needs."""
        texts = [word.text for word in words]
        self.words = words
        self.doc = Doc(vocab, words=texts)
        self.present = frozenset(texts)


class PatternGroup:
    """The patterns of one entry or one mask."""

    def __init__(self, vocab: Vocab, patterns: Sequence[TokenPattern]) -> None:
        """Compile the patterns."""
        self._patterns = [(required_words(tokens), _matcher(vocab, tokens)) for tokens in patterns]

    def spans(self, reading: Reading) -> list[Span]:
        """Return the matches as word spans (start, end), the first and longest first."""
        is_lacking = reading.present.isdisjoint
        spans = [
            (start, end)
            for needed, matcher in self._patterns
            if not any(map(is_lacking, needed))
            for _, start, end in matcher(reading.doc)
        ]
        return sorted(spans, key=lambda span: (span[0], -span[1]))


def _matcher(vocab: Vocab, tokens: TokenPattern) -> Matcher:
    matcher = Matcher(vocab, validate=False)
    matcher.add("pattern", [tokens])
    return matcher
