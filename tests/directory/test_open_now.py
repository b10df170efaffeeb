"""Open now and opening next: midnight, time zones, daylight saving, holidays, unknown hours."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.opening import (
    is_always,
    is_expression,
    is_timezone,
    open_states,
    opening_at,
    opening_of,
    opening_value,
)

UTC = timezone.utc
DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_given_round_the_clock_then_open_even_without_time_zone() -> None:
    assert opening_at(at("2026-11-24T03:00"), "24/7", None, "US").open_now is True


@pytest.mark.parametrize("zone", [None, "Europe/Paris"])
def test_given_no_hours_then_nobody_can_say(zone: str | None) -> None:
    assert opening_at(at("2026-11-24T03:00"), None, zone, "FR").open_now is None


def test_given_hours_without_time_zone_then_nobody_can_say() -> None:
    opening = opening_at(at("2026-11-24T12:00"), "Mo-Fr 09:00-17:00", None, "US")
    assert (opening.open_now, opening.opens_at) == (None, None)


def test_given_the_same_moment_then_each_service_is_judged_in_its_own_zone() -> None:
    moment = at("2026-11-24T08:30")
    hours = "Mo-Fr 09:00-17:00"
    assert opening_at(moment, hours, "Europe/Paris", "FR").open_now is True
    assert opening_at(moment, hours, "Europe/London", "GB").open_now is False


def test_given_hours_over_midnight_then_the_small_hours_belong_to_the_evening_before() -> None:
    hours = "Fr 22:00-02:00"
    assert opening_at(at("2026-11-28T00:30"), hours, "Europe/Paris", "FR").open_now is True
    assert opening_at(at("2026-11-27T00:30"), hours, "Europe/Paris", "FR").open_now is False


def test_given_closed_then_opens_at_is_the_next_opening_in_the_services_zone() -> None:
    opening = opening_at(at("2026-11-27T20:00"), "Mo-Fr 09:00-17:00", "Europe/Paris", "FR")
    assert opening.open_now is False
    assert opening.opens_at == datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/Paris"))


def test_given_the_clock_goes_forward_then_opening_stays_at_local_time() -> None:
    hours = "Mo-Su 09:00-17:00"
    before = opening_at(at("2026-03-28T07:59"), hours, "Europe/Paris", "FR")
    after = opening_at(at("2026-03-29T06:59"), hours, "Europe/Paris", "FR")
    assert before.opens_at is not None
    assert after.opens_at is not None
    assert before.opens_at.astimezone(UTC) == at("2026-03-28T08:00")
    assert after.opens_at.astimezone(UTC) == at("2026-03-29T07:00")


def test_given_the_clock_goes_back_then_opening_stays_at_local_time() -> None:
    opening = opening_at(at("2026-10-25T07:30"), "Mo-Su 09:00-17:00", "Europe/Paris", "FR")
    assert opening.opens_at is not None
    assert opening.opens_at.astimezone(UTC) == at("2026-10-25T08:00")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        # In Paris, clocks go from 02:00 to 03:00 at 01:00 UTC.
        ("02:30-04:00", "01:00"),
        ("02:15-02:45", "01:00 the day after"),
        ("03:00-04:00", "01:00"),
    ],
)
def test_given_the_hour_that_clocks_leave_out_then_it_opens_when_clocks_are_past_it(
    hours: str, expected: str
) -> None:
    opening = opening_at(at("2026-03-29T00:30"), hours, "Europe/Paris", None)
    assert opening.opens_at is not None
    if expected.endswith("after"):
        # It has no such time on that day.
        assert opening.opens_at.astimezone(UTC) == at("2026-03-30T00:15")
    else:
        assert opening.opens_at.astimezone(UTC) == at(f"2026-03-29T{expected}")


def test_given_the_hour_that_clocks_repeat_then_hours_in_it_come_twice() -> None:
    def state(time: str) -> bool | None:
        return opening_at(at(f"2026-10-25T{time}"), "02:15-02:45", "Europe/Paris", None).open_now

    assert [state(time) for time in ("00:14", "00:15", "00:45")] == [False, True, False]
    assert [state(time) for time in ("01:14", "01:15", "01:45")] == [False, True, False]


def test_given_the_hour_that_clocks_repeat_then_opens_at_is_the_first_time_still_to_come() -> None:
    def opens_at(time: str) -> datetime:
        found = opening_at(at(f"2026-10-25T{time}"), "02:15-02:45", "Europe/Paris", None).opens_at
        assert found is not None
        return found.astimezone(UTC)

    assert opens_at("00:00") == at("2026-10-25T00:15")
    assert opens_at("00:50") == at("2026-10-25T01:15")
    assert opens_at("01:50") == at("2026-10-26T01:15")


@pytest.mark.parametrize(
    ("zone", "moment"), [("Asia/Kolkata", "03:30"), ("Asia/Kathmandu", "03:15")]
)
def test_given_a_zone_of_half_or_quarter_hours_then_nine_is_nine_there(
    zone: str, moment: str
) -> None:
    nine = at(f"2026-11-24T{moment}")
    assert opening_at(nine, "Mo-Fr 09:00-17:00", zone, None).open_now is True
    before = opening_at(nine - timedelta(minutes=1), "Mo-Fr 09:00-17:00", zone, None)
    assert before.open_now is False
    assert before.opens_at == nine


def test_given_a_person_in_another_zone_then_the_answer_is_the_same_moment() -> None:
    sydney = datetime(2026, 11, 24, 20, tzinfo=ZoneInfo("Australia/Sydney"))
    opening = opening_at(sydney, "Mo-Fr 11:00-17:00", "Europe/Paris", "FR")
    assert opening.open_now is False
    assert opening.opens_at == sydney + timedelta(hours=1)


def test_given_the_leap_day_then_it_is_open_on_it_only() -> None:
    hours = "Feb 29 10:00-12:00"
    assert opening_at(at("2028-02-29T11:00"), hours, "Africa/Abidjan", None).open_now is True
    assert opening_at(at("2027-03-01T11:00"), hours, "Africa/Abidjan", None).open_now is False
    assert opening_at(at("2028-02-28T11:00"), hours, "Africa/Abidjan", None).opens_at == at(
        "2028-02-29T10:00"
    )


def test_given_hours_by_appointment_then_the_next_opening_is_not_looked_for_for_ever() -> None:
    hours = 'Mo-Fr 09:00-17:00 unknown "by appointment"'
    opening = opening_at(at("2026-11-24T20:00"), hours, "Europe/Paris", "FR")
    assert (opening.open_now, opening.opens_at) == (False, None)


def test_given_a_holiday_of_the_country_then_closed_there_and_open_elsewhere() -> None:
    bastille_day = at("2026-07-14T10:00")
    hours = "Mo-Fr 09:00-17:00; PH off"
    french = opening_at(bastille_day, hours, "Europe/Paris", "FR")
    assert french.open_now is False
    assert french.opens_at == datetime(2026, 7, 15, 9, tzinfo=ZoneInfo("Europe/Paris"))
    assert opening_at(bastille_day, hours, "Europe/Berlin", "DE").open_now is True


def test_given_a_country_without_holiday_calendar_then_hours_are_still_judged() -> None:
    opening = opening_at(at("2026-11-24T10:00"), "Mo-Fr 09:00-17:00; PH off", "Asia/Dhaka", "ZZ")
    assert opening.open_now is True


def test_given_never_open_then_there_is_no_next_opening() -> None:
    opening = opening_at(at("2026-11-24T10:00"), "off", "Europe/Paris", "FR")
    assert (opening.open_now, opening.opens_at) == (False, None)


def test_given_hours_marked_unknown_then_nobody_can_say() -> None:
    hours = 'Mo-Fr 09:00-17:00 unknown "by appointment"'
    assert opening_at(at("2026-11-24T10:00"), hours, "Europe/Paris", "FR").open_now is None


def test_expressions_and_zones_are_recognised() -> None:
    assert is_expression("Mo-Fr 09:00-17:00; PH off")
    assert not is_expression("9 to 5")
    assert is_timezone("America/Lima")
    assert not is_timezone("Lima")
    assert not is_timezone("../etc")


@pytest.mark.parametrize("hours", ["24/7", "Mo-Su 00:00-24:00", "00:00-24:00"])
def test_given_all_hours_of_all_days_then_it_is_round_the_clock(hours: str) -> None:
    assert is_always(hours)


@pytest.mark.parametrize("hours", ["Mo-Sa 00:00-24:00", "24/7; PH off", "24/7 unknown"])
def test_given_an_exception_then_it_is_not_round_the_clock(hours: str) -> None:
    assert not is_always(hours)


@given(
    day=st.sampled_from(DAYS),
    start=st.integers(0, 23),
    hours=st.integers(1, 23),
    zone=st.sampled_from(["Europe/Paris", "America/Lima", "Asia/Kathmandu", "Pacific/Auckland"]),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_given_a_weekly_window_then_the_answer_is_that_of_the_calendar(
    day: str, start: int, hours: int, zone: str, moment: datetime
) -> None:
    aware = moment.replace(tzinfo=UTC, second=0, microsecond=0)
    expression = f"{day} {start:02d}:00-{(start + hours) % 24:02d}:00"
    opening = opening_at(aware, expression, zone, None)
    local = aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    opened = local.replace(hour=start, minute=0)
    opened -= timedelta(days=(local.weekday() - DAYS.index(day)) % 7)
    inside = any(
        begin <= local < begin + timedelta(hours=hours)
        for begin in (opened, opened - timedelta(days=7))
    )
    assert opening.open_now is inside
    if opening.opens_at is not None:
        assert opening.opens_at > aware
        assert opening.opens_at - aware <= timedelta(days=7, hours=1)
        assert opening_at(opening.opens_at, expression, zone, None).open_now is True


# States that are remembered

NAIVE = datetime(2026, 11, 24)
HOURS = st.sampled_from(
    [
        "24/7",
        "off",
        "Mo-Fr 09:00-17:00; PH off",
        "Mo-Su 22:00-02:30",
        "01:30-02:15,02:45-03:30",
        'Mo-Fr 09:00-17:00 unknown "by appointment"; Sa 10:00-12:00',
        "Feb 29 10:00-12:00",
        "2026 Nov 01-2026 Nov 30 Mo-Su 10:00-12:00; 2026 Dec 01-9999 Dec 31 unknown",
    ]
)
ZONES = st.sampled_from(
    ["Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "Etc/GMT+12"]
)
# Within hours of the moments at which the clocks of these zones change, and anywhere else.
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
    st.builds(
        lambda day, minutes: day + timedelta(minutes=minutes),
        st.sampled_from(
            [
                datetime(2026, 3, 29, 1),
                datetime(2026, 10, 25, 1),
                datetime(2026, 4, 4, 15),
                datetime(2026, 10, 3, 15),
                datetime(2026, 4, 5, 3),
                datetime(2026, 9, 6, 4),
            ]
        ),
        st.integers(-180, 180),
    ),
).map(lambda moment: moment.replace(tzinfo=UTC))


@settings(max_examples=200, deadline=None)
@given(
    hours=HOURS,
    zone=ZONES,
    moments=st.lists(MOMENTS, min_size=2, max_size=12),
    seen_from=ZONES,
)
def test_given_moments_in_any_order_then_the_states_of_a_search_are_those_of_each_service(
    hours: str, zone: str, moments: list[datetime], seen_from: str
) -> None:
    value = opening_value(hours, zone, "FR")
    for moment in moments:
        judged = opening_at(moment, hours, zone, "FR")
        there = moment.astimezone(ZoneInfo(seen_from))
        assert open_states([value], there) == {value: judged.open_now}
        assert opening_of(value, there) == judged


def test_given_no_zone_then_only_round_the_clock_hours_are_open() -> None:
    always, by_day = opening_value("24/7", None, "ZZ"), opening_value("09:00-17:00", None, "ZZ")
    noon = at("2026-11-24T12:00")
    assert open_states([always, by_day], noon) == {always: True, by_day: None}


def test_given_a_naive_moment_then_it_is_refused() -> None:
    value = opening_value("24/7", None, "ZZ")
    for judge in (opening_of, lambda value, at: open_states([value], at)):
        with pytest.raises(ValueError, match="time zone"):
            judge(value, NAIVE)
