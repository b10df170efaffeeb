"""Vetting from the command line, on a real directory of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from directory.models import AuditEntry, Verification
from handrail.vetting_commands import vetting_app
from tests.directory.vetting_people import EDITOR, edit, put, service, today


@pytest.fixture
def run(directory: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on the test's directory."""
    url = directory.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("HANDRAIL_DIRECTORY_URL", url)
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(vetting_app, arguments, catch_exceptions=False)

    return run


def test_given_a_draft_when_submitted_and_verified_by_two_people_then_it_is_shown(
    directory: Any, run: Any
) -> None:
    id_ = directory.add("one", vetting_state="draft", last_editor="cli:anna")
    assert run("submit", "one", "--as", "anna").exit_code == 0
    refused = run("verify", id_, "--as", "Anna", "--method", "called", "--version", "2")
    assert refused.exit_code == 1
    assert "a second person has to verify" in refused.output
    done = run("verify", id_, "--as", "bert", "--method", "called", "--version", "2")
    assert (done.exit_code, done.output) == (0, f"{id_} is verified.\n")
    assert service(directory.engine, id_).vetting_state == "verified"
    assert directory.names() == ["one"]
    with Session(directory.engine, future=True) as session:
        assert session.query(Verification.verified_by).scalar() == "cli:bert"


def test_given_a_day_and_an_end_then_they_are_kept(directory: Any, run: Any) -> None:
    id_ = directory.add("one", vetting_state="in_review", assured_date=None, valid_until=None)
    on, until = today() - timedelta(days=2), today() + timedelta(days=9)
    days = ("--on", on.isoformat(), "--until", until.isoformat())
    named = ("--as", "bert", "--method", "wrote", "--version", "1")
    assert run("verify", "one", *named, *days).exit_code == 0
    found = service(directory.engine, id_)
    assert (found.assured_date, found.valid_until) == (on, until)


def test_given_an_old_version_then_the_command_refuses_and_says_what_is_there(
    directory: Any, run: Any
) -> None:
    id_ = directory.add("one", vetting_state="draft")
    edit(directory.engine, id_, name="New")
    result = run("submit", id_, "--as", "anna", "--version", "1")
    assert result.exit_code == 1
    assert "Nothing was changed." in result.output
    assert f"at version 2 now, and you saw version 1. It was changed last by {EDITOR.name}" in (
        result.output
    )


def test_given_a_wrong_number_then_withdraw_stops_it_and_reinstate_sends_it_to_review(
    directory: Any, run: Any
) -> None:
    id_ = directory.add("one")
    assert run("withdraw", "one", "--as", "anna", "--reason", "Rings nobody").exit_code == 0
    assert directory.names() == []
    again = run("withdraw", "one", "--as", "anna", "--reason", "Rings nobody")
    assert again.exit_code == 1
    assert "the service is withdrawn" in again.output
    assert run("reinstate", "one", "--as", "anna", "--reason", "Rings again").exit_code == 0
    assert service(directory.engine, id_).vetting_state == "in_review"
    shown = run("audit", "show", "--service", "one").output
    for word in ("cli:anna", "withdraw", "Rings nobody", "reinstate", "Rings again", id_):
        assert word in shown
    assert "Rings nobody" not in run("audit", "show", "--limit", "1").output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("withdraw", "nothing", "--as", "a", "--reason", "r"), 1, "there is no service nothing"),
        (("withdraw", "one", "--as", "a", "--reason", " "), 1, "withdraw needs a reason"),
        (("withdraw", "one", "--as", " ", "--reason", "r"), 1, "say who you are"),
        (("withdraw", "one", "--as", "a"), 2, "Missing option"),
        (("withdraw", "one", "--reason", "r"), 2, "Missing option"),
        (("verify", "one", "--as", "a", "--method", "guessed", "--version", "1"), 2, "guessed"),
        (("verify", "one", "--as", "a", "--method", "called"), 2, "Missing option"),
        (("audit", "show", "--service", "nothing"), 1, "there is no service nothing"),
    ],
)
def test_given_a_mistake_then_the_message_says_what_is_wrong_and_nothing_changes(
    directory: Any, run: Any, arguments: tuple[str, ...], status: int, message: str
) -> None:
    id_ = directory.add("one")
    result = run(*arguments)
    assert (result.exit_code, message in result.output) == (status, True), result.output
    assert service(directory.engine, id_).version == 1


def test_given_a_name_with_brackets_then_it_is_printed_as_it_is(directory: Any, run: Any) -> None:
    directory.add("[red]one[/red]", vetting_state="in_review")
    assert "[red]one[/red]" in run("queue").output
    result = run("submit", "[red]one[/red]", "--as", "a")
    assert result.exit_code == 1
    assert "the service is in review" in result.output


def test_given_things_to_do_then_the_queue_counts_and_lists_them(directory: Any, run: Any) -> None:
    review = directory.add("review", vetting_state="in_review")
    edited = edit(directory.engine, directory.add("shown"), name="New")
    output = run("queue").output
    assert "1 revision, 1 in review, 0 expired, 0 due" in output
    assert review in output
    assert str(edited.revision_id) in output
    assert review not in run("queue", "--limit", "1").output
    assert review in run("queue", "--offset", "1").output


def test_given_an_old_verification_when_expired_twice_then_the_second_run_does_nothing(
    directory: Any, run: Any
) -> None:
    old = today() - timedelta(days=1)
    directory.add("old", assured_date=old, valid_until=old)
    directory.add("soon", assured_date=old, valid_until=today() + timedelta(days=5))
    assert run("expire").output == "1 expired, 1 came due.\n"
    assert run("expire").output == "0 expired, 0 came due.\n"


def test_given_the_log_then_its_check_prints_the_last_hash_and_takes_it_back(
    directory: Any, run: Any
) -> None:
    directory.add("one")
    run("withdraw", "one", "--as", "anna", "--reason", "Rings nobody")
    result = run("audit", "verify")
    assert result.exit_code == 0
    assert "1 entries" in result.output
    with Session(directory.engine, future=True) as session:
        last_hash = session.query(AuditEntry.hash).scalar()
    assert last_hash in result.output
    assert run("audit", "verify", "--expect-last-hash", last_hash).exit_code == 0
    lost = run("audit", "verify", "--expect-last-hash", "f" * 64)
    assert lost.exit_code == 1
    assert "no entry has the hash that was written down" in lost.output


def test_given_a_log_that_was_tampered_with_then_the_check_fails_in_clear_words(
    directory: Any, run: Any
) -> None:
    directory.add("one")
    run("withdraw", "one", "--as", "anna", "--reason", "Rings nobody")
    on = "" if directory.engine.dialect.name == "sqlite" else " ON audit_entry"
    with directory.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_entry_no_update{on}"))
        connection.execute(text("UPDATE audit_entry SET actor = 'cli:bert'"))
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "tampered with" in result.output
    assert "- entry 1 was altered" in result.output


def test_given_no_directory_then_each_command_says_so(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("HANDRAIL_DIRECTORY_URL", f"sqlite:///{tmp_path}/nothing.sqlite3")
    for command in (("queue",), ("expire",), ("audit", "verify"), ("audit", "show")):
        result = run(*command)
        assert result.exit_code == 1
        assert "no directory in it yet" in result.output


def test_given_a_reason_for_a_verification_then_the_notes_are_kept(
    directory: Any, run: Any
) -> None:
    id_ = directory.add("one")
    put(directory.engine, id_, vetting_state="in_review")
    named = ("--as", "b@example.org", "--method", "official_page", "--version", "1")
    assert run("verify", "one", *named, "--reason", "Page of today").exit_code == 0
    with Session(directory.engine, future=True) as session:
        assert session.query(Verification.notes).scalar() == "Page of today"
    assert service(directory.engine, id_).assurer_email == "b@example.org"
