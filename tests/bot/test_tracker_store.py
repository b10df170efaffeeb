"""The tracker store keeps codes, never words, and forgets (P2)."""

import json

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.tracker_store import ForgetfulTrackerStore
from handrail.settings import ROOT

CANARY = "canary-7f3a"


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "bot" / "domain"))


async def conversation(
    store: ForgetfulTrackerStore, sender: str, intent: str = "disclose_abuse"
) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(sender)
    entity = {"entity": "country", "value": CANARY, "start": 0, "end": 3}
    parsed = {"text": CANARY, "intent": {"name": intent}, "entities": [entity]}
    tracker.update(UserUttered(CANARY, parsed["intent"], [entity], parsed, metadata={"x": CANARY}))
    tracker.update(SlotSet("need", "disclose_abuse"))
    tracker.update(ActionExecuted("action_help"))
    tracker.update(BotUttered(CANARY))
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    return tracker


async def test_given_a_saved_turn_then_no_word_of_it_is_left(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain)
    await conversation(store, "a")
    tracker = await store.retrieve("a")
    assert tracker is not None
    assert CANARY not in json.dumps(tracker.current_state(EventVerbosity.ALL))
    assert CANARY not in repr(vars(tracker))
    assert tracker.get_slot("need") == "disclose_abuse"
    assert tracker.latest_message is not None
    assert tracker.latest_message.intent_name == "disclose_abuse"


async def test_given_the_person_asks_to_erase_then_nothing_is_left(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain)
    await conversation(store, "a")
    await conversation(store, "a", intent="erase")
    assert await store.retrieve("a") is None


async def test_given_an_idle_conversation_then_it_vanishes(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain, ttl_minutes=0)
    await conversation(store, "a")
    assert await store.retrieve("a") is None
    assert list(await store.keys()) == []


async def test_given_too_many_conversations_then_the_oldest_goes(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain, max_conversations=2)
    for sender in ("a", "b", "c"):
        await conversation(store, sender)
    assert list(await store.keys()) == ["b", "c"]


async def test_given_a_long_conversation_then_its_events_stay_bounded(domain: Domain) -> None:
    store = ForgetfulTrackerStore(domain, max_events=20)
    for _ in range(30):
        tracker = await conversation(store, "a")
    assert len(tracker.events) <= 20
    assert tracker.get_slot("need") == "disclose_abuse"


async def test_given_a_turn_cut_off_by_the_deadline_then_the_next_can_start(
    domain: Domain,
) -> None:
    store = ForgetfulTrackerStore(domain)
    tracker = await conversation(store, "a")
    tracker.update(UserUttered("", {"name": "greet"}))
    tracker.update(ActionExecuted("utter_greet"))
    again = await store.retrieve("a")
    assert again is not None
    assert again.latest_action_name == "action_listen"
