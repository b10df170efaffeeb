"""The admin process over real HTTP: page for people, health, failure, headers, start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from admin.settings import AdminSettings, from_environment
from directory.database import open_engine, upgrade
from tests.starter_data import SERVICES

NOTICE = "demonstration data, check before use"
AssertProblem = Callable[[httpx.Response, int], dict[str, Any]]
Serve = Callable[[str], AbstractContextManager[httpx.Client]]


@pytest.fixture
def broken(tmp_path: Path, serve: Serve) -> Iterator[httpx.Client]:
    """No directory at all."""
    with serve(f"sqlite:///{tmp_path / 'nowhere' / 'directory.sqlite3'}") as client:
        yield client


# The page for people


class Outline(HTMLParser):
    """Collects tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(attrs)


def test_given_a_demonstration_then_the_page_says_so_and_counts(demo: httpx.Client) -> None:
    response = demo.get("/")
    assert response.status_code == 200
    assert NOTICE in response.text
    assert f"<dd>{SERVICES}</dd>" in response.text
    outline = Outline()
    outline.feed(response.text)
    assert {"h1", "main", "header", "table", "caption"} <= set(outline.tags)
    assert not {"script", "style", "img", "iframe"} & set(outline.tags)
    assert outline.attributes["lang"] == "en"


def test_given_a_real_directory_then_the_page_has_no_demonstration_notice(
    real: httpx.Client,
) -> None:
    page = real.get("/").text
    assert "demonstration" not in page
    assert f"draft</th><td>{SERVICES - 1}<" in page


# Health, failure, headers


def test_given_a_directory_then_health_is_ok(demo: httpx.Client) -> None:
    response = demo.get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "services": SERVICES, "demonstration": True}


def test_given_no_directory_then_health_tells_why_and_everything_answers(
    broken: httpx.Client, assert_problem: AssertProblem
) -> None:
    health = broken.get("/health")
    assert health.status_code == 503
    assert health.json()["reasons"] == ["the database does not answer (OperationalError)"]
    problem = assert_problem(broken.get("/hsds/services"), 503)
    assert "cannot be read now" in problem["detail"]
    page = broken.get("/")
    assert page.status_code == 503
    assert "cannot be read now" in page.text


def test_given_the_directory_comes_up_later_then_health_is_ok_without_a_restart(
    tmp_path: Path, serve: Serve
) -> None:
    url = f"sqlite:///{tmp_path / 'directory.sqlite3'}"
    with serve(url) as client:
        assert client.get("/health").status_code == 503
        upgrade(open_engine(url))
        assert client.get("/health").json()["services"] == 0


@pytest.mark.parametrize("path", ["/", "/health", "/hsds/services", "/nothing"])
def test_given_any_answer_then_it_carries_the_security_headers(
    demo: httpx.Client, path: str
) -> None:
    headers = demo.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


# The process itself


def test_given_no_variables_then_the_default_holds_and_otherwise_the_variable() -> None:
    assert from_environment({}) == AdminSettings("sqlite:///var/directory.sqlite3")
    given = {"HANDRAIL_DIRECTORY_URL": "sqlite:///x.sqlite3"}
    assert from_environment(given) == AdminSettings("sqlite:///x.sqlite3")


def test_when_started_as_a_process_then_it_serves_the_directory_named_in_the_environment(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'directory.sqlite3'}"
    upgrade(open_engine(url))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "admin", "--port", port]
    environment = {**os.environ, "HANDRAIL_DIRECTORY_URL": url}
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE) as process:
        try:
            assert answer(f"http://127.0.0.1:{port}/health", process).json()["status"] == "ok"
        finally:
            process.terminate()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def answer(address: str, process: subprocess.Popen[bytes]) -> httpx.Response:
    """The first answer of a process that is starting."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            return httpx.get(address)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError("the process does not answer")
