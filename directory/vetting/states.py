"""The state machine of DESIGN 7 as a table: what may be done, in which state, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from directory.errors import NotAllowedError, VettingError, WrongStateError
from directory.models.service import VETTING_STATES
from directory.vetting.actors import SYSTEM, Actor
from directory.vetting.shown import SHOWN_STATES


@dataclass(frozen=True)
class Transition:
    """One action: from which states, into which (None: it stays), and the least role for it."""

    action: str
    sources: tuple[str, ...]
    target: str | None
    role: str
    needs_reason: bool = False


_NOT_SHOWN = tuple(state for state in VETTING_STATES if state not in SHOWN_STATES)
_NOT_WITHDRAWN = tuple(state for state in VETTING_STATES if state != "withdrawn")
# A check that somebody made early counts too, and so prolongs what is verified already.
_CHECKABLE = ("in_review", "verified", "due", "expired")

TRANSITIONS: Mapping[str, Transition] = {
    each.action: each
    for each in (
        Transition("submit", ("draft",), "in_review", "editor"),
        Transition("verify", _CHECKABLE, "verified", "verifier"),
        Transition("return_to_draft", ("in_review",), "draft", "verifier", needs_reason=True),
        Transition("mark_due", ("verified",), "due", SYSTEM),
        Transition("expire", SHOWN_STATES, "expired", SYSTEM),
        # A wrong number must be gone at once: whoever may edit may withdraw.
        Transition("withdraw", _NOT_WITHDRAWN, "withdrawn", "editor", needs_reason=True),
        Transition("reinstate", ("withdrawn",), "in_review", "verifier", needs_reason=True),
        Transition("edit", _NOT_SHOWN, None, "editor", needs_reason=True),
        # What is shown stays as it was verified until somebody else accepts the revision.
        Transition("propose", SHOWN_STATES, None, "editor", needs_reason=True),
        Transition("revise", VETTING_STATES, None, "editor", needs_reason=True),
        Transition("rebase", VETTING_STATES, None, "editor"),
        Transition("accept", _CHECKABLE, "verified", "verifier"),
        Transition("reject", VETTING_STATES, None, "verifier", needs_reason=True),
    )
}


def allowed(
    action: str, state: str, actor: Actor, reason: str | None, *, is_own: bool = False
) -> Transition:
    """The transition, if the actor may do it in this state and gives a reason where one is due.

    `is_own` says that it is about the actor's own proposal, which an editor may always take
    back. Raises NotAllowedError, WrongStateError or VettingError.
    """
    transition = TRANSITIONS[action]
    role = "editor" if is_own else transition.role
    if not actor.may_act_as(role):
        raise NotAllowedError(
            f"{words(action)} needs the role {role}; {actor.name} is {actor.role}"
        )
    if state not in transition.sources:
        raise WrongStateError(
            f"{words(action)} is not possible: the service is {words(state)}, and must be "
            f"{_choice(transition.sources)}. What is possible now: {_possible(state)}"
        )
    if transition.needs_reason and not (reason and reason.strip()):
        raise VettingError(f"{words(action)} needs a reason")
    return transition


def words(code: str) -> str:
    """A state or an action as people read it."""
    return code.replace("_", " ")


def _choice(states: tuple[str, ...]) -> str:
    *others, last = (words(state) for state in states)
    return f"{', '.join(others)} or {last}" if others else last


def _possible(state: str) -> str:
    actions = [
        words(each.action)
        for each in TRANSITIONS.values()
        if state in each.sources and each.role != SYSTEM
    ]
    return ", ".join(actions)
