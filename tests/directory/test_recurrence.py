"""HSDS schedules (RFC 5545) become opening hours, or nothing: unknown, never wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.models import Schedule
from directory.opening import opening_at
from directory.recurrence import Hours, hours_of

WEEKDAYS = {"MO": MO, "TU": TU, "WE": WE, "TH": TH, "FR": FR, "SA": SA, "SU": SU}


def weekly(**fields: Any) -> Schedule:
    """Thursday and Friday from ten to six, in UTC+3, as in the example of the standard."""
    example = {"freq": "WEEKLY", "byday": "TH,FR", "opens_at": "10:00", "closes_at": "18:00"}
    return Schedule(**{**example, "timezone": 3.0, **fields})


def monthly(**fields: Any) -> Schedule:
    return weekly(**{"freq": "MONTHLY", "byday": None, **fields})


def expression(*schedules: Schedule) -> str | None:
    hours = hours_of(schedules)
    return None if hours is None else hours.expression


def is_open(moment: str, *schedules: Schedule) -> bool | None:
    """Whether it is open when clocks in the schedules' zone show this."""
    hours = hours_of(schedules)
    assert hours is not None
    assert hours.timezone_name is not None
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(hours.timezone_name))
    return opening_at(at, *hours, None).open_now


# What is translated


def test_given_the_example_of_the_standard_then_its_days_times_and_offset_are_kept() -> None:
    assert hours_of([weekly()]) == Hours("Th,Fr 10:00-18:00", "Etc/GMT-3")


def test_given_no_schedule_then_there_are_no_hours() -> None:
    assert hours_of([]) is None


def test_given_several_schedules_then_all_their_hours_count() -> None:
    both = (weekly(closes_at="12:00"), weekly(byday="FR,SA", opens_at="14:00"))
    assert is_open("2026-11-26T11:00", *both) is True
    assert is_open("2026-11-26T15:00", *both) is False
    assert is_open("2026-11-27T11:00", *both) is True
    assert is_open("2026-11-27T15:00", *both) is True


def test_given_a_closing_time_before_the_opening_time_then_it_closes_the_day_after() -> None:
    assert is_open("2026-11-28T01:00", weekly(opens_at="22:00", closes_at="02:00")) is True
    assert is_open("2026-11-29T01:00", weekly(opens_at="22:00", closes_at="02:00")) is False


@pytest.mark.parametrize("closes", ["24:00", "23:59", "23:59:59", "00:00"])
def test_given_the_end_of_the_day_in_any_form_then_it_is_open_until_midnight(closes: str) -> None:
    assert expression(weekly(closes_at=closes)) == "Th,Fr 10:00-24:00"


def test_given_all_hours_of_all_days_then_it_is_round_the_clock_even_without_zone() -> None:
    schedule = weekly(
        byday="MO,TU,WE,TH,FR,SA,SU", opens_at="00:00", closes_at="23:59", timezone=None
    )
    assert hours_of([schedule]) == Hours("24/7", None)


@pytest.mark.parametrize(
    ("fields", "zone"),
    [
        ({"timezone": 0.0}, "Etc/GMT"),
        ({"timezone": -5.0}, "Etc/GMT+5"),
        ({"timezone": 14.0}, "Etc/GMT-14"),
        ({"timezone": None, "opens_at": "10:00Z", "closes_at": "18:00Z"}, "Etc/GMT"),
        ({"timezone": None, "opens_at": "10:00-05:00", "closes_at": "18:00-05:00"}, "Etc/GMT+5"),
        ({"timezone": 3.0, "opens_at": "10:00:00+03:00"}, "Etc/GMT-3"),
        ({"timezone": None}, None),
        ({"timezone": 1.0, "timezone_name": "Europe/Paris"}, "Europe/Paris"),
        ({"timezone": 5.5, "timezone_name": "Asia/Kolkata"}, "Asia/Kolkata"),
    ],
)
def test_given_an_offset_then_it_names_the_zone_with_the_opposite_sign(
    fields: dict[str, Any], zone: str | None
) -> None:
    hours = hours_of([weekly(**fields)])
    assert hours is not None
    assert hours.timezone_name == zone


def test_given_an_offset_of_three_hours_then_ten_there_is_seven_in_utc() -> None:
    hours = hours_of([weekly()])
    assert hours is not None
    seven = datetime(2026, 11, 26, 7, tzinfo=ZoneInfo("UTC"))
    assert opening_at(seven, *hours, None).open_now is True
    assert opening_at(seven - timedelta(minutes=1), *hours, None).open_now is False


def test_given_days_of_the_month_then_months_without_them_have_none() -> None:
    schedule = monthly(bymonthday="1,31")
    assert is_open("2026-10-31T11:00", schedule) is True
    assert is_open("2026-11-30T11:00", schedule) is False
    assert is_open("2026-12-01T11:00", schedule) is True


def test_given_the_thirtieth_then_february_has_none_in_any_year() -> None:
    schedule = monthly(bymonthday="29,30")
    assert is_open("2028-02-29T11:00", schedule) is True
    assert is_open("2027-03-01T11:00", schedule) is False
    assert is_open("2028-03-01T11:00", schedule) is False


# Dates


def test_given_first_and_last_occurrence_then_it_is_closed_outside() -> None:
    schedule = weekly(dtstart=date(2026, 11, 5), until=date(2026, 11, 26))
    assert is_open("2026-10-29T11:00", schedule) is False
    assert is_open("2026-11-05T11:00", schedule) is True
    assert is_open("2026-11-26T11:00", schedule) is True
    assert is_open("2026-11-27T11:00", schedule) is False


def test_given_validity_then_nobody_can_say_outside() -> None:
    schedule = weekly(valid_from=date(2026, 11, 5), valid_to=date(2026, 11, 26))
    assert is_open("2026-10-29T11:00", schedule) is None
    assert is_open("2026-11-05T11:00", schedule) is True
    assert is_open("2026-11-25T11:00", schedule) is False
    assert is_open("2026-11-26T11:00", schedule) is True
    assert is_open("2026-11-27T11:00", schedule) is None


def test_given_seasons_then_each_has_its_own_hours() -> None:
    summer = weekly(valid_from=date(2026, 5, 1), valid_to=date(2026, 10, 31))
    winter = weekly(
        valid_from=date(2026, 11, 1), valid_to=date(2027, 4, 30), byday="MO", closes_at="12:00"
    )
    assert is_open("2026-10-29T11:00", summer, winter) is True
    assert is_open("2026-11-05T11:00", summer, winter) is False
    assert is_open("2026-11-09T11:00", summer, winter) is True
    assert is_open("2027-05-03T11:00", summer, winter) is None


def test_given_occurrences_that_end_before_they_begin_then_it_is_never_open() -> None:
    schedule = weekly(dtstart=date(2026, 11, 26), until=date(2026, 11, 5))
    assert expression(schedule) == "off"


# The string decides


def test_given_an_opening_hours_string_then_it_decides_alone() -> None:
    stated = Schedule(opening_hours="Mo 09:00-10:00", timezone_name="Europe/Paris")
    assert hours_of([weekly(), stated]) == Hours("Mo 09:00-10:00", "Europe/Paris")


@pytest.mark.parametrize("hours", ["24/7", "Mo-Fr 09:00-17:00; PH off"])
def test_given_a_string_whose_validity_has_passed_then_nobody_can_say(hours: str) -> None:
    stated = Schedule(
        opening_hours=hours, timezone_name="Europe/Paris", valid_to=date(2026, 11, 24)
    )
    assert is_open("2026-11-24T12:00", stated) is True
    assert is_open("2026-11-25T12:00", stated) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"opening_hours": "nine to five", "timezone_name": "Europe/Paris"},
        {"opening_hours": "24/7", "timezone_name": "Lima"},
        {
            "opening_hours": 'Mo 09:00-10:00 || "call"',
            "timezone_name": "Europe/Paris",
            "valid_to": date(2026, 11, 24),
        },
    ],
)
def test_given_a_string_that_cannot_be_judged_then_there_are_no_hours(
    fields: dict[str, Any],
) -> None:
    assert hours_of([Schedule(**fields)]) is None


# What cannot be translated


@pytest.mark.parametrize(
    "fields",
    [
        {"interval": 2},
        {"count": 5},
        {"byweekno": "20"},
        {"byyearday": "1"},
        {"notes": "Not in the holidays"},
        {"freq": None},
        {"byday": None},
        {"byday": "1TH"},
        {"byday": "Thursday"},
        {"bymonthday": "1"},
        {"opens_at": None},
        {"closes_at": None},
        {"opens_at": "10 am"},
        {"opens_at": "25:00"},
        {"closes_at": "24:30"},
        {"opens_at": "10:00:30"},
        {"opens_at": "18:00"},
        {"timezone": 5.5},
        {"timezone": 15.0},
        {"timezone": 3.0, "opens_at": "10:00Z"},
        {"timezone_name": "Lima"},
        {"timezone_name": "Europe/Paris", "opens_at": "10:00Z", "timezone": None},
    ],
)
def test_given_what_cannot_be_said_as_opening_hours_then_there_are_none(
    fields: dict[str, Any],
) -> None:
    assert hours_of([weekly(**fields)]) is None
    assert hours_of([weekly(), weekly(**fields)]) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"byday": None},
        {"byday": "6MO"},
        {"byday": "FR", "bymonthday": "13"},
        {"bymonthday": "-1"},
        {"bymonthday": "32"},
        {"bymonthday": "1", "dtstart": date(2026, 1, 1)},
    ],
)
def test_given_months_that_cannot_be_said_as_opening_hours_then_there_are_none(
    fields: dict[str, Any],
) -> None:
    assert hours_of([monthly(**fields)]) is None


def test_given_a_month_with_and_without_ordinals_then_each_day_counts_on_its_own() -> None:
    schedule = monthly(byday="TU,1MO,-1FR")
    assert expression(schedule) == "Tu,Mo[1],Fr[-1] 10:00-18:00"
    assert is_open("2026-11-24T11:00", schedule) is True
    assert is_open("2026-11-02T11:00", schedule) is True
    assert is_open("2026-11-09T11:00", schedule) is False
    assert is_open("2026-11-27T11:00", schedule) is True


def test_given_words_only_then_there_are_no_hours() -> None:
    assert hours_of([Schedule(description="Most mornings")]) is None


def test_given_schedules_in_different_zones_then_there_are_no_hours() -> None:
    assert hours_of([weekly(), weekly(timezone=2.0)]) is None


def test_given_more_rules_than_fit_then_there_are_no_hours() -> None:
    schedules = [monthly(bymonthday=str(day), opens_at=f"{day % 9:02}:00") for day in range(1, 31)]
    assert hours_of(schedules) is None


# Against python-dateutil, which knows RFC 5545

TIMES = st.builds(
    lambda hour, half: f"{hour:02}:{half}0", st.integers(0, 23), st.sampled_from("03")
)
FROM, TO = datetime(2026, 10, 1), datetime(2027, 1, 31)
DATES = st.dates(FROM.date(), TO.date())
ORDINALS = st.sampled_from(["1", "+2", "4", "5", "-1", "-3", "-5"])


def listed(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=3, unique=True).map(",".join)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    opens, closes = draw(st.lists(TIMES, min_size=2, max_size=2, unique=True))
    kind = draw(st.sampled_from(["WEEKLY", "MONTHLY", "days"]))
    first, last = sorted((draw(DATES), draw(DATES)))
    schedule = weekly(freq="MONTHLY" if kind == "days" else kind, opens_at=opens, closes_at=closes)
    if kind == "days":
        schedule.byday = None
        schedule.bymonthday = draw(listed(st.integers(1, 31).map(str)))
        return schedule
    weekdays = st.sampled_from(list(WEEKDAYS))
    # Not both with and without: dateutil then wants a day to be in both lists.
    if kind == "MONTHLY" and draw(st.booleans()):
        weekdays = st.builds(str.__add__, ORDINALS, weekdays)
    schedule.byday = draw(listed(weekdays))
    schedule.dtstart = draw(st.sampled_from([None, first]))
    schedule.until = draw(st.sampled_from([None, last]))
    return schedule


def occurrences(schedule: Schedule) -> list[tuple[datetime, datetime]]:
    """From when to when it is open, in local time, in the months around the moments judged."""
    start = schedule.dtstart or date(2026, 9, 1)
    end = schedule.until or date(2027, 3, 1)
    opens, closes = (
        timedelta(hours=int(time[:2]), minutes=int(time[3:]))
        for time in (schedule.opens_at, schedule.closes_at)
    )
    if closes <= opens:
        closes += timedelta(days=1)
    month_days = schedule.bymonthday and [int(day) for day in schedule.bymonthday.split(",")]
    rule = rrule(
        WEEKLY if schedule.freq == "WEEKLY" else MONTHLY,
        dtstart=datetime(start.year, start.month, start.day),
        until=datetime(end.year, end.month, end.day),
        byweekday=schedule.byday and [weekday(part) for part in schedule.byday.split(",")],
        bymonthday=month_days,
    )
    return [(day + opens, day + closes) for day in rule]


def weekday(part: str) -> Any:
    day = WEEKDAYS[part[-2:]]
    return day(int(part[:-2])) if part[:-2] else day


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(schedules(), min_size=1, max_size=3),
    moments=st.lists(st.datetimes(FROM, TO), min_size=10, max_size=10),
)
def test_given_any_schedules_then_they_are_open_exactly_when_rfc_5545_says(
    rows: list[Schedule], moments: list[datetime]
) -> None:
    hours = hours_of(rows)
    assert hours is not None
    spans = [span for row in rows for span in occurrences(row)]
    edges = [edge for span in spans for edge in span if FROM <= edge <= TO][::11]
    for moment in [*moments, *edges, *(edge - timedelta(minutes=1) for edge in edges)]:
        expected = any(opens <= moment < closes for opens, closes in spans)
        aware = moment.replace(tzinfo=ZoneInfo("Etc/GMT-3"))
        assert opening_at(aware, *hours, None).open_now is expected, (hours, moment)
