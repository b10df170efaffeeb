"""Sparse sentence features: tf-idf of words or of character n-grams, which carry misspelt words.

Unlike Rasa's CountVectorsFeaturizer it weighs rare words up, and makes no features of single
words, which nothing in this pipeline reads. Measured in docs/decisions/0004-intent-classifier.md.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS, TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import coo_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

# Plain data instead of a pickle: safe to load, and without skops, whose import takes ten seconds.
VOCABULARY = "vocabulary.json"
IDF = "idf.npy"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TfidfFeaturizer(SparseFeaturizer, GraphComponent):
    """Gives each text one row of L2-normalised tf-idf values."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must stand before."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults.

        `analyzer` is `word` or `char_wb`, n-grams go from `min_ngram` to `max_ngram`, and those in
        fewer than `min_df` examples are dropped.
        """
        return {
            FEATURIZER_CLASS_ALIAS: None,
            "analyzer": "word",
            "min_ngram": 1,
            "max_ngram": 2,
            "min_df": 1,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        name: str,
        vocabulary: dict[str, int] | None = None,
    ) -> None:
        """Create the featurizer; a `vocabulary` (n-gram to column) makes it a trained one."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        by_words = config["analyzer"] == "word"
        self._vectorizer = TfidfVectorizer(
            vocabulary=vocabulary,
            analyzer=config["analyzer"],
            ngram_range=(config["min_ngram"], config["max_ngram"]),
            min_df=config["min_df"],
            sublinear_tf=True,
            # Words come from the tokenizer before, which knows the language.
            tokenizer=_unchanged if by_words else None,
            preprocessor=_unchanged if by_words else None,
            token_pattern=None,
            lowercase=not by_words,
        )
        self._ngrams = self._vectorizer.build_analyzer()

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
            vocabulary = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
            featurizer = cls(
                config, model_storage, resource, execution_context.node_name, vocabulary
            )
            featurizer._vectorizer.idf_ = np.load(folder / IDF)
        return featurizer

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse an analyzer that there is not."""
        if config["analyzer"] not in ("word", "char_wb"):
            raise InvalidConfigException(
                f"TfidfFeaturizer: analyzer is {config['analyzer']!r}; use word or char_wb."
            )

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the n-grams and their weights from all intent examples."""
        self._vectorizer.fit([self._document(e) for e in training_data.intent_examples])
        with self._model_storage.write_to(self._resource) as folder:
            self._persist(folder)
        return self._resource

    def _persist(self, folder: Path) -> None:
        columns = {ngram: int(column) for ngram, column in self._vectorizer.vocabulary_.items()}
        (folder / VOCABULARY).write_text(json.dumps(columns), encoding="utf-8")
        np.save(folder / IDF, self._vectorizer.idf_)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to all training examples that have a text: at once, which is quicker."""
        examples = [e for e in training_data.training_examples if e.get(TEXT)]
        rows = self._vectorizer.transform([self._document(example) for example in examples])
        for example, start, end in zip(examples, rows.indptr, rows.indptr[1:], strict=False):
            # Ten times as quick as to ask the matrix for the row.
            row = _one_row(rows.data[start:end], rows.indices[start:end], rows.shape[1])
            self._add_features(example, row)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to the messages that have a text."""
        for message in messages:
            if message.get(TEXT):
                self._add_features(message, self._row(message))
        return messages

    def _add_features(self, message: Message, row: coo_matrix) -> None:
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))

    def _row(self, message: Message) -> coo_matrix:
        """Return what the vectorizer's `transform` would, without its checks for large batches.

        They cost more than a millisecond a message.
        """
        vocabulary = self._vectorizer.vocabulary_
        counts = Counter(
            vocabulary[ngram]
            for ngram in self._ngrams(self._document(message))
            if ngram in vocabulary
        )
        columns = np.fromiter(counts, dtype=np.int32, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        values = (1 + np.log(times)) * self._vectorizer.idf_[columns]
        values /= np.linalg.norm(values) or 1.0
        return _one_row(values, columns, len(vocabulary))

    def _document(self, message: Message) -> str | list[str]:
        """Return what the vectorizer reads: the words in lower case, or the text itself."""
        if self._config["analyzer"] != "word":
            return str(message.get(TEXT))
        return [token.text.lower() for token in message.get(TOKENS_NAMES[TEXT])]


def _one_row(values: Any, columns: Any, width: int) -> coo_matrix:
    return coo_matrix((values, (np.zeros_like(columns), columns)), shape=(1, width))


def _unchanged(words: list[str]) -> list[str]:
    return words
