"""A failing database is one clear error, and no error carries a value."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from directory.database import open_engine, open_session, open_transaction, upgrade
from directory.errors import DirectoryUnavailable
from directory.search import ServiceQuery, search


def test_given_no_directory_in_the_file_then_searching_says_so(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with (
        pytest.raises(DirectoryUnavailable, match="no directory in it yet"),
        open_session(engine) as session,
    ):
        search(session, ServiceQuery("PE"))


def test_given_a_folder_that_is_not_there_then_searching_says_unavailable(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'nowhere' / 'directory.sqlite3'}")
    with (
        pytest.raises(DirectoryUnavailable, match="does not answer"),
        open_session(engine) as session,
    ):
        search(session, ServiceQuery("PE"))


def test_given_a_file_that_is_no_database_then_searching_says_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "directory.sqlite3"
    path.write_text("these are not the bytes of a database" * 100)
    with pytest.raises(DirectoryUnavailable):
        upgrade(open_engine(f"sqlite:///{path}"))


def test_given_a_database_server_that_is_not_there_then_searching_says_unavailable() -> None:
    engine = open_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    with pytest.raises(DirectoryUnavailable), open_session(engine) as session:
        search(session, ServiceQuery("PE"))


@pytest.mark.parametrize("address", ["", "not an address", "nosuchdb://x/y"])
def test_given_an_address_that_cannot_be_understood_then_opening_says_so(address: str) -> None:
    with pytest.raises(DirectoryUnavailable, match="address"):
        open_engine(address)


def test_given_a_failing_statement_then_the_error_does_not_show_its_values(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    with pytest.raises(DirectoryUnavailable) as caught, open_session(engine) as session:
        session.execute(text("SELECT * FROM missing WHERE a = :a"), {"a": "canary-5309"})
    assert "canary-5309" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_given_an_error_in_a_transaction_then_nothing_of_it_is_kept(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'd.sqlite3'}")
    with pytest.raises(RuntimeError), open_transaction(engine) as connection:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError
    with open_transaction(engine) as connection:
        count = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar()
    assert count == 0


def test_given_a_new_address_when_upgraded_then_its_folder_is_made(tmp_path: Path) -> None:
    file = tmp_path / "var" / "lib" / "directory.sqlite3"
    upgrade(open_engine(f"sqlite:///{file}"))
    assert file.exists()
