"""A linear support vector machine with calibrated confidences, over a message's sentence features.

It is better than Rasa's logistic regression and trains much faster:
docs/decisions/0004-intent-classifier.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack, issparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

# A thousand times the default: twice as quick, and the same figures (make compare-classifiers).
_EXACT_ENOUGH = 1e-1

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class CalibratedModel:
    """What was learned, as plain arrays: safe to load, and quick.

    `weights` (features, labels) and `bias` (labels) give a decision value each; `slope` and
    `offset` (labels) turn it into a confidence (Platt's sigmoid).
    """

    labels: npt.NDArray[np.str_]
    weights: Floats
    bias: Floats
    slope: Floats
    offset: Floats

    @classmethod
    def fitted(
        cls, features: csr_matrix, labels: Sequence[str], penalty: float, folds: int
    ) -> CalibratedModel:
        """Learn the labels of the rows of `features`.

        `penalty` is the inverse of the penalty on large weights (C); `folds` is how often the rows
        are split to learn what a decision value means as a confidence.
        """
        classifier = CalibratedClassifierCV(
            LinearSVC(C=penalty, tol=_EXACT_ENOUGH, random_state=0),
            method="sigmoid",
            # Shuffled: the examples stand in the order of their languages.
            cv=StratifiedKFold(folds, shuffle=True, random_state=0),
            ensemble=False,
            n_jobs=-1,
        )
        classifier.fit(features, np.array(labels))
        calibrated = classifier.calibrated_classifiers_[0]
        machine: LinearSVC = calibrated.base_estimator
        weights, bias, sigmoids = machine.coef_, machine.intercept_, calibrated.calibrators
        if len(classifier.classes_) == 2:
            # Of two labels scikit-learn learns the second only.
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
            sigmoids = [sigmoids[0], sigmoids[0]]
        return cls(
            labels=classifier.classes_.astype(str),
            weights=weights.T.astype(np.float32),
            bias=bias.astype(np.float32),
            slope=np.array([sigmoid.a_ for sigmoid in sigmoids], dtype=np.float32),
            offset=np.array([sigmoid.b_ for sigmoid in sigmoids], dtype=np.float32),
        )

    def save(self, file: Path) -> None:
        """Write the arrays to an .npz file."""
        np.savez(file, **vars(self))

    @classmethod
    def load(cls, file: Path) -> CalibratedModel:
        """Read what `save` wrote."""
        with np.load(file) as arrays:
            return cls(**arrays)

    def ranking(self, message: Message) -> list[tuple[str, float]]:
        """Return all labels with their confidences, which add up to 1, highest first."""
        exponents = self.slope * self._decisions(sentence_features(message)) + self.offset
        sigmoids = 1 / (1 + np.exp(exponents))
        confidences = sigmoids / sigmoids.sum()
        return [(str(self.labels[i]), float(confidences[i])) for i in np.argsort(-confidences)]

    def _decisions(self, parts: Sequence[Features]) -> Floats:
        """Multiply part by part: joining them into one matrix first costs milliseconds."""
        decisions = self.bias.copy()
        column = 0
        for part in parts:
            row = part.features
            if issparse(row):
                decisions += row.data.astype(np.float32) @ self.weights[column + row.col]
            else:
                decisions += row[0] @ self.weights[column : column + row.shape[1]]
            column += row.shape[1]
        return decisions


def sentence_features(message: Message) -> list[Features]:
    """Return the sentence features of the text, in the order of the pipeline."""
    return [
        feature
        for feature in message.features
        if feature.attribute == TEXT and feature.type == FEATURE_TYPE_SENTENCE
    ]


def feature_matrix(messages: Sequence[Message]) -> csr_matrix:
    """Return the sentence features of many messages, one row each."""
    parts = zip(*(sentence_features(message) for message in messages), strict=True)
    return hstack([_stacked([part.features for part in column]) for column in parts], format="csr")


def _stacked(rows: Sequence[Any]) -> csr_matrix:
    """Return matrices of one row each as one matrix; scipy's vstack takes minutes for as many."""
    if not issparse(rows[0]):
        return csr_matrix(np.vstack(rows))
    sparse = [row.tocoo() for row in rows]
    places = np.repeat(np.arange(len(rows)), [row.nnz for row in sparse])
    values = np.concatenate([row.data for row in sparse])
    columns = np.concatenate([row.col for row in sparse])
    shape = (len(rows), rows[0].shape[1])
    return csr_matrix((values, (places, columns)), shape=shape)
