"""A person who chats over HTTP, exactly as the page does (W2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.conftest import Stack


@dataclass
class Person:
    """One web chat session; `heard` holds the messages of the latest turn."""

    client: httpx.Client
    token: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)

    def opens(self, **start: str) -> "Person":
        """Open the chat."""
        answer = self.client.post("/webhooks/webchat/session", json=start)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]
        self.heard = answer.json()["messages"]
        return self

    def post(self, **body: Any) -> httpx.Response:
        """Send a raw body to the messages endpoint."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.post("/webhooks/webchat/messages", json=body, headers=headers)

    def writes(self, text: str) -> "Person":
        """Write a message."""
        answer = self.post(text=text)
        assert answer.status_code == 200, answer.text
        self.heard = answer.json()["messages"]
        return self

    def taps(self, label: str) -> "Person":
        """Tap the choice with this label."""
        choices = {c["label"]: c["id"] for m in self.heard for c in m["choices"]}
        assert label in choices, f"{label!r} is not offered: {sorted(choices)}"
        answer = self.post(choice=choices[label])
        assert answer.status_code == 200, answer.text
        self.heard = answer.json()["messages"]
        return self

    def closes(self) -> httpx.Response:
        """End the session."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.delete("/webhooks/webchat/session", headers=headers)

    @property
    def text(self) -> str:
        """All texts of the latest turn."""
        return "\n".join(message["text"] for message in self.heard)

    @property
    def kinds(self) -> list[str]:
        """The kinds of the latest turn's messages."""
        return [message["kind"] for message in self.heard]

    @property
    def services(self) -> list[dict[str, Any]]:
        """All service cards of the latest turn."""
        return [service for message in self.heard for service in message["services"]]

    @property
    def choices(self) -> list[str]:
        """The labels of all choices of the latest turn."""
        return [choice["label"] for message in self.heard for choice in message["choices"]]

    def countries(self) -> set[str]:
        """The countries of the services shown, without the emergency numbers."""
        return {s["country"] for s in self.services if not s["id"].startswith("emergency-")}


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    """An HTTP client of the running Rasa server."""
    with httpx.Client(base_url=stack.rasa_url, timeout=20) as client:
        yield client


@pytest.fixture
def person(client: httpx.Client) -> Person:
    """Somebody who has just opened the chat."""
    return Person(client).opens()
