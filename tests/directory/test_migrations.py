"""Tables: migrations up and down, the same as the models, and constraints in the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.database import MIGRATIONS, downgrade, open_engine, open_transaction, upgrade
from directory.models import DirectoryInfo, Phone, Schedule, Service, metadata
from directory.models.base import now
from directory.preparation import prepare
from directory.vetting.audit import Change, record
from directory.vocabulary import derived_id

REVISIONS = [s.revision for s in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


# Made with words of each database alone: SQLite's FTS5 tables and PostgreSQL's trigram index.
OF_ONE_DATABASE = re.compile(r"service_text_fts.*|ix_service_text_trigrams")


def tables(engine: Engine) -> set[str]:
    names = inspect(engine).get_table_names()
    return {name for name in names if not OF_ONE_DATABASE.fullmatch(name)} - {"alembic_version"}


def is_of_both(thing: Any, name: str | None, *further: Any) -> bool:
    return name is None or not OF_ONE_DATABASE.fullmatch(name)


def test_given_an_empty_database_when_upgraded_then_tables_are_those_of_the_models(
    engine: Engine,
) -> None:
    assert tables(engine) == set(metadata.tables)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_of_both}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_given_the_models_then_every_check_of_theirs_is_in_the_migrated_database(
    engine: Engine,
) -> None:
    inspector = inspect(engine)
    for name, table in metadata.tables.items():
        wanted = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        present = {check["name"] for check in inspector.get_check_constraints(name)}
        assert wanted == present, name


def test_given_each_revision_when_taken_back_and_forth_then_the_same_tables_are_there(
    new_engine: Callable[..., Engine],
) -> None:
    engine = new_engine(migrated=False)
    for index, revision in enumerate(REVISIONS):
        before = tables(engine) if index else set()
        upgrade(engine, revision)
        after = tables(engine)
        downgrade(engine, REVISIONS[index - 1] if index else "base")
        assert tables(engine) == before
        upgrade(engine, revision)
        assert tables(engine) == after
    assert tables(engine) == set(metadata.tables)


def test_given_a_filled_directory_when_taken_back_and_forth_then_services_and_phones_survive(
    directory: Any,
) -> None:
    directory.add("one", pair="both")
    downgrade(directory.engine, "0004")
    upgrade(directory.engine)
    with Session(directory.engine, future=True) as session:
        assert session.execute(select(Service.version)).scalars().all() == [1]
        assert session.execute(select(Phone.number)).scalars().all() == ["119"]
    prepare(directory.engine)
    assert directory.names() == ["one"]


def test_given_no_folder_yet_when_upgraded_then_sqlite_has_it_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'directory.sqlite3'}")
    upgrade(engine)
    assert tables(engine) == set(metadata.tables)
    engine.dispose()


def test_given_an_up_to_date_database_when_upgraded_again_then_nothing_is_lost(
    engine: Engine,
) -> None:
    with Session(engine, future=True) as session:
        session.add(DirectoryInfo(id=1, demonstration=False, created=now()))
        session.commit()
    upgrade(engine)
    with Session(engine, future=True) as session:
        assert session.execute(select(DirectoryInfo.demonstration)).scalar() is False


def service(session: Session, id_: str) -> Service:
    found = session.get(Service, id_)
    assert isinstance(found, Service)
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE service SET vetting_state = 'trusted'",
        "UPDATE service SET status = 'open'",
        "UPDATE service SET cost = 'cheap'",
        "UPDATE service SET assured_date = NULL",
        "UPDATE service SET valid_until = NULL",
        "UPDATE service SET valid_until = '2020-01-01'",
        "UPDATE service SET minimum_age = 18, maximum_age = 12",
        "UPDATE service SET minimum_age = -1",
        "UPDATE service SET maximum_age = 150",
        "UPDATE service SET name = NULL",
        "UPDATE service SET organization_id = 'nobody'",
        "UPDATE service_area SET country = 'fr'",
        "UPDATE service_area SET country = 'F'",
        "UPDATE service_area SET country = NULL, region = 'FR-75'",
        "UPDATE service_area SET region = 'DE-BE'",
        "UPDATE service_area SET region = 'FR-'",
        "UPDATE service SET version = 0",
        "UPDATE phone SET type = 'shout'",
        "UPDATE phone SET e164 = '0033'",
        "UPDATE phone SET e164 = NULL, reachable_from_abroad = TRUE",
        "UPDATE attribute SET taxonomy_term_id = 'nothing'",
        "INSERT INTO directory_info (id, demonstration, created) VALUES (2, FALSE, '2026-01-01')",
    ],
)
def test_given_a_value_that_must_not_be_then_the_database_itself_refuses_it(
    directory: Any, statement: str
) -> None:
    directory.add("one")
    with (
        pytest.raises(IntegrityError, match=r"constraint"),
        directory.engine.begin() as connection,
    ):
        connection.execute(text(statement))


def test_given_two_slugs_alike_then_the_database_refuses_the_second(directory: Any) -> None:
    directory.add("one")
    directory.add("two")
    with pytest.raises(IntegrityError), directory.engine.begin() as connection:
        connection.execute(text("UPDATE service SET slug = 'one'"))


def test_given_a_service_then_it_has_at_most_one_schedule_that_is_evaluated(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    with Session(directory.engine, future=True) as session:
        session.add(Schedule(id=derived_id("words"), service_id=id_, description="By day"))
        session.commit()
        session.add(Schedule(id=derived_id("more"), service_id=id_, opening_hours="Mo 09:00-10:00"))
        with pytest.raises(IntegrityError):
            session.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM service",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET actor = 'somebody else'",
    ],
)
def test_given_what_is_kept_for_ever_then_the_database_itself_refuses_to_change_it(
    directory: Any, statement: str
) -> None:
    id_ = directory.add("one")
    with open_transaction(directory.engine) as connection:
        record(connection, [Change("ann@example.org", "verify", "service", id_)])
    with (
        pytest.raises(IntegrityError, match=r"cannot be|never deleted"),
        directory.engine.begin() as connection,
    ):
        connection.execute(text(statement))


def test_given_a_state_unknown_to_the_models_then_python_refuses_it_too(directory: Any) -> None:
    id_ = directory.add("one")
    with Session(directory.engine, future=True) as session:
        service(session, id_).vetting_state = "trusted"
        service(session, id_).assured_date = date(2026, 11, 1)
        with pytest.raises(Exception, match="trusted"):
            session.commit()
