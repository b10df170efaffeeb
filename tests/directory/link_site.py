"""Web sites on loopback for the link check: each page answers as told, and every call is noted."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from directory.health.politeness import Manners

Page = Callable[[Request], Awaitable[Response]]

LOOPBACK = ("127.0.0.0/8", "::1/128")

METHODS = ["GET", "HEAD"]


def quick_manners(**changes: object) -> Manners:
    """Manners for sites of our own: no pauses, short waits, loopback allowed."""
    values: dict[str, object] = {
        "pause": 0.0,
        "first_wait": 0.01,
        "longest_wait": 2.0,
        "allowed_networks": LOOPBACK,
    }
    return Manners(**{**values, **changes})  # type: ignore[arg-type]


@dataclass
class Site:
    """A running site: `calls` (method and path) and their `times` in order, under which `names`
    (User-Agent) and for which `hosts` they came, and `most_at_once`, how many met.
    """

    port: int
    scheme: str = "http"
    pages: dict[str, Page] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)
    most_at_once: int = 0
    _inside: int = 0

    def address(self, path: str, host: str = "127.0.0.1") -> str:
        """The full address of a page."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def answer(self, request: Request) -> Response:
        """Note the call and answer as the page was told to."""
        self.calls.append((request.method, request.url.path))
        self.times.append(time.monotonic())
        self.names.add(request.headers["user-agent"])
        self.hosts.add(request.headers["host"])
        self._inside += 1
        self.most_at_once = max(self.most_at_once, self._inside)
        try:
            # Long enough for a second call to be seen inside, if somebody sends one.
            await asyncio.sleep(0.005)
            page = self.pages.get(request.url.path)
            return await page(request) if page else Response(status_code=404)
        finally:
            self._inside -= 1


def html(text: str = "<title>Help</title>We listen.") -> Page:
    """A page."""

    async def page(request: Request) -> Response:
        return HTMLResponse(text)

    return page


def status(code: int, **headers: str) -> Page:
    """Nothing but a status and headers (underscores in names stand for dashes)."""

    async def page(request: Request) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(status_code=code, headers=named)

    return page


def redirect(to: str, code: int = 302) -> Page:
    """A redirect."""
    return status(code, location=to)


def for_get_only(page: Page, code: int = 405) -> Page:
    """The page for GET, and a refusal of HEAD."""

    async def chosen(request: Request) -> Response:
        return await (page if request.method == "GET" else status(code))(request)

    return chosen


def in_turn(*pages: Page) -> Page:
    """One page after the other; the last one for all later GET requests. HEAD gets the next."""
    left = list(pages)

    async def page(request: Request) -> Response:
        current = left[0]
        if request.method == "GET" and len(left) > 1:
            left.pop(0)
        return await current(request)

    return page


@contextmanager
def running_site(certificate: tuple[Path, Path] | None = None) -> Iterator[Site]:
    """Start a site on a free port, with https if a certificate and its key are given."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    site = Site(listener.getsockname()[1], "https" if certificate else "http")
    app = Starlette(routes=[Route("/{path:path}", site.answer, methods=METHODS)])
    files = {"ssl_certfile": certificate[0], "ssl_keyfile": certificate[1]} if certificate else {}
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none", **files)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the site did not start"
            thread.join(0.01)
        yield site
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()


class Authority:
    """A certificate authority of our own, and the certificates that it gives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Test authority")
        now = datetime.now(timezone.utc)
        certificate = (
            _builder(self._name, self._key, now - timedelta(days=1), now + timedelta(days=99))
            .issuer_name(self._name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self._file = folder / "authority.pem"
        self._file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def trusting(self) -> ssl.SSLContext:
        """What a visitor uses who trusts this authority only."""
        return ssl.create_default_context(cafile=str(self._file))

    def certificate(
        self,
        name: str,
        ends: datetime,
        hosts: tuple[str, ...] = ("127.0.0.1",),
        self_signed: bool = False,
    ) -> tuple[Path, Path]:
        """Files of a certificate and its key; `ends` is when it expires."""
        key = ec.generate_private_key(ec.SECP256R1())
        own = _name(name)
        certificate = (
            _builder(own, key, ends - timedelta(days=60), ends)
            .issuer_name(own if self_signed else self._name)
            .add_extension(x509.SubjectAlternativeName(list(map(_host, hosts))), critical=False)
            .sign(key if self_signed else self._key, hashes.SHA256())
        )
        files = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return files


def _builder(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
