"""The chat page in a real browser, against the whole running stack (W2, W4, Exit and Privacy)."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

if TYPE_CHECKING:
    from tests.conftest import Stack

SESSION = "/webhooks/webchat/session"
MESSAGES = "/webhooks/webchat/messages"
THREATENED_IN_PERU = "Someone is threatening to share my photos, I live in Peru"
SUICIDAL = "I want to end my life"
EXIT_ADDRESS = "https://www.wikipedia.org/"

expect.set_options(timeout=10_000)


def open_chat(page: Page, stack: Stack, query: str = "") -> str:
    """Open the page, wait for the opening and return the session's token."""
    with page.expect_response(lambda response: response.url.endswith(SESSION)) as opened:
        page.goto(f"{stack.rasa_url}/{query}")
    expect(from_helper(page).first).to_be_visible()
    return str(opened.value.json()["token"])


def say(page: Page, words: str) -> None:
    """Write a message and wait for the answer to it."""
    box(page).fill(words)
    with page.expect_response(lambda response: response.url.endswith(MESSAGES)):
        box(page).press("Enter")
    expect(page.locator("#log > .own").last).to_have_text(f"You:{words}")
    expect(page.locator("#log > :last-child")).to_have_class(re.compile("from-helper|note"))


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your message")


def from_helper(page: Page) -> Locator:
    return page.locator("#log > .from-helper")


def choices(page: Page) -> Locator:
    return page.get_by_role("group", name="Answers you can choose").get_by_role("button")


def tab_to(page: Page, target: Locator, presses: int = 40) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} was not reached by pressing Tab {presses} times")


def leave_by_keys(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(EXIT_ADDRESS)


def status_of(stack: Stack, token: str) -> int:
    """Return how the server answers the token: 401 once the session is gone, else 400.

    The body is empty, which is refused only after the token was accepted.
    """
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(stack.rasa_url + MESSAGES, headers=headers).status_code


def assert_forgotten(stack: Stack, token: str) -> None:
    """Wait until the server has forgotten the session."""
    end = time.monotonic() + 5
    while (status := status_of(stack, token)) != httpx.codes.UNAUTHORIZED:
        assert time.monotonic() < end, f"the old token still works ({status})"


def answer_with(page: Page, **message: Any) -> None:
    """Let the server's next answers be this one message."""
    body = json.dumps({"messages": [{"text": "", "kind": "say", **message}]})

    def fulfill(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=body)

    page.route("**" + MESSAGES, fulfill)


# --- The conversation ---


def test_opening_appears_with_choices(page: Page, stack: Stack) -> None:
    open_chat(page, stack)

    expect(from_helper(page).first).to_contain_text("not a person")
    expect(choices(page).first).to_be_visible()
    expect(page).to_have_title("Chat")


def test_given_threat_and_country_in_one_message_then_a_service_with_a_phone_link_shows(
    page: Page, stack: Stack
) -> None:
    open_chat(page, stack)

    say(page, THREATENED_IN_PERU)

    cards = page.locator(".service", has=page.locator("a[href^='tel:']"))
    card = cards.filter(has_text="Checked on").first
    expect(card).to_be_visible()
    expect(card.locator("a[href^='tel:']").first).to_have_text(re.compile(r"^Call .*\d"))
    expect(card).to_contain_text("Demonstration data. Check before use.")


def test_given_country_in_the_address_then_the_session_starts_with_it(
    page: Page, stack: Stack
) -> None:
    with page.expect_request(lambda request: request.url.endswith(SESSION)) as asked:
        open_chat(page, stack, "?country=PE&entry=worried&other=1")

    assert asked.value.post_data_json == {"country": "PE", "entry": "worried"}


def test_given_unknown_country_in_the_address_then_the_chat_opens_without_it(
    page: Page, stack: Stack
) -> None:
    page.goto(f"{stack.rasa_url}/?country=ZZ")

    expect(choices(page).first).to_be_visible()


def test_given_risk_then_the_answer_stands_out_and_is_announced_once(
    page: Page, stack: Stack
) -> None:
    open_chat(page, stack)

    say(page, SUICIDAL)
    expect(page.get_by_role("alert").first).to_contain_text("Get help now")
    expect(page.locator(".emergency").first).to_be_visible()

    say(page, "thank you")
    expect(page.locator(".emergency").first).not_to_have_attribute("role", "alert")


# --- Keyboard, reading and small screens ---


def test_given_only_a_keyboard_then_leaving_comes_first_and_a_choice_can_be_made(
    page: Page, stack: Stack
) -> None:
    open_chat(page, stack)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Leave this page now")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()

    choice = choices(page).first
    label = choice.inner_text()
    tab_to(page, choice)
    page.keyboard.press("Enter")

    expect(page.locator("#log > .own")).to_have_text(f"You:{label}")
    expect(page.locator("#log > .own")).to_be_focused()
    expect(page.locator("#log > .own ~ .from-helper").first).to_be_visible()


def test_given_the_skip_link_then_the_message_box_gets_the_focus(page: Page, stack: Stack) -> None:
    open_chat(page, stack)

    tab_to(page, page.get_by_role("link", name="Skip to the message box"))
    page.keyboard.press("Enter")

    expect(box(page)).to_be_focused()


@pytest.mark.parametrize("text_size", ["100%", "200%"])
def test_given_a_narrow_screen_then_nothing_is_cut_off_sideways(
    page: Page, stack: Stack, text_size: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    open_chat(page, stack)
    page.evaluate("size => { document.documentElement.style.fontSize = size }", text_size)

    say(page, THREATENED_IN_PERU)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.get_by_role("link", name="Leave this page now")).to_be_in_viewport(ratio=1)


def test_given_no_javascript_then_the_page_says_whom_to_call(
    browser: Browser, stack: Stack
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(stack.rasa_url)

    expect(page.locator("noscript .closed")).to_be_visible()
    assert "Call the emergency number" in page.locator("noscript .closed").inner_text()
    expect(page.get_by_role("link", name="Leave this page now")).to_be_visible()
    expect(box(page)).to_be_hidden()
    context.close()


def test_given_a_script_that_does_not_arrive_then_the_page_says_whom_to_call(
    page: Page, stack: Stack
) -> None:
    page.route("**/page/chat.js", lambda route: route.abort())
    page.goto(stack.rasa_url)

    expect(page.get_by_text("The chat has not opened yet.")).to_be_visible()


# --- Leaving and erasing ---


def test_given_shift_three_times_then_the_page_is_left_and_the_session_gone(
    page: Page, stack: Stack
) -> None:
    page.goto("about:blank")
    token = open_chat(page, stack)
    say(page, THREATENED_IN_PERU)
    assert status_of(stack, token) == httpx.codes.BAD_REQUEST

    leave_by_keys(page)

    assert_forgotten(stack, token)
    page.go_back()
    assert page.url == "about:blank", "the Back button must not lead to the chat"


def test_given_the_leave_link_then_the_page_is_left_and_the_session_gone(
    page: Page, stack: Stack
) -> None:
    token = open_chat(page, stack)

    page.get_by_role("link", name="Leave this page now").click()

    page.wait_for_url(EXIT_ADDRESS)
    assert_forgotten(stack, token)


def test_given_capital_letters_then_the_page_stays(page: Page, stack: Stack) -> None:
    open_chat(page, stack)

    box(page).focus()
    for key in ("Shift+H", "Shift+E", "Shift+L", "Shift+P"):
        page.keyboard.press(key)

    expect(box(page)).to_have_value("HELP")
    assert page.url.startswith(stack.rasa_url)


def test_given_a_closed_tab_then_the_session_is_gone(page: Page, stack: Stack) -> None:
    token = open_chat(page, stack)

    page.close(run_before_unload=False)

    assert_forgotten(stack, token)


def test_given_erase_then_words_and_session_are_gone_and_a_new_chat_opens(
    page: Page, stack: Stack
) -> None:
    token = open_chat(page, stack)
    say(page, THREATENED_IN_PERU)

    page.get_by_role("button", name="Erase this chat").click()

    expect(page.get_by_text("Erased. This is a new chat.")).to_be_visible()
    expect(choices(page).first).to_be_visible()
    expect(page.locator("#log")).not_to_contain_text("Peru")
    assert_forgotten(stack, token)


def test_given_an_expired_session_then_the_page_says_so_and_the_words_are_still_answered(
    page: Page, stack: Stack
) -> None:
    token = open_chat(page, stack)
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.delete(stack.rasa_url + SESSION, headers=headers).status_code == 204

    box(page).fill(THREATENED_IN_PERU)
    box(page).press("Enter")

    expect(page.get_by_text("This is a new chat.")).to_be_visible()
    expect(page.locator(".service a[href^='tel:']").first).to_be_visible()


def test_given_no_network_then_the_page_says_so_and_trying_again_works(
    page: Page, context: BrowserContext, stack: Stack
) -> None:
    open_chat(page, stack)
    context.set_offline(True)
    box(page).fill(THREATENED_IN_PERU)
    box(page).press("Enter")
    expect(page.get_by_text("I cannot reach the helper program.")).to_be_visible()

    context.set_offline(False)
    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".service a[href^='tel:']").first).to_be_visible()
    expect(page.get_by_text("I cannot reach the helper program.")).to_be_hidden()


# --- Privacy and safety of the page itself ---


def test_given_a_conversation_then_nothing_is_stored_in_the_browser(
    page: Page, context: BrowserContext, stack: Stack
) -> None:
    open_chat(page, stack)
    say(page, THREATENED_IN_PERU)

    assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert page.evaluate("caches.keys()") == []


def test_given_a_conversation_then_no_request_leaves_the_origin_and_no_policy_is_broken(
    page: Page, stack: Stack
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    open_chat(page, stack)
    say(page, THREATENED_IN_PERU)
    say(page, SUICIDAL)

    origins = {f"{url.scheme}://{url.netloc}" for url in map(urlsplit, asked)} - {"data://"}
    assert origins == {stack.rasa_url}
    assert complaints == []


def test_page_is_served_under_a_policy_that_allows_no_inline_script(stack: Stack) -> None:
    answer = httpx.get(stack.rasa_url)

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe-inline" not in policy
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", answer.text)


def test_given_html_in_a_message_then_it_is_shown_as_text(page: Page, stack: Stack) -> None:
    hostile = "<img src=x onerror=\"document.title='broken'\"> hello"
    open_chat(page, stack)

    say(page, hostile)

    expect(page.locator("#log > .own > p")).to_have_text(hostile)
    expect(page.locator("#log img")).to_have_count(0)
    expect(page).to_have_title("Chat")


def test_given_html_and_script_addresses_in_a_service_then_they_are_harmless(
    page: Page, stack: Stack
) -> None:
    open_chat(page, stack)
    answer_with(
        page,
        text="<b>Here</b>",
        services=[
            {
                "name": "<img src=x onerror=alert(1)>",
                "phones": [{"number": "*10#;ext=javascript:", "display": "*10#"}],
                "website": "javascript:alert(1)",
                "chat_url": "data:text/html,hello",
                "whatsapp": "(61) 99611-0100",
                "email": "a@example.org?bcc=b@example.org",
            }
        ],
    )

    say(page, "hello")

    card = page.locator(".service")
    expect(card.get_by_role("heading")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#log img, #log b")).to_have_count(0)
    addresses = card.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert addresses == ["tel:*10%23"]
    expect(card).to_contain_text("WhatsApp (61) 99611-0100")


def test_given_web_addresses_in_a_service_then_they_open_apart_and_tell_nothing(
    page: Page, stack: Stack
) -> None:
    open_chat(page, stack)
    answer_with(
        page,
        services=[
            {
                "name": "A helpline",
                "phones": [{"number": "+5511 99999", "display": "(11) 99999"}],
                "sms": "887 88",
                "whatsapp": "+55 61 99611-0100",
                "chat_url": "https://chat.example.org/start?x=1",
                "website": "http://www.example.org",
                "email": "help@example.org",
                "open_now": False,
                "opens_at": "2030-01-07T14:00:00+00:00",
                "hours": "Mon-Fri 14:00-20:00",
                "languages": ["es", "qu"],
                "free": True,
                "anonymous": True,
                "verified_on": "2030-01-02",
                "demo": False,
            }
        ],
    )

    say(page, "hello")

    card = page.locator(".service")
    links = card.locator("a").evaluate_all("links => links.map(a => [a.href, a.target, a.rel])")
    assert links == [
        ["tel:+551199999", "", ""],
        ["sms:88788", "", ""],
        ["https://wa.me/5561996110100", "_blank", "noopener noreferrer"],
        ["https://chat.example.org/start?x=1", "_blank", "noopener noreferrer"],
        ["http://www.example.org/", "_blank", "noopener noreferrer"],
        ["mailto:help@example.org", "", ""],
    ]
    for fact in (
        "Closed now. Opens Monday 7 January at 09:00 your time",
        "Hours: Mon-Fri 14:00-20:00",
        "Languages: Spanish, Quechua",
        "Free",
        "You do not have to say who you are",
        "Checked on 2 January 2030.",
    ):
        expect(card).to_contain_text(fact)
    expect(card).not_to_contain_text("Demonstration")
