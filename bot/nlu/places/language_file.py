"""The schema of `data/places/<lang>.yml` and its loader.

Every fault in a file is reported when it is loaded, with the file and the entry that holds it.
"""

from pathlib import Path
from typing import Literal

import pycountry
from pydantic import BaseModel, Extra, Field, constr, validator

from bot.nlu.data_file import read_checked
from bot.nlu.places.stored_names import DATA_DIR

# Kosovo has no ISO 3166-1 code; XK is the user-assigned one of CLDR and of telephone services.
COUNTRY_CODES = frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}

# Word classes that every language has; a file must not define its own by these names.
BUILT_IN_CLASSES = frozenset({"filler", "greeting", "self", "other", "place", "in"})

RoleName = Literal["lives", "asked", "comes_from", "mentioned", "elsewhere", "denied"]
CueKind = Literal["place", "country", "demonym", "phone"]
Subject = Literal["writer", "home", "close", "thing", "other", "nobody"]
NamesByCountry = dict[str, list[str]]


class PlaceFileError(ValueError):
    """A file of names cannot be used; the message names the file and the entry."""


def _split(words: str | list[str]) -> list[str]:
    return [word.strip() for word in words.split(",")] if isinstance(words, str) else words


class _Entry(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_mutation = False


class AmbiguousName(_Entry):
    """A name of several countries; `hints` are words elsewhere in a message that decide."""

    kind: Literal["country", "demonym", "abbreviation"] = "country"
    candidates: list[str] = Field(min_items=2)
    hints: NamesByCountry = {}


class Persons(_Entry):
    """Regular expressions for whom a sentence speaks about; the nearest before a place counts."""

    writer: list[str]
    home: list[str] = []
    close: list[str] = []
    thing: list[str] = []
    other: list[str] = []


class CueEntry(_Entry):
    """What the words before and after a name must be for the name to have a role."""

    id: str
    role: RoleName
    before: str = ""
    after: str = ""
    kinds: list[CueKind] = ["place"]
    subject: list[Subject] = []
    loose: bool = False
    not_careful: bool = False


class LanguageFile(_Entry):
    """All of one language's file; its comments say what each section is for.

    Lists of plain words are written as one text with commas, lists of regular expressions as lists.
    `letters` are characters that are read as another one, before anything else (圆 as 元).
    `attached` are prepositions written together with the name after them, with what the name loses
    by it (Arabic "lal-" for "li" and "al-"). `tongues` are demonyms that alone mean a
    language, where CLDR calls it otherwise.
    """

    letters: dict[constr(min_length=1, max_length=1), constr(min_length=1, max_length=1)] = {}  # type: ignore[valid-type]
    attached: dict[str, str] = {}
    countries: NamesByCountry = {}
    abbreviations: NamesByCountry = {}
    tongues: list[str] = []
    demonym_endings: list[str] = [""]
    demonyms: NamesByCountry = {}
    regions: NamesByCountry = {}
    cities: NamesByCountry = {}
    ambiguous: dict[str, AmbiguousName] = {}
    careful: list[str] = []
    not_places: list[str] = []
    not_cities: list[str] = []
    word_cities: list[str] = []
    not_misspelt: list[str] = []
    filler: list[str]
    greetings: list[str] = []
    self_words: list[str] = []
    persons: Persons
    lead: list[str] = []
    prepositions: list[str]
    after_preposition: str = ""
    adverbs: list[str] = []
    words: dict[str, list[str]] = {}
    cues: list[CueEntry]
    continues: list[str] = []
    corrections: list[str] = []
    past: list[str] = []
    spelling_after: list[str] = []
    articles: list[str] = []
    between: list[str] = []

    @validator(
        "tongues",
        "careful",
        "not_places",
        "not_cities",
        "word_cities",
        "not_misspelt",
        "filler",
        "greetings",
        "self_words",
        "prepositions",
        "adverbs",
        "continues",
        "spelling_after",
        "articles",
        "between",
        pre=True,
    )
    @classmethod
    def _split_words(cls, words: str | list[str]) -> list[str]:
        return _split(words)

    @validator("countries", "abbreviations", "demonyms", "regions", "cities", pre=True)
    @classmethod
    def _split_names(cls, names: dict[str, str]) -> NamesByCountry:
        return {country: _split(words) for country, words in names.items()}

    @validator("countries", "abbreviations", "demonyms", "regions", "cities")
    @classmethod
    def _codes_exist(cls, names: NamesByCountry) -> NamesByCountry:
        _check_codes(names)
        return names

    @validator("ambiguous")
    @classmethod
    def _candidates_exist(cls, names: dict[str, AmbiguousName]) -> dict[str, AmbiguousName]:
        for name, entry in names.items():
            _check_codes([*entry.candidates, *entry.hints])
            if strangers := entry.hints.keys() - set(entry.candidates):
                raise ValueError(f"{name}: hints for {sorted(strangers)}, which is no candidate")
        return names

    @validator("words")
    @classmethod
    def _classes_are_new(cls, words: dict[str, list[str]]) -> dict[str, list[str]]:
        if taken := BUILT_IN_CLASSES & words.keys():
            raise ValueError(f"names of built-in classes: {sorted(taken)}")
        return words

    @validator("cues")
    @classmethod
    def _cue_ids_differ(cls, cues: list[CueEntry]) -> list[CueEntry]:
        ids = [cue.id for cue in cues]
        if repeated := {name for name in ids if ids.count(name) > 1}:
            raise ValueError(f"used more than once: {sorted(repeated)}")
        return cues


def load_language(language: str, directory: Path = DATA_DIR) -> LanguageFile:
    """Return the names and cues of `language` (ISO 639-1).

    Raises `PlaceFileError` when the file is missing, is no YAML or breaks the schema.
    """
    return read_checked(directory / f"{language}.yml", LanguageFile, PlaceFileError)


def _check_codes(codes: NamesByCountry | list[str]) -> None:
    if unknown := set(codes) - COUNTRY_CODES:
        raise ValueError(f"no country codes: {sorted(unknown)}")
