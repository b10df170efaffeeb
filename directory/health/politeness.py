"""How Handrail behaves as a visitor of other people's sites: slowly, patiently and by name.

robots.txt is not asked: it is for crawlers that discover pages by following links (RFC 9309).
Here nothing is discovered. Each address was put into the directory by a person, and it is opened
at most once a week, as that person would, under a name that says who asks and why.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from importlib.metadata import version

_PURPOSE = "checks the web addresses in a directory of help services"


@dataclass(frozen=True)
class Manners:
    """How addresses are called; all times are in seconds.

    `contact` is an e-mail or web address for those who wonder who calls them. `pause` is kept
    between two requests to a host, `together` is how many hosts are called at once. A request
    gets `connect_seconds` to connect and `request_seconds` in all. `tries` counts GET requests;
    between them the wait doubles from `first_wait`, and a site may ask for up to `longest_wait`.
    `allowed_networks` (CIDR) may be called although they are not public, and `tls` replaces the
    usual certificate authorities.
    """

    contact: str | None = None
    pause: float = 1.0
    together: int = 8
    connect_seconds: float = 10.0
    request_seconds: float = 30.0
    tries: int = 3
    first_wait: float = 1.0
    longest_wait: float = 60.0
    allowed_networks: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        contact = self.contact or ""
        if not (contact.isascii() and contact.isprintable()):
            raise ValueError("the contact must be an e-mail or web address in ASCII characters")

    @property
    def user_agent(self) -> str:
        """The name under which Handrail calls: what it is, what for, and whom to ask."""
        about = f"{_PURPOSE}; {self.contact}" if self.contact else _PURPOSE
        return f"Handrail/{version('handrail')} ({about})"


class Turns:
    """One request at a time to each host with a pause between, and not too many in all."""

    def __init__(self, manners: Manners) -> None:
        self._pause = manners.pause
        self._all = asyncio.Semaphore(manners.together)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def take(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it."""
        async with self._hosts.setdefault(host, asyncio.Lock()):
            # Somebody may postpone the host again while we wait.
            while (wait := self._free_at.get(host, 0.0) - _clock()) > 0:
                await asyncio.sleep(wait)
            try:
                async with self._all:
                    yield
            finally:
                self.postpone(host, self._pause)

    def postpone(self, host: str, seconds: float) -> None:
        """Leave the host alone for at least that long from now."""
        self._free_at[host] = max(self._free_at.get(host, 0.0), _clock() + seconds)


def backoff(failures: int, first: float) -> float:
    """Seconds to wait after so many failures: doubling, and spread so that calls do not meet."""
    return float(first * 2 ** (failures - 1) * random.uniform(0.5, 1.5))


def retry_after(value: str | None) -> float | None:
    """The seconds that a Retry-After header asks for, as number or date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    seconds = value.strip()
    if seconds.isascii() and seconds.isdecimal():
        return float(seconds)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def _clock() -> float:
    return asyncio.get_running_loop().time()
