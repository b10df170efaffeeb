"""`handrail directory search` and `reindex`: what a person would get, and clear refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.engine import Engine
from typer.testing import CliRunner, Result

from directory.database import open_engine, open_session, open_transaction
from directory.info import mark_as_demonstration
from directory.models import SearchEntry
from handrail.cli import app
from tests.directory.conftest import Directory

NOON = "2026-11-24T12:00Z"


@pytest.fixture
def ask(new_engine: Callable[[], Engine], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs commands over a directory of its own."""
    engine = new_engine()
    address = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("HANDRAIL_DIRECTORY_URL", address)
    # Wide enough that no cell is broken over lines.
    monkeypatch.setenv("COLUMNS", "240")
    return Ask(engine)


class Ask:
    """A directory and the commands on it."""

    def __init__(self, engine: Engine) -> None:
        self.directory = Directory(engine)
        self.directory.add_organization()

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["directory", *arguments])


def test_given_services_then_the_person_gets_numbers_hours_languages_and_dates(ask: Ask) -> None:
    ask.directory.add("open line", languages=("fr", "ar"), sms="31 114")
    ask.directory.add("evenings", hours="Mo-Su 20:00-22:00", assured_date=date(2026, 10, 2))
    ask.directory.add("elsewhere", country="DE")
    result = ask("search", "--country", "FR", "--need", "child_helpline", "--at", NOON)
    assert result.exit_code == 0
    for text in ("open line", "Org", "Call 119", "SMS 31114", "open now", "fr, ar", "2026-11-01"):
        assert text in result.output
    assert "opens 2026-11-24 20:00 CET" in result.output
    assert "2026-10-02" in result.output
    assert "elsewhere" not in result.output
    assert "emonstration" not in result.output


def test_given_every_wish_then_only_what_fulfils_them_all_is_shown(ask: Ask) -> None:
    ask.directory.add("right", cost="free", anonymous=True, audiences=("child",), languages=("ar",))
    ask.directory.add("costs", anonymous=True)
    ask.directory.add("names", cost="free")
    ask.directory.add("adults", cost="free", anonymous=True, minimum_age=18)
    result = ask(
        *("search", "--country", "FR", "--need", "child_helpline", "--need", "suicide_crisis"),
        *("--audience", "child", "--age", "12", "--way", "call", "--language", "ar"),
        *("--open-now", "--free", "--anonymous", "--round-the-clock", "--at", NOON),
    )
    assert "right" in result.output
    for other in ("costs", "names", "adults"):
        assert other not in result.output


def test_given_more_than_fit_then_it_says_so(ask: Ask) -> None:
    for name in ("a1", "b2", "c3"):
        ask.directory.add(name)
    result = ask("search", "--country", "FR", "--limit", "2", "--at", NOON)
    assert "There are more" in result.output
    assert "c3" not in result.output


def test_given_nothing_then_it_says_so(ask: Ask) -> None:
    result = ask("search", "--country", "FR")
    assert (result.exit_code, result.output.strip()) == (0, "No service was found.")


def test_given_nearby_then_services_of_the_neighbours_that_answer_are_shown(ask: Ask) -> None:
    ask.directory.add("next door", country="BJ", url="https://example.org")
    assert "next door" not in ask("search", "--country", "NE", "--at", NOON).output
    result = ask("search", "--country", "NE", "--nearby", "--at", NOON)
    assert "next door" in result.output
    assert "BJ" in result.output


def test_given_a_demonstration_then_it_says_so(ask: Ask) -> None:
    with open_transaction(ask.directory.engine) as connection:
        mark_as_demonstration(connection)
    assert "Demonstration data, check before use." in ask("search").output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--need", "help"), "child_helpline, sexual_violence_support"),
        (("--audience", "all"), "child, young_person, adult_survivor"),
        (("--way", "fax"), "call, text, chat, email, whatsapp"),
        (("--country", "XX"), "ISO 3166-1"),
        (("--country", "ZZ"), "ISO 3166-1"),
        (("--language", "French"), "ISO 639"),
        (("--at", "noon"), "2026-11-24T18:00+01:00"),
        (("--at", "2026-11-24T18:00"), "offset"),
    ],
)
def test_given_an_unknown_code_then_it_says_which_there_are_and_fails(
    ask: Ask, arguments: tuple[str, str], told: str
) -> None:
    result = ask("search", *arguments)
    assert result.exit_code == 1
    assert "Nothing was looked for." in result.output
    assert told in result.output


def test_given_no_directory_then_it_says_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    monkeypatch.setenv("HANDRAIL_DIRECTORY_URL", str(engine.url))
    result = CliRunner().invoke(app, ["directory", "search"])
    assert result.exit_code == 1
    assert "create or import one first" in " ".join(result.output.split())


def test_given_that_nothing_is_indexed_then_reindex_makes_the_services_found(ask: Ask) -> None:
    ask.directory.add("one")
    with open_transaction(ask.directory.engine) as connection:
        connection.execute(delete(SearchEntry))
    result = ask("reindex")
    assert result.exit_code == 0
    assert "1 services can be found" in result.output
    with open_session(ask.directory.engine) as session:
        assert session.execute(select(func.count()).select_from(SearchEntry)).scalar() == 1
