"""The web chat's HTTP interface (contract W2): sessions, messages, and forgetting them."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from json import dumps
from typing import Any

import pycountry
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty, json

from bot.catalogue import languages, spoken_of
from bot.channels.choices import ChoiceSeal
from bot.channels.problems import Problem, problem_document
from bot.channels.sessions import Session, SessionLimits, Sessions
from bot.channels.turn import TurnTaker, heard_text
from bot.messages import Heard, Message
from bot.privacy import configure_logging
from bot.settings import BotSettings

MAX_CHARACTERS = 1000
# A body can hold 1,000 characters of four bytes each, escaped, with room to spare.
MAX_BODY_BYTES = 16_384
ENTRIES = ("help", "deterrence", "report", "worried")


class WebChatInput(InputChannel):
    """Rasa input channel `webchat`."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which is also its path under /webhooks/."""
        return "webchat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WebChatInput":
        """Create the channel from its section of credentials.yml."""
        configure_logging()
        given = credentials or {}
        limits = SessionLimits(
            minutes=given.get("session_minutes", 30),
            messages_per_minute=given.get("messages_per_minute", 20),
            sessions_per_address_per_hour=given.get("sessions_per_address_per_hour", 600),
        )
        secret_key = BotSettings.from_environment().secret_key
        turns = TurnTaker(cls.name(), given.get("deadline_seconds", 3))
        return cls(Sessions(secret_key, limits), ChoiceSeal(secret_key), turns)

    def __init__(self, sessions: Sessions, seal: ChoiceSeal, turns: TurnTaker) -> None:
        """Create the channel over its parts."""
        self._sessions = sessions
        self._seal = seal
        self._turns = turns

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes; turns go to the agent itself, which also understands texts."""
        routes = Blueprint("webchat")

        # Sanic marks its handlers, so that they must be functions, not bound methods.
        @routes.post("/session")
        async def _open_session(request: Request) -> HTTPResponse:
            return await self._open_session(request)

        @routes.delete("/session")
        async def close_session(request: Request) -> HTTPResponse:
            return await self._close_session(request)

        @routes.post("/messages")
        async def receive_message(request: Request) -> HTTPResponse:
            return await self._receive_message(request)

        @routes.exception(Problem)
        async def answer_problem(request: Request, problem: Problem) -> HTTPResponse:
            language = spoken_of(request.headers.get("Accept-Language", ""))
            sentence = await self._turns.say(problem.response, language, **problem.variables)
            return problem_document(problem, sentence.text)

        return routes

    async def _open_session(self, request: Request) -> HTTPResponse:
        """Open a session and answer with the opening messages."""
        body = _json_object(request, required=False)
        start = _opening(body, request.headers.get("Accept-Language", ""))
        token, session = self._sessions.open(request.remote_addr or request.ip)
        messages = await self._turns.take_turn(_agent(request), session.sender_id, start)
        answer = {
            "token": token,
            "expires_in": self._sessions.expires_in,
            "messages": self._rendered(session, messages),
        }
        return json(answer, HTTPStatus.CREATED, headers={"Cache-Control": "no-store"})

    async def _receive_message(self, request: Request) -> HTTPResponse:
        """Answer a text or a choice."""
        session = self._session(request)
        body = _json_object(request)
        self._sessions.admit_message(session)
        heard = self._heard(session, body)
        messages = await self._turns.take_turn(_agent(request), session.sender_id, heard)
        return json(
            {"messages": self._rendered(session, messages)}, headers={"Cache-Control": "no-store"}
        )

    async def _close_session(self, request: Request) -> HTTPResponse:
        """Forget the session and its conversation at once.

        The conversation is asked to erase itself, so that Rasa's lock keeps a turn that is still
        running from saving it again.
        """
        session = self._session(request)
        self._sessions.close(session)
        await self._turns.take_turn(_agent(request), session.sender_id, Heard(payload="/erase"))
        return empty()

    def _session(self, request: Request) -> Session:
        return self._sessions.find(request.token or "")

    def _heard(self, session: Session, body: dict[str, Any]) -> Heard:
        text, choice = body.get("text"), body.get("choice")
        if isinstance(choice, str) and text is None:
            return Heard(payload=self._seal.open(session.sender_id, choice))
        if text is None and choice is None:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "utter_problem_only_words")
        if not isinstance(text, str) or choice is not None:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "utter_problem_body")
        if not text.strip():
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "utter_problem_empty")
        if len(text) > MAX_CHARACTERS:
            raise _too_long()
        return heard_text(text)

    def _rendered(self, session: Session, messages: list[Message]) -> list[dict[str, Any]]:
        return [
            {
                "text": message.text,
                "choices": [
                    {"id": self._seal.seal(session.sender_id, b.payload), "label": b.label}
                    for b in message.buttons
                ],
                "services": list(message.services),
                "kind": message.kind,
            }
            for message in messages
        ]


def _agent(request: Request) -> Agent | None:
    return getattr(request.app.ctx, "agent", None)


def _json_object(request: Request, required: bool = True) -> dict[str, Any]:
    """Return the body, read by hand because Sanic's own error would quote it."""
    if len(request.body) > MAX_BODY_BYTES:
        raise _too_long()
    if not request.body and not required:
        return {}
    try:
        body = request.json
    except Exception:
        body = None
    if not isinstance(body, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "utter_problem_body")
    return body


def _opening(body: dict[str, Any], accepted_languages: str) -> Heard:
    """Return the greeting, with what the page knows about how the person came here.

    Without a language in the body it is the browser's, as far as the bot speaks it.
    """
    values: dict[str, str] = {}
    language = body.get("language") or spoken_of(accepted_languages)
    if language and language not in languages():
        raise _unknown("language", f"one of: {', '.join(languages())}")
    if language:
        values["language"] = language
    if country := body.get("country"):
        if not isinstance(country, str) or not pycountry.countries.get(alpha_2=country):
            raise _unknown("country", "a two-letter code of ISO 3166-1, like PE")
        values["country"] = country.upper()
    if entry := body.get("entry"):
        if entry not in ENTRIES:
            raise _unknown("entry", f"one of: {', '.join(ENTRIES)}")
        values["entry"] = entry
    return Heard(payload="/greet" + (dumps(values) if values else ""))


def _unknown(name: str, expected: str) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "utter_problem_unknown_value",
        name=name,
        expected=expected,
    )


def _too_long() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "utter_problem_too_long", limit=MAX_CHARACTERS
    )
