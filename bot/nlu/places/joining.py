"""Joins a place with the larger one after it: "Lima, Peru" is one place, and so is "Austin, TX"."""

import re

from bot.nlu.places.gazetteer import Gazetteer, Mention
from bot.nlu.places.stored_names import Meaning, NameKind

_PUNCTUATION = r"\s*[,(/|-]?\s*"
_SMALL = frozenset({NameKind.CITY, NameKind.MINOR_CITY, NameKind.TOWN, NameKind.REGION})
_LARGE = frozenset({NameKind.COUNTRY, NameKind.ABBREVIATION, NameKind.REGION})


def join_places(names: Gazetteer, text: str, mentions: list[Mention]) -> list[Mention]:
    """Return `mentions` with neighbours joined where one lies in the other.

    State codes are dropped unless they follow a city.
    """
    joined: list[Mention] = []
    for place in mentions:
        whole = _join(names, text, joined[-1], place) if joined else None
        if whole is not None:
            joined[-1] = whole
        elif place.meaning.kind is not NameKind.STATE_CODE:
            joined.append(place)
    return joined


def _join(names: Gazetteer, text: str, first: Mention, second: Mention) -> Mention | None:
    between = "|".join(names.language.between)
    if not re.fullmatch(
        f"{_PUNCTUATION}(?:(?:{between})\\s+)?", text[first.end : second.start], re.IGNORECASE
    ):
        return None
    countries = _countries(names, first, second)
    if not countries:
        return None
    kind = NameKind.COUNTRY if second.meaning.kind in _LARGE else NameKind.REGION
    return Mention(
        second.key if len(countries) > 1 else first.key,
        Meaning(kind, countries),
        first.first,
        second.last,
        first.start,
        second.end,
        text[first.start : second.end],
    )


def _countries(names: Gazetteer, first: Mention, second: Mention) -> tuple[str, ...]:
    kinds = (first.meaning.kind, second.meaning.kind)
    if {NameKind.DEMONYM, NameKind.PHONE} & {*kinds} or first.meaning.kind is NameKind.ABBREVIATION:
        return ()
    common = tuple(code for code in first.meaning.countries if code in second.meaning.countries)
    if second.meaning.kind is NameKind.STATE_CODE:
        # "Houston tx", but "London, OK?" is no city in Oklahoma.
        plain = second.key in names.common_words
        if first.meaning.kind in _SMALL and not plain:
            return common or (second.meaning.countries if second.text.isupper() else ())
        return common if second.text.isupper() else ()
    if second.meaning.kind is NameKind.ABBREVIATION and not second.text.isupper():
        return ()
    if common:
        return common
    joins = first.meaning.kind in _SMALL and second.meaning.kind in _LARGE
    return second.meaning.countries if joins else ()
