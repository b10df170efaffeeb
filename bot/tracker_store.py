"""Keeps live conversations in memory, without their words, and forgets them (P2).

Intents, slots and action names stay; text and entities never do. Conversations that nobody
continues vanish after `ttl_minutes`, and the oldest go first when there are too many.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

ERASE_INTENT = "erase"


class ForgetfulTrackerStore(TrackerStore):
    """In-memory tracker store of live, bounded trackers.

    Unlike Rasa's own, it hands out the live tracker instead of rebuilding it from all its events
    in each turn, so that a turn costs the same however long the conversation is.
    """

    def __init__(
        self,
        domain: Domain,
        host: EndpointConfig | None = None,
        event_broker: EventBroker | None = None,
        ttl_minutes: float = 30,
        max_conversations: int = 20_000,
        max_events: int = 60,
        **kwargs: Any,
    ) -> None:
        """Create the store; `ttl_minutes` counts from a conversation's latest turn."""
        super().__init__(domain, event_broker, **kwargs)
        self._ttl_seconds = ttl_minutes * 60
        self._max_conversations = max_conversations
        self._max_events = max_events
        # sender id -> (tracker, time of its latest save in seconds of the monotonic clock)
        self._live: OrderedDict[str, tuple[DialogueStateTracker, float]] = OrderedDict()

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """Return a new tracker that remembers a bounded number of events."""
        return DialogueStateTracker(
            sender_id, self.domain.slots, max_event_history=self._max_events
        )

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker without its words, or forget it if the person asked for that."""
        self._forget_idle()
        if _asked_to_erase(tracker):
            self._live.pop(tracker.sender_id, None)
            return
        _strip_words(tracker)
        self._live[tracker.sender_id] = (tracker, time.monotonic())
        self._live.move_to_end(tracker.sender_id)
        while len(self._live) > self._max_conversations:
            self._live.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the live tracker, or `None` if there is none or its time is over."""
        self._forget_idle()
        entry = self._live.get(sender_id)
        if entry is None:
            return None
        tracker = entry[0]
        _close_broken_turn(tracker)
        return tracker

    async def keys(self) -> Iterable[str]:
        """Return the sender ids of the live conversations."""
        self._forget_idle()
        return list(self._live)

    def _forget_idle(self) -> None:
        oldest_allowed = time.monotonic() - self._ttl_seconds
        while self._live:
            sender_id, (_, saved_at) = next(iter(self._live.items()))
            if saved_at >= oldest_allowed:
                return
            del self._live[sender_id]


def _asked_to_erase(tracker: DialogueStateTracker) -> bool:
    message = tracker.latest_message
    return message is not None and message.intent_name == ERASE_INTENT


def _strip_words(tracker: DialogueStateTracker) -> None:
    """Empty all text and entities of a tracker; bot messages go altogether."""
    kept = [event for event in tracker.events if not isinstance(event, BotUttered)]
    for event in kept:
        if isinstance(event, UserUttered):
            _strip_utterance(event)
    tracker.events.clear()
    tracker.events.extend(kept)
    if tracker.latest_message is not None:
        _strip_utterance(tracker.latest_message)
    tracker.latest_bot_utterance = BotUttered.empty()


def _strip_utterance(utterance: UserUttered) -> None:
    utterance.text = ""
    utterance.entities = []
    utterance.parse_data = {"text": "", "intent": utterance.intent, "entities": []}
    utterance.metadata = {}


def _close_broken_turn(tracker: DialogueStateTracker) -> None:
    """End a turn that was cut off in the middle (deadline passed), so that the next one starts.

    The policies expect a user message to follow `action_listen`.
    """
    if tracker.events and tracker.latest_action_name != ACTION_LISTEN_NAME:
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
