"""The state machine: every action in every state by every role, in a real directory."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from directory.database import open_transaction
from directory.errors import NotAllowedError, VettingError, WrongStateError
from directory.models.service import VETTING_STATES
from directory.vetting import workflow
from directory.vetting.actors import ROLES, SYSTEM, Actor
from directory.vetting.states import TRANSITIONS, allowed
from tests.directory.vetting_people import REASON, VERIFIER, called, log, service

EDITORS = ("editor", "verifier", "administrator")
VERIFIERS = ("verifier", "administrator")

# What DESIGN 7 allows, written out: action → who, and from which state into which.
RULES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "submit": (EDITORS, {"draft": "in_review"}),
    "verify": (
        VERIFIERS,
        dict.fromkeys(("in_review", "verified", "due", "expired"), "verified"),
    ),
    "return_to_draft": (VERIFIERS, {"in_review": "draft"}),
    "withdraw": (
        EDITORS,
        dict.fromkeys(("draft", "in_review", "verified", "due", "expired"), "withdrawn"),
    ),
    "reinstate": (VERIFIERS, {"withdrawn": "in_review"}),
}

STEPS: dict[str, Callable[[Connection, str, Actor], int]] = {
    "submit": lambda c, id_, actor: workflow.submit(c, id_, actor, 1),
    "verify": lambda c, id_, actor: workflow.verify(c, id_, actor, called(), 1),
    "return_to_draft": lambda c, id_, actor: workflow.return_to_draft(c, id_, actor, 1, REASON),
    "withdraw": lambda c, id_, actor: workflow.withdraw(c, id_, actor, REASON),
    "reinstate": lambda c, id_, actor: workflow.reinstate(c, id_, actor, 1, REASON),
}


@pytest.mark.parametrize("action", RULES)
def test_given_every_state_and_role_when_acting_then_exactly_what_the_design_allows_is_done(
    directory: Any, action: str
) -> None:
    roles, moves = RULES[action]
    for state, role in product(VETTING_STATES, ROLES):
        id_ = directory.add(f"{state} {role}", vetting_state=state)
        actor = Actor(f"{role}@example.org", role)
        if role in roles and state in moves:
            with open_transaction(directory.engine) as connection:
                assert STEPS[action](connection, id_, actor) == 2
            expected = (moves[state], 2)
            ((who, what, details),) = log(directory.engine, id_)
            assert (who, what) == (actor.name, action)
            assert (details["state_before"], details["state"]) == (state, moves[state])
        else:
            refusal = WrongStateError if role in roles else NotAllowedError
            with pytest.raises(refusal), open_transaction(directory.engine) as connection:
                STEPS[action](connection, id_, actor)
            expected = (state, 1)
            assert log(directory.engine, id_) == []
        found = service(directory.engine, id_)
        assert (found.vetting_state, found.version) == expected


@pytest.mark.parametrize("action", ["mark_due", "expire"])
@pytest.mark.parametrize("role", ROLES)
def test_given_a_person_then_they_cannot_do_what_the_system_does(action: str, role: str) -> None:
    with pytest.raises(NotAllowedError):
        allowed(action, "verified", Actor("a", role), None)


@pytest.mark.parametrize("action", TRANSITIONS)
def test_given_the_system_then_it_does_only_its_own_work(action: str) -> None:
    system = Actor("system:expire", SYSTEM)
    own = action in ("mark_due", "expire")
    if own:
        assert allowed(action, "verified", system, None).action == action
    else:
        with pytest.raises(NotAllowedError):
            allowed(action, TRANSITIONS[action].sources[0], system, REASON)


@pytest.mark.parametrize("reason", ["", "  \n", None])
@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("withdraw", "verified"),
        ("return_to_draft", "in_review"),
        ("reinstate", "withdrawn"),
        ("edit", "draft"),
        ("propose", "verified"),
        ("revise", "verified"),
        ("reject", "verified"),
    ],
)
def test_given_no_reason_then_what_needs_one_is_refused(
    action: str, state: str, reason: str | None
) -> None:
    with pytest.raises(VettingError, match="needs a reason"):
        allowed(action, state, VERIFIER, reason)
    assert allowed(action, state, VERIFIER, REASON)


def test_given_a_wrong_state_then_the_error_says_what_is_and_what_is_possible() -> None:
    with pytest.raises(WrongStateError) as caught:
        allowed("reinstate", "in_review", VERIFIER, REASON)
    text = str(caught.value)
    assert "the service is in review, and must be withdrawn" in text
    assert "verify, return to draft, withdraw, edit" in text
    assert "expire" not in text


def test_given_too_small_a_role_then_the_error_names_the_role_that_is_needed() -> None:
    with pytest.raises(NotAllowedError, match="verify needs the role verifier; e@x is editor"):
        allowed("verify", "in_review", Actor("e@x", "editor"), None)


@pytest.mark.parametrize("name", ["", "  ", "cli:", "cli: ", "a\nb", "a\0", "x" * 321])
def test_given_a_name_that_names_nobody_then_there_is_no_such_actor(name: str) -> None:
    with pytest.raises(VettingError, match="say who you are"):
        Actor(name, "editor")


def test_given_an_unknown_role_then_there_is_no_such_actor() -> None:
    with pytest.raises(VettingError, match="viewer, editor, verifier, administrator"):
        Actor("a", "owner")


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("anna@example.org", "ANNA@Example.org ", True),
        ("cli:anna@example.org", "anna@example.org", True),
        ("CLI:Straße", "cli:STRASSE", True),
        ("anna@example.org", "bert@example.org", False),
        ("anna@example.org", None, False),
    ],
)
def test_given_two_names_then_the_same_person_is_known_however_it_is_written(
    name: str, other: str | None, same: bool
) -> None:
    assert Actor(name, "editor").is_person(other) is same


def test_given_every_state_then_nothing_in_the_table_leads_out_of_the_known_states() -> None:
    for transition in TRANSITIONS.values():
        assert set(transition.sources) <= set(VETTING_STATES)
        assert transition.target in (None, *VETTING_STATES)
