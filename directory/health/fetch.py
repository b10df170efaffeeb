"""Opens one web address as politely as possible and says what came back.

A HEAD request comes first, so that files are not loaded. A page is then read with GET, at most
64 kB of it, and so is everything that HEAD did not find: many servers answer HEAD wrongly.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import httpx

from directory.health import certificates
from directory.health.politeness import Manners, Turns, backoff, retry_after
from directory.health.transport import (
    NameNotFoundError,
    PrivateAddressError,
    PublicTransport,
    Resolver,
    port_of,
    tls_error,
)

MAX_REDIRECTS = 10
PAGE_BYTES = 64 * 1024

TOO_MANY_REQUESTS = 429

# Sites send anything: whatever a request to one of them raises is that site's result.
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError)

# Error, what it means, and whether it may pass.
_TROUBLES: tuple[tuple[type[Exception], str, bool], ...] = (
    (NameNotFoundError, "there is no host of that name", False),
    (PrivateAddressError, "leads into a network that is not public; it was not called", False),
    (httpx.InvalidURL, "is not a web address", False),
    (httpx.TimeoutException, "does not answer in time", True),
    (httpx.ConnectError, "cannot be connected to", True),
)


@dataclass(frozen=True)
class Answer:
    """What a site said: HTTP status, where redirects ended, and up to 64 kB of a page's HTML.

    `certificate_expires` is the earliest end of a certificate on the way; None for plain http.
    """

    status: int
    url: str
    page: str
    certificate_expires: datetime | None


@dataclass(frozen=True)
class NoAnswer:
    """Why a site could not be asked, and at which address of its redirects that was."""

    kind: Literal["unreachable", "certificate"]
    detail: str
    url: str
    certificate_expires: datetime | None = None


@dataclass(frozen=True)
class _Reply:
    """One HTTP response."""

    status: int
    is_page: bool
    page: str
    redirect: httpx.URL | None
    retry_after: float | None
    certificate_expires: datetime | None


@dataclass
class _Way:
    """Where the redirects of one address have led so far."""

    url: httpx.URL
    redirects: int = 0
    certificate_expires: datetime | None = None

    def note(self, reply: _Reply) -> None:
        """Remember the certificate that ends first."""
        if reply.certificate_expires is not None:
            known = self.certificate_expires or reply.certificate_expires
            self.certificate_expires = min(known, reply.certificate_expires)


class _TroubleError(Exception):
    """A request without an answer; `passing` if it may get one later."""

    def __init__(
        self,
        detail: str,
        *,
        kind: Literal["unreachable", "certificate"] = "unreachable",
        passing: bool = False,
        certificate_expires: datetime | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.kind = kind
        self.passing = passing
        self.certificate_expires = certificate_expires


class Fetcher:
    """Fetches addresses; all fetches of one fetcher share the turns of hosts, and cookies.

    Cookies are kept as a browser keeps them, because some sites redirect in circles without.
    """

    def __init__(self, client: httpx.AsyncClient, resolver: Resolver, manners: Manners) -> None:
        self._client = client
        self._resolver = resolver
        self._manners = manners
        self._turns = Turns(manners)

    async def fetch(self, url: str) -> Answer | NoAnswer:
        """Open an address and follow its redirects."""
        try:
            way = _Way(httpx.URL(url.strip()))
        except httpx.InvalidURL:
            return NoAnswer("unreachable", "is not a web address", url)
        try:
            reply = await self._head(way)
            if reply is None:
                reply = await self._follow(way, "GET", self._manners.tries)
        except _TroubleError as trouble:
            expires = trouble.certificate_expires
            return NoAnswer(trouble.kind, trouble.detail, str(way.url), expires)
        return Answer(reply.status, str(way.url), reply.page, way.certificate_expires)

    async def _head(self, way: _Way) -> _Reply | None:
        """The reply to HEAD if it settles the matter: a file that is there, or a full stop."""
        try:
            reply = await self._follow(way, "HEAD", tries=1)
        except _TroubleError as trouble:
            if trouble.passing:
                return None
            raise
        is_file = 200 <= reply.status < 300 and not reply.is_page
        return reply if is_file or self._asks_too_much(reply) else None

    async def _follow(self, way: _Way, method: str, tries: int) -> _Reply:
        while True:
            reply = await self._ask(way.url, method, tries)
            way.note(reply)
            if reply.redirect is None:
                return reply
            if way.redirects == MAX_REDIRECTS:
                raise _TroubleError("redirects without end")
            way.url = reply.redirect
            way.redirects += 1

    async def _ask(self, url: httpx.URL, method: str, tries: int) -> _Reply:
        """One request, repeated while the site is in passing trouble and there are tries left."""
        if url.scheme not in ("http", "https") or not url.host:
            raise _TroubleError("is not an http or https address")
        for failures in range(1, tries + 1):
            wait = 0.0
            try:
                reply = await self._in_turn(url, method)
                if not _may_pass(reply) or self._asks_too_much(reply):
                    return reply
                wait = reply.retry_after or 0.0
            except _TroubleError as trouble:
                if not trouble.passing or failures == tries:
                    raise
            # Also after the last try: the host's other addresses are not asked sooner either.
            wait = max(wait, backoff(failures, self._manners.first_wait))
            self._turns.postpone(url.host, wait)
        return reply

    def _asks_too_much(self, reply: _Reply) -> bool:
        """Whether we are to come back so late that this run does not wait for it."""
        return _may_pass(reply) and (reply.retry_after or 0.0) > self._manners.longest_wait

    async def _in_turn(self, url: httpx.URL, method: str) -> _Reply:
        seconds = self._manners.request_seconds
        async with self._turns.take(url.host):
            try:
                return await asyncio.wait_for(self._send(url, method), seconds)
            except asyncio.TimeoutError:
                late = f"does not answer within {seconds:g} seconds"
                raise _TroubleError(late, passing=True) from None

    async def _send(self, url: httpx.URL, method: str) -> _Reply:
        try:
            async with self._client.stream(method, url) as response:
                is_page = "html" in response.headers.get("content-type", "html")
                following = response.next_request
                return _Reply(
                    status=response.status_code,
                    is_page=is_page,
                    page=await _beginning(response) if is_page and method == "GET" else "",
                    redirect=following.url if following else None,
                    retry_after=retry_after(response.headers.get("retry-after")),
                    certificate_expires=certificates.expiry(response),
                )
        except _FAILURES as error:
            raise await self._trouble(url, error) from error

    async def _trouble(self, url: httpx.URL, error: Exception) -> _TroubleError:
        tls = tls_error(error)
        if isinstance(tls, ssl.SSLCertVerificationError):
            what = certificates.problem(tls)
            expires = await self._refused_expiry(url)
            return _TroubleError(what, kind="certificate", certificate_expires=expires)
        if tls is not None:
            return _TroubleError("no secure connection can be made", passing=True)
        for kind, what, passing in _TROUBLES:
            if isinstance(error, kind):
                return _TroubleError(what, passing=passing)
        return _TroubleError("breaks off or does not speak HTTP", passing=True)

    async def _refused_expiry(self, url: httpx.URL) -> datetime | None:
        host, port = url.raw_host.decode("ascii"), port_of(url)
        try:
            address, *_ = await self._resolver.addresses(host, port)
        except httpx.ConnectError:
            return None
        return await certificates.presented_expiry(address, port, host)


@asynccontextmanager
async def open_fetcher(manners: Manners) -> AsyncIterator[Fetcher]:
    """A fetcher that only calls public addresses and those that `manners` allow."""
    resolver = Resolver(manners.allowed_networks)
    headers = {"User-Agent": manners.user_agent, "Accept-Encoding": "identity"}
    timeout = httpx.Timeout(manners.request_seconds, connect=manners.connect_seconds)
    transport = PublicTransport(manners, resolver)
    async with httpx.AsyncClient(
        transport=transport, headers=headers, timeout=timeout, trust_env=False
    ) as client:
        yield Fetcher(client, resolver, manners)


def _may_pass(reply: _Reply) -> bool:
    return reply.status == TOO_MANY_REQUESTS or 500 <= reply.status < 600


async def _beginning(response: httpx.Response) -> str:
    """The first 64 kB of a page; nothing of a packed one, which could unpack to any size."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return ""
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= PAGE_BYTES:
            break
    return body[:PAGE_BYTES].decode(response.encoding or "utf-8", errors="replace")
