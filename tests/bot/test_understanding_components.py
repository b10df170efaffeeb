"""The tokenizer, the n-gram features and the intent classifier, as Rasa runs them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_classifier import LinearIntentClassifier
from bot.nlu.risk_detector import RiskDetector
from bot.nlu.sentence_encoder import OnnxSentenceEncoder
from bot.nlu.tfidf_featurizer import TfidfFeaturizer
from bot.nlu.tokenizer import MultilingualTokenizer, word_splitter

EXAMPLES = {
    "greet": ["hello", "hi there", "good morning", "hey", "hello you", "good evening"],
    "ask_cost": [
        "is it free",
        "does it cost money",
        "how much does it cost",
        "do i have to pay",
        "what does it cost",
        "is calling free",
    ],
}


class Pipeline:
    """Tokenizer, word and character features and classifier over one model storage."""

    def __init__(self, folder: Path) -> None:
        self.storage = LocalModelStorage(folder)
        self.tokenizer = MultilingualTokenizer(MultilingualTokenizer.get_default_config())
        words = TfidfFeaturizer.get_default_config()
        letters = {**words, "analyzer": "char_wb", "min_ngram": 2, "max_ngram": 4}
        self.configs: list[tuple[Any, dict[str, Any]]] = [
            (TfidfFeaturizer, words),
            (TfidfFeaturizer, letters),
            (LinearIntentClassifier, {**LinearIntentClassifier.get_default_config(), "folds": 3}),
        ]

    def made(self, how: str) -> list[Any]:
        return [
            getattr(kind, how)(
                config,
                self.storage,
                Resource(f"component-{number}"),
                ExecutionContext(GraphSchema({}), node_name=f"component-{number}"),
            )
            for number, (kind, config) in enumerate(self.configs)
        ]

    def train(self) -> list[Any]:
        messages = [
            Message({TEXT: text, INTENT: intent})
            for intent, texts in EXAMPLES.items()
            for text in texts
        ]
        data = self.tokenizer.process_training_data(TrainingData(messages))
        *featurizers, classifier = self.made("create")
        for featurizer in featurizers:
            featurizer.train(data)
            data = featurizer.process_training_data(data)
        classifier.train(data)
        return [*featurizers, classifier]

    def read(self, text: str, components: list[Any]) -> Message:
        messages = self.tokenizer.process([Message({TEXT: text})])
        for component in components:
            messages = component.process(messages)
        return messages[0]


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline(tmp_path)


def test_given_a_trained_pipeline_then_misspelt_words_are_understood(pipeline: Pipeline) -> None:
    message = pipeline.read("dose it cosst monney", pipeline.train())
    assert message.get(INTENT)["name"] == "ask_cost"


def test_confidences_are_between_0_and_1_and_add_up_to_1(pipeline: Pipeline) -> None:
    ranking = pipeline.read("hello", pipeline.train()).get("intent_ranking")
    confidences = [entry["confidence"] for entry in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert np.isclose(sum(confidences), 1.0)
    assert all(0 <= confidence <= 1 for confidence in confidences)


def test_a_loaded_pipeline_says_exactly_what_the_trained_one_said(pipeline: Pipeline) -> None:
    trained = pipeline.read("how much is it", pipeline.train())
    loaded = pipeline.read("how much is it", pipeline.made("load"))
    assert loaded.get("intent_ranking") == trained.get("intent_ranking")


def test_features_are_those_of_scikit_learn(pipeline: Pipeline) -> None:
    words, letters, _ = pipeline.train()
    message = pipeline.read("how much does it cost cost", [words, letters])
    by_words, by_letters = (feature.features.toarray() for feature in message.features)
    tokens = ["how", "much", "does", "it", "cost", "cost"]
    assert np.allclose(by_words, words._vectorizer.transform([tokens]).toarray())
    assert np.allclose(
        by_letters, letters._vectorizer.transform(["how much does it cost cost"]).toarray()
    )


def test_an_untrained_classifier_claims_nothing(pipeline: Pipeline) -> None:
    message = pipeline.read("hello", pipeline.made("create")[-1:])
    assert message.get(INTENT) is None


def test_the_tokenizer_keeps_signs_and_leaves_no_word_behind(pipeline: Pipeline) -> None:
    message = pipeline.tokenizer.process([Message({TEXT: "help! canary9f2c  now"})])[0]
    words = [token.text for token in message.get(TOKENS_NAMES[TEXT])]
    assert words == ["help", "!", "canary9f2c", "now"]
    assert "canary9f2c" not in word_splitter().vocab.strings


def test_the_tokenizer_takes_each_chinese_character_as_a_word(pipeline: Pipeline) -> None:
    message = pipeline.tokenizer.process([Message({TEXT: "我在Lima。help me"})])[0]
    words = [token.text for token in message.get(TOKENS_NAMES[TEXT])]
    assert words == ["我", "在", "Lima", "。", "help", "me"]


def test_an_unknown_analyzer_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(InvalidConfigException, match="word or char_wb"):
        TfidfFeaturizer.validate_config(
            {**TfidfFeaturizer.get_default_config(), "analyzer": "syllable"}
        )


@pytest.mark.parametrize("component", [OnnxSentenceEncoder, RiskDetector])
def test_a_component_without_configuration_has_a_fingerprint(component: Any) -> None:
    """Rasa asks so when it looks into its training cache."""
    assert component.fingerprint_addon({}) == component.fingerprint_addon(
        component.get_default_config()
    )
