"""Answers may be kept for a minute, and are not sent again while nothing has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from directory.database import open_engine, open_transaction
from tests.admin import hsds_directory
from tests.admin.hsds_directory import uid

Serve = Callable[[str], AbstractContextManager[httpx.Client]]
ONE = f"/hsds/services/{uid('service', 'one')}"
MODIFIED = "Sun, 01 Mar 2026 12:30:15 GMT"
PATHS = [
    "/hsds/",
    "/hsds/services",
    ONE,
    "/hsds/organizations",
    f"/hsds/organizations/{uid('organization', 'open')}",
    "/hsds/service_at_locations",
    f"/hsds/service_at_locations/{uid('sal', 'one')}",
    "/hsds/taxonomies",
    "/hsds/taxonomy_terms",
    "/hsds/openapi.json",
    "/hsds/docs",
]


@pytest.fixture
def changing(tmp_path: Path, serve: Serve) -> Iterator[tuple[httpx.Client, Engine]]:
    """A directory to change, and its API."""
    url = f"sqlite:///{tmp_path / 'directory.sqlite3'}"
    engine = open_engine(url)
    hsds_directory.fill(engine)
    with serve(url) as client:
        yield client, engine
    engine.dispose()


def change(engine: Engine, statement: str) -> None:
    """Change the directory."""
    with open_transaction(engine) as connection:
        connection.execute(text(statement), {"one": uid("service", "one")})


@pytest.mark.parametrize("path", PATHS)
def test_given_the_tag_of_an_answer_then_it_is_not_sent_again(
    rich: httpx.Client, path: str
) -> None:
    first = rich.get(path)
    assert first.headers["cache-control"] == "public, max-age=60"
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = rich.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "public, max-age=60"
        assert again.headers["x-content-type-options"] == "nosniff"
    for other in ('W/"other"', '"' + "0" * 32 + '"', "nonsense"):
        assert rich.get(path, headers={"If-None-Match": other}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_given_head_then_headers_come_without_content(rich: httpx.Client, path: str) -> None:
    got, head = rich.get(path), rich.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "cache-control"):
        assert head.headers[name] == got.headers[name]


def test_given_a_list_when_a_service_leaves_it_then_the_tag_changes_and_a_date_does_not_count(
    changing: tuple[httpx.Client, Engine],
) -> None:
    client, engine = changing
    first = client.get("/hsds/services")
    assert first.headers["last-modified"] == MODIFIED
    change(engine, "UPDATE service SET vetting_state = 'withdrawn' WHERE id = :one")
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get("/hsds/services", headers=known).json()["total_items"] == 1
    dated = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get("/hsds/services", headers=dated).json()["total_items"] == 1


def test_given_a_single_service_then_its_date_counts(
    changing: tuple[httpx.Client, Engine],
) -> None:
    client, engine = changing

    def status(since: str) -> int:
        return client.get(ONE, headers={"If-Modified-Since": since}).status_code

    assert client.get(ONE).headers["last-modified"] == MODIFIED
    assert status(MODIFIED) == 304
    assert status("Sun, 01 Mar 2026 12:30:16 GMT") == 304
    assert status("Sun, 01 Mar 2026 12:30:14 GMT") == 200
    assert status("yesterday") == 200
    assert status("Sun, 01 Mar 2026 12:30:15 -0000") == 200
    change(engine, "UPDATE service SET last_modified = '2026-03-02 00:00:00' WHERE id = :one")
    assert status(MODIFIED) == 200
    change(engine, "UPDATE service SET vetting_state = 'withdrawn' WHERE id = :one")
    assert status("Sun, 01 Mar 2037 12:30:15 GMT") == 404


def test_given_a_tag_and_a_date_then_the_tag_decides(rich: httpx.Client) -> None:
    headers = {"If-None-Match": '"other"', "If-Modified-Since": "Sun, 01 Mar 2037 00:00:00 GMT"}
    assert rich.get(ONE, headers=headers).status_code == 200


def test_given_a_program_on_a_web_page_then_it_may_read_everything(rich: httpx.Client) -> None:
    for path in (*PATHS, "/hsds/services/none", "/hsds/nothing", "/hsds/services?page=0"):
        assert rich.get(path).headers["access-control-allow-origin"] == "*"
    asked = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = rich.options("/hsds/services", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_given_pages_for_people_then_web_pages_may_not_read_them(rich: httpx.Client) -> None:
    assert "access-control-allow-origin" not in rich.get("/").headers


def test_given_a_large_answer_then_it_travels_compressed(rich: httpx.Client) -> None:
    plain = rich.get("/hsds/taxonomy_terms", headers={"Accept-Encoding": "identity"})
    small = rich.get("/hsds/taxonomy_terms", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.json() == plain.json()
    assert "Accept-Encoding" in small.headers["vary"]
    assert "Accept-Encoding" in plain.headers["vary"]
    assert small.headers["etag"] == plain.headers["etag"]
