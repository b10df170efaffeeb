"""When a file says something else about a service that somebody vetted: it goes to review.

The live service stays as it is; what the file says becomes a pending revision.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.engine import Connection

from directory.exchange.merging import merge
from directory.exchange.shielding import SERVICE
from directory.exchange.staging import Staging
from directory.models import Revision
from directory.models.service import VETTING_STATES
from directory.vetting.actors import SYSTEM, Actor
from directory.vetting.content import Content, live_content
from directory.vetting.revisions import propose
from directory.vetting.services import lock


def file_conflicts(
    connection: Connection, stage: Staging, writable: Collection[str], by: str
) -> list[str]:
    """Keep a pending revision for each vetted service that the file would change.

    Returns the ids of these services. A revision with the same content is not kept twice.
    """
    vetted = _vetted(connection, stage, writable)
    proposed = _proposals(connection, stage, vetted, by) if vetted else {}
    actor = Actor(by, SYSTEM)
    reason = f"The file {stage.file} says something else about this service."
    for id_, content in proposed.items():
        if content not in _pending(connection, id_):
            service = lock(connection, id_)
            propose(connection, service, actor, live_content(connection, id_), content, reason)
    return sorted(proposed)


def _vetted(connection: Connection, stage: Staging, writable: Collection[str]) -> set[str]:
    """Ids of the staged services that may not be written."""
    staged = stage.tables().get("service")
    if staged is None:
        return set()
    query = select(SERVICE.c.id).where(
        SERVICE.c.id.in_(select(staged.c.id)), SERVICE.c.vetting_state.not_in(writable)
    )
    return set(connection.execute(query).scalars())


def _proposals(
    connection: Connection, stage: Staging, vetted: Collection[str], by: str
) -> dict[str, Content]:
    """What the vetted services would become, of those that would change.

    The file is merged for a moment and taken back, so that a proposal is exactly what an import
    would have made of the service.
    """
    attempt = connection.begin_nested()
    try:
        touched = sorted(merge(connection, stage, VETTING_STATES, by).touched & set(vetted))
        after = {id_: live_content(connection, id_) for id_ in touched}
    finally:
        attempt.rollback()
    return {id_: new for id_, new in after.items() if new != live_content(connection, id_)}


def _pending(connection: Connection, service_id: str) -> list[Content]:
    """The contents that wait for a decision already."""
    query = select(Revision.document).where(
        Revision.service_id == service_id, Revision.state == "pending"
    )
    return [json.loads(document) for document in connection.execute(query).scalars()]
