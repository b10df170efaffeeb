"""Verifying: by a second person, with honest dates, for as long as the kind of service allows."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.database import open_session, open_transaction
from directory.errors import (
    ConflictError,
    NotAllowedError,
    UnknownRecordError,
    VettingError,
)
from directory.models import Verification
from directory.vetting import workflow
from directory.vetting.actors import Actor
from directory.vetting.checks import Check
from directory.vetting.validity import VALIDITY, VALIDITY_IN_CRISIS
from tests.directory.vetting_people import (
    ADMINISTRATOR,
    EDITOR,
    REASON,
    VERIFIER,
    called,
    log,
    put,
    service,
    today,
)

DAY = timedelta(days=1)


def in_review(directory: Any, **fields: Any) -> str:
    values = {"vetting_state": "in_review", "assured_date": None, "valid_until": None, **fields}
    id_: str = directory.add("one", **values)
    return id_


def verify(
    directory: Any, id_: str, check: Check, actor: Actor = VERIFIER, version: int = 1
) -> int:
    with open_transaction(directory.engine) as connection:
        return workflow.verify(connection, id_, actor, check, version)


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)


def test_given_a_check_by_a_second_person_then_the_service_says_so_and_is_found(
    directory: Any,
) -> None:
    id_ = in_review(directory, last_editor=EDITOR.name)
    assert directory.names(at=moment(today())) == []
    checked_on = today() - 3 * DAY
    assert verify(directory, id_, Check("wrote", checked_on, notes="They answered.")) == 2
    found = service(directory.engine, id_)
    assert (found.vetting_state, found.assured_date) == ("verified", checked_on)
    assert (found.assurer_email, found.valid_until) == (VERIFIER.name, checked_on + VALIDITY)
    assert found.last_editor == EDITOR.name
    assert directory.names(at=moment(today())) == ["one"]
    with Session(directory.engine, future=True) as session:
        kept = session.execute(select(Verification)).scalar_one()
    assert (kept.service_id, kept.version, kept.verified_by) == (id_, 1, VERIFIER.name)
    assert (kept.method, kept.verified_on, kept.notes) == ("wrote", checked_on, "They answered.")
    assert kept.valid_until == checked_on + VALIDITY
    ((_, _, details),) = log(directory.engine, id_)
    assert details["method"] == "wrote"
    assert details["verified_on"] == checked_on.isoformat()


@pytest.mark.parametrize("editor", [VERIFIER.name, f"CLI:{VERIFIER.name.upper()}"])
def test_given_the_last_editor_then_they_cannot_verify_it_and_nothing_is_kept(
    directory: Any, editor: str
) -> None:
    id_ = in_review(directory, last_editor=editor)
    with pytest.raises(NotAllowedError, match="a second person has to verify"):
        verify(directory, id_, called())
    assert service(directory.engine, id_).vetting_state == "in_review"
    with open_session(directory.engine) as session:
        assert session.execute(select(Verification)).all() == []
    assert verify(directory, id_, called(), ADMINISTRATOR) == 2


def test_given_an_imported_service_without_editor_then_anybody_is_a_second_person(
    directory: Any,
) -> None:
    assert verify(directory, in_review(directory), called()) == 2


@pytest.mark.parametrize(
    ("needs", "validity"),
    [
        (("child_helpline",), VALIDITY),
        (("suicide_crisis",), VALIDITY_IN_CRISIS),
        (("child_helpline", "suicide_crisis"), VALIDITY_IN_CRISIS),
        ((), VALIDITY),
    ],
)
def test_given_a_kind_of_service_then_its_verification_holds_as_long_as_the_rule_says(
    directory: Any, needs: tuple[str, ...], validity: timedelta
) -> None:
    id_ = in_review(directory, needs=needs)
    verify(directory, id_, called())
    assert service(directory.engine, id_).valid_until == today() + validity


def test_given_an_earlier_end_then_it_holds_and_a_later_one_is_refused(directory: Any) -> None:
    id_ = in_review(directory, needs=("suicide_crisis",))
    longest = today() + VALIDITY_IN_CRISIS
    with pytest.raises(VettingError, match=f"valid until {longest} at most"):
        verify(directory, id_, Check("called", today(), valid_until=longest + DAY))
    with pytest.raises(VettingError, match="check the service anew"):
        verify(directory, id_, Check("called", today() - 9 * DAY, valid_until=today() - DAY))
    verify(directory, id_, Check("called", today(), valid_until=today()))
    assert service(directory.engine, id_).valid_until == today()
    assert directory.names(needs=("suicide_crisis",), at=moment(today())) == ["one"]
    assert directory.names(needs=("suicide_crisis",), at=moment(today() + DAY)) == []


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (Check("called", today() + 2 * DAY), "is in the future"),
        (Check("called", today() - VALIDITY - DAY), "would have ended"),
        (Check("guessed", today()), "called, wrote, official_page"),
    ],
)
def test_given_an_impossible_check_then_it_is_refused(
    directory: Any, check: Check, message: str
) -> None:
    with pytest.raises(VettingError, match=message):
        verify(directory, in_review(directory), check)


def test_given_a_check_on_the_last_day_that_still_counts_then_it_is_taken(directory: Any) -> None:
    id_ = in_review(directory)
    verify(directory, id_, Check("called", today() - VALIDITY))
    assert service(directory.engine, id_).valid_until == today()


def test_given_a_name_that_is_no_address_then_none_is_published(directory: Any) -> None:
    id_ = in_review(directory)
    verify(directory, id_, called(), Actor("cli:anna", "administrator"))
    assert service(directory.engine, id_).assurer_email is None
    put(directory.engine, id_, vetting_state="due")
    verify(directory, id_, called(), Actor("cli:anna@example.org", "administrator"), version=2)
    assert service(directory.engine, id_).assurer_email == "anna@example.org"


def test_given_a_version_that_is_gone_then_the_conflict_says_who_and_which(directory: Any) -> None:
    id_ = directory.add("one", vetting_state="draft")
    with open_transaction(directory.engine) as connection:
        workflow.submit(connection, id_, EDITOR, 1)
    with pytest.raises(ConflictError) as caught:
        verify(directory, id_, called(), version=1)
    assert (caught.value.version, caught.value.changed_by) == (2, EDITOR.name)
    assert "at version 2 now, and you saw version 1" in str(caught.value)
    assert f"changed last by {EDITOR.name}" in str(caught.value)
    assert service(directory.engine, id_).version == 2


def test_given_no_version_then_the_service_is_taken_as_it_stands(directory: Any) -> None:
    id_ = directory.add("one", vetting_state="draft", version=7)
    with open_transaction(directory.engine) as connection:
        assert workflow.submit(connection, id_, EDITOR) == 8


def test_given_an_unknown_service_then_the_error_says_so(directory: Any) -> None:
    with (
        pytest.raises(UnknownRecordError, match="there is no service nothing"),
        open_transaction(directory.engine) as connection,
    ):
        workflow.withdraw(connection, "nothing", EDITOR, REASON)


def test_given_a_wrong_number_when_an_editor_withdraws_it_then_it_is_gone_at_once(
    directory: Any,
) -> None:
    id_ = directory.add("one", version=5)
    assert directory.names() == ["one"]
    with open_transaction(directory.engine) as connection:
        workflow.withdraw(connection, id_, EDITOR, REASON)
    assert directory.names() == []
    with open_transaction(directory.engine) as connection:
        workflow.reinstate(connection, id_, VERIFIER, 6, "It was a mistake.")
    assert directory.names() == []
    assert service(directory.engine, id_).vetting_state == "in_review"


def test_given_an_error_later_in_the_transaction_then_nothing_of_a_step_remains(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    with pytest.raises(RuntimeError), open_transaction(directory.engine) as connection:
        workflow.withdraw(connection, id_, EDITOR, REASON)
        raise RuntimeError
    assert service(directory.engine, id_).vetting_state == "verified"
    assert log(directory.engine, id_) == []
    assert directory.names() == ["one"]
