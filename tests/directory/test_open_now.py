"""Open now and opening next: midnight, time zones, daylight saving, holidays, unknown hours."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.opening import is_expression, is_timezone, opening_at

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


def test_given_a_naive_moment_then_it_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        opening_at(datetime(2026, 11, 24), "24/7", None, None)


def test_expressions_and_zones_are_recognised() -> None:
    assert is_expression("Mo-Fr 09:00-17:00; PH off")
    assert not is_expression("9 to 5")
    assert is_timezone("America/Lima")
    assert not is_timezone("Lima")
    assert not is_timezone("../etc")


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
