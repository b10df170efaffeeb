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

DATA = Path(__file__).parents[2] / "data" / "services"


def test_given_the_shipped_file_then_every_row_is_valid_and_no_service_is_there_twice() -> None:
    rows = read_starter(DATA / "services.csv")
    assert len(rows) == 239
    contacts = [
        (row.cells["country"], row.cells["organization"], row.cells["name"]) for row in rows
    ]
    assert len(set(contacts)) == len(contacts)


def test_given_the_shipped_file_then_it_holds_no_emergency_rows() -> None:
    assert not any("emergency" in row.cells["needs"] for row in read_starter(DATA / "services.csv"))


def test_given_the_shipped_files_then_few_countries_served_lack_an_emergency_number() -> None:
    numbers = EmergencyNumbers.load(DATA / "emergency_numbers.csv")
    served = {row.cells["country"] for row in read_starter(DATA / "services.csv")} - {"ZZ"}
    assert served - numbers.countries() == {"GH", "MD", "NG", "ZM", "ZW"}
    assert all(pycountry.countries.get(alpha_2=country) for country in served)


def test_given_the_shipped_file_when_imported_twice_then_the_second_time_changes_nothing(
    engine: Engine,
) -> None:
    first = import_file(engine, DATA / "services.csv")
    assert (first.created, first.updated, first.kept) == (239, 0, 0)
    with Session(engine, future=True) as session:
        assert set(session.execute(select(Service.vetting_state)).scalars()) == {"draft"}
        dates = dict(session.execute(select(Service.id, Service.last_modified)).all())
    second = import_file(engine, DATA / "services.csv")
    assert (second.created, second.updated, second.unchanged) == (0, 0, 239)
    with Session(engine, future=True) as session:
        assert dict(session.execute(select(Service.id, Service.last_modified)).all()) == dates
