"""Says the catalogue's sentences in the conversation's language, with numbers and cards.

Nothing is generated (S7): each sentence is one of bot/domain/responses/, chosen by Rasa's rules
for conditional variations, or its translation.
"""

import json
from typing import Any

from babel import Locale
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.catalogue import SOURCE_LANGUAGE, Responses, languages, translated_responses
from bot.last_resort import LastResort, last_resort
from directory.cards import ServiceCard, emergency_card
from directory.emergency import EmergencyNumber


class CatalogueNLG(TemplatedNaturalLanguageGenerator):
    """Rasa's response generator with Handrail's own variables and attachments.

    Variables: `{emergency}`, `{emergency_line}`, `{country_name}`, `{demo_line}`.
    Attachments (`custom: {attach: …}`): `emergency_numbers`, `fallback_numbers`, `languages`.
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
        self._speakers: dict[str, _Speaker] = {}
        self._spoken_responses: Responses | None = None

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Return the message `{"text", "buttons"?, "custom"?}`, or `None` for an unknown name."""
        slots = tracker.current_slot_values()
        spoken = slots.get("language")
        return self._speaker(spoken).say(utter_action, slots, output_channel, kwargs)

    def _speaker(self, language: str | None) -> "_Speaker":
        if self._spoken_responses is not self.responses:
            # Rasa makes the generator before it has a model, and gives it the responses later.
            self._spoken_responses = self.responses
            self._speakers = {
                spoken: _Speaker(spoken, translated_responses(self.responses, spoken), self._resort)
                for spoken in languages()
            }
        return self._speakers.get(language or "") or self._speakers[SOURCE_LANGUAGE]


class _Speaker(TemplatedNaturalLanguageGenerator):
    """The catalogue in one language."""

    def __init__(self, language: str, responses: Responses, resort: LastResort) -> None:
        super().__init__(responses)
        self._language = language
        self._locale = Locale.parse(language)
        self._resort = resort

    def say(
        self, name: str, slots: dict[str, Any], channel: str, given: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return the message; `given` are variables that the action passes."""
        country = given.get("country") or slots.get("country")
        variables = {**self._variables(country), **given}
        message: dict[str, Any] | None = self.generate_from_slots(name, slots, channel, **variables)
        if message is None:
            return None
        message["text"] = _without_empty_lines(message["text"])
        for button in message.get("buttons") or ():
            button["payload"] = _in_language(button["payload"], self._language)
        attach = (message.get("custom") or {}).pop("attach", None)
        if attach == "languages":
            message["buttons"] = [*message.get("buttons", []), *map(_language_button, languages())]
        elif attach:
            message["custom"]["services"] = self._numbers(attach, country)
        return message

    def _variables(self, country: str | None) -> dict[str, str]:
        numbers = self._resort.emergency_numbers(country)
        emergency = ", ".join(self._spoken(entry) for entry in numbers)
        line = "known" if numbers else "missing" if country else "unknown"
        return {
            "country_name": self._country_name(country) if country else "",
            "emergency": emergency,
            "emergency_line": self._part(f"emergency_{line}").replace("{emergency}", emergency),
            "demo_line": self._part("demo") if self._resort.demo else "",
        }

    def _numbers(self, kind: str, country: str | None) -> list[ServiceCard]:
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

    def _country_name(self, country: str) -> str:
        return str(self._locale.territories.get(country, country))


def _in_language(payload: str, language: str) -> str:
    """Return the payload with the language in which the choice is offered: its answer's language.

    So it stays what it was when the conversation before it was erased or begun anew.
    """
    intent, brace, rest = payload.partition("{")
    entities = json.loads(brace + rest) if brace else {}
    return f"{intent}{json.dumps({**entities, 'language': language})}"


def _language_button(language: str) -> dict[str, str]:
    name = Locale.parse(language).get_display_name(language) or language
    payload = f'/change_language{{"chosen_language": "{language}"}}'
    return {"title": name[:1].upper() + name[1:], "payload": payload}


def _without_empty_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())
