"""One turn of a conversation, the same for every channel: hear, understand, answer, in time.

A person's words are given to the language understanding and to nothing else: the tracker, the
actions and the logs only ever see intents and codes (P2, P3). Whatever fails behind the bot, an
answer with numbers comes back (S4).
"""

import asyncio
import json
import logging
import unicodedata
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.messages import Heard, Message
from bot.nlg import CatalogueNLG
from bot.settings import PROJECT_ROOT

logger = logging.getLogger(__name__)

# What the dialogue may know of a message, besides intent and entities: codes, never words.
CODES = ("risk", "place_ambiguous")


class Collector(OutputChannel):
    """Gathers a turn's messages in their structure instead of sending them one by one."""

    def __init__(self, channel: str) -> None:
        """`channel` is the name by which responses may be chosen."""
        self._channel = channel
        self.messages: list[Message] = []

    def name(self) -> str:
        """Return the channel's name."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message."""
        self.messages.append(Message.from_rasa(message))


class TurnTaker:
    """Runs turns against the agent within a deadline (seconds)."""

    def __init__(self, channel: str, deadline: float) -> None:
        """Load the catalogue once more, apart from the agent's, to speak when the agent cannot."""
        self._channel = channel
        self._deadline = deadline
        self._domain = Domain.load(str(PROJECT_ROOT / "bot" / "domain"))
        self._speaker = CatalogueNLG(None, self._domain)

    async def take_turn(self, agent: Agent | None, sender_id: str, heard: Heard) -> list[Message]:
        """Return the bot's messages; at least one, within the deadline."""
        collector = Collector(self._channel)
        try:
            if agent is None or not agent.is_ready():
                raise RuntimeError("the model is not loaded yet")
            await asyncio.wait_for(self._run(agent, sender_id, heard, collector), self._deadline)
        except asyncio.TimeoutError:
            logger.error("A turn took longer than %s s; is the action server up?", self._deadline)
            return [*collector.messages, await self.unreachable(agent, sender_id)]
        except Exception as error:
            # Only the kind of error: its text could quote what a component was given.
            logger.error("A turn failed with %s.", type(error).__name__)
            return [*collector.messages, await self.unreachable(agent, sender_id)]
        return collector.messages or [await self.unreachable(agent, sender_id)]

    async def say(self, response: str, language: str | None, **variables: Any) -> Message:
        """Return a sentence of the catalogue that no conversation is needed for."""
        tracker = DialogueStateTracker("", self._domain.slots)
        tracker.update(SlotSet("language", language))
        return await self._spoken(response, tracker, **variables)

    async def unreachable(self, agent: Agent | None, sender_id: str) -> Message:
        """Return the S4 answer, for the conversation's country if that is known."""
        return await self._spoken("utter_unreachable", await self._tracker(agent, sender_id))

    async def _spoken(
        self, response: str, tracker: DialogueStateTracker, **variables: Any
    ) -> Message:
        message = await self._speaker.generate(response, tracker, self._channel, **variables)
        return Message.from_rasa(message or {})

    async def _run(self, agent: Agent, sender_id: str, heard: Heard, collector: Collector) -> None:
        if heard.payload:
            parsed = _from_payload(heard.payload)
        else:
            parsed = await _understand(agent, heard.text, await _spoken(agent, sender_id))
        await agent.handle_message(
            UserMessage("", collector, sender_id, parse_data=parsed, input_channel=collector.name())
        )

    async def _tracker(self, agent: Agent | None, sender_id: str) -> DialogueStateTracker:
        blank = DialogueStateTracker(sender_id, self._domain.slots)
        if agent is None:
            return blank
        try:
            return await asyncio.wait_for(agent.tracker_store.retrieve(sender_id), 0.5) or blank
        except Exception as error:
            logger.error("The tracker store failed with %s.", type(error).__name__)
            return blank


async def _spoken(agent: Agent, sender_id: str) -> str | None:
    """Return the language of the conversation so far, if there is one.

    The lock lets a turn that is still running end first: retrieving its tracker would close it.
    """
    async with agent.lock_store.lock(sender_id):
        tracker = await agent.tracker_store.retrieve(sender_id)
    language: str | None = tracker.get_slot("language") if tracker else None
    return language


async def _understand(agent: Agent, text: str, spoken: str | None) -> dict[str, Any]:
    """Return intent, entities and risk of a text as codes, without the text.

    `spoken` is the language of the conversation so far.
    """
    parsed = await agent.parse_message(text)
    entities = [{"entity": e["entity"], "value": e["value"]} for e in parsed["entities"]]
    language = parsed.get("language")
    if language and (spoken is None or is_long_enough(text)):
        entities.append({"entity": "language", "value": language})
    intent = {key: parsed["intent"][key] for key in ("name", "confidence")}
    codes = {key: parsed[key] for key in CODES if parsed.get(key)}
    return {"text": "", "intent": intent, "entities": entities, **codes}


def is_long_enough(text: str) -> bool:
    """Tell whether a text can change the language of a conversation: three words, or six signs.

    A "no" or "ok" must never do that (C9); Chinese has no spaces to count words by.
    """
    return len(text.split()) >= 3 or sum(unicodedata.category(c) == "Lo" for c in text) >= 6


def _from_payload(payload: str) -> dict[str, Any]:
    """Return what a choice means; payloads are `/intent` or `/intent{"entity": "value"}`."""
    name, brace, rest = payload.lstrip("/").partition("{")
    values: dict[str, str] = json.loads(brace + rest) if brace else {}
    entities = [{"entity": entity, "value": value} for entity, value in values.items()]
    return {"text": "", "intent": {"name": name, "confidence": 1.0}, "entities": entities}


def heard_text(text: str) -> Heard:
    """Return what was written, as text only: commands of Rasa (`/restart`) lose their slash (W3).

    Control characters are dropped. A text with nothing left counts as not understood.
    """
    visible = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    plain = visible.strip().lstrip("/").strip()
    return Heard(text=plain) if plain else Heard(payload="/nlu_fallback")
