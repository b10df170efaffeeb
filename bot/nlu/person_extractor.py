"""Rasa component that says who the help is for and how the person can be in contact, in codes.

What counts stands in `data/person/<lang>.yml`; another language is another file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_CONFIDENCE,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.data_file import language_files
from bot.nlu.language_identifier import LANGUAGE, in_order
from bot.nlu.person import Finding, PersonModel
from bot.settings import PROJECT_ROOT

COMMAND_PREFIX = "/"


@cache
def person_model(file: Path) -> PersonModel:
    """Return the model of one language's file; loaded once a process.

    Raises:
        PersonDefinitionError: names the file and the entry at fault.
    """
    return PersonModel.load(file)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PersonExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entities `audience` and `contact_way`, at most one of each, to incoming messages."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: all languages of the folder, which starts at the project's root."""
        return {"languages": None, "folder": "data/person"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PersonExtractor:
        """Load every configured language at start-up.

        Raises:
            PersonDefinitionError: a language's file is missing or wrong.
        """
        files = language_files(PROJECT_ROOT / config["folder"], config["languages"])
        return cls({language: person_model(file) for language, file in files.items()})

    def __init__(self, models: dict[str, PersonModel]) -> None:
        """Create the extractor; the models are asked in this order where no language is clear."""
        self._models = models

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what each message says about the person; commands ("/...") are left alone."""
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.startswith(COMMAND_PREFIX):
                known = message.get(ENTITIES) or []
                found = self._entities(text, message.get(LANGUAGE))
                message.set(ENTITIES, [*known, *found], add_to_output=True)
        return messages

    def _entities(self, text: str, language: str | None) -> list[dict[str, Any]]:
        """Return Rasa entities; of several languages, the first to find an entity decides it."""
        found: dict[str, Finding] = {}
        for model in in_order(self._models, language):
            for finding in model.find(text):
                found.setdefault(finding.entity, finding)
        entities: list[dict[str, Any]] = [_as_entity(finding) for finding in found.values()]
        self.add_extractor_name(entities)
        return entities


def _as_entity(finding: Finding) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: finding.entity,
        ENTITY_ATTRIBUTE_VALUE: finding.value,
        ENTITY_ATTRIBUTE_START: finding.start,
        ENTITY_ATTRIBUTE_END: finding.end,
        ENTITY_ATTRIBUTE_CONFIDENCE: 1.0,
    }
