"""All names of places in one language, and where they occur in a message.

Names of countries, demonyms and regions are found by spaCy's PhraseMatcher; the 32,000 cities and
towns by look-up, because as patterns they would take seconds to build.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pycountry
from babel import Locale
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu.places.cues import Cues
from bot.nlu.places.language_file import COUNTRY_CODES, LanguageFile, NamesByCountry, load_language
from bot.nlu.places.normalisation import name_key, normalise
from bot.nlu.places.spelling import Spelling
from bot.nlu.places.stored_names import DATA_DIR, Meaning, NameKind, read_names
from bot.nlu.scripts import HAN

# Vowel signs of Arabic belong to their word; `\w` leaves them out.
_PIECE = re.compile(rf"[{HAN}]|(?:[^\W_{HAN}]|[\u064b-\u0652])+|[^\w\s'’.-]")
_LISTED_WORD = re.compile(rf"[{HAN}]|[^\s{HAN}]+")
_PARENTHESIS = re.compile(r"\s*\((.*)\)")
_MAX_CITY_WORDS = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A normalised word of a message, with its character range in the message."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a message: words `first` to `last` (exclusive), characters `start` to `end`.

    `key` is the name normalised, `text` the name as it was written.
    """

    key: str
    meaning: Meaning
    first: int
    last: int
    start: int
    end: int
    text: str


# First and last word, and what the name means; None for a phrase that is no place.
_Found = tuple[int, int, Meaning | None]


class Gazetteer:
    """The names and cues of one language; make one with `gazetteer_for(language)`."""

    def __init__(self, language: str, directory: Path = DATA_DIR) -> None:
        """Load `<directory>/<language>.yml` and the stored names.

        Raises `PlaceFileError` or `ValueError`, naming the file and what is wrong in it.
        """
        self.language = load_language(language, directory)
        self.cues = Cues(self.language, source=str(directory / f"{language}.yml"))
        self.letters = str.maketrans(self.language.letters)
        self.filler = _listed_words(self.language.filler)
        introduction = (*self.language.greetings, *self.language.self_words)
        self.introduction = _listed_words(introduction)
        self.common_words = self.filler | frozenset(self.language.continues)
        self.ambiguous = {name_key(name): entry for name, entry in self.language.ambiguous.items()}
        locale = Locale(language)
        tongues = (*locale.languages.values(), *self.language.tongues)
        self.tongues = frozenset(map(name_key, tongues))
        self._names = _phrase_names(self.language, locale)
        self._first_words = frozenset(key.split()[0] for key in self._names)
        self._attached = sorted(self.language.attached.items(), key=lambda item: -len(item[0]))
        self._not_places = {name_key(phrase) for phrase in self.language.not_places}
        self._cities, self._state_codes = _stored_names(self.language, self._names)
        self.vocab = Vocab()
        self._matcher = PhraseMatcher(self.vocab, attr="ORTH")
        for key in (*self._names, *self._not_places):
            self._matcher.add(key, [Doc(self.vocab, words=key.split())])
        self.spelling = Spelling(
            {
                key: meaning.countries
                for key, meaning in self._names.items()
                if meaning.kind is NameKind.COUNTRY and len(meaning.countries) == 1
            },
            known={*self._names, *self._cities, *self.language.not_misspelt},
        )

    def words(self, doc: Doc) -> list[Word]:
        """Return the words of `doc` and its punctuation, without apostrophes, stops and hyphens."""
        words: list[Word] = []
        for token in doc:
            for piece in _PIECE.finditer(token.text.translate(self.letters)):
                words += self._detached(piece.group(), token.idx + piece.start())
        return words

    def _detached(self, written: str, start: int) -> Iterator[Word]:
        """Yield a word, or the preposition and the name that are written as one."""
        key = normalise(written)
        end = start + len(written)
        if key not in self._first_words:
            for preposition, beginning in self._attached:
                name = beginning + key.removeprefix(preposition)
                if key.startswith(preposition) and name in self._first_words:
                    lengths = range(len(written) + 1)
                    cut = max(n for n in lengths if normalise(written[:n]) == preposition)
                    yield Word(preposition, start, start + cut)
                    yield Word(name, start + cut, end)
                    return
        if key:
            yield Word(key, start, end)

    def mentions(self, text: str, words: list[Word]) -> list[Mention]:
        """Return the names in `text`, longest first where they overlap, in their order."""
        found = [*self._phrases(words), *self._towns(words)]
        taken: set[int] = set()
        mentions = []
        for first, last, meaning in sorted(found, key=lambda item: item[0] - item[1]):
            if taken.isdisjoint(range(first, last)):
                taken.update(range(first, last))
                if meaning is not None:
                    mentions.append(mention(text, words, first, last, meaning))
        return sorted(mentions, key=lambda item: item.first)

    def _phrases(self, words: list[Word]) -> Iterator[_Found]:
        # Strings of a memory zone are freed with it: nothing of a message stays in the vocabulary.
        with self.vocab.memory_zone():
            doc = Doc(self.vocab, words=[word.text for word in words])
            for _, first, last in self._matcher(doc):
                key = " ".join(word.text for word in words[first:last])
                yield first, last, None if key in self._not_places else self._names[key]

    def _towns(self, words: list[Word]) -> Iterator[_Found]:
        for first in range(len(words)):
            key = ""
            for last in range(first + 1, min(first + _MAX_CITY_WORDS, len(words)) + 1):
                key = f"{key} {words[last - 1].text}" if key else words[last - 1].text
                if city := self._cities.get(key):
                    yield first, last, city
                elif last == first + 1 and (code := self._state_codes.get(key)):
                    yield first, last, code


def mention(text: str, words: list[Word], first: int, last: int, meaning: Meaning) -> Mention:
    """Return the mention of a name by `words[first:last]` of `text`."""
    key = " ".join(word.text for word in words[first:last])
    start, end = words[first].start, words[last - 1].end
    return Mention(key, meaning, first, last, start, end, text[start:end])


@cache
def gazetteer_for(language: str, directory: Path = DATA_DIR) -> Gazetteer:
    """Return the gazetteer of `language` (ISO 639-1), loaded once a process."""
    return Gazetteer(language, directory)


def _listed_words(phrases: Iterable[str]) -> frozenset[str]:
    """Return the words of `phrases` of a language file."""
    return frozenset(_LISTED_WORD.findall(" ".join(phrases)))


def _phrase_names(language: LanguageFile, locale: Locale) -> dict[str, Meaning]:
    """Return the names that the PhraseMatcher finds; what stands later overrules."""
    careful = {name_key(name) for name in language.careful}
    names: dict[str, Meaning] = {}

    def add(key: str, kind: NameKind, countries: tuple[str, ...]) -> None:
        names[key] = Meaning(kind, countries, careful=key in careful)

    for kind, pairs in (
        (NameKind.CITY, _pairs(language.cities)),
        (NameKind.REGION, _pairs(language.regions)),
        (NameKind.COUNTRY, _standard_names(locale)),
        (NameKind.COUNTRY, _pairs(language.countries)),
        (NameKind.ABBREVIATION, _pairs(language.abbreviations)),
    ):
        for country, name in pairs:
            add(name_key(name), kind, (country,))
    for country, name in _pairs(language.demonyms):
        for ending in language.demonym_endings:
            key = name_key(name + ending)
            kind = NameKind.COUNTRY_OR_DEMONYM if key in names else NameKind.DEMONYM
            add(key, kind, (country,))
    for name, entry in language.ambiguous.items():
        add(name_key(name), NameKind(entry.kind), tuple(entry.candidates))
    return names


def _stored_names(
    language: LanguageFile, known: dict[str, Meaning]
) -> tuple[dict[str, Meaning], dict[str, Meaning]]:
    """Return the cities, towns and regions, and the state codes, without what is `known`."""
    stored = read_names()
    codes = stored.pop(NameKind.STATE_CODE)
    cities = {key: meaning for names in stored.values() for key, meaning in names.items()}
    for key in (*known, *map(name_key, language.not_cities)):
        cities.pop(key, None)
    for key in map(name_key, language.careful):
        if meaning := cities.get(key):
            cities[key] = Meaning(meaning.kind, meaning.countries, careful=True)
    for key in map(name_key, language.word_cities):
        if meaning := cities.get(key):
            cities[key] = Meaning(NameKind.TOWN, meaning.countries)
    return cities, codes


def _pairs(names: NamesByCountry) -> Iterator[tuple[str, str]]:
    for country, variants in names.items():
        for variant in variants:
            yield country, variant


def _standard_names(locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield the names of CLDR, and for English those of ISO 3166-1."""
    for country in COUNTRY_CODES:
        if name := locale.territories.get(country):
            yield from ((country, part) for part in (name, *_parts(name)))
    if locale.language != "en":
        return
    for entry in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            name = getattr(entry, attribute, None)
            if name and "," not in name:
                yield entry.alpha_2, name


def _parts(name: str) -> Iterable[str]:
    """Return both names of "Myanmar (Burma)"."""
    inner = _PARENTHESIS.search(name)
    return (inner.group(1), _PARENTHESIS.sub("", name)) if inner else ()
