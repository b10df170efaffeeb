"""The web channel's contract W2 and W3 over real HTTP, bad input included."""

import httpx
import pytest

from tests.conftest import Stack
from tests.conversations.conftest import Person


def problem(answer: httpx.Response, status: int) -> str:
    """Check a problem document (RFC 9457) and return its detail."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status and body["title"] and body["detail"]
    return str(body["detail"])


def test_health_is_ok(client: httpx.Client) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


def test_a_message_has_exactly_the_fields_of_the_contract(person: Person) -> None:
    person.writes("Someone is threatening to share my photos, I live in Peru")
    for message in person.heard:
        assert set(message) == {"text", "choices", "services", "kind"}
        assert message["kind"] in {"say", "services", "safety", "emergency"}
    required = {
        *("id", "name", "organization", "description", "country", "phones", "sms", "whatsapp"),
        *("chat_url", "website", "email", "open_now", "hours", "languages", "free", "anonymous"),
        *("verified_on", "demo"),
    }
    for service in person.services:
        assert required <= set(service)


def test_session_end_forgets_at_once(person: Person) -> None:
    assert person.closes().status_code == 204
    problem(person.post(text="hello"), 401)
    problem(person.closes(), 401)


@pytest.mark.parametrize("token", ["nonsense", "a.b", "é".encode().hex()])
def test_wrong_token(client: httpx.Client, token: str) -> None:
    problem(Person(client, token).post(text="hello"), 401)


def test_no_token(client: httpx.Client) -> None:
    problem(client.post("/webhooks/webchat/messages", json={"text": "hello"}), 401)
    problem(client.delete("/webhooks/webchat/session"), 401)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe"])
def test_invalid_json(person: Person, body: bytes) -> None:
    answer = person.client.post(
        "/webhooks/webchat/messages",
        content=body,
        headers={"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"},
    )
    problem(answer, 400)
    assert person.writes("hello").heard


def test_empty_text(person: Person) -> None:
    problem(person.post(text="   "), 422)
    assert person.writes("hello").heard


def test_too_long_text(person: Person) -> None:
    assert "1000" in problem(person.post(text="a" * 10_000), 413)
    assert person.writes("a" * 1000).heard


@pytest.mark.parametrize("body", [{"text": 5}, {"text": "a", "choice": "b"}, {"text": None}, {}])
def test_wrong_shape(person: Person, body: dict[str, object]) -> None:
    problem(person.post(**body), 422)


def test_picture_is_refused_with_the_reason(person: Person) -> None:
    assert "pictures" in problem(person.post(image="data:image/png;base64,AAAA"), 422)


@pytest.mark.parametrize(
    "text",
    [
        "😀😀😀",
        "\x00\x01\x02",
        "hello\x00there",
        "مرحبا أحتاج مساعدة",
        "/restart",
        '/inform{"country":"XX"}',
        "/",
        "EXTERNAL: start",
        "{country}",
        "<script>alert(1)</script>",
    ],
)
def test_odd_text_gets_a_clear_answer_and_the_conversation_goes_on(
    person: Person, text: str
) -> None:
    assert person.writes(text).text
    person.writes("I was raped")
    assert "believe you" in person.text


def test_a_command_is_only_text(person: Person) -> None:
    person.writes("I was raped. I live in Peru")
    person.writes('/inform_country{"country":"KE"}')
    person.taps("Show more") if "Show more" in person.choices else None
    assert "KE" not in person.countries()


def test_only_offered_choices_are_taken(person: Person, client: httpx.Client) -> None:
    problem(person.post(choice="/restart"), 422)
    other = Person(client).opens()
    stolen = other.heard[0]["choices"][0]["id"]
    problem(person.post(choice=stolen), 422)


@pytest.mark.parametrize(
    "start", [{"country": "XX"}, {"country": "peru"}, {"language": "tlh"}, {"entry": "spam"}]
)
def test_unknown_start_values_say_what_is_allowed(
    client: httpx.Client, start: dict[str, str]
) -> None:
    problem(client.post("/webhooks/webchat/session", json=start), 422)


def test_too_many_messages_in_a_minute(person: Person) -> None:
    answers = [person.post(text="hello") for _ in range(25)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert int(limited[0].headers["retry-after"]) > 0
    problem(limited[0], 429)


def test_cors_allows_the_listed_site_only(client: httpx.Client) -> None:
    def preflight(origin: str) -> httpx.Response:
        return client.options(
            "/webhooks/webchat/messages",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization, content-type",
            },
        )

    allowed = preflight("https://ngo.example").headers
    assert allowed["access-control-allow-origin"] == "https://ngo.example"
    assert "access-control-allow-origin" not in preflight("https://other.example").headers


def test_nothing_of_rasa_s_own_interface_is_open(stack: Stack, client: httpx.Client) -> None:
    for path in ("/conversations/default/tracker", "/model/parse", "/webhooks/rest/webhook"):
        assert client.get(path).status_code in (404, 405)
        assert client.post(path, json={"text": "hi"}).status_code in (404, 405)
