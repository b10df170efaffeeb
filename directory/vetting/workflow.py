"""The steps of a service through vetting: submit, verify, return, withdraw, reinstate.

Each works inside the caller's write transaction and raises a VettingError if it is refused:
UnknownRecordError, ConflictError, NotAllowedError, WrongStateError or, for what was given, itself.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

from directory.vetting.actors import Actor
from directory.vetting.checks import Check, keep, last_valid_day, require_second_person, told
from directory.vetting.services import lock, needs_of, save
from directory.vetting.states import allowed


def submit(
    connection: Connection,
    service_id: str,
    actor: Actor,
    expected_version: int | None = None,
    reason: str | None = None,
) -> int:
    """Put a draft up for review; returns the service's new version."""
    return _move(connection, "submit", service_id, actor, expected_version, reason)


def return_to_draft(
    connection: Connection,
    service_id: str,
    actor: Actor,
    expected_version: int | None,
    reason: str,
) -> int:
    """Give a service in review back to its editors; returns its new version."""
    return _move(connection, "return_to_draft", service_id, actor, expected_version, reason)


def withdraw(connection: Connection, service_id: str, actor: Actor, reason: str) -> int:
    """Stop showing a service at once, whatever its version; returns the new one."""
    return _move(connection, "withdraw", service_id, actor, None, reason)


def reinstate(
    connection: Connection,
    service_id: str,
    actor: Actor,
    expected_version: int | None,
    reason: str,
) -> int:
    """Put a withdrawn service up for review again; returns its new version."""
    return _move(connection, "reinstate", service_id, actor, expected_version, reason)


def verify(
    connection: Connection, service_id: str, actor: Actor, check: Check, expected_version: int
) -> int:
    """Say that the service was checked and is true; returns its new version.

    `expected_version` is the version that was checked.
    """
    service = lock(connection, service_id, expected_version)
    transition = allowed("verify", service.state, actor, check.notes)
    require_second_person(actor, service.last_editor)
    last = last_valid_day(check, needs_of(connection, service.id))
    values = keep(connection, service.id, service.version, actor, check, last)
    return save(
        connection,
        service,
        actor,
        transition,
        values=values,
        reason=check.notes,
        details=told(check, last),
    )


def _move(
    connection: Connection,
    action: str,
    service_id: str,
    actor: Actor,
    expected_version: int | None,
    reason: str | None,
) -> int:
    service = lock(connection, service_id, expected_version)
    transition = allowed(action, service.state, actor, reason)
    return save(connection, service, actor, transition, reason=reason)
