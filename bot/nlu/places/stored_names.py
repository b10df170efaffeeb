"""Reads data/places/names.json: the cities, towns, regions and state codes of the world.

The file is made by `bot.nlu.places.build_names` from GeoNames and ISO 3166-2.
"""

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

DATA_DIR = Path(__file__).parents[3] / "data" / "places"
NAMES_FILE = DATA_DIR / "names.json"


class NameKind(Enum):
    """What a name stands for; the matcher asks more of a town than of a country."""

    COUNTRY = "country"
    ABBREVIATION = "abbreviation"
    DEMONYM = "demonym"
    COUNTRY_OR_DEMONYM = "country_or_demonym"
    REGION = "region"
    CITY = "city"
    MINOR_CITY = "minor_city"
    TOWN = "town"
    STATE_CODE = "state_code"
    MISSPELT = "misspelt"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name may mean: countries are ISO 3166-1 codes, likeliest first.

    A `careful` name is also a word, or a person's.
    """

    kind: NameKind
    countries: tuple[str, ...]
    careful: bool = False


def read_names(path: Path = NAMES_FILE) -> dict[NameKind, dict[str, Meaning]]:
    """Return for each kind the normalised names with their meanings; equal ones are one object.

    Raises `ValueError` naming the file when it is not what `build_names` writes.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))["names"]
        kinds = {NameKind(kind): by_countries for kind, by_countries in content.items()}
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}: {error}; run `python -m bot.nlu.places.build_names`") from error
    names: dict[NameKind, dict[str, Meaning]] = {}
    for kind, by_countries in kinds.items():
        entries = names.setdefault(kind, {})
        for countries, keys in by_countries.items():
            entries.update(dict.fromkeys(keys, Meaning(kind, tuple(countries.split()))))
    return names
