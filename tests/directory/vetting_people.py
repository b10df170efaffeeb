"""People who vet services in tests, and short ways to look at what they did."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from directory.database import open_session, open_transaction
from directory.exchange.documents import full_services
from directory.models import AuditEntry, Revision, Service
from directory.models.base import now
from directory.vetting import editing
from directory.vetting.actors import ROLES, Actor
from directory.vetting.checks import Check
from directory.vetting.editing import Edited

VIEWER, EDITOR, VERIFIER, ADMINISTRATOR = (Actor(f"{role}@example.org", role) for role in ROLES)
OTHER_EDITOR = Actor("other@example.org", "editor")
REASON = "The number rang nobody."


def today() -> date:
    return now().date()


def called() -> Check:
    return Check("called", today())


def service(engine: Engine, id_: str) -> Service:
    with open_session(engine) as session:
        found = session.get(Service, id_)
        assert isinstance(found, Service)
        session.expunge(found)
        return found


def revision(engine: Engine, id_: str | None) -> Revision:
    with open_session(engine) as session:
        found = session.get(Revision, id_)
        assert isinstance(found, Revision)
        session.expunge(found)
        return found


def document(engine: Engine, id_: str, **changes: Any) -> dict[str, Any]:
    """The full document of a service, perhaps with other properties."""
    with open_session(engine) as session:
        (found,) = full_services(session, [id_])
    return {**copy.deepcopy(found), **changes}


def put(engine: Engine, id_: str, **values: Any) -> None:
    """Change columns of a service behind everybody's back."""
    with open_transaction(engine) as connection:
        connection.execute(update(Service).where(Service.id == id_).values(values))


def edit(engine: Engine, id_: str, actor: Actor = EDITOR, **changes: Any) -> Edited:
    """Edit properties of a service as it is now."""
    version = service(engine, id_).version
    with open_transaction(engine) as connection:
        new = document(engine, id_, **changes)
        return editing.edit(connection, id_, actor, new, version, REASON)


def log(engine: Engine, id_: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Actor, action and details of all entries about a service, oldest first."""
    query = select(AuditEntry).where(AuditEntry.subject_id == id_).order_by(AuditEntry.number)
    with open_session(engine) as session:
        entries = session.execute(query).scalars().all()
    return [(entry.actor, entry.action, json.loads(entry.details)) for entry in entries]
