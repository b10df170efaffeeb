"""What there is to do: proposals and services to review, what has expired, and what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import String, and_, case, func, literal, null, select, type_coerce, union_all
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.models import Revision, Service
from directory.vetting.states import TRANSITIONS

Reader: TypeAlias = "Connection | Session"

KINDS = ("revision", "in_review", "expired", "due")
"""The kinds of tasks, most urgent first."""


@dataclass(frozen=True)
class Task:
    """One thing to do for a verifier.

    `version` is the version of the service, or of the revision if it is one; `editor` is who
    wrote what is to be checked and so cannot verify it. `valid_until` is the service's.
    """

    kind: str
    service_id: str
    name: str
    version: int
    editor: str | None
    valid_until: date | None
    waiting_since: datetime
    revision_id: str | None
    reason: str | None


def queue(reader: Reader, limit: int = 50, offset: int = 0) -> list[Task]:
    """One page of tasks: by kind, then what is due soonest, then what has waited longest."""
    tasks = _tasks().subquery()
    rank = case({kind: rank for rank, kind in enumerate(KINDS)}, value=tasks.c.kind)
    deadline = case((tasks.c.kind == "due", tasks.c.valid_until))
    query = (
        select(tasks)
        .order_by(rank, deadline, tasks.c.waiting_since, tasks.c.service_id, tasks.c.revision_id)
        .limit(limit)
        .offset(offset)
    )
    return [Task(**row) for row in reader.execute(query).mappings()]


def count(reader: Reader) -> Mapping[str, int]:
    """How many tasks there are of each kind, in the order of KINDS."""
    tasks = _tasks().subquery()
    query = select(tasks.c.kind, func.count().label("tasks")).group_by(tasks.c.kind)
    found = {row.kind: row.tasks for row in reader.execute(query)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def _tasks() -> Any:
    services = select(
        type_coerce(Service.vetting_state, String).label("kind"),
        Service.id.label("service_id"),
        Service.name,
        Service.version,
        Service.last_editor.label("editor"),
        Service.valid_until,
        Service.last_modified.label("waiting_since"),
        type_coerce(null(), String).label("revision_id"),
        type_coerce(null(), String).label("reason"),
    ).where(Service.vetting_state.in_(KINDS[1:]))
    # What cannot be accepted in the service's state waits until the service is reinstated.
    acceptable = Service.vetting_state.in_(TRANSITIONS["accept"].sources)
    revisions = (
        select(
            literal(KINDS[0], String).label("kind"),
            Service.id.label("service_id"),
            Service.name,
            Revision.version,
            Revision.author.label("editor"),
            Service.valid_until,
            Revision.created.label("waiting_since"),
            Revision.id.label("revision_id"),
            Revision.reason,
        )
        .join(Service, Service.id == Revision.service_id)
        .where(and_(Revision.state == "pending", acceptable))
    )
    return union_all(services, revisions)
