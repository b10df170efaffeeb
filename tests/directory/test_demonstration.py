"""The demonstration directory, and the counts of any directory."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.coverage import answers_differ, stats
from directory.database import open_engine, open_session, upgrade
from directory.demonstration import create_demonstration
from directory.errors import BadDataError, NotADemonstrationError
from directory.exchange.files import export_file, import_file
from directory.exchange.starter_rows import service_id
from directory.info import is_demonstration
from directory.models import Service
from directory.search import ServiceQuery, search
from tests.starter_data import COUNTRIES, SERVICES

DATA = Path(__file__).parents[2] / "data" / "services"
NOW = datetime.now(timezone.utc)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'directory.sqlite3'}")
    create_demonstration(engine, DATA)
    return engine


def test_given_no_database_when_created_then_every_row_counts_as_verified_and_is_marked(
    demonstration: Engine,
) -> None:
    with open_session(demonstration) as session:
        counts = stats(session)
        found = search(session, ServiceQuery("PE", ("victim_support",), at=NOW)).services
    assert (counts.demonstration, counts.services, counts.shown) == (True, SERVICES, SERVICES)
    assert counts.by_state == {"verified": SERVICES}
    assert counts.countries == COUNTRIES
    assert counts.by_need["own_behaviour_support"] >= 23
    assert found
    assert all(service.demo for service in found)
    assert "Línea 100" in {service.name for service in found}


def test_given_a_demonstration_then_crisis_lines_hold_for_a_shorter_time(
    demonstration: Engine,
) -> None:
    with Session(demonstration, future=True) as session:
        crisis = session.get(Service, service_id("us-988"))
        other = session.get(Service, service_id("gb-childline"))
    assert crisis is not None
    assert other is not None
    assert crisis.valid_until is not None
    assert other.valid_until is not None
    assert crisis.valid_until < other.valid_until


def test_given_a_demonstration_then_its_export_claims_no_verification(
    demonstration: Engine, tmp_path: Path
) -> None:
    export_file(demonstration, tmp_path / "out.json")
    services = json.loads((tmp_path / "out.json").read_text())
    assert len(services) == SERVICES
    assert not any("assured_date" in service for service in services)


def test_when_created_again_then_nothing_changes_and_it_is_quick(demonstration: Engine) -> None:
    with Session(demonstration, future=True) as session:
        before = dict(session.execute(select(Service.id, Service.last_modified)).all())
    began = time.monotonic()
    report = create_demonstration(demonstration, DATA)
    assert time.monotonic() - began < 10
    assert (report.created, report.updated, report.unchanged) == (0, 0, SERVICES)
    with Session(demonstration, future=True) as session:
        assert dict(session.execute(select(Service.id, Service.last_modified)).all()) == before


def test_given_an_old_demonstration_when_created_again_then_it_is_in_date_again(
    tmp_path: Path,
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    create_demonstration(engine, DATA)
    year_later = NOW + timedelta(days=365)
    with Session(engine, future=True) as session:
        assert stats(session, year_later).shown == 0
        for service in session.execute(select(Service)).scalars():
            service.assured_date, service.valid_until = NOW.date(), NOW.date()
        session.commit()
    create_demonstration(engine, DATA)
    with Session(engine, future=True) as session:
        assert stats(session, NOW + timedelta(days=30)).shown == SERVICES


def test_given_a_row_leaves_the_file_when_created_again_then_it_is_no_longer_shown(
    tmp_path: Path,
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    engine = open_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    create_demonstration(engine, tmp_path / "data")
    file = tmp_path / "data" / "services.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("pe-linea-100,")]
    file.write_text("".join(kept), encoding="utf-8")
    create_demonstration(engine, tmp_path / "data")
    with open_session(engine) as session:
        counts = stats(session)
    assert (counts.services, counts.shown) == (SERVICES, SERVICES - 1)


def test_given_a_directory_with_records_of_its_own_then_it_does_not_become_a_demonstration(
    engine: Engine,
) -> None:
    import_file(engine, DATA / "services.csv")
    with pytest.raises(NotADemonstrationError, match="use another database"):
        create_demonstration(engine, DATA)
    with open_session(engine) as session:
        assert not is_demonstration(session)
        assert stats(session).by_state == {"draft": SERVICES}
        assert search(session, ServiceQuery("PE", at=NOW)).services == ()


def test_given_a_faulty_file_then_no_demonstration_is_made(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text("id,name\n")
    with pytest.raises(BadDataError):
        create_demonstration(engine, tmp_path)
    with open_session(engine) as session:
        assert not is_demonstration(session)


def test_when_created_then_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    engine = open_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    create_demonstration(engine, DATA, lambda *step: told.append(step))
    assert told[0] == (1, SERVICES)
    assert told[-1] == (SERVICES, SERVICES)


def test_given_drafts_imported_into_a_demonstration_then_they_are_not_shown(
    tmp_path: Path,
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    create_demonstration(engine, DATA)
    other = tmp_path / "other.csv"
    lines = (DATA / "services.csv").read_text(encoding="utf-8").splitlines()
    row = next(line for line in lines if line.startswith("gb-iwf,"))
    other.write_text("\n".join([lines[0], row.replace("gb-iwf", "gb-new", 1)]), encoding="utf-8")
    assert import_file(engine, other).created == 1
    create_demonstration(engine, DATA)
    with open_session(engine) as session:
        counts = stats(session)
    assert (counts.services, counts.shown) == (SERVICES + 1, SERVICES)


def test_given_every_country_of_the_demonstration_then_nobody_is_sent_to_a_dead_end(
    demonstration: Engine,
) -> None:
    with open_session(demonstration) as session:
        for country in stats(session).by_country:
            if country == "ZZ":
                continue
            result = search(session, ServiceQuery(country, at=NOW, limit=100))
            assert not result.more
            for found in result.services:
                ways = (found.phones, found.sms, found.whatsapp, found.chat_url, found.email)
                assert found.website or any(ways), found.name
                assert found.country in (country, "ZZ")


def test_given_an_empty_directory_then_its_counts_are_nought(engine: Engine) -> None:
    upgrade(engine)
    with open_session(engine) as session:
        counts = stats(session)
    assert (counts.demonstration, counts.services, counts.shown) == (False, 0, 0)
    assert counts.by_country == {}
    assert set(counts.by_need.values()) == {0}


def test_given_expired_services_then_they_count_but_not_as_shown(directory: Any) -> None:
    directory.add("one")
    directory.add("two", vetting_state="expired")
    with open_session(directory.engine) as session:
        counts = stats(session, datetime(2026, 11, 24, tzinfo=timezone.utc))
        rows = session.execute(select(func.count(Service.id))).scalar()
    assert rows == 2
    assert (counts.services, counts.shown) == (2, 1)
    assert counts.by_state == {"expired": 1, "verified": 1}
    assert counts.by_country == {"FR": 1}


def test_given_services_for_children_and_adults_then_who_it_is_for_changes_the_answer(
    new_directory: Callable[[], Any],
) -> None:
    alike, unlike = new_directory(), new_directory()
    alike.add("all", audiences=("child", "adult_survivor"))
    alike.add("more", needs=("victim_support",))
    unlike.add("young", audiences=("child",), maximum_age=17)
    unlike.add("grown", audiences=("adult_survivor",), minimum_age=18)
    at = datetime(2026, 11, 24, tzinfo=timezone.utc)
    child = ServiceQuery("FR", ("child_helpline", "victim_support"), audience="child", at=at)
    adult = ServiceQuery("FR", ("victim_support", "child_helpline"), "adult_survivor", at=at)
    for directory, changes in ((alike, False), (unlike, True)):
        with open_session(directory.engine) as session:
            assert answers_differ(session, child, adult) is changes
