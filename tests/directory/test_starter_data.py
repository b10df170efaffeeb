"""The shipped starter data: every row is good, and importing it twice changes nothing."""

from __future__ import annotations

from pathlib import Path

import pycountry
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.emergency import EmergencyNumbers
from directory.exchange.files import import_file
from directory.exchange.starter import read_starter
from directory.models import Service
from tests.starter_data import SERVICES

DATA = Path(__file__).parents[2] / "data" / "services"


def test_given_the_shipped_file_then_every_row_is_valid_and_no_service_is_there_twice() -> None:
    rows = read_starter(DATA / "services.csv")
    assert len(rows) == SERVICES
    contacts = [
        (row.cells["country"], row.cells["organization"], row.cells["name"]) for row in rows
    ]
    assert len(set(contacts)) == len(contacts)


def test_given_the_shipped_file_then_it_holds_no_emergency_rows() -> None:
    assert not any("emergency" in row.cells["needs"] for row in read_starter(DATA / "services.csv"))


# No two lists agree on a number for these, so that none is given: people there are told how to find
# it. A gap to be closed from national authorities' own pages, and never from memory.
WITHOUT_EMERGENCY_NUMBER = {
    *("AM", "AW", "AZ", "BO", "BQ", "BS", "CD", "CI", "CM", "CW", "GH", "GM", "GN", "GW", "IQ"),
    *("JO", "KG", "LR", "LS", "LY", "MA", "MD", "NG", "OM", "PG", "PS", "SO", "TO", "UZ", "ZM"),
    "ZW",
}


def test_given_the_shipped_files_then_few_countries_served_lack_an_emergency_number() -> None:
    numbers = EmergencyNumbers.load(DATA / "emergency_numbers.csv")
    served = {row.cells["country"] for row in read_starter(DATA / "services.csv")} - {"ZZ"}
    assert served - numbers.countries() == WITHOUT_EMERGENCY_NUMBER
    assert all(pycountry.countries.get(alpha_2=country) for country in served)


def test_given_the_shipped_file_when_imported_twice_then_the_second_time_changes_nothing(
    engine: Engine,
) -> None:
    first = import_file(engine, DATA / "services.csv")
    assert (first.created, first.updated, first.kept) == (SERVICES, 0, 0)
    with Session(engine, future=True) as session:
        assert set(session.execute(select(Service.vetting_state)).scalars()) == {"draft"}
        dates = dict(session.execute(select(Service.id, Service.last_modified)).all())
    second = import_file(engine, DATA / "services.csv")
    assert (second.created, second.updated, second.unchanged) == (0, 0, SERVICES)
    with Session(engine, future=True) as session:
        assert dict(session.execute(select(Service.id, Service.last_modified)).all()) == dates
