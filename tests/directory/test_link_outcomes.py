"""What the check says of an address: real calls to real sites on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from directory.errors import BadDataError
from directory.health.domains import registrable
from directory.health.fetch import PAGE_BYTES, Answer, NoAnswer, open_fetcher
from directory.health.outcome import LinkResult, judge
from directory.health.parked import SIGNS_FILE, ParkingSigns
from directory.health.politeness import Manners
from tests.directory.link_site import (
    Site,
    for_get_only,
    html,
    in_turn,
    quick_manners,
    redirect,
    running_site,
    status,
)

SIGNS = ParkingSigns.load()
AT = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)


def look(url: str, manners: Manners | None = None) -> LinkResult:
    """Open one address and judge it."""

    async def run() -> LinkResult:
        async with open_fetcher(manners or quick_manners()) as fetcher:
            return judge(url, await fetcher.fetch(url), SIGNS, AT)

    return asyncio.run(run())


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def test_given_a_page_that_is_there_then_it_is_ok_and_read_once(site: Site) -> None:
    site.pages["/help"] = html()
    found = look(site.address("/help"))
    assert (found.outcome, found.status, found.final_url, found.detail) == ("ok", 200, None, None)
    assert site.calls == [("HEAD", "/help"), ("GET", "/help")]
    assert found.checked == AT


def test_given_a_file_that_is_there_then_it_is_not_loaded(site: Site) -> None:
    site.pages["/help.pdf"] = status(200, content_type="application/pdf")
    assert look(site.address("/help.pdf")).outcome == "ok"
    assert site.calls == [("HEAD", "/help.pdf")]


@pytest.mark.parametrize("code", [405, 403, 501, 404, 500])
def test_given_a_server_that_answers_head_wrongly_then_get_decides(site: Site, code: int) -> None:
    site.pages["/"] = for_get_only(html(), code)
    assert look(site.address("/")).outcome == "ok"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (404, "not_found"),
        (410, "not_found"),
        (401, "refused"),
        (403, "refused"),
        (406, "refused"),
        (429, "refused"),
        (500, "server_error"),
        (503, "server_error"),
        (300, "server_error"),
    ],
)
def test_given_a_status_then_it_has_its_outcome(site: Site, code: int, outcome: str) -> None:
    site.pages["/"] = status(code)
    found = look(site.address("/"))
    assert (found.outcome, found.status) == (outcome, code)


def test_given_errors_that_pass_then_the_last_answer_counts(site: Site) -> None:
    site.pages["/"] = in_turn(status(500), status(503), html())
    assert look(site.address("/")).outcome == "ok"
    assert [method for method, _ in site.calls] == ["HEAD", "GET", "GET", "GET"]


def test_given_errors_that_stay_then_it_gives_up_after_its_tries(site: Site) -> None:
    site.pages["/"] = status(500)
    assert look(site.address("/"), quick_manners(tries=2)).outcome == "server_error"
    assert [method for method, _ in site.calls] == ["HEAD", "GET", "GET"]


def test_given_a_site_that_asks_to_wait_then_it_waits_that_long(site: Site) -> None:
    site.pages["/"] = in_turn(for_get_only(status(429, retry_after="1")), html())
    assert look(site.address("/")).outcome == "ok"
    before, after = site.times[-2:]
    assert after - before >= 1.0


def test_given_a_site_that_asks_to_wait_for_an_hour_then_it_is_left_alone(site: Site) -> None:
    site.pages["/"] = status(429, retry_after="3600")
    assert look(site.address("/")).outcome == "refused"
    assert len(site.calls) == 1


def test_given_a_slow_site_then_it_is_unreachable_after_the_time_out(site: Site) -> None:
    async def sleepy(request: Request) -> Response:
        await asyncio.sleep(60)
        return HTMLResponse("too late")

    site.pages["/"] = sleepy
    found = look(site.address("/"), quick_manners(request_seconds=0.2, tries=1))
    assert found.outcome == "unreachable"
    assert found.detail is not None
    assert "0.2 seconds" in found.detail or "in time" in found.detail


def test_given_a_page_that_drips_for_ever_then_it_is_unreachable(site: Site) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"."
            await asyncio.sleep(0.05)

    async def page(request: Request) -> Response:
        return StreamingResponse(drip(), media_type="text/html")

    site.pages["/"] = for_get_only(page)
    found = look(site.address("/"), quick_manners(request_seconds=0.5, tries=1))
    assert (found.outcome, found.detail) == ("unreachable", "does not answer within 0.5 seconds")


def test_given_an_endless_page_then_only_its_beginning_is_read(site: Site) -> None:
    left = threading.Event()

    async def page(request: Request) -> Response:
        async def endless() -> AsyncIterator[bytes]:
            while not await request.is_disconnected():
                yield b"x " * 8 * 1024
            left.set()

        return StreamingResponse(endless(), media_type="text/html")

    site.pages["/"] = for_get_only(page)

    async def read() -> Answer | NoAnswer:
        async with open_fetcher(quick_manners()) as fetcher:
            return await fetcher.fetch(site.address("/"))

    found = asyncio.run(read())
    assert isinstance(found, Answer)
    assert len(found.page) == PAGE_BYTES
    assert left.wait(10), "the connection stayed open"


def test_given_a_status_outside_the_standard_then_the_site_refuses_programs() -> None:
    answer = Answer(999, "https://social.example/", "", None)
    assert judge("https://social.example/", answer, SIGNS, AT).outcome == "refused"


def test_given_a_packed_page_then_it_is_not_unpacked(site: Site) -> None:
    site.pages["/"] = status(200, content_type="text/html", content_encoding="gzip")
    assert look(site.address("/")).outcome == "ok"


def test_given_nothing_listens_then_it_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        found = look(url)
    assert (found.outcome, found.status) == ("unreachable", None)


def test_given_a_name_that_does_not_exist_then_it_is_unreachable() -> None:
    assert look("https://no-such-host.invalid/help", quick_manners(tries=1)).outcome == (
        "unreachable"
    )


@pytest.mark.parametrize(
    "url",
    [
        "mailto:help@example.org",
        "ftp://example.org/x",
        "www.example.org",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "https://exa mple.org",
        "file:///etc/passwd",
        "",
    ],
)
def test_given_no_http_address_then_nothing_is_called(url: str) -> None:
    found = look(url)
    assert found.outcome == "unreachable"
    assert found.detail is not None
    assert "address" in found.detail or "host" in found.detail


def test_given_space_around_an_address_then_it_is_opened_all_the_same(site: Site) -> None:
    site.pages["/"] = html()
    found = look(f" {site.address('/')}\n")
    assert (found.outcome, found.final_url) == ("ok", None)


def test_given_a_redirect_inside_the_site_then_it_is_ok_and_noted(site: Site) -> None:
    site.pages["/help"] = redirect("/help/", 301)
    site.pages["/help/"] = html()
    found = look(site.address("/help"))
    assert (found.outcome, found.detail) == ("ok", None)
    assert found.final_url == site.address("/help/")


@pytest.mark.parametrize("home", ["/", "/en/", "/index.html", "/de-ch"])
def test_given_a_page_that_leads_home_then_there_is_a_hint(site: Site, home: str) -> None:
    site.pages["/help/for/children"] = redirect(home)
    site.pages[home] = html()
    found = look(site.address("/help/for/children"))
    assert found.outcome == "ok"
    assert found.detail == "leads to the home page; the page itself may be gone"


def test_given_a_home_page_that_leads_to_a_language_then_there_is_no_hint(site: Site) -> None:
    site.pages["/"] = redirect("/en/")
    site.pages["/en/"] = html()
    assert look(site.address("/")).detail is None


def test_given_a_redirect_to_another_domain_then_it_moved(site: Site) -> None:
    site.pages["/old"] = redirect(site.address("/new", host="localhost"))
    site.pages["/new"] = html()
    found = look(site.address("/old"))
    assert (found.outcome, found.status) == ("moved", 200)
    assert found.final_url == site.address("/new", host="localhost")
    assert found.detail == "leads to localhost now"


def test_given_a_redirect_to_a_missing_page_elsewhere_then_it_is_not_found(site: Site) -> None:
    site.pages["/old"] = redirect(site.address("/gone", host="localhost"))
    assert look(site.address("/old")).outcome == "not_found"


def test_given_redirects_in_a_circle_then_it_ends(site: Site) -> None:
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = redirect("/a")
    found = look(site.address("/a"))
    assert (found.outcome, found.detail) == ("unreachable", "redirects without end")
    assert len(site.calls) == 11


def test_given_a_site_that_waits_for_its_cookie_then_it_works_as_in_a_browser(site: Site) -> None:
    async def page(request: Request) -> Response:
        if "seen" in request.cookies:
            return HTMLResponse("We listen.")
        return Response(status_code=302, headers={"location": "/", "set-cookie": "seen=1"})

    site.pages["/"] = page
    assert look(site.address("/")).outcome == "ok"


@pytest.mark.parametrize("target", ["ftp://example.org/", "http://[", "mailto:a@example.org"])
def test_given_a_redirect_to_no_web_address_then_it_is_unreachable(site: Site, target: str) -> None:
    site.pages["/"] = redirect(target)
    assert look(site.address("/")).outcome == "unreachable"


@pytest.mark.parametrize(
    "page",
    [
        "<title>example.org - This Domain is For Sale!</title><p>x</p>",
        "<title>example.org</title><h1>Buy this domain</h1>",
        "<title>x</title><p>This web page is parked FREE, courtesy of a registrar.</p>",
        "<p>Este domínio está à venda</p>",
        '<html><body><script src="//img.sedoparking.com/js/a.js"></script></body></html>',
        '<iframe src="https://ww1.parklogic.com/x"></iframe>',
    ],
)
def test_given_the_page_of_a_seller_then_it_is_parked(site: Site, page: str) -> None:
    site.pages["/"] = html(page)
    found = look(site.address("/"))
    assert found.outcome == "parked"
    assert found.detail


@pytest.mark.parametrize(
    "page",
    [
        "<title>Help</title><p>We listen. Parking is free in front of the house.</p>",
        "<title>Online safety</title>" + "<p>Some words of ours.</p>" * 100 + "Buy this domain",
        "<title>Help</title><script>var a = 'buy this domain'</script>",
        '<p>Help</p><script src="http://[broken"></script>',
        "",
        "<",
    ],
)
def test_given_a_page_with_something_to_say_then_it_is_not_parked(site: Site, page: str) -> None:
    site.pages["/"] = html(page)
    assert look(site.address("/")).outcome == "ok"


@pytest.mark.parametrize("code", [200, 403, 404])
def test_given_a_redirect_to_a_seller_then_it_is_parked_whatever_the_status(code: int) -> None:
    answer = Answer(code, "https://www.hugedomains.com/domain_profile.cfm?d=x", "", None)
    assert judge("https://helpline.example/", answer, SIGNS, AT).outcome == "parked"


def test_given_a_host_that_only_sounds_like_a_seller_then_it_is_not_parked() -> None:
    answer = Answer(200, "https://www.jordan.com/", "", None)
    assert judge("https://www.jordan.com/", answer, SIGNS, AT).outcome == "ok"


def test_given_http_that_became_https_with_www_then_it_is_the_same_site() -> None:
    answer = Answer(200, "https://www.example.org.uk/", "", None)
    found = judge("http://example.org.uk", answer, SIGNS, AT)
    assert (found.outcome, found.detail) == ("ok", None)
    assert found.final_url == "https://www.example.org.uk/"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.org", "example.org"),
        ("kids.help.example.org.uk", "example.org.uk"),
        ("example.com.br", "example.com.br"),
        ("a.example.de", "example.de"),
        ("Example.ORG.", "example.org"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_given_a_host_then_its_domain_is_what_somebody_registered(host: str, domain: str) -> None:
    assert registrable(host) == domain


def test_given_a_sign_without_reason_then_the_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "parked.yml"
    path.write_text("hosts:\n- host: example.org\nphrases: []\n", encoding="utf-8")
    with pytest.raises(BadDataError, match=r"parked\.yml, hosts/0/reason"):
        ParkingSigns.load(path)


def test_every_sign_of_the_list_is_recognised() -> None:
    content = YAML(typ="safe").load(SIGNS_FILE.read_text(encoding="utf-8"))
    for sign in content["phrases"]:
        assert SIGNS.in_page(f"<p>{sign['phrase'].upper()}!</p>"), sign
    for sign in content["hosts"]:
        assert SIGNS.in_address(f"https://ww1.{sign['host']}/x") == sign["reason"]
