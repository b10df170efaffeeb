"""Editing a service: at once while nobody is shown it, as a pending revision while it is shown.

The edit is the whole service as an HSDS document; the last verified version of a service stays
live until a second person has accepted the revision (`directory.vetting.revisions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from directory.errors import VettingError
from directory.vetting.actors import Actor
from directory.vetting.content import (
    Content,
    apply_content,
    edited_content,
    live_content,
    try_content,
)
from directory.vetting.difference import difference
from directory.vetting.revisions import propose
from directory.vetting.services import LockedService, lock, save
from directory.vetting.shown import SHOWN_STATES
from directory.vetting.states import allowed


@dataclass(frozen=True)
class Edited:
    """What became of an edit: the service's version, and the pending revision if there is one."""

    version: int
    revision_id: str | None = None


def edit(
    connection: Connection,
    service_id: str,
    actor: Actor,
    document: Any,
    expected_version: int,
    reason: str,
) -> Edited:
    """Change a service's content inside the caller's write transaction.

    `document` is the full HSDS document that is to be; `expected_version` the version of the
    service that it was made from. Raises VettingError (or one of its kinds) or BadDataError.
    """
    service = lock(connection, service_id, expected_version)
    content = edited_content(document, service_id)
    if service.state in SHOWN_STATES:
        allowed("propose", service.state, actor, reason)
        live = live_content(connection, service_id)
        proposed = try_content(connection, content)
        return Edited(service.version, propose(connection, service, actor, live, proposed, reason))
    return Edited(_edit_at_once(connection, service, actor, content, reason))


def _edit_at_once(
    connection: Connection, service: LockedService, actor: Actor, content: Content, reason: str
) -> int:
    transition = allowed("edit", service.state, actor, reason)
    live = live_content(connection, service.id)
    changes = difference(live, apply_content(connection, content))
    if not changes:
        raise VettingError("the edit changes nothing")
    return save(
        connection,
        service,
        actor,
        transition,
        values={"last_editor": actor.name},
        reason=reason,
        details={"changes": [change.as_json() for change in changes]},
    )
