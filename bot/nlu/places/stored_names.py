"""Reads data/places/names.csv: the cities, towns, regions and state codes that are not language.

The file is made by `bot.nlu.places.build_names` from GeoNames and ISO 3166-2.
"""

import csv
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

DATA_DIR = Path(__file__).parents[3] / "data" / "places"
NAMES_FILE = DATA_DIR / "names.csv"


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


def read_names(path: Path = NAMES_FILE) -> dict[NameKind, dict[str, tuple[str, ...]]]:
    """Return for each kind the normalised names with their countries, likeliest first.

    Raises `ValueError` naming file and line when a row is not `name,kind,countries`.
    """
    names: dict[str, dict[str, tuple[str, ...]]] = {kind.value: {} for kind in NameKind}
    countries: dict[str, tuple[str, ...]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.reader(file), start=1):
            if row[0].startswith("#") or row[0] == "name":
                continue
            try:
                name, kind, codes = row
                if codes not in countries:
                    countries[codes] = tuple(codes.split())
                names[kind][name] = countries[codes]
            except (ValueError, KeyError) as error:
                raise ValueError(f"{path}, line {line}: no `name,kind,countries`") from error
    return {NameKind(kind): entries for kind, entries in names.items()}
