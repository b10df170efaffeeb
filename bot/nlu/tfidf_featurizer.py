"""Sparse sentence features: tf-idf of words or of character n-grams, which carry misspelt words.

Unlike Rasa's CountVectorsFeaturizer it weighs rare words up, and makes no features of single
words, which nothing in this pipeline reads. Measured in docs/decisions/0004-intent-classifier.md.
"""

from __future__ import annotations

from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

FILE = "vectorizer.skops"
# skops refuses types that it does not know; this one holds the idf values.
TRUSTED = ["scipy.sparse._csr.csr_matrix"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TfidfFeaturizer(SparseFeaturizer, GraphComponent):
    """Gives each text one row of L2-normalised tf-idf values, times `scale`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults.

        `analyzer` is `word` or `char_wb`, n-grams go from `min_ngram` to `max_ngram`, and those in
        fewer than `min_df` examples are dropped. `scale` weighs these features against the others:
        a linear classifier with a fixed penalty trusts larger features more.
        """
        return {
            FEATURIZER_CLASS_ALIAS: None,
            "analyzer": "word",
            "min_ngram": 1,
            "max_ngram": 2,
            "min_df": 1,
            "scale": 1.0,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        name: str,
        vectorizer: TfidfVectorizer | None = None,
    ) -> None:
        """Create the featurizer, untrained unless a vectorizer is given."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._vectorizer = vectorizer or TfidfVectorizer(
            analyzer=config["analyzer"],
            ngram_range=(config["min_ngram"], config["max_ngram"]),
            min_df=config["min_df"],
            sublinear_tf=True,
            # One-letter words and signs count: "u", "r", "?", "help!" against "help".
            token_pattern=r"\w+|[^\w\s]",
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TfidfFeaturizer:
        """Create an untrained featurizer."""
        return cls(config, model_storage, resource, execution_context.node_name)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TfidfFeaturizer:
        """Load the trained featurizer."""
        with model_storage.read_from(resource) as folder:
            vectorizer = skops.io.load(folder / FILE, trusted=TRUSTED)
        return cls(config, model_storage, resource, execution_context.node_name, vectorizer)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse an analyzer that there is not."""
        if config["analyzer"] not in ("word", "char_wb"):
            raise InvalidConfigException(
                f"TfidfFeaturizer: analyzer is {config['analyzer']!r}; use word or char_wb."
            )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the n-grams and their weights from all intent examples."""
        self._vectorizer.fit([example.get(TEXT) for example in training_data.intent_examples])
        with self._model_storage.write_to(self._resource) as folder:
            skops.io.dump(self._vectorizer, folder / FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to all training examples that have a text."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to the messages that have a text."""
        with_text = [message for message in messages if message.get(TEXT)]
        if not with_text:
            return messages
        rows = self._vectorizer.transform([message.get(TEXT) for message in with_text])
        rows = rows * self._config["scale"]
        for row, message in zip(rows, with_text, strict=True):
            features = Features(row.tocoo(), FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
            message.add_features(features)
        return messages
