"""Is it open now, and when does it open next: opening_hours strings with zone and holidays.

The syntax is OpenStreetMap's, evaluated by the opening-hours-py library.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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

# More different opening hours than a directory has; keeps the memory bounded.
_REMEMBERED = 20_000


@dataclass(frozen=True)
class _Spell:
    """A state and the moments from and until which it lasts (until: None for ever)."""

    since: datetime
    until: datetime | None
    opening: Opening


_spells: dict[str, _Spell] = {}


def opening_value(expression: str, timezone_name: str | None, country: str) -> str:
    """One text for opening hours, their time zone and the country of their holidays."""
    return f"{country} {timezone_name or '-'} {expression}"


def opening_of(value: str, at: datetime) -> Opening:
    """The state at the aware moment `at` of a text that `opening_value` made.

    States are remembered until they change: a search judges hundreds of services at once.
    """
    spell = _spells.get(value)
    if spell and spell.since <= at and (spell.until is None or at < spell.until):
        return spell.opening
    country, zone, expression = value.split(" ", 2)
    timezone_name = None if zone == "-" else zone
    opening = opening_at(at, expression, timezone_name, country)
    if len(_spells) >= _REMEMBERED:
        _spells.clear()
    until = _change_after(at, expression, timezone_name, country)
    _spells[value] = _Spell(at, until, opening)
    return opening


def _change_after(
    at: datetime, expression: str, timezone_name: str | None, country: str
) -> datetime | None:
    """The first moment after `at` at which the state may be another one."""
    if expression == ALWAYS or timezone_name is None:
        return None
    hours = _parsed(expression, timezone_name, country)
    change: datetime | None = hours.next_change(at.astimezone(ZoneInfo(timezone_name)))
    # No change within the horizon is no promise for the time after it.
    return change or at + timedelta(days=HORIZON_DAYS // 2)


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
