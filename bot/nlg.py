"""Says the catalogue's sentences: fills in numbers and country names, and attaches cards.

Nothing is generated (S7): each sentence is one of bot/domain/responses/, chosen by Rasa's rules
for conditional variations.
"""

from typing import Any

from babel import Locale
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.last_resort import LastResort, last_resort
from directory.cards import ServiceCard, emergency_card
from directory.emergency import EmergencyNumber

LANGUAGE = "en"


class CatalogueNLG(TemplatedNaturalLanguageGenerator):
    """Rasa's response generator with Handrail's own variables and attachments.

    Variables: `{emergency}`, `{emergency_line}`, `{country_name}`, `{demo_line}`.
    Attachments (`custom: {attach: …}`): `emergency_numbers`, `fallback_numbers`.
    """

    def __init__(
        self,
        endpoint_config: EndpointConfig | None,
        domain: Domain,
        resort: LastResort | None = None,
    ) -> None:
        """Create the generator over the domain's responses."""
        super().__init__(domain.responses)
        self._resort = resort or last_resort()

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Return the message `{"text", "buttons"?, "custom"?}`, or `None` for an unknown name."""
        slots = tracker.current_slot_values()
        country = kwargs.get("country") or slots.get("country")
        variables = {**self._variables(country), **kwargs}
        message: dict[str, Any] | None = self.generate_from_slots(
            utter_action, slots, output_channel, **variables
        )
        if message is None:
            return None
        message["text"] = _without_empty_lines(message["text"])
        attach = (message.get("custom") or {}).pop("attach", None)
        if attach:
            message["custom"]["services"] = self._attachment(attach, country)
        return message

    def _variables(self, country: str | None) -> dict[str, str]:
        numbers = self._resort.emergency_numbers(country)
        emergency = ", ".join(self._spoken(entry) for entry in numbers)
        line = "known" if numbers else "missing" if country else "unknown"
        return {
            "country_name": country_name(country) if country else "",
            "emergency": emergency,
            "emergency_line": self._part(f"emergency_{line}").replace("{emergency}", emergency),
            "demo_line": self._part("demo") if self._resort.demo else "",
        }

    def _attachment(self, kind: str, country: str | None) -> list[ServiceCard]:
        cards: list[ServiceCard] = []
        numbers = self._resort.emergency_numbers(country)
        if country and numbers:
            reaches = {str(entry.what): self._part(f"reaches_{entry.what}") for entry in numbers}
            name = self._part("emergency_card")
            cards.append(emergency_card(country, numbers, name, reaches, self._resort.demo))
        if kind == "fallback_numbers":
            cards.extend(self._resort.helplines(country))
        return cards

    def _spoken(self, entry: EmergencyNumber) -> str:
        return f"{entry.number} ({self._part(f'reaches_{entry.what}')})"

    def _part(self, name: str) -> str:
        return str(self.responses[f"utter_part_{name}"][0]["text"])


def country_name(country: str) -> str:
    """Return the country's name in the conversation's language, or the code itself."""
    return str(Locale(LANGUAGE).territories.get(country, country))


def _without_empty_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())
