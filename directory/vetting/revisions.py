"""Pending revisions: proposed, revised, rebased, and accepted or rejected by a second person.

The audit log keeps the content from which each revision was made; comparing it with what is live
by then shows who changed what, and so nobody's change is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from directory.errors import ConflictError, UnknownRecordError, VettingError
from directory.models import AuditEntry, Revision
from directory.models.base import now
from directory.vetting.actors import Actor
from directory.vetting.checks import Check, keep, last_valid_day, require_second_person, told
from directory.vetting.content import (
    Content,
    apply_content,
    content_of,
    edited_content,
    live_content,
    try_content,
)
from directory.vetting.difference import difference
from directory.vetting.merging import Merge, merge
from directory.vetting.services import LockedService, last_change_by, lock, needs_of, note, save
from directory.vetting.states import allowed

_MADE_FROM = ("propose", "revise", "rebase")


@dataclass(frozen=True)
class _Pending:
    """A pending revision, with its service locked."""

    id: str
    version: int
    base_version: int
    content: Content
    author: str
    service: LockedService


def propose(
    connection: Connection,
    service: LockedService,
    actor: Actor,
    live: Content,
    proposed: Content,
    reason: str,
) -> str:
    """Keep a new pending revision of the locked service; returns its id."""
    _require_change(live, proposed)
    id_ = str(uuid4())
    values = {
        "id": id_,
        "service_id": service.id,
        "base_version": service.version,
        "document": _text(proposed),
        "author": actor.name,
        "reason": reason,
        "created": now(),
    }
    connection.execute(insert(Revision).values(values))
    _note(connection, "propose", service, actor, id_, live, proposed, reason)
    return id_


def revise(
    connection: Connection,
    revision_id: str,
    actor: Actor,
    document: Any,
    expected_version: int,
    seen_version: int,
    reason: str,
) -> int:
    """Replace the document of a pending revision; returns the revision's new version.

    `expected_version` is the version of the revision that the actor saw, and `seen_version` that
    of the live service: what a person made of both also settles a conflict. The actor becomes
    the author. Raises VettingError (or one of its kinds) or BadDataError.
    """
    revision = _pending(connection, revision_id, expected_version)
    service = lock(connection, revision.service.id, seen_version)
    allowed("revise", service.state, actor, reason)
    content = edited_content(document, service.id)
    changes = {"author": actor.name, "reason": reason}
    return _replace(connection, "revise", revision, actor, content, changes)


def rebase(connection: Connection, revision_id: str, actor: Actor, expected_version: int) -> int:
    """Make the revision one of the service as it is now; returns the revision's new version.

    What only one side changed is taken over. Raises ConflictError with the fields that both
    changed (then `revise` it), and VettingError or BadDataError.
    """
    revision = _pending(connection, revision_id, expected_version)
    allowed("rebase", revision.service.state, actor, None)
    merged = _merged(connection, revision)
    if merged.conflicts:
        raise _conflict(connection, revision, merged.conflicts)
    content = content_of(merged.document)
    return _replace(connection, "rebase", revision, actor, content, {})


def accept(
    connection: Connection, revision_id: str, actor: Actor, check: Check, expected_version: int
) -> int:
    """Verify the revision and make it live; returns the service's new version.

    Raises ConflictError if the service's content changed since the revision was made from it,
    VettingError (or one of its kinds) for all else, or BadDataError.
    """
    revision = _pending(connection, revision_id, expected_version)
    service = revision.service
    transition = allowed("accept", service.state, actor, check.notes)
    require_second_person(actor, revision.author)
    live = live_content(connection, service.id)
    if difference(_base(connection, revision, live), live):
        raise _conflict(connection, revision, _merged(connection, revision).conflicts)
    changes = difference(live, apply_content(connection, revision.content))
    last = last_valid_day(check, needs_of(connection, service.id))
    values = keep(connection, service.id, service.version + 1, actor, check, last)
    _decide(connection, revision, "accepted", actor, check.notes)
    return save(
        connection,
        service,
        actor,
        transition,
        values={**values, "last_editor": revision.author},
        reason=check.notes,
        details={
            "revision": revision.id,
            "changes": [change.as_json() for change in changes],
            **told(check, last),
        },
    )


def reject(
    connection: Connection, revision_id: str, actor: Actor, expected_version: int, reason: str
) -> None:
    """Refuse the revision, or take back one's own; the live version stays as it is."""
    revision = _pending(connection, revision_id, expected_version)
    is_own = actor.is_person(revision.author)
    service = revision.service
    allowed("reject", service.state, actor, reason, is_own=is_own)
    _decide(connection, revision, "rejected", actor, reason)
    details = {"revision": revision.id, "author": revision.author}
    note(connection, service, actor, "reject", reason, details)


def _pending(connection: Connection, revision_id: str, expected_version: int) -> _Pending:
    """The revision in the version that the actor saw; its service is locked first."""
    query = select(Revision.__table__).where(Revision.id == revision_id)
    found = connection.execute(query).first()
    if found is None:
        raise UnknownRecordError(f"there is no revision {revision_id}")
    service = lock(connection, found.service_id)
    row = connection.execute(query).one()
    if row.state != "pending":
        raise UnknownRecordError(f"the revision was {row.state} by {row.decided_by} already")
    if row.version != expected_version:
        raise ConflictError(
            f"the revision is at version {row.version} now, and you saw version "
            f"{expected_version}. It was changed last by {row.author}: look at it again",
            row.version,
            row.author,
        )
    content = content_of(json.loads(row.document))
    return _Pending(row.id, row.version, row.base_version, content, row.author, service)


def _replace(
    connection: Connection,
    action: str,
    revision: _Pending,
    actor: Actor,
    content: Content,
    values: Mapping[str, Any],
) -> int:
    """Give the revision this content, made from the service as it is now."""
    service, version = revision.service, revision.version + 1
    live = live_content(connection, service.id)
    proposed = try_content(connection, content)
    _require_change(live, proposed)
    changed = {"document": _text(proposed), "base_version": service.version, "version": version}
    mine = Revision.id == revision.id
    connection.execute(update(Revision).where(mine).values({**changed, **values}))
    reason = values.get("reason")
    _note(connection, action, service, actor, revision.id, live, proposed, reason)
    return version


def _decide(
    connection: Connection, revision: _Pending, state: str, actor: Actor, reason: str | None
) -> None:
    decision = {
        "state": state,
        "decided_by": actor.name,
        "decided_at": now(),
        "decision_reason": reason,
    }
    connection.execute(update(Revision).where(Revision.id == revision.id).values(decision))


def _note(
    connection: Connection,
    action: str,
    service: LockedService,
    actor: Actor,
    revision_id: str,
    live: Content,
    proposed: Content,
    reason: str | None,
) -> None:
    details = {
        "revision": revision_id,
        "version": service.version,
        "base": live,
        "changes": [change.as_json() for change in difference(live, proposed)],
    }
    note(connection, service, actor, action, reason, details)


def _base(connection: Connection, revision: _Pending, live: Content) -> Content:
    """The live content from which the revision was made, as the audit log tells it.

    Of an imported revision the log has none. Then it is what is live, if the version is still the
    same; otherwise nothing is known, and whatever differs counts as changed by both sides.
    """
    query = (
        select(AuditEntry.details)
        .where(AuditEntry.subject_id == revision.service.id, AuditEntry.action.in_(_MADE_FROM))
        .order_by(AuditEntry.number.desc())
    )
    for details in connection.execute(query).scalars():
        told: dict[str, Any] = json.loads(details)
        if told.get("revision") == revision.id:
            base: Content = told["base"]
            return base
    return live if revision.base_version == revision.service.version else {}


def _merged(connection: Connection, revision: _Pending) -> Merge:
    live = live_content(connection, revision.service.id)
    return merge(_base(connection, revision, live), revision.content, live)


def _conflict(connection: Connection, revision: _Pending, fields: tuple[str, ...]) -> ConflictError:
    service = revision.service
    changed_by = last_change_by(connection, service)
    remedy = f"Changed on both sides: {', '.join(fields)}" if fields else "Rebase the revision"
    return ConflictError(
        f"{service.name} has changed since this revision was made from it; it is at version "
        f"{service.version} now, changed last by {changed_by}. {remedy}",
        service.version,
        changed_by,
        fields,
    )


def _require_change(live: Content, proposed: Content) -> None:
    if not difference(live, proposed):
        raise VettingError("the edit changes nothing")


def _text(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False)
