"""SafetyPolicy wins in every state, and closes turns in which an action failed (S1, S2, S4)."""

from typing import Any

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.safety_policy import SafetyPolicy, next_safety_action
from handrail.settings import ROOT

LISTEN = ActionExecuted("action_listen")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "bot" / "domain"))


def heard(intent: str, risk: dict[str, Any] | None = None) -> UserUttered:
    parsed = {"text": "", "intent": {"name": intent}, "entities": [], "risk": risk}
    return UserUttered("", {"name": intent}, [], parsed)


def tracker(domain: Domain, *events: Event) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("a", [LISTEN, *events], domain.slots)


def suicide(third_person: bool = False) -> dict[str, Any]:
    return {"kind": "suicide", "pattern": "test", "third_person": third_person}


@pytest.mark.parametrize(
    ("message", "first"),
    [
        (heard("suicidal"), "utter_safety_suicide"),
        (heard("immediate_danger"), "utter_safety_danger"),
        (heard("safe_word"), "utter_safety_word"),
        (heard("out_of_scope", suicide()), "utter_safety_suicide"),
        (heard("out_of_scope", suicide(third_person=True)), "utter_safety_suicide_other"),
        (heard("greet", {"kind": "danger", "pattern": "x"}), "utter_safety_danger"),
        (heard("greet", {"kind": "safe_word", "pattern": "x"}), "utter_safety_word"),
    ],
)
def test_given_a_risk_by_either_means_then_the_safety_answer_comes_first(
    domain: Domain, message: UserUttered, first: str
) -> None:
    assert next_safety_action(tracker(domain, message), domain) == first


def test_given_no_risk_then_the_policy_has_no_say(domain: Domain) -> None:
    assert next_safety_action(tracker(domain, heard("greet")), domain) is None


def test_given_a_risk_and_a_need_then_safety_support_help_and_listening_follow(
    domain: Domain,
) -> None:
    events: list[Event] = [heard("disclose_abuse", {"kind": "danger", "pattern": "x"})]
    said = []
    for _ in range(4):
        action = next_safety_action(tracker(domain, *events), domain)
        assert action is not None
        said.append(action)
        events += [ActionExecuted(action), BotUttered("x")]
    assert said == [
        "utter_safety_danger",
        "utter_support_disclose_abuse",
        "action_help",
        "action_listen",
    ]


def test_given_an_action_that_left_no_trace_then_numbers_are_said(domain: Domain) -> None:
    events: list[Event] = [heard("inform_country"), ActionExecuted("action_help")]
    assert next_safety_action(tracker(domain, *events), domain) == "utter_unreachable"
    events += [ActionExecuted("utter_unreachable"), BotUttered("x")]
    assert next_safety_action(tracker(domain, *events), domain) == "action_listen"


@pytest.mark.parametrize("trace", [SlotSet("shown", []), BotUttered("x")])
def test_given_an_action_that_left_a_trace_then_nothing_is_wrong(
    domain: Domain, trace: Event
) -> None:
    events = [heard("inform_country"), ActionExecuted("action_help"), trace]
    assert next_safety_action(tracker(domain, *events), domain) is None


def test_given_a_failure_within_a_safety_answer_then_numbers_are_said(domain: Domain) -> None:
    events = [
        heard("suicidal"),
        ActionExecuted("utter_safety_suicide"),
        BotUttered("x"),
        ActionExecuted("action_help"),
    ]
    assert next_safety_action(tracker(domain, *events), domain) == "utter_unreachable"


def test_given_an_active_form_that_claims_the_turn_then_safety_still_wins(
    domain: Domain, tmp_path: Any
) -> None:
    policy = SafetyPolicy(
        SafetyPolicy.get_default_config(),
        LocalModelStorage(tmp_path),
        Resource("safety"),
        ExecutionContext(GraphSchema({})),
    )
    in_form = tracker(domain, ActiveLoop("some_form"), heard("suicidal"))
    form = PolicyPrediction.for_action_name(domain, "action_more_services", "RulePolicy")
    form.is_no_user_prediction = True
    form.policy_priority = 4
    safety = policy.predict_action_probabilities(in_form, domain)
    for predictions in ([form, safety], [safety, form]):
        best = DefaultPolicyPredictionEnsemble().combine_predictions(predictions, in_form, domain)
        chosen = domain.action_names_or_texts[best.max_confidence_index]
        assert chosen == "utter_safety_suicide"
