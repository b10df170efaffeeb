"""The audit log: the database refuses changes, and a check finds whatever was done to it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from directory.database import open_session, open_transaction
from directory.models import AuditEntry
from directory.vetting import audit
from directory.vetting.audit import FIRST_HASH, Change, check, entry_hash, latest, record
from directory.vocabulary import derived_id

SUBJECT = derived_id("service")


def write(engine: Engine, count: int) -> list[str]:
    """Write entries with different content; returns all hashes."""
    with open_transaction(engine) as connection:
        for number in range(1, count + 1):
            details = {"n": number, "name": "Línea ☎", "nested": {"b": [1, None], "a": True}}
            subject = SUBJECT if number % 2 else None
            reason = "Because." if number % 3 else None
            change = Change("anna@example.org", "edit", "service", subject, reason, details)
            record(connection, [change])
    with Session(engine, future=True) as session:
        return list(session.query(AuditEntry.hash).order_by(AuditEntry.number))


def verdict(engine: Engine, noted: str | None = None) -> audit.Verdict:
    with open_session(engine) as session:
        return check(session, noted)


def tamper(engine: Engine, *statements: str) -> None:
    """Change the log as somebody with the database in their hands could."""
    with engine.begin() as connection:
        for what in ("update", "delete"):
            on = "" if engine.dialect.name == "sqlite" else " ON audit_entry"
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{what}{on}"))
        for statement in statements:
            connection.execute(text(statement))


def test_given_no_entries_then_the_log_is_whole(engine: Engine) -> None:
    assert verdict(engine) == audit.Verdict(0, FIRST_HASH, ())
    assert verdict(engine, FIRST_HASH).problems == ()


def test_given_nothing_to_record_then_nothing_is_recorded(engine: Engine) -> None:
    with open_transaction(engine) as connection:
        record(connection, [])
    assert verdict(engine).entries == 0


def test_given_entries_of_all_kinds_then_the_log_is_whole_and_ends_with_the_last_hash(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_BATCH", 2)
    hashes = [row.hash for row in write(engine, 5)]
    assert verdict(engine) == audit.Verdict(5, hashes[-1], ())
    assert len(set(hashes)) == 5


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'somebody'",
        "UPDATE audit_entry SET actor = 'somebody' WHERE number = 2",
        "DELETE FROM audit_entry WHERE number = 3",
        "DELETE FROM audit_entry",
    ],
)
def test_given_an_entry_then_the_database_refuses_to_change_or_delete_it(
    engine: Engine, statement: str
) -> None:
    write(engine, 3)
    with pytest.raises(DBAPIError, match="of the audit log cannot be"), engine.begin() as begun:
        begun.execute(text(statement))
    assert verdict(engine).problems == ()
    assert verdict(engine).entries == 3


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'somebody'",
        "action = 'verify'",
        "subject_type = 'revision'",
        f"subject_id = '{derived_id('other')}'",
        "subject_id = NULL",
        "reason = 'Another.'",
        "reason = NULL",
        "details = '{}'",
        "at = '2020-01-01 00:00:00'",
        f"hash = '{'a' * 64}'",
    ],
)
def test_given_an_altered_entry_then_the_check_names_it(engine: Engine, change: str) -> None:
    write(engine, 3)
    tamper(engine, f"UPDATE audit_entry SET {change} WHERE number = 1")
    assert "entry 1 was altered" in verdict(engine).problems


def test_given_an_altered_entry_with_a_new_hash_then_the_next_one_gives_it_away(
    engine: Engine,
) -> None:
    write(engine, 3)
    with Session(engine, future=True) as session:
        row = dict(session.query(*AuditEntry.__table__.c).filter_by(number=2).one()._mapping)
    forged = entry_hash({**row, "actor": "somebody"})
    tamper(engine, f"UPDATE audit_entry SET actor = 'somebody', hash = '{forged}' WHERE number = 2")
    assert verdict(engine).problems == ("entry 3 does not follow the entry before it",)


@pytest.mark.parametrize(
    ("gone", "problems"),
    [
        ("= 1", ("entry 1 is missing", "entry 2 does not follow the entry before it")),
        ("= 3", ("entry 3 is missing", "entry 4 does not follow the entry before it")),
        (
            "BETWEEN 2 AND 4",
            ("entries 2 to 4 are missing", "entry 5 does not follow the entry before it"),
        ),
    ],
)
def test_given_removed_entries_then_the_check_names_them(
    engine: Engine, gone: str, problems: tuple[str, ...]
) -> None:
    write(engine, 5)
    tamper(engine, f"DELETE FROM audit_entry WHERE number {gone}")
    assert verdict(engine).problems == problems


def test_given_a_removed_entry_with_the_rest_renumbered_then_the_check_finds_it(
    engine: Engine,
) -> None:
    write(engine, 3)
    tamper(
        engine,
        "DELETE FROM audit_entry WHERE number = 2",
        "UPDATE audit_entry SET number = 2 WHERE number = 3",
    )
    assert verdict(engine).problems == (
        "entry 2 does not follow the entry before it",
        "entry 2 was altered",
    )


@pytest.mark.parametrize("gone", ["number > 3", "number > 0"])
def test_given_the_newest_entries_removed_then_only_a_hash_kept_elsewhere_can_tell(
    engine: Engine, gone: str
) -> None:
    hashes = [row.hash for row in write(engine, 5)]
    tamper(engine, f"DELETE FROM audit_entry WHERE {gone}")
    assert verdict(engine).problems == ()
    (problem,) = verdict(engine, hashes[-1]).problems
    assert "no entry has the hash that was written down" in problem


def test_given_a_hash_kept_earlier_then_later_entries_are_no_problem(engine: Engine) -> None:
    noted = verdict(engine).last_hash
    for _ in range(2):
        hashes = [row.hash for row in write(engine, 2)]
        assert verdict(engine, noted).problems == ()
        noted = hashes[1]


def test_given_a_failed_transaction_then_its_entries_leave_no_gap(engine: Engine) -> None:
    write(engine, 1)
    with pytest.raises(RuntimeError), open_transaction(engine) as connection:
        record(connection, [Change("a", "edit", "service")])
        raise RuntimeError
    write(engine, 1)
    assert verdict(engine).problems == ()
    assert verdict(engine).entries == 2


def test_given_entries_then_the_latest_come_first_and_can_be_those_of_one_record(
    engine: Engine,
) -> None:
    write(engine, 5)
    with open_session(engine) as session:
        assert [entry.number for entry in latest(session, limit=2)] == [5, 4]
        of_one = latest(session, SUBJECT)
    assert [entry.number for entry in of_one] == [5, 3, 1]
    assert of_one[2].change.reason == "Because."
    assert of_one[2].change.details["nested"] == {"b": [1, None], "a": True}
    assert of_one[2].at.tzinfo is not None


def test_given_an_entry_then_its_details_are_json_that_people_can_read(engine: Engine) -> None:
    write(engine, 1)
    with Session(engine, future=True) as session:
        details = session.query(AuditEntry.details).scalar()
    assert "Línea ☎" in details
    assert json.loads(details)["n"] == 1
