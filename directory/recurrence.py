"""Opening hours of HSDS schedules: the OpenStreetMap string, or one made of the RFC 5545 fields.

Only what can be translated faithfully is: unknown hours do less harm than wrong ones. Outside
the dates for which a schedule is said to be valid, nobody can say whether it is open.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from directory.opening import ALWAYS, is_always, is_expression, is_timezone

# As long as a stated expression may be.
_LONGEST = 1000

_EARLIEST, _LATEST = date(1900, 1, 1), date.max
_DAYS = {"MO": "Mo", "TU": "Tu", "WE": "We", "TH": "Th", "FR": "Fr", "SA": "Sa", "SU": "Su"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_A_LEAP_YEAR = 2028

_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::(00|59))?(Z|[+-]\d\d(?::?\d\d)?)?")

_END_OF_DAY = "24:00"
_MEANS_END_OF_DAY = frozenset({"00:00", "23:59", _END_OF_DAY})


class Hours(NamedTuple):
    """An opening_hours expression and the IANA zone of its clock, None if nobody says."""

    expression: str
    timezone_name: str | None


class _Dates(NamedTuple):
    """From the first to the last day, both included; none if the last comes before the first."""

    first: date
    last: date

    def both(self, other: _Dates) -> _Dates:
        """The days that are in both."""
        return _Dates(max(self.first, other.first), min(self.last, other.last))


_ALL_DATES = _Dates(_EARLIEST, _LATEST)


class _UntranslatableError(Exception):
    """Opening hours that cannot be put faithfully into an expression."""


def hours_of(schedules: Sequence[Any]) -> Hours | None:
    """The opening hours of one service; None if there are none, or nobody can say.

    `schedules` are all its schedules (rows with the columns of Schedule). One with an
    `opening_hours` string decides alone. Otherwise all are joined; those of HSDS give weekly or
    monthly events (RFC 5545) with an offset from UTC.
    """
    stated = next((each for each in schedules if each.opening_hours is not None), None)
    try:
        if stated is not None:
            return _stated(stated)
        return _derived(schedules) if schedules else None
    except _UntranslatableError:
        return None


def _stated(schedule: Any) -> Hours:
    zone = schedule.timezone_name
    if not is_expression(schedule.opening_hours) or (zone is not None and not is_timezone(zone)):
        raise _UntranslatableError
    return _limited(schedule.opening_hours, zone, [_validity(schedule)])


def _derived(schedules: Sequence[Any]) -> Hours:
    zones = {_zone(schedule) for schedule in schedules}
    if len(zones) > 1:
        raise _UntranslatableError
    validities = [_validity(schedule) for schedule in schedules]
    # What is said of all of them at once need not be said of each.
    shared = validities[0] if len(set(validities)) == 1 else _ALL_DATES
    rules = [_rule(schedule, shared) for schedule in schedules]
    expression = ", ".join(dict.fromkeys(rule for rule in rules if rule)) or "off"
    return _limited(expression, zones.pop(), validities)


def _limited(expression: str, zone: str | None, validities: Iterable[_Dates]) -> Hours:
    """The hours, unknown on all days on which none of the schedules is valid."""
    gaps = [f"{_text(gap)} unknown" for gap in _gaps(validities)]
    if not gaps and is_always(expression):
        return Hours(ALWAYS, zone)
    # After a fallback ("||") a further rule would change the meaning of those before it.
    if gaps and "||" in expression:
        raise _UntranslatableError
    limited = "; ".join([expression, *gaps])
    if len(limited) > _LONGEST or not is_expression(limited):
        raise _UntranslatableError
    return Hours(limited, zone)


def _validity(schedule: Any) -> _Dates:
    return _dates(schedule.valid_from, schedule.valid_to)


def _dates(first: date | None, last: date | None) -> _Dates:
    return _Dates(first or _EARLIEST, last or _LATEST).both(_ALL_DATES)


def _gaps(validities: Iterable[_Dates]) -> list[_Dates]:
    """The stretches of days that are in none of them."""
    gaps, day = [], _EARLIEST
    for valid in sorted(valid for valid in validities if valid.first <= valid.last):
        if valid.first > day:
            gaps.append(_Dates(day, valid.first - timedelta(days=1)))
        if valid.last == _LATEST:
            return gaps
        day = max(day, valid.last + timedelta(days=1))
    return [*gaps, _Dates(day, _LATEST)]


def _rule(schedule: Any, shared: _Dates) -> str | None:
    """One schedule as a rule; None if it never happens.

    The days of `shared` are looked after elsewhere.
    """
    if schedule.interval not in (None, 1) or any(
        (schedule.count, schedule.byweekno, schedule.byyearday, schedule.notes)
    ):
        raise _UntranslatableError
    rule = f"{_days(schedule)} {_span(schedule)}"
    dates = _dates(schedule.dtstart, schedule.until)
    if shared == _ALL_DATES:
        dates = dates.both(_validity(schedule))
    if dates.first > dates.last:
        return None
    if dates == _ALL_DATES:
        return rule
    if schedule.bymonthday:
        # Days of a month and a range of dates cannot be said together.
        raise _UntranslatableError
    return f"{_text(dates)} {rule}"


def _text(dates: _Dates) -> str:
    first, last = (f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}" for day in dates)
    return f"{first}-{last}"


def _days(schedule: Any) -> str:
    if schedule.freq == "WEEKLY" and not schedule.bymonthday:
        return _weekdays(schedule.byday, ordinals=False)
    if schedule.freq == "MONTHLY" and not schedule.bymonthday:
        return _weekdays(schedule.byday, ordinals=True)
    if schedule.freq == "MONTHLY" and not schedule.byday:
        return _month_days(schedule.bymonthday)
    raise _UntranslatableError


def _weekdays(byday: str | None, *, ordinals: bool) -> str:
    """Such as "Mo,Tu" for "MO,TU", and "Mo[2],Fr[-1]" for "2MO,-1FR"."""
    days: list[str] = []
    for part in (byday or "").upper().split(","):
        match = _BYDAY.fullmatch(part.strip())
        if match is None or (match[1] and not ordinals):
            raise _UntranslatableError
        days.append(_DAYS[match[2]] + (f"[{int(match[1])}]" if match[1] else ""))
    if set(days) == set(_DAYS.values()):
        return "Mo-Su"
    return ",".join(dict.fromkeys(days))


def _month_days(bymonthday: str) -> str:
    """Such as "Jan 31,Mar 31,May 31 …": a month without the day has none."""
    days = [part.strip() for part in bymonthday.split(",")]
    if not all(day.isdecimal() and 1 <= int(day) <= 31 for day in days):
        raise _UntranslatableError
    return ",".join(
        f"{name} {day:02}"
        for month, name in enumerate(_MONTHS, start=1)
        for day in sorted({int(day) for day in days})
        if day <= monthrange(_A_LEAP_YEAR, month)[1]
    )


def _span(schedule: Any) -> str:
    opens, _ = _time(schedule.opens_at)
    closes, _ = _time(schedule.closes_at)
    # The same time twice may mean the whole day, or nothing at all.
    if opens in (closes, _END_OF_DAY):
        raise _UntranslatableError
    return f"{opens}-{_END_OF_DAY if closes in _MEANS_END_OF_DAY else closes}"


def _zone(schedule: Any) -> str | None:
    """The IANA zone; one of a fixed offset has the opposite sign ("Etc/GMT-3" is UTC+3)."""
    offsets = {schedule.timezone, _time(schedule.opens_at)[1], _time(schedule.closes_at)[1]}
    offsets.discard(None)
    if schedule.timezone_name is not None:
        if offsets - {schedule.timezone} or not is_timezone(schedule.timezone_name):
            raise _UntranslatableError
        return str(schedule.timezone_name)
    if not offsets:
        return None
    offset = offsets.pop()
    if offsets or not offset.is_integer():
        raise _UntranslatableError
    name = f"Etc/GMT{-int(offset):+}" if offset else "Etc/GMT"
    if not is_timezone(name):
        raise _UntranslatableError
    return name


def _time(text: str | None) -> tuple[str, float | None]:
    """HH:MM, and the offset from UTC in hours that is written behind it, if any."""
    match = _TIME.fullmatch(text or "")
    if match is None:
        raise _UntranslatableError
    hour, minute, second, offset = match.groups()
    if (hour == "24" and minute != "00") or (second == "59" and (hour, minute) != ("23", "59")):
        raise _UntranslatableError
    if offset is None or offset == "Z":
        return f"{hour}:{minute}", None if offset is None else 0.0
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    return f"{hour}:{minute}", (hours + minutes / 60) * (-1 if offset[0] == "-" else 1)
