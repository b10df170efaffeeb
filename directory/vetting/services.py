"""Services under change: locked for one writer, and every change with version and audit entry.

Whoever changes a service gets it from `lock` and saves through `save`, so that two administrators
never overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from directory.errors import ConflictError, UnknownRecordError
from directory.models import Attribute, AuditEntry, Service, TaxonomyTerm
from directory.models.base import now
from directory.search.index import refresh
from directory.vetting.actors import Actor
from directory.vetting.audit import Change, record
from directory.vetting.states import Transition
from directory.vocabulary import NEEDS


@dataclass(frozen=True)
class LockedService:
    """What vetting has to know of a service, which nobody else can change at the moment."""

    id: str
    name: str
    state: str
    version: int
    last_editor: str | None


def lock(
    connection: Connection, service_id: str, expected_version: int | None = None
) -> LockedService:
    """The service, for this transaction alone; other writers of it wait until its end.

    `expected_version` is the version that the actor saw; None takes the service as it stands.
    Raises UnknownRecordError, and ConflictError if somebody changed the service since.
    """
    query = select(
        Service.id,
        Service.name,
        Service.vetting_state.label("state"),
        Service.version,
        Service.last_editor,
    ).where(Service.id == service_id)
    # SQLite has no row locks: there, a write transaction is alone from its beginning.
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise UnknownRecordError(f"there is no service {service_id}")
    service = LockedService(**row._mapping)
    if expected_version is not None and expected_version != service.version:
        changed_by = last_change_by(connection, service)
        raise ConflictError(
            f"{service.name} is at version {service.version} now, and you saw version "
            f"{expected_version}. It was changed last by {changed_by}: look at it again",
            service.version,
            changed_by,
        )
    return service


def save(
    connection: Connection,
    service: LockedService,
    actor: Actor,
    transition: Transition,
    *,
    values: Mapping[str, Any] | None = None,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Bring the service into the transition's state; returns its new version.

    `values` are further columns of service, `details` what the audit log is to tell besides.
    """
    version, state = service.version + 1, transition.target or service.state
    changed = {**(values or {}), "vetting_state": state, "version": version, "last_modified": now()}
    connection.execute(update(Service).where(Service.id == service.id).values(changed))
    refresh(connection, [service.id])
    told = {"version": version, "state_before": service.state, "state": state, **(details or {})}
    note(connection, service, actor, transition.action, reason, told)
    return version


def note(
    connection: Connection,
    service: LockedService,
    actor: Actor,
    action: str,
    reason: str | None,
    details: Mapping[str, Any],
) -> None:
    """Tell the audit log what was done. To be called last: from here on, other writers wait."""
    change = Change(actor.name, action, "service", service.id, reason, details)
    record(connection, [change])


def needs_of(connection: Connection, service_id: str) -> set[str]:
    """The codes of the needs that the service is for."""
    query = (
        select(TaxonomyTerm.code)
        .join(Attribute, Attribute.taxonomy_term_id == TaxonomyTerm.id)
        .where(Attribute.link_id == service_id, TaxonomyTerm.taxonomy_id == NEEDS.id)
    )
    return set(connection.execute(query).scalars())


def last_change_by(connection: Connection, service: LockedService) -> str:
    """Who changed the service last, for a person to read."""
    query = (
        select(AuditEntry.actor)
        .where(AuditEntry.subject_id == service.id)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    )
    actor: str | None = connection.execute(query).scalar()
    return actor or service.last_editor or "somebody who is not in the audit log"
