"""Is it open now, and when does it open next: opening_hours strings with zone and holidays.

The syntax is OpenStreetMap's, evaluated by the opening-hours-py library.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import opening_hours
from opening_hours import OpeningHours

ALWAYS = "24/7"

# Beyond this a change is "not soon"; also keeps odd expressions cheap to evaluate.
HORIZON_DAYS = 366

# How many changes ahead an opening is looked for: hours "by appointment" change for ever without
# being open once.
_CHANGES_AHEAD = 64

# More different opening hours than a directory has; keeps the memory bounded.
_REMEMBERED = 20_000


@dataclass(frozen=True)
class Opening:
    """The state at one moment.

    `open_now` is None when nobody can say. `opens_at` is set only when closed, and is aware, in
    the service's own time zone.
    """

    open_now: bool | None
    opens_at: datetime | None = None


UNKNOWN = Opening(None)


def opening_value(expression: str, timezone_name: str | None, country: str) -> str:
    """One text for opening hours, their time zone and the country of their holidays."""
    return f"{country} {timezone_name or '-'} {expression}"


def expression_of(value: str) -> str:
    """The opening hours of a text that `opening_value` made."""
    return value.split(" ", 2)[2]


def open_states(values: Iterable[str], at: datetime) -> dict[str, bool | None]:
    """Whether it is open at the aware moment `at`, for texts that `opening_value` made.

    Hours begin and end with a minute, so that each is judged once a minute however many search.
    """
    minute = _in_utc(at).replace(second=0, microsecond=0)
    return {value: _open_state(value, minute) for value in values}


def opening_of(value: str, at: datetime) -> Opening:
    """The state at the aware moment `at` of a text that `opening_value` made."""
    country, zone, expression = value.split(" ", 2)
    return opening_at(at, expression, None if zone == "-" else zone, country)


def opening_at(
    at: datetime, expression: str | None, timezone_name: str | None, country: str | None
) -> Opening:
    """The state at the aware moment `at`.

    `country` (ISO 3166-1) brings its public holidays, for expressions that mention PH. Without
    a time zone only round-the-clock hours can be judged. What counts is what clocks show, so that
    hours in the hour that clocks repeat come twice. Raises ValueError for a naive `at`, and
    SyntaxError for what is no expression.
    """
    if expression is None:
        return UNKNOWN
    moment = _in_utc(at)
    open_now = _is_open(moment, expression, timezone_name, country)
    if open_now is not False or timezone_name is None:
        return Opening(open_now)
    hours, zone = _parsed(expression, timezone_name, country), ZoneInfo(timezone_name)
    return Opening(False, _next_opening(hours, zone, _next_change(hours, zone, moment)))


def is_expression(text: str) -> bool:
    """Whether this is an opening_hours expression that can be evaluated."""
    return opening_hours.validate(text)


def is_always(expression: str) -> bool:
    """Whether an expression, which must be valid, means round the clock on all days."""
    return str(OpeningHours(expression).normalize()) == ALWAYS


def is_timezone(name: str) -> bool:
    """Whether this is the name of an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("the moment must carry a time zone")
    return at.astimezone(timezone.utc)


@lru_cache(maxsize=_REMEMBERED)
def _open_state(value: str, moment: datetime) -> bool | None:
    country, zone, expression = value.split(" ", 2)
    return _is_open(moment, expression, None if zone == "-" else zone, country)


def _is_open(
    moment: datetime, expression: str, timezone_name: str | None, country: str | None
) -> bool | None:
    """The state at `moment`, which is in UTC; None when nobody can say."""
    if expression == ALWAYS:
        return True
    if timezone_name is None:
        return None
    hours = _parsed(expression, timezone_name, country)
    local = moment.astimezone(ZoneInfo(timezone_name))
    if hours.is_open(local):
        return True
    return None if hours.is_unknown(local) else False


def _next_opening(hours: OpeningHours, zone: ZoneInfo, change: datetime | None) -> datetime | None:
    """The first opening, in `zone`, from `change` on; other changes may come before it."""
    for _ in range(_CHANGES_AHEAD):
        if change is None:
            return None
        if hours.is_open(change.astimezone(zone)):
            return change.astimezone(zone)
        change = _next_change(hours, zone, change)
    return None


def _next_change(hours: OpeningHours, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """The first moment after `moment` at which the state may be another one; both in UTC.

    The library knows one pass only through the hour that clocks repeat.
    """
    local = moment.astimezone(zone)
    change: datetime | None = hours.next_change(local)
    if change is not None:
        first = change.replace(fold=0).astimezone(timezone.utc)
        change = first if first > moment else change.astimezone(timezone.utc)
    second_pass = _second_pass_after(local)
    if second_pass is None or (change is not None and change <= second_pass):
        return change
    return second_pass


def _second_pass_after(local: datetime) -> datetime | None:
    """When the clocks go back, in UTC, if `local` is in the hour that will come again."""
    offset = local.utcoffset()
    if local.fold or local.replace(fold=1).utcoffset() == offset:
        return None
    minute = local.astimezone(timezone.utc).replace(second=0, microsecond=0)
    while minute.astimezone(local.tzinfo).utcoffset() == offset:
        minute += timedelta(minutes=1)
    return minute


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
