"""What counts as a verification: by a second person, by a known method, recent, and for how long.

The rules are those of DESIGN 7; `directory.vetting.validity` says how long one holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from directory.errors import NotAllowedError, VettingError
from directory.models import Verification
from directory.models.base import now
from directory.models.vetting import METHODS
from directory.vetting.actors import Actor
from directory.vetting.validity import valid_until

# When it is midnight in UTC, it is already this late on the first islands of the day.
_EARLIEST_DAY = timedelta(hours=14)


@dataclass(frozen=True)
class Check:
    """What a verifier did: how and on which day the service was checked, and what came of it.

    `method` is one of directory.models.vetting.METHODS. `valid_until` is the last day on which
    the verification counts, if that is to be earlier than the rule says.
    """

    method: str
    verified_on: date
    valid_until: date | None = None
    notes: str | None = None


def require_second_person(actor: Actor, editor: str | None) -> None:
    """Raise NotAllowedError if the actor would verify what they wrote themselves."""
    if actor.is_person(editor):
        raise NotAllowedError(
            f"{actor.name} made the last change; a second person has to verify it"
        )


def last_valid_day(check: Check, needs: Collection[str]) -> date:
    """The last day on which the verification counts. Raises VettingError for impossible dates."""
    if check.method not in METHODS:
        raise VettingError(f"the method must be one of {', '.join(METHODS)}")
    if check.verified_on > (now() + _EARLIEST_DAY).date():
        raise VettingError(f"{check.verified_on} is in the future: give the day of the check")
    longest = valid_until(check.verified_on, needs)
    last = longest if check.valid_until is None else check.valid_until
    if last > longest:
        raise VettingError(f"this service can be valid until {longest} at most")
    if last < now().date():
        raise VettingError(f"this verification would have ended on {last}: check the service anew")
    return last


def keep(
    connection: Connection, service_id: str, version: int, actor: Actor, check: Check, last: date
) -> dict[str, str | date | None]:
    """Keep the verification of that version; returns what the service itself is to say of it."""
    connection.execute(
        insert(Verification).values(
            id=str(uuid4()),
            service_id=service_id,
            version=version,
            verified_by=actor.name,
            method=check.method,
            verified_on=check.verified_on,
            valid_until=last,
            notes=check.notes,
        )
    )
    return {
        "assured_date": check.verified_on,
        "assurer_email": actor.email,
        "valid_until": last,
    }


def told(check: Check, last: date) -> dict[str, str]:
    """The verification as the audit log tells it."""
    return {
        "method": check.method,
        "verified_on": check.verified_on.isoformat(),
        "valid_until": last.isoformat(),
    }
