"""Web chat sessions: signed random tokens, limits, and nothing about the person (P1).

A session is known only by its token; the address that opened it is counted as a keyed hash that
lives in this process's memory.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus

from itsdangerous import BadSignature, Signer
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.channels.problems import Problem

MAX_SESSIONS = 20_000


@dataclass
class Session:
    """One conversation over the web; `sender_id` is all that Rasa learns of it."""

    sender_id: str
    last_seen: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lives without a message, and how much it may ask."""

    minutes: float = 30
    messages_per_minute: int = 20
    sessions_per_address_per_hour: int = 600


class Sessions:
    """The live sessions of this process, the longest unused first."""

    def __init__(self, secret_key: bytes | None, limits: SessionLimits) -> None:
        """Without a `secret_key` a random one is made: tokens then end with the process."""
        self._key = secret_key or secrets.token_bytes(32)
        self._signer = Signer(self._key, salt="webchat-session", digest_method=hashlib.sha256)
        self._limits = limits
        self._live: OrderedDict[str, Session] = OrderedDict()
        # The limiter holds its storage weakly.
        self._counts = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._counts)
        self._per_session = RateLimitItemPerMinute(limits.messages_per_minute)
        self._per_address = RateLimitItemPerHour(limits.sessions_per_address_per_hour)

    @property
    def expires_in(self) -> int:
        """Seconds that a session lives without a message."""
        return int(self._limits.minutes * 60)

    def open(self, address: str) -> tuple[str, Session]:
        """Return a new token and its session.

        Raises:
            Problem: 429 if this address opened too many within the hour.
        """
        if not self._limiter.hit(self._per_address, "address", self._keyed_hash(address)):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS, "utter_problem_too_many_sessions", retry_after=600
            )
        self._forget_idle()
        token = self._signer.sign(secrets.token_urlsafe(32)).decode()
        session = Session(sender_id=self._keyed_hash(token))
        self._live[session.sender_id] = session
        if len(self._live) > MAX_SESSIONS:
            self._live.popitem(last=False)
        return token, session

    def find(self, token: str) -> Session:
        """Return the live session of a token.

        Raises:
            Problem: 401 if the token was not made here, or its session is over.
        """
        self._forget_idle()
        try:
            self._signer.unsign(token)
        except BadSignature:
            raise _no_session() from None
        session = self._live.get(self._keyed_hash(token))
        if session is None:
            raise _no_session()
        return session

    def admit_message(self, session: Session) -> None:
        """Count one message and keep the session alive.

        Raises:
            Problem: 429 if there were too many within the minute.
        """
        if not self._limiter.hit(self._per_session, "session", session.sender_id):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS, "utter_problem_too_many_messages", retry_after=20
            )
        session.last_seen = time.monotonic()
        self._live.move_to_end(session.sender_id)

    def close(self, session: Session) -> None:
        """End a session at once: its token is worth nothing from now on."""
        self._live.pop(session.sender_id, None)

    def _keyed_hash(self, value: str) -> str:
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()

    def _forget_idle(self) -> None:
        oldest_allowed = time.monotonic() - self._limits.minutes * 60
        while self._live and next(iter(self._live.values())).last_seen < oldest_allowed:
            self._live.popitem(last=False)


def _no_session() -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, "utter_problem_session_over")
