"""Expiry and the review queue: what time does to verifications, and what is to be done then."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, select

from directory.database import open_session, open_transaction
from directory.models import AuditEntry, SearchEntry
from directory.vetting import workflow
from directory.vetting.audit import check
from directory.vetting.expiry import Expiry, expire
from directory.vetting.queue import Task, count, queue
from tests.directory.vetting_people import EDITOR, OTHER_EDITOR, REASON, edit, log, service

DAY = timedelta(days=1)
LAST = date(2027, 1, 10)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("state", "days_left", "becomes"),
    [
        ("verified", 31, "verified"),
        ("verified", 30, "due"),
        ("verified", 0, "due"),
        ("verified", -1, "expired"),
        ("due", 0, "due"),
        ("due", 40, "due"),
        ("due", -1, "expired"),
        ("draft", -1, "draft"),
        ("in_review", -1, "in_review"),
        ("expired", -1, "expired"),
        ("withdrawn", -1, "withdrawn"),
    ],
)
def test_given_a_day_then_states_follow_the_dates_and_a_second_run_changes_nothing(
    directory: Any, state: str, days_left: int, becomes: str
) -> None:
    at = noon(LAST - days_left * DAY)
    id_ = directory.add("one", vetting_state=state, valid_until=LAST, status="inactive")
    moves = state != becomes
    expected = Expiry(due=moves and becomes == "due", expired=moves and becomes == "expired")
    assert expire(directory.engine, at) == expected
    found = service(directory.engine, id_)
    assert (found.vetting_state, found.version) == (becomes, 2 if moves else 1)
    assert expire(directory.engine, at) == Expiry(0, 0)
    assert service(directory.engine, id_).version == found.version
    assert service(directory.engine, id_).last_modified == found.last_modified
    if moves:
        ((who, what, details),) = log(directory.engine, id_)
        assert (who, what) == ("system:expire", {"due": "mark_due", "expired": "expire"}[becomes])
        assert details["valid_until"] == LAST.isoformat()
    else:
        assert log(directory.engine, id_) == []


def test_given_the_last_day_then_the_service_is_found_and_not_on_the_next_even_without_expire(
    directory: Any,
) -> None:
    directory.add("one", valid_until=LAST)
    assert directory.names(at=noon(LAST)) == ["one"]
    assert directory.names(at=noon(LAST + DAY)) == []
    expire(directory.engine, noon(LAST))
    assert directory.names(at=noon(LAST)) == ["one"]
    expire(directory.engine, noon(LAST + DAY))
    assert directory.names(at=noon(LAST)) == []
    with open_session(directory.engine) as session:
        assert session.execute(select(SearchEntry)).all() == []


def test_given_a_moment_elsewhere_then_the_day_in_utc_counts_as_it_does_in_searches(
    directory: Any,
) -> None:
    directory.add("one", valid_until=LAST)
    samoa = timezone(timedelta(hours=13))
    early = datetime(2027, 1, 11, 2, tzinfo=samoa)
    assert expire(directory.engine, early).expired == 0
    assert directory.names(at=early) == ["one"]


def test_given_more_than_a_batch_then_all_are_done_and_the_log_is_whole(
    directory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("directory.vetting.expiry.BATCH", 3)
    for number in range(7):
        directory.add(f"service {number}", valid_until=LAST)
    assert expire(directory.engine, noon(LAST + DAY)) == Expiry(due=0, expired=7)
    with open_session(directory.engine) as session:
        assert session.execute(select(func.count(AuditEntry.number))).scalar() == 7
        assert check(session).problems == ()


def tasks(directory: Any, **page: int) -> list[Task]:
    with open_session(directory.engine) as session:
        return queue(session, **page)


def test_given_services_in_all_states_then_the_queue_has_what_is_to_do_most_urgent_first(
    directory: Any,
) -> None:
    directory.add("draft", vetting_state="draft")
    directory.add("withdrawn", vetting_state="withdrawn")
    directory.add("due later", vetting_state="due", valid_until=LAST + DAY)
    directory.add("due", vetting_state="due", valid_until=LAST)
    directory.add("expired", vetting_state="expired")
    review = directory.add("review", vetting_state="in_review", last_editor=EDITOR.name)
    shown = directory.add("shown")
    edited = edit(directory.engine, shown, OTHER_EDITOR, name="New")
    found = tasks(directory)
    assert [(task.kind, task.name) for task in found] == [
        ("revision", "shown"),
        ("in_review", "review"),
        ("expired", "expired"),
        ("due", "due"),
        ("due", "due later"),
    ]
    first, second = found[:2]
    assert (first.service_id, first.revision_id) == (shown, edited.revision_id)
    assert (first.editor, first.reason, first.version) == (OTHER_EDITOR.name, REASON, 1)
    assert (second.service_id, second.editor, second.revision_id) == (review, EDITOR.name, None)
    assert second.waiting_since.tzinfo is not None
    assert found[3].valid_until == LAST
    pages = [tasks(directory, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [task for page in pages for task in page] == found
    with open_session(directory.engine) as session:
        assert count(session) == {"revision": 1, "in_review": 1, "expired": 1, "due": 2}


def test_given_an_empty_directory_then_there_is_nothing_to_do(directory: Any) -> None:
    assert tasks(directory) == []
    with open_session(directory.engine) as session:
        assert count(session) == {"revision": 0, "in_review": 0, "expired": 0, "due": 0}


def test_given_a_withdrawn_service_then_its_revision_is_not_in_the_queue(directory: Any) -> None:
    id_ = directory.add("one")
    edit(directory.engine, id_, name="New")
    with open_transaction(directory.engine) as connection:
        workflow.withdraw(connection, id_, EDITOR, REASON)
    assert tasks(directory) == []
