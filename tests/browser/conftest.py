"""Fixtures of the browser tests: a real Chromium that can reach nothing but this machine."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1[:/])")


# One browser a module, not a session: Playwright's event loop would get in the way of the
# asynchronous tests of other folders.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile of someone in Peru; other addresses answer with an empty page."""
    context = browser.new_context(
        locale="en-GB", timezone_id="America/Lima", reduced_motion="reduce"
    )
    context.route(ELSEWHERE, _answer_elsewhere)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An open tab."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


def _answer_elsewhere(route: Route) -> None:
    route.fulfill(body="<!doctype html><title>Elsewhere</title>", content_type="text/html")
