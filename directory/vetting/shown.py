"""Which services may be shown to people: active, verified, and in date (DESIGN S5)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_

from directory.models import Service

# "due" is verified with its next review coming up; it is shown until `valid_until` has passed.
SHOWN_STATES = ("verified", "due")


def is_shown(state: str, valid_until: date | None, status: str, day: date) -> bool:
    """Whether a service with these values may be shown on this day."""
    in_date = valid_until is not None and valid_until >= day
    return state in SHOWN_STATES and in_date and status == "active"


def may_be_shown(day: Any) -> Any:
    """The SQL condition on Service for being shown on this day (a date, or SQL for one)."""
    return and_(
        Service.vetting_state.in_(SHOWN_STATES),
        Service.valid_until >= day,
        Service.status == "active",
    )
