"""Chooses the intent: a linear support vector machine with calibrated confidences.

It reads the sentence features that came before. It is better than Rasa's logistic regression and
trains much faster: docs/decisions/0004-intent-classifier.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, issparse, vstack
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import LinearSVC

FILE = "classifier.npz"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CalibratedModel:
    """What was learned, as plain arrays: safe to load, and quick.

    `weights` (features, intents) and `bias` (intents) give a decision value each; `slope` and
    `offset` (intents) turn it into a confidence (Platt's sigmoid).
    """

    intents: npt.NDArray[np.str_]
    weights: Floats
    bias: Floats
    slope: Floats
    offset: Floats

    @classmethod
    def of(cls, fitted: CalibratedClassifierCV) -> CalibratedModel:
        """Take the numbers out of a fitted classifier of scikit-learn."""
        calibrated = fitted.calibrated_classifiers_[0]
        machine: LinearSVC = calibrated.base_estimator
        return cls(
            intents=fitted.classes_.astype(str),
            weights=machine.coef_.T.copy(),
            bias=machine.intercept_,
            slope=np.array([sigmoid.a_ for sigmoid in calibrated.calibrators]),
            offset=np.array([sigmoid.b_ for sigmoid in calibrated.calibrators]),
        )

    def confidences(self, parts: list[Features]) -> Floats:
        """Return one confidence for each intent; they add up to 1."""
        sigmoids = 1 / (1 + np.exp(self.slope * self._decisions(parts) + self.offset))
        confidences: Floats = sigmoids / sigmoids.sum()
        return confidences

    def _decisions(self, parts: list[Features]) -> Floats:
        """Multiply part by part: joining them into one matrix first costs milliseconds."""
        decisions = self.bias.copy()
        column = 0
        for part in parts:
            row = part.features
            if issparse(row):
                decisions += row.data @ self.weights[column + row.col]
            else:
                decisions += row[0] @ self.weights[column : column + row.shape[1]]
            column += row.shape[1]
        return decisions


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking`, with confidences between 0 and 1."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must stand before: something that makes features."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults.

        `C` is the inverse of the penalty on large weights; `folds` is how often the examples are
        split to learn what a decision value means as a confidence.
        """
        return {"C": 1.0, "folds": 5, "ranking_length": 10}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: CalibratedModel | None = None,
    ) -> None:
        """Create the classifier, untrained unless a model is given."""
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
    ) -> LinearIntentClassifier:
        """Create an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Load the trained classifier."""
        with model_storage.read_from(resource) as folder, np.load(folder / FILE) as arrays:
            return cls(config, model_storage, resource, CalibratedModel(**arrays))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have an intent."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        features = vstack([_row(_parts(example)) for example in examples], format="csr")
        classifier = CalibratedClassifierCV(
            LinearSVC(C=self._config["C"], class_weight="balanced", random_state=0),
            method="sigmoid",
            cv=self._config["folds"],
            ensemble=False,
        )
        classifier.fit(features, np.array([example.get(INTENT) for example in examples]))
        self._model = CalibratedModel.of(classifier)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / FILE, **vars(self._model))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of messages that have a text; an untrained classifier sets none."""
        for message in messages:
            if self._model is not None and message.get(TEXT):
                ranking = _ranking(self._model, message, self._config["ranking_length"])
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _ranking(model: CalibratedModel, message: Message, length: int) -> list[dict[str, Any]]:
    confidences = model.confidences(_parts(message))
    return [
        {"name": str(model.intents[i]), "confidence": float(confidences[i])}
        for i in np.argsort(-confidences)[:length]
    ]


def _parts(message: Message) -> list[Features]:
    """Return the sentence features of the text, in the order of the pipeline."""
    return [
        feature
        for feature in message.features
        if feature.attribute == TEXT and feature.type == FEATURE_TYPE_SENTENCE
    ]


def _row(parts: list[Features]) -> csr_matrix:
    return hstack([csr_matrix(part.features) for part in parts], format="csr")
