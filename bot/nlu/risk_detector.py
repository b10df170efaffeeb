"""Rasa graph component that marks messages in which someone is at acute risk (DESIGN S1, S3).

It writes the message property `risk` and nothing else. The policies read it from
`tracker.latest_message.parse_data["risk"]`.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.data_file import language_files
from bot.nlu.language_identifier import LANGUAGE, in_order
from bot.nlu.risk import Risk, RiskDefinitionError, RiskDetectorModel, fold

RISK = "risk"
CLASSIFIER = "classifier"
"""Stands where the id of a pattern would, when no pattern fired but the classifier is uneasy."""
ABOUT_ANOTHER = "worried_about_someone"
KIND_OF_INTENT = {"suicidal": "suicide", "immediate_danger": "danger"}
_COMMAND = "/"
_PROJECT = Path(__file__).parents[2]


class SafeWords:
    """The words that ask for the safety answer at any time, whatever else is going on (S3)."""

    def __init__(self, words: Iterable[str]) -> None:
        """Keeps the words without regard to case, spaces and repeated marks."""
        self._words = frozenset(map(_bare, words))

    def match(self, text: str) -> Risk | None:
        """Returns a risk of kind `safe_word` when the whole message is a safe word."""
        if _bare(text) not in self._words:
            return None
        return Risk(kind="safe_word", pattern="safe_word", third_person=False)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class RiskDetector(GraphComponent):
    """Sets `risk` to `{"kind", "pattern", "third_person"}` on messages that show acute risk.

    Kinds are `suicide`, `danger` and `safe_word`. The patterns of the message's language are tried,
    and those of all languages if it is unclear. Where none fires, the intent classifier may still
    give acute risk more confidence than can be passed over, though another intent has more.
    Training only copies the risk files into the
    model, so a trained model is complete; a change in them is seen through `fingerprint_addon`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns the defaults.

        folder: where `<language>.yml` files lie, from the working directory or the project.
        languages: the languages to detect risk in; none are all of the folder.
        safe_words: language to the words that call for the safety answer, instead of those of
            its file. They count in every language.
        confidence: of acute intents together, from which there is a risk without any pattern;
            `make compare-classifiers` shows what other values find, and alarm for nothing.
        """
        return {"folder": "data/safety", "languages": None, "safe_words": {}, "confidence": 0.4}

    def __init__(
        self,
        files: Mapping[str, Path],
        config: Mapping[str, Any],
        storage: ModelStorage,
        resource: Resource,
    ) -> None:
        """Loads one detector a language; their order is the order in which they are tried.

        Raises:
            InvalidConfigException: names the file, and the entry in it, that cannot be used.
        """
        try:
            self._models = {name: RiskDetectorModel.load(path) for name, path in files.items()}
        except RiskDefinitionError as error:
            raise InvalidConfigException(str(error)) from error
        self._files = files
        own = {name: model.safe_words for name, model in self._models.items()}
        self._safe_words = SafeWords(itertools.chain(*{**own, **config["safe_words"]}.values()))
        self._confidence: float = config["confidence"]
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskDetector:
        """Makes a detector of the project's risk files, for training."""
        return cls(_risk_files(config), config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RiskDetector:
        """Restores the detector from the copy in the model."""
        with model_storage.read_from(resource) as kept:
            files = language_files(kept, config["languages"])
            return cls(files, config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Returns a hash of the risk files, so that Rasa trains again when one changes."""
        digest = hashlib.sha256()
        # Rasa asks with the bare configuration when it looks into its training cache.
        for path in _risk_files({**cls.get_default_config(), **config}).values():
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns nothing; keeps a copy of the risk files in the model."""
        with self._storage.write_to(self._resource) as kept:
            for path in self._files.values():
                shutil.copyfile(path, kept / path.name)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `risk` where there is one; commands (text that starts with `/`) are left alone."""
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith(_COMMAND):
                continue
            risk = self._detect(text, message.get(LANGUAGE)) or self._uneasy(message)
            if risk:
                message.set(RISK, asdict(risk), add_to_output=True)
        return messages

    def _detect(self, text: str, language: str | None) -> Risk | None:
        if safe_word := self._safe_words.match(text):
            return safe_word
        found = (model.detect(text) for model in in_order(self._models, language))
        return next((risk for risk in found if risk), None)

    def _uneasy(self, message: Message) -> Risk | None:
        ranking = message.get(INTENT_RANKING_KEY) or []
        acute = [intent for intent in ranking if intent["name"] in KIND_OF_INTENT]
        if sum(intent["confidence"] for intent in acute) < self._confidence:
            return None
        likeliest = max(acute, key=lambda intent: float(intent["confidence"]))
        about_another = ranking[0]["name"] == ABOUT_ANOTHER
        return Risk(KIND_OF_INTENT[likeliest["name"]], CLASSIFIER, third_person=about_another)


def _risk_files(config: Mapping[str, Any]) -> dict[str, Path]:
    folder = Path(config["folder"])
    if not folder.is_dir():
        folder = _PROJECT / folder
    files = language_files(folder, config["languages"])
    for path in files.values():
        if not path.is_file():
            raise InvalidConfigException(f"RiskDetector: {path} does not exist")
    return files


def _bare(text: str) -> str:
    """Returns the text folded, without white space and with repeated marks taken once."""
    return re.sub(r"([^\w\s])\1+", r"\1", re.sub(r"\s+", "", fold(text)))
