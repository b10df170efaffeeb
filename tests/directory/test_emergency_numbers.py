"""Emergency numbers: one file, checked when loaded, light enough for the Rasa process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pycountry
import pytest
from phonenumbers import shortnumberinfo

from directory.emergency import EmergencyNumbers
from directory.errors import BadDataError

FILE = Path(__file__).parents[2] / "data" / "services" / "emergency_numbers.csv"
HEADER = "country,numbers,what,source_url,confidence,notes\n"

# Numbers that an authority or the press names, although the phonenumbers library does not have them
# as emergency numbers of that country.
NOT_IN_LIBRARY = {
    ("AO", "111"),
    ("CD", "0900003921"),
    ("CF", "1212"),
    ("CI", "185"),
    ("GH", "112"),
    ("GN", "117"),
    ("IQ", "911"),
    ("LS", "58881024"),
    ("LY", "1515"),
    ("NG", "112"),
    ("PG", "112"),
    ("UZ", "102"),
    ("UZ", "112"),
}


def load(tmp_path: Path, *rows: str) -> EmergencyNumbers:
    path = tmp_path / "emergency_numbers.csv"
    complete = [row if row.count(",") == 5 else f"{row},high," for row in rows]
    path.write_text(HEADER + "\n".join(complete), encoding="utf-8")
    return EmergencyNumbers.load(path)


def test_given_the_shipped_file_when_loaded_then_peru_has_police_and_ambulance() -> None:
    numbers = EmergencyNumbers.load(FILE).for_country("PE")
    assert {entry.what for entry in numbers} >= {"police"}
    assert all(entry.country == "PE" and entry.number.isdigit() for entry in numbers)


def test_given_the_shipped_file_then_the_library_knows_every_number_or_it_is_listed_here() -> None:
    numbers = EmergencyNumbers.load(FILE)
    unknown = set()
    for country in numbers.countries():
        assert pycountry.countries.get(alpha_2=country), country
        for entry in numbers.for_country(country):
            if not shortnumberinfo.is_emergency_number(entry.number, country):
                unknown.add((country, entry.number))
    assert unknown == NOT_IN_LIBRARY


def test_given_several_numbers_then_the_one_that_reaches_everything_comes_first(
    tmp_path: Path,
) -> None:
    numbers = load(
        tmp_path,
        "AL,129,police,https://example.org",
        "AL,127,ambulance,https://example.org",
        "AL,112,all,https://example.org",
    )
    assert [entry.number for entry in numbers.for_country("al")] == ["112", "129", "127"]


def test_given_an_unknown_country_then_there_are_no_numbers(tmp_path: Path) -> None:
    assert load(tmp_path, "AL,112,all,https://example.org").for_country("XX") == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("Albania,112,all,https://example.org", "country"),
        ("AL,1 1 2,all,https://example.org", "numbers"),
        ("AL,,all,https://example.org", "numbers"),
        ("AL,112,fire,https://example.org", "what"),
        ("AL,112,all,memory", "source_url"),
        ("AL,112;112,all,https://example.org", "numbers"),
        ("AL,112,all,https://example.org,certain,", "confidence"),
    ],
)
def test_given_a_bad_row_when_loaded_then_the_error_names_file_line_and_column(
    tmp_path: Path, row: str, column: str
) -> None:
    with pytest.raises(BadDataError) as caught:
        load(tmp_path, "DE,112,all,https://example.org", row)
    assert f"emergency_numbers.csv, line 3, column {column}" in str(caught.value)


def test_given_other_columns_when_loaded_then_the_error_names_the_right_ones(
    tmp_path: Path,
) -> None:
    path = tmp_path / "emergency_numbers.csv"
    path.write_text("country,number\nDE,112\n", encoding="utf-8")
    with pytest.raises(BadDataError, match="line 1: the columns must be country, numbers"):
        EmergencyNumbers.load(path)


def test_when_the_module_is_imported_then_no_database_library_is_loaded() -> None:
    code = "import directory.emergency, sys; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
