"""Whatever fails behind the bot, an answer with numbers comes within three seconds (S4)."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.conftest import Stack
from tests.conversations.conftest import Person

# The channel answers after 3 seconds; the rest is the way there and back on a busy machine.
PATIENCE = 4.5


@contextmanager
def broken_action_server(port: int, behaviour: str) -> Iterator[None]:
    """Something on the action server's port that hangs, or answers with garbage."""
    release = threading.Event()

    class Broken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            if behaviour == "hangs":
                release.wait(30)
                return
            body = {
                "garbage": b"<html>",
                "wrong_shape": json.dumps({"events": "no"}).encode(),
                "error": b"{}",
            }[behaviour]
            self.send_response(500 if behaviour == "error" else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    socketserver.TCPServer.allow_reuse_address = True
    server = ThreadingHTTPServer(("127.0.0.1", port), Broken)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        release.set()
        server.shutdown()
        server.server_close()


def assert_numbers_in_time(person: Person, text: str) -> None:
    start = time.monotonic()
    person.writes(text)
    assert time.monotonic() - start < PATIENCE
    assert "cannot look up services" in person.text
    assert person.kinds[-1] == "emergency"
    assert person.services


@pytest.fixture
def person_there(own_stack: Stack) -> Iterator[Person]:
    """Somebody whose country is known, chatting with a stack that will break."""
    with httpx.Client(base_url=own_stack.rasa_url, timeout=20) as client:
        yield Person(client).opens(country="KE")


@pytest.mark.parametrize("behaviour", ["down", "hangs", "garbage", "wrong_shape", "error"])
def test_given_a_broken_action_server_then_numbers_in_time_and_the_chat_goes_on(
    own_stack: Stack, person_there: Person, behaviour: str
) -> None:
    own_stack.stop("actions")
    try:
        if behaviour == "down":
            assert_numbers_in_time(person_there, "I was raped")
        else:
            with broken_action_server(own_stack.settings.action_port, behaviour):
                assert_numbers_in_time(person_there, "I was raped")
        assert "999" in person_there.text
        assert {s["country"] for s in person_there.services} <= {"KE", "ZZ"}
        assert "believe you" in person_there.text or behaviour == "hangs"
    finally:
        own_stack.start("actions")
    person_there.writes("I was raped")
    if "Me, I am 18 or older" in person_there.choices:
        person_there.taps("Me, I am 18 or older")
    assert "cannot look up" not in person_there.text
    assert person_there.services


def test_given_no_directory_then_numbers_in_time_and_a_crisis_is_still_answered_first(
    own_stack: Stack, person_there: Person
) -> None:
    database = Path(own_stack.settings.directory_url.removeprefix("sqlite:///"))
    hidden = database.with_suffix(".hidden")
    database.rename(hidden)
    own_stack.stop("actions")
    own_stack.start("actions")
    try:
        assert_numbers_in_time(person_there, "I was raped")
        person_there.writes("i want to kill myself")
        assert "Your life matters" in person_there.heard[0]["text"]
        assert "999" in person_there.heard[0]["text"]
    finally:
        database.unlink(missing_ok=True)
        hidden.rename(database)
        own_stack.stop("actions")
        own_stack.start("actions")


def test_given_the_model_is_not_loaded_then_health_says_so(own_stack: Stack) -> None:
    own_stack.stop("rasa")
    own_stack.launch("rasa")
    answers: list[tuple[int, str]] = []
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            answer = httpx.get(f"{own_stack.rasa_url}/health", timeout=5)
        except httpx.HTTPError:
            continue
        answers.append((answer.status_code, answer.text))
        if answer.status_code == 200:
            break
    assert answers[-1][0] == 200
    assert all(status == 200 or "model" in text for status, text in answers)
