"""Two administrators at once: exactly one wins, and the other is told, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from directory.database import open_session, open_transaction
from directory.errors import ConflictError, UnknownRecordError
from directory.models import AuditEntry, Revision, Verification
from directory.vetting import editing, revisions, workflow
from directory.vetting.actors import Actor
from directory.vetting.audit import check
from tests.directory.vetting_people import (
    ADMINISTRATOR,
    EDITOR,
    REASON,
    VERIFIER,
    called,
    document,
    edit,
    log,
    service,
    today,
)

Step = Callable[[Connection], Any]


def at_once(directory: Any, *steps: Step) -> list[Any]:
    """Do the steps at the same time, each in its own transaction; their results or errors."""
    barrier = Barrier(len(steps))

    def act(step: Step) -> Any:
        barrier.wait(timeout=60)
        try:
            with open_transaction(directory.engine) as connection:
                return step(connection)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(act, steps))


def conflicts(results: list[Any]) -> list[ConflictError]:
    errors = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, ConflictError) for error in errors), errors
    return errors


def editors(directory: Any, id_: str, count: int) -> list[Step]:
    """Editors who have all seen version 1, and each change another field."""
    fields = ("name", "description", "email", "fees", "alert", "wait_time")[:count]

    def step(field: str) -> Step:
        new = document(directory.engine, id_, **{field: f"{field}@example.org"})
        actor = Actor(f"{field}@example.org", "editor")
        return lambda connection: editing.edit(connection, id_, actor, new, 1, REASON)

    return [step(field) for field in fields]


def test_given_editors_of_one_draft_at_once_then_one_wins_and_the_others_are_told_by_whom(
    directory: Any,
) -> None:
    id_ = directory.add("one", vetting_state="draft")
    results = at_once(directory, *editors(directory, id_, 6))
    losers = conflicts(results)
    assert len(losers) == 5
    ((winner, _, details),) = log(directory.engine, id_)
    assert {(loser.version, loser.changed_by) for loser in losers} == {(2, winner)}
    found = service(directory.engine, id_)
    assert (found.version, found.last_editor) == (2, winner)
    (change,) = details["changes"]
    assert getattr(found, change["path"].removeprefix("/")) == change["after"]


def test_given_an_edit_and_a_verification_at_once_then_only_what_was_checked_is_verified(
    directory: Any,
) -> None:
    for number in range(5):
        id_ = directory.add(f"service {number}", vetting_state="in_review")
        (change,) = editors(directory, id_, 1)
        results = at_once(
            directory, change, lambda c, id_=id_: workflow.verify(c, id_, VERIFIER, called(), 1)
        )
        assert len(conflicts(results)) == 1
        found = service(directory.engine, id_)
        verified = found.vetting_state == "verified"
        assert verified == (found.name == f"service {number}")


def test_given_one_revision_accepted_twice_at_once_then_it_is_verified_once(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    revision_id = str(edit(directory.engine, id_, name="New").revision_id)
    results = at_once(
        directory,
        lambda c: revisions.accept(c, revision_id, VERIFIER, called(), 1),
        lambda c: revisions.accept(c, revision_id, ADMINISTRATOR, called(), 1),
    )
    assert sorted(type(result) for result in results if not isinstance(result, int)) == [
        UnknownRecordError
    ]
    with open_session(directory.engine) as session:
        assert len(session.execute(select(Verification)).all()) == 1
    assert service(directory.engine, id_).version == 2


def test_given_two_revisions_accepted_at_once_then_neither_overwrites_the_other(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    ids = [
        str(edit(directory.engine, id_, name="New").revision_id),
        str(edit(directory.engine, id_, description="New").revision_id),
    ]
    results = at_once(
        directory,
        *[lambda c, r=r: revisions.accept(c, r, VERIFIER, called(), 1) for r in ids],
    )
    assert len(conflicts(results)) == 1
    found = service(directory.engine, id_)
    assert (found.name == "New") != (found.description == "New")
    with open_session(directory.engine) as session:
        states = session.execute(select(Revision.state)).scalars().all()
    assert sorted(states) == ["accepted", "pending"]


def test_given_a_withdrawal_during_an_edit_then_the_service_is_gone_either_way(
    directory: Any,
) -> None:
    id_ = directory.add("one", vetting_state="expired", valid_until=today())
    (change,) = editors(directory, id_, 1)
    results = at_once(directory, change, lambda c: workflow.withdraw(c, id_, EDITOR, REASON))
    assert len(conflicts(results)) <= 1
    assert service(directory.engine, id_).vetting_state == "withdrawn"


def test_given_many_writers_at_once_then_the_log_has_no_gap_and_is_whole(directory: Any) -> None:
    ids = [directory.add(f"service {number}") for number in range(8)]
    results = at_once(
        directory, *[lambda c, i=i: workflow.withdraw(c, i, EDITOR, REASON) for i in ids]
    )
    assert results == [2] * 8
    with open_session(directory.engine) as session:
        numbers = session.execute(select(AuditEntry.number)).scalars().all()
        assert sorted(numbers) == list(range(1, 9))
        assert check(session).problems == ()
