"""Puts safety before everything else: an acute risk is answered first, in every state (S1-S3).

It also closes turns in which the action server failed, so that the person is never left
without a sentence and numbers (S4).
"""

from typing import Any

from rasa.core.constants import POLICY_PRIORITY
from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.intents import ACUTE_INTENTS

ACTION_HELP = "action_help"
UTTER_UNREACHABLE = "utter_unreachable"
LISTEN: str = ACTION_LISTEN_NAME


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False
)
class SafetyPolicy(Policy):
    """Predicts the safety answer for acute risk, and the fallback numbers after a failure.

    Its predictions claim not to depend on the user's message, because Rasa lets such predictions
    overrule all others (running forms make them), whatever the confidence of the rest.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: a priority above that of every policy of Rasa."""
        return {POLICY_PRIORITY: 10}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
    ) -> None:
        """Create the policy; it learns nothing, so that nothing is loaded either."""
        super().__init__(config, model_storage, resource, execution_context, featurizer)

    def train(
        self,
        training_trackers: list[TrackerWithCachedStates],
        domain: Domain,
        **kwargs: Any,
    ) -> Resource:
        """Return the empty resource: safety is not learned."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return the next safety action with confidence 1, or no opinion (all zeros)."""
        action = next_safety_action(tracker, domain)
        if action is None:
            return self._prediction(self._default_predictions(domain))
        prediction = self._prediction(
            PolicyPrediction.for_action_name(domain, action).probabilities
        )
        prediction.is_no_user_prediction = True
        return prediction


def next_safety_action(tracker: DialogueStateTracker, domain: Domain) -> str | None:
    """Return what safety asks to do next in this turn, or `None` if it has no say."""
    turn = _events_since_listening(tracker)
    done = [event.action_name for event in turn if isinstance(event, ActionExecuted)]
    if done and done[-1] == UTTER_UNREACHABLE:
        return LISTEN
    if _action_failed(turn, domain):
        return UTTER_UNREACHABLE
    plan = _safety_plan(tracker, domain)
    if len(done) < len(plan) and done == plan[: len(done)]:
        return plan[len(done)]
    return None


def is_acute(message: UserUttered | None) -> bool:
    """Tell whether a message carries an acute risk by either means of detection (S1).

    They are the intent classifier and the patterns of data/safety/<lang>.yml.
    """
    if message is None:
        return False
    return bool(message.parse_data.get("risk")) or message.intent_name in ACUTE_INTENTS


def _safety_plan(tracker: DialogueStateTracker, domain: Domain) -> list[str]:
    """Return the turn's actions: safety first, then support for a need in the same message.

    The first sentence is spoken by the Rasa process itself, with the emergency numbers that it
    holds; only then is the action server asked for crisis services.
    """
    message = tracker.latest_message
    if message is None or not is_acute(message):
        return []
    support = f"utter_support_{message.intent_name}"
    supports = [support] if support in domain.action_names_or_texts else []
    return [_safety_answer(message), *supports, ACTION_HELP, LISTEN]


def _safety_answer(message: UserUttered) -> str:
    risk = message.parse_data.get("risk") or {}
    if message.intent_name == "safe_word" or risk.get("kind") == "safe_word":
        return "utter_safety_word"
    kind = risk.get("kind") or ("suicide" if message.intent_name == "suicidal" else "danger")
    return f"utter_safety_{kind}_other" if risk.get("third_person") else f"utter_safety_{kind}"


def _action_failed(turn: list[Event], domain: Domain) -> bool:
    """Tell whether the latest action was a custom one that left no trace.

    Each custom action says something or sets a slot; Rasa logs one that raised, timed out or was
    answered with garbage as executed, with nothing after it.
    """
    if not turn or not isinstance(turn[-1], ActionExecuted):
        return False
    name = turn[-1].action_name or ""
    return name in domain.user_actions and name not in domain.responses


def _events_since_listening(tracker: DialogueStateTracker) -> list[Event]:
    turn: list[Event] = []
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name == LISTEN:
            break
        if isinstance(event, UserUttered):
            break
        turn.append(event)
    return turn[::-1]
