"""Says in which of the languages of the training data a message is written, or that it is unclear.

Chat is short and misspelt, and so is what this learns from:
docs/decisions/0008-language-identification.md compares it with lingua.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.linear_model import CalibratedModel, feature_matrix
from bot.nlu.scripts import script_of

LANGUAGE = "language"
UNCLEAR = "und"
FILE = "languages.npz"

Model = TypeVar("Model")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LanguageIdentifier(IntentClassifier, GraphComponent):
    """Sets `language` to a code such as "es", or to nothing where the language is unclear.

    Learns from the `language` in the metadata of the training examples. Examples in another
    script than most of their language (Arabic in Latin letters) teach what is unclear: an answer
    in the language's own script might not be readable to their writer.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must stand before: something that makes features."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults.

        With less confidence than `threshold` the language is unclear. `C` and `folds` are
        explained in `CalibratedModel.fitted`.
        """
        return {"C": 1.0, "folds": 3, "threshold": 0.7}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: CalibratedModel | None = None,
    ) -> None:
        """Create the component, untrained unless a model is given."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageIdentifier:
        """Load the trained component; data of one language only taught it nothing."""
        with model_storage.read_from(resource) as folder:
            file = folder / FILE
            model = CalibratedModel.load(file) if file.exists() else None
            return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that say their language."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and language_of(e)]
        languages = _taught(examples)
        with self._model_storage.write_to(self._resource) as folder:
            if len(set(languages)) > 1:
                self._model = CalibratedModel.fitted(
                    feature_matrix(examples), languages, self._config["C"], self._config["folds"]
                )
                self._model.save(folder / FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the language of messages that have a text."""
        for message in messages:
            if self._model is not None and message.get(TEXT):
                language, confidence = self._model.ranking(message)[0]
                is_clear = (
                    language != UNCLEAR
                    and confidence >= self._config["threshold"]
                    # Signs and figures alone say nothing.
                    and script_of(message.get(TEXT)) is not None
                )
                message.set(LANGUAGE, language if is_clear else None, add_to_output=True)
        return messages


def in_order(models: Mapping[str, Model], language: str | None) -> list[Model]:
    """Return which languages' models are to read a message: its own, or all if it is unclear."""
    own = models.get(language or "")
    return list(models.values()) if own is None else [own]


def language_of(example: Message) -> str | None:
    """Return the language that the metadata of a training example name."""
    metadata = example.get("metadata") or {}
    return (metadata.get("intent") or {}).get("language")


def _taught(examples: list[Message]) -> list[str]:
    scripts: dict[str, Counter[str | None]] = defaultdict(Counter)
    for example in examples:
        scripts[str(language_of(example))][script_of(example.get(TEXT))] += 1
    usual = {language: counts.most_common(1)[0][0] for language, counts in scripts.items()}
    return [
        language if script_of(example.get(TEXT)) in (usual[language], None) else UNCLEAR
        for example in examples
        for language in [str(language_of(example))]
    ]
