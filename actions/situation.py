"""What a conversation has made known so far, read from the tracker's slots and latest message."""

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from directory.vocabulary import ContactWish

# Intents that are an acute risk by themselves (S1), and the kind of risk that they are.
ACUTE_INTENTS = {"suicidal": "suicide", "immediate_danger": "danger", "safe_word": "danger"}
NEED_OF_RISK = {"suicide": "suicidal", "danger": "immediate_danger"}


@dataclass(frozen=True)
class Situation:
    """A person's situation in codes; `acute` is `suicide`, `danger` or `None`."""

    need: str
    need_known: bool
    country: str | None
    audience: str | None
    contact_way: ContactWish | None
    acute: str | None
    acute_now: bool
    shown: tuple[str, ...]
    asked_audience: bool
    ambiguous_country: tuple[str, ...]
    intent: str | None
    misunderstood: int
    language: str | None

    @classmethod
    def of(cls, tracker: Tracker) -> "Situation":
        """Read the situation from Rasa's tracker."""
        message: dict[str, Any] = tracker.latest_message or {}
        intent = (message.get("intent") or {}).get("name")
        acute_now = _acute(message, intent)
        acute = acute_now or tracker.get_slot("acute")
        need = tracker.get_slot("need")
        return cls(
            need=need or NEED_OF_RISK.get(acute or "", "find_service"),
            need_known=bool(need or acute or intent == "find_service"),
            country=tracker.get_slot("country"),
            audience=tracker.get_slot("audience"),
            contact_way=tracker.get_slot("contact_way"),
            acute=acute,
            acute_now=acute_now is not None,
            shown=tuple(tracker.get_slot("shown") or ()),
            asked_audience=bool(tracker.get_slot("asked_audience")),
            ambiguous_country=tuple(message.get("place_ambiguous") or ()),
            intent=intent,
            misunderstood=int(tracker.get_slot("misunderstood") or 0),
            language=tracker.get_slot("language"),
        )

    def tells(self, tracker: Tracker, entity: str) -> bool:
        """Tell whether the latest message itself carries this entity."""
        return next(tracker.get_latest_entity_values(entity), None) is not None


def _acute(message: dict[str, Any], intent: str | None) -> str | None:
    kind = (message.get("risk") or {}).get("kind")
    if kind in NEED_OF_RISK:
        return str(kind)
    return "danger" if kind else ACUTE_INTENTS.get(intent or "")
