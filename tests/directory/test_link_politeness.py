"""How sites are called: one request at a time, with pauses, under a true name."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.health.politeness import Manners, Turns, backoff, retry_after

FAR = "Fri, 01 Jan 99999999999 00:00:00 GMT"


def test_given_many_who_ask_one_host_then_they_come_one_by_one_with_a_pause() -> None:
    inside = most = 0
    ends: list[float] = []
    begins: list[float] = []

    async def ask(turns: Turns) -> None:
        nonlocal inside, most
        async with turns.take("example.org"):
            begins.append(asyncio.get_running_loop().time())
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1
            ends.append(asyncio.get_running_loop().time())

    async def run() -> None:
        turns = Turns(Manners(pause=0.05))
        await asyncio.gather(*(ask(turns) for _ in range(4)))

    asyncio.run(run())
    assert most == 1
    pauses = [begin - end for begin, end in zip(begins[1:], ends[:-1], strict=True)]
    assert min(pauses) >= 0.049


def test_given_many_hosts_then_no_more_than_allowed_are_asked_at_once() -> None:
    inside = most = 0

    async def ask(turns: Turns, host: str) -> None:
        nonlocal inside, most
        async with turns.take(host):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    async def run() -> None:
        turns = Turns(Manners(together=3))
        await asyncio.gather(*(ask(turns, f"h{number}.example") for number in range(12)))

    asyncio.run(run())
    assert most == 3


def test_given_a_postponed_host_then_the_next_waits_and_other_hosts_do_not() -> None:
    async def run() -> tuple[float, float]:
        turns = Turns(Manners(pause=0))
        loop = asyncio.get_running_loop()
        begin = loop.time()
        turns.postpone("slow.example", 0.2)
        turns.postpone("slow.example", 0.1)
        async with turns.take("quick.example"):
            quick = loop.time() - begin
        async with turns.take("slow.example"):
            return quick, loop.time() - begin

    quick, slow = asyncio.run(run())
    assert quick < 0.1
    assert slow >= 0.199


def test_given_an_error_in_a_turn_then_the_host_is_free_again() -> None:
    async def run() -> None:
        turns = Turns(Manners(pause=0))
        with pytest.raises(RuntimeError):
            async with turns.take("example.org"):
                raise RuntimeError
        async with turns.take("example.org"):
            pass

    asyncio.run(asyncio.wait_for(run(), 5))


@given(st.integers(1, 8), st.floats(0.001, 10))
def test_backoff_doubles_and_stays_within_half_and_one_and_a_half(
    failures: int, first: float
) -> None:
    middle = first * 2 ** (failures - 1)
    assert 0.5 * middle <= backoff(failures, first) <= 1.5 * middle


def test_backoff_is_spread_so_that_calls_do_not_meet() -> None:
    assert len({backoff(1, 1.0) for _ in range(10)}) > 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("7", 7.0), (" 0 ", 0.0), ("soon", None), ("-5", None), ("", None), (FAR, None)],
)
def test_given_a_retry_after_header_then_its_seconds_are_read(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after(value) == seconds


def test_given_a_retry_after_date_then_the_time_until_then_is_read() -> None:
    moment = datetime.now(timezone.utc)
    later = retry_after(format_datetime(moment + timedelta(seconds=90), usegmt=True))
    assert later == pytest.approx(90, abs=2)
    assert retry_after(format_datetime(moment - timedelta(days=1), usegmt=True)) == 0.0


@example("0\x1f")
@example("٣")
@given(st.text(max_size=40))
def test_given_any_retry_after_then_reading_it_never_fails(value: str) -> None:
    seconds = retry_after(value)
    assert seconds is None or seconds >= 0


def test_the_name_says_who_calls_why_and_whom_to_ask() -> None:
    name = Manners(contact="directory@example.org").user_agent
    assert name.startswith("Handrail/")
    assert name.endswith(
        "(checks the web addresses in a directory of help services; directory@example.org)"
    )


@pytest.mark.parametrize("contact", ["jörg@example.org", "a@example.org\r\nX-Evil: 1"])
def test_given_a_contact_that_no_header_can_carry_then_it_is_refused(contact: str) -> None:
    with pytest.raises(ValueError, match="contact"):
        Manners(contact=contact)
