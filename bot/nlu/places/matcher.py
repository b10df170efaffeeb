"""Finds the country of the person who writes a message, or says that it needs to be asked.

Precision comes first: a place that somebody else lives in, travels to or eats is no country.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc

from bot.nlu.places.cues import Role, context
from bot.nlu.places.gazetteer import Gazetteer, Mention, Word, gazetteer_for
from bot.nlu.places.joining import join_places
from bot.nlu.places.misspelt import misspelt_places
from bot.nlu.places.normalisation import WORD_END, WORD_START, normalise
from bot.nlu.places.signs import signs
from bot.nlu.places.stored_names import NameKind

_STRONG = frozenset({Role.LIVES, Role.COMES_FROM})


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """What a message says about its writer's country.

    `country`: ISO 3166-1 code (XK for Kosovo), or None. `ambiguous`: the codes to choose from when
    a place was named that may lie in several; `country` is None then. `only_place`: the message is
    nothing but a place and filler words. `start`, `end`: characters of the place, 0 without one.
    """

    country: str | None = None
    ambiguous: tuple[str, ...] = ()
    only_place: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Reading:
    """A mention, its role and the countries left after looking at the whole message."""

    mention: Mention
    role: Role
    countries: tuple[str, ...]


def find_country(doc: Doc, language: str = "en") -> PlaceResult:
    """Return the country that the writer of `doc` lives in, comes from or asks about.

    `doc` needs no more than a tokenizer. Raises `PlaceFileError` when `language` has no file.
    """
    return read_message(gazetteer_for(language), doc)


def read_message(names: Gazetteer, doc: Doc) -> PlaceResult:
    """Return what `find_country` does, by the names and cues given."""
    text = doc.text.translate(names.letters)
    words = names.words(doc)
    found = [*names.mentions(text, words), *signs(text, words)]
    mentions = join_places(names, text, sorted(found, key=lambda place: place.first))
    mentions += misspelt_places(names, text, words, mentions)
    mentions.sort(key=lambda place: place.first)
    reader = _Reader(names, text, words, mentions)
    readings = reader.readings()
    only_place = bool(mentions) and reader.rest() <= names.filler
    if not readings and (only_place or reader.rest() <= names.introduction):
        readings = reader.bare()
    return _decide(_after_correction(names, text, readings), only_place)


class _Reader:
    """Reads the mentions of one message."""

    def __init__(
        self, names: Gazetteer, text: str, words: list[Word], mentions: list[Mention]
    ) -> None:
        self._names = names
        self._text = text
        self._words = words
        self._mentions = mentions
        self._places = [(place.start, place.end) for place in mentions]
        self._shouted = text.isupper() and len(words) > 1
        self._roles = {place: self._role(place) for place in mentions}
        for one, next_one in pairwise(mentions):
            if _two_nationalities(one, next_one):
                self._roles[one] = self._roles[next_one] = Role.ELSEWHERE

    def readings(self) -> list[_Reading]:
        """Return the mentions that give a country by the words around them."""
        return [
            _Reading(place, role, self._resolve(place))
            for place, role in self._roles.items()
            if role is not None and self._counts(place, role)
        ]

    def bare(self) -> list[_Reading]:
        """Return the mentions of a message that has nothing to say but its places."""
        return [
            _Reading(place, Role.MENTIONED, self._resolve(place))
            for place, role in self._roles.items()
            if role not in (Role.DENIED, Role.ELSEWHERE) and self._counts_alone(place)
        ]

    def rest(self) -> set[str]:
        """Return the words outside all places, without punctuation, pictures and numbers."""
        taken = {index for place in self._mentions for index in range(place.first, place.last)}
        return {
            word.text
            for index, word in enumerate(self._words)
            if index not in taken and word.text[0].isalpha()
        }

    def _role(self, place: Mention) -> Role | None:
        before, after = context(self._text, self._places, place.start, place.end)
        return self._names.cues.role(place.meaning, place.text, before, after)

    def _counts(self, place: Mention, role: Role) -> bool:
        if role < Role.MENTIONED:
            return False
        match place.meaning.kind:
            case NameKind.MISSPELT:
                return role in _STRONG
            case NameKind.TOWN:
                return role in _STRONG and self._is_capitalised(place)
            case NameKind.MINOR_CITY:
                return role in _STRONG or self._is_capitalised(place)
            case NameKind.ABBREVIATION:
                is_word = place.key in self._names.common_words
                asked = role is Role.ASKED and not is_word
                return asked or role in _STRONG or self._is_abbreviation(place)
            case NameKind.DEMONYM:
                return role is Role.COMES_FROM or place.key not in self._names.tongues
        return True

    def _counts_alone(self, place: Mention) -> bool:
        match place.meaning.kind:
            case NameKind.TOWN | NameKind.MINOR_CITY:
                return self._is_capitalised(place)
            case NameKind.ABBREVIATION:
                return self._is_abbreviation(place) or len(self._words) == place.last - place.first
            case NameKind.DEMONYM:
                return place.key not in self._names.tongues
        return True

    def _is_capitalised(self, place: Mention) -> bool:
        return place.text[0].isupper() and not self._shouted

    def _is_abbreviation(self, place: Mention) -> bool:
        if place.text.isupper() and not self._shouted:
            return True
        previous = self._words[place.first - 1].text if place.first else ""
        return previous in self._names.language.articles

    def _resolve(self, place: Mention) -> tuple[str, ...]:
        """Return the countries of `place` that the rest of the message leaves."""
        countries = place.meaning.countries
        if len(countries) == 1:
            return countries
        entry = self._names.ambiguous.get(place.key)
        text = normalise(self._text)
        for country, hints in entry.hints.items() if entry else ():
            if any(re.search(f"{WORD_START}{re.escape(hint)}{WORD_END}", text) for hint in hints):
                return (country,)
        others = {
            other.meaning.countries[0]
            for other, role in self._roles.items()
            if len(other.meaning.countries) == 1 and role is not Role.DENIED
        }
        left = tuple(country for country in countries if country in others)
        return left if len(left) == 1 else countries


def _two_nationalities(one: Mention, next_one: Mention) -> bool:
    """Tell whether both are one phrase ("Chinese American"), which says little of a country."""
    kinds = {one.meaning.kind, next_one.meaning.kind}
    return kinds == {NameKind.DEMONYM} and one.last == next_one.first


def _after_correction(names: Gazetteer, text: str, readings: list[_Reading]) -> list[_Reading]:
    """Return only what follows "no, I meant", unless less is said there than before."""
    if len(readings) < 2:
        return readings
    strongest = max(reading.role for reading in readings)
    for marker in names.cues.correction.finditer(text):
        later = [one for one in readings if one.mention.start >= marker.start()]
        if any(one.role is strongest for one in later):
            readings = later
    return readings


def _decide(readings: list[_Reading], only_place: bool) -> PlaceResult:
    if not readings:
        return PlaceResult(only_place=only_place)
    role = max(reading.role for reading in readings)
    best = [reading for reading in readings if reading.role is role]
    place = best[-1].mention
    common = set(best[0].countries).intersection(*(reading.countries for reading in best))
    if len(common) == 1:
        return PlaceResult(common.pop(), (), only_place, place.start, place.end)
    if role is Role.MENTIONED and not common:
        return PlaceResult(only_place=only_place)
    possible = dict.fromkeys(code for reading in best for code in reading.countries)
    return PlaceResult(None, tuple(possible), only_place, place.start, place.end)
