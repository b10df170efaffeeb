"""Is it open now, and when does it open next: opening_hours strings with zone and holidays.

The syntax is OpenStreetMap's, evaluated by the opening-hours-py library.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import opening_hours
from opening_hours import OpeningHours

ALWAYS = "24/7"

# Beyond this a change is "not soon"; also keeps odd expressions cheap to evaluate.
HORIZON_DAYS = 366


@dataclass(frozen=True)
class Opening:
    """The state at one moment.

    `open_now` is None when nobody can say. `opens_at` is set only when closed, and is aware, in
    the service's own time zone.
    """

    open_now: bool | None
    opens_at: datetime | None = None


UNKNOWN = Opening(None)


def opening_at(
    at: datetime, expression: str | None, timezone_name: str | None, country: str | None
) -> Opening:
    """The state at the aware moment `at`.

    `country` (ISO 3166-1) brings its public holidays, for expressions that mention PH. Without
    a time zone only round-the-clock hours can be judged. Raises ValueError for a naive `at`.
    """
    if at.tzinfo is None:
        raise ValueError("the moment must carry a time zone")
    if expression is None:
        return UNKNOWN
    if expression == ALWAYS:
        return Opening(True)
    if timezone_name is None:
        return UNKNOWN
    hours = _parsed(expression, timezone_name, country)
    local = at.astimezone(ZoneInfo(timezone_name))
    if hours.is_open(local):
        return Opening(True)
    if hours.is_unknown(local):
        return UNKNOWN
    return Opening(False, _next_opening(hours, local))


def is_expression(text: str) -> bool:
    """Whether this is an opening_hours expression that can be evaluated."""
    return opening_hours.validate(text)


def is_timezone(name: str) -> bool:
    """Whether this is the name of an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _next_opening(hours: OpeningHours, at: datetime) -> datetime | None:
    """The first change to open after `at`; a closed spell may change its comment in between."""
    moment: datetime | None = hours.next_change(at)
    while moment is not None:
        if hours.is_open(moment):
            return moment
        moment = hours.next_change(moment)
    return None


@lru_cache(maxsize=4096)
def _parsed(expression: str, timezone_name: str, country: str | None) -> OpeningHours:
    zone = ZoneInfo(timezone_name)
    try:
        return OpeningHours(
            expression, timezone=zone, country=country, max_interval_days=HORIZON_DAYS
        )
    except opening_hours.UnknownCountryError:  # type: ignore[attr-defined]  # not in its stub
        # No calendar for this country: its holidays are days like any other.
        return OpeningHours(expression, timezone=zone, max_interval_days=HORIZON_DAYS)
