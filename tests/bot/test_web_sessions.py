"""Tokens, choices and limits of the web channel (W2, W3)."""

from base64 import urlsafe_b64decode
from http import HTTPStatus

import pytest

from bot.channels.choices import ChoiceSeal
from bot.channels.problems import Problem
from bot.channels.sessions import SessionLimits, Sessions
from bot.channels.turn import heard_text

KEY = b"a key for tests only"


def test_given_an_opened_session_then_its_token_finds_it_and_hides_the_sender() -> None:
    sessions = Sessions(KEY, SessionLimits())
    token, session = sessions.open("203.0.113.9")
    assert sessions.find(token) is session
    assert session.sender_id not in token and token not in session.sender_id


@pytest.mark.parametrize("forged", ["", "x", "a.b", "é" * 40])
def test_given_a_forged_token_then_401(forged: str) -> None:
    with pytest.raises(Problem) as caught:
        Sessions(KEY, SessionLimits()).find(forged)
    assert caught.value.status == HTTPStatus.UNAUTHORIZED


def test_given_a_token_signed_with_another_key_then_401() -> None:
    token, _ = Sessions(b"another key", SessionLimits()).open("203.0.113.9")
    with pytest.raises(Problem):
        Sessions(KEY, SessionLimits()).find(token)


def test_given_an_idle_or_closed_session_then_401() -> None:
    idle = Sessions(KEY, SessionLimits(minutes=0))
    token, _ = idle.open("203.0.113.9")
    with pytest.raises(Problem):
        idle.find(token)
    live = Sessions(KEY, SessionLimits())
    token, session = live.open("203.0.113.9")
    live.close(session)
    with pytest.raises(Problem):
        live.find(token)


def test_given_too_many_messages_then_429_with_a_time_to_wait() -> None:
    sessions = Sessions(KEY, SessionLimits(messages_per_minute=3))
    _, session = sessions.open("203.0.113.9")
    for _ in range(3):
        sessions.admit_message(session)
    with pytest.raises(Problem) as caught:
        sessions.admit_message(session)
    assert caught.value.status == HTTPStatus.TOO_MANY_REQUESTS
    assert caught.value.retry_after


def test_given_too_many_sessions_from_one_address_then_others_still_get_one() -> None:
    sessions = Sessions(KEY, SessionLimits(sessions_per_address_per_hour=2))
    sessions.open("203.0.113.9")
    sessions.open("203.0.113.9")
    with pytest.raises(Problem):
        sessions.open("203.0.113.9")
    sessions.open("203.0.113.10")


def test_given_a_choice_then_only_its_own_conversation_can_use_it() -> None:
    seal = ChoiceSeal(KEY)
    choice = seal.seal("anna", '/inform_country{"country": "PE"}')
    assert "inform_country" not in choice
    assert b"inform_country" not in urlsafe_b64decode(choice)
    assert seal.open("anna", choice) == '/inform_country{"country": "PE"}'
    with pytest.raises(Problem):
        seal.open("berta", choice)


@pytest.mark.parametrize("forged", ["", "/restart", "gAAAA", "é", "a" * 500])
def test_given_a_choice_that_was_not_offered_then_422(forged: str) -> None:
    with pytest.raises(Problem) as caught:
        ChoiceSeal(KEY).open("anna", forged)
    assert caught.value.status == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("/restart", "restart"),
        ('/inform{"country":"XX"}', 'inform{"country":"XX"}'),
        ("  // erase", "erase"),
        ("he\x00lp\x07 me", "help me"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_given_a_command_or_control_characters_then_only_text_is_heard(
    written: str, text: str
) -> None:
    assert heard_text(written).text == text


@pytest.mark.parametrize("written", ["/", "///", "\x00\x01", " / "])
def test_given_nothing_readable_then_it_counts_as_not_understood(written: str) -> None:
    assert heard_text(written).payload == "/nlu_fallback"
