"""What time does to verifications: a review comes due, and at last the service is not shown.

Searches compare dates themselves; this brings the states after them, for the review queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Engine

from directory.batches import BATCH
from directory.database import open_transaction
from directory.models import Service
from directory.models.base import now
from directory.search.index import refresh
from directory.vetting.actors import SYSTEM, Actor
from directory.vetting.audit import Change, record
from directory.vetting.states import TRANSITIONS, Transition

DUE_BEFORE = timedelta(days=30)
"""How long before its last valid day a service comes up for review."""

EXPIRER = Actor("system:expire", SYSTEM)


@dataclass(frozen=True)
class Expiry:
    """How many services came due, and how many expired."""

    due: int
    expired: int


def expire(engine: Engine, at: datetime) -> Expiry:
    """Bring all states up to date for the day of `at` (in UTC); may be called at any time.

    Works in batches with a transaction each, so that others can write in between; a run that
    was interrupted is completed by the next. Raises DirectoryUnavailable.
    """
    day = at.astimezone(timezone.utc).date()
    expired = _all(engine, TRANSITIONS["expire"], Service.valid_until < day)
    due = _all(engine, TRANSITIONS["mark_due"], Service.valid_until <= day + DUE_BEFORE)
    return Expiry(due=due, expired=expired)


def _all(engine: Engine, transition: Transition, condition: Any) -> int:
    """Make the transition wherever the condition holds; returns how often."""
    total = 0
    while True:
        with open_transaction(engine) as connection:
            count = _batch(connection, transition, condition)
        total += count
        if count < BATCH:
            return total


def _batch(connection: Connection, transition: Transition, condition: Any) -> int:
    query = (
        select(Service.id, Service.vetting_state, Service.version, Service.valid_until)
        .where(Service.vetting_state.in_(transition.sources), condition)
        .order_by(Service.id)
        .limit(BATCH)
        .with_for_update()
    )
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    connection.execute(
        update(Service)
        .where(Service.id.in_(ids))
        .values(vetting_state=transition.target, version=Service.version + 1, last_modified=now())
    )
    refresh(connection, ids)
    record(connection, [_change(transition, row) for row in rows])
    return len(rows)


def _change(transition: Transition, row: Any) -> Change:
    valid_until: date = row.valid_until
    details = {
        "version": row.version + 1,
        "state_before": row.vetting_state,
        "state": transition.target,
        "valid_until": valid_until.isoformat(),
    }
    return Change(EXPIRER.name, transition.action, "service", row.id, None, details)
