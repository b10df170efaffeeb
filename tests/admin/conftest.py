"""The admin process over real HTTP, on directories of three kinds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, text

from admin.app import create_app
from admin.server import server
from admin.settings import AdminSettings
from directory.database import open_engine, open_transaction
from directory.demonstration import create_demonstration
from directory.exchange.files import import_file
from tests.admin import hsds_directory
from tests.postgresql import postgresql_server

DATA = Path(__file__).parents[2] / "data" / "services"

Serve = Callable[[str], AbstractContextManager[httpx.Client]]


@contextmanager
def served(directory_url: str) -> Iterator[httpx.Client]:
    """The real process's server on a free loopback port."""
    app = create_app(AdminSettings(directory_url=directory_url))
    running = server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not running.started and time.monotonic() < end:
        thread.join(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            yield client
    finally:
        running.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A demonstration directory."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'directory.sqlite3'}"
    create_demonstration(open_engine(url), DATA)
    with served(url) as client:
        yield client


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A directory of drafts in which Childline alone has been verified."""
    url = f"sqlite:///{tmp_path_factory.mktemp('real') / 'directory.sqlite3'}"
    engine = open_engine(url)
    import_file(engine, DATA / "services.csv")
    with open_transaction(engine) as connection:
        verify = (
            "UPDATE service SET vetting_state = 'verified', assured_date = :day,"
            " valid_until = '2999-01-01', name = 'Childline <b>' WHERE slug = 'gb-childline'"
        )
        connection.execute(text(verify), {"day": date(2026, 1, 1)})
    with served(url) as client:
        yield client


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serves the directory at a database address."""
    return served


@pytest.fixture
def assert_problem() -> Callable[[httpx.Response, int], dict[str, Any]]:
    """Asserts that an answer is a problem document (RFC 9457) of a status; returns it."""

    def check(response: httpx.Response, status: int) -> dict[str, Any]:
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = response.json()
        assert problem["status"] == status
        assert set(problem) == {"type", "title", "status", "detail"}
        return problem

    return check


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    """Address of a PostgreSQL server with nothing in it."""
    with postgresql_server() as address:
        yield address


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes addresses of empty databases, on each kind of database."""

    def make() -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('new') / 'directory.sqlite3'}"
        address = request.getfixturevalue("postgresql_address")
        name = f"test_{uuid4().hex}"
        engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT", future=True)
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        engine.dispose()
        return f"{address}/{name}"

    return make


@pytest.fixture(scope="session")
def rich(new_url: Callable[[], str]) -> Iterator[httpx.Client]:
    """A directory in which public and hidden records hang together, on each database."""
    url = new_url()
    engine = open_engine(url)
    hsds_directory.fill(engine)
    engine.dispose()
    with served(url) as client:
        yield client
