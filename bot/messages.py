"""The message structure that every channel renders (contract W2), made from Rasa's messages."""

from dataclasses import dataclass
from typing import Any, Literal

from directory.cards import ServiceCard

Kind = Literal["say", "services", "safety", "emergency"]
KINDS: tuple[Kind, ...] = ("say", "services", "safety", "emergency")


@dataclass(frozen=True)
class Button:
    """A choice before a channel has given it an id: what it says and what it means."""

    label: str
    payload: str


@dataclass(frozen=True)
class Message:
    """One message of the bot: a text, choices, service cards and how much it weighs."""

    text: str
    buttons: tuple[Button, ...] = ()
    services: tuple[ServiceCard, ...] = ()
    kind: Kind = "say"

    @classmethod
    def from_rasa(cls, message: dict[str, Any]) -> "Message":
        """Convert Rasa's `{"text", "buttons", "custom": {"kind", "services"}}`.

        Raises:
            ValueError: the kind is none of W2's.
        """
        custom = message.get("custom") or {}
        services = tuple(custom.get("services") or ())
        kind = custom.get("kind") or ("services" if services else "say")
        if kind not in KINDS:
            raise ValueError(f"Unknown kind of message {kind!r}: use one of {', '.join(KINDS)}.")
        buttons = tuple(Button(b["title"], b["payload"]) for b in message.get("buttons") or ())
        return cls(message.get("text") or "", buttons, services, kind)


@dataclass(frozen=True)
class Heard:
    """What a person did in one turn: wrote a text, or tapped a choice (its payload)."""

    text: str = ""
    payload: str | None = None
