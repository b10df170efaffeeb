"""Rasa component that says which country a message's writer is in, as an ISO 3166-1 code.

The rules are in `bot.nlu.places`; a message that only names a place becomes `inform_country`.
"""

from __future__ import annotations

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
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.data_file import language_files
from bot.nlu.language_identifier import LANGUAGE, in_order
from bot.nlu.places import PlaceResult, gazetteer_for
from bot.nlu.places.gazetteer import Gazetteer
from bot.nlu.places.matcher import read_message
from bot.nlu.tokenizer import word_splitter
from bot.settings import PROJECT_ROOT

COUNTRY_ENTITY = "country"
# Message property: the countries to choose from when a named place may lie in several.
PLACE_AMBIGUOUS = "place_ambiguous"
INFORM_COUNTRY = "inform_country"
COMMAND_PREFIX = "/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entity `country`; its value is a country code, never the words of the message.

    Stands after the intent classifier and the fallback classifier, whose verdict it overrules when
    a message is nothing but a place.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: all languages of the folder, which starts at the project's root."""
        return {"languages": None, "folder": "data/places"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceExtractor:
        """Load the names at start-up, so that the first message does not wait for them.

        Raises:
            PlaceFileError: the language's file is missing or wrong.
        """
        folder = PROJECT_ROOT / config["folder"]
        files = language_files(folder, config["languages"])
        return cls({language: gazetteer_for(language, folder) for language in files})

    def __init__(self, gazetteers: dict[str, Gazetteer]) -> None:
        """Create the extractor; gazetteers are asked in this order where no language is clear."""
        self._gazetteers = gazetteers

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what each message says of its writer's country; commands ("/...") are left alone."""
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.startswith(COMMAND_PREFIX):
                self._annotate(message, self._place(text, message.get(LANGUAGE)))
        return messages

    def _place(self, text: str, language: str | None) -> PlaceResult:
        """Return what the languages say of the text: the first that finds a country decides."""
        splitter = word_splitter()
        with splitter.memory_zone():
            words = splitter(text)
            places = [read_message(g, words) for g in in_order(self._gazetteers, language)]
        known = (place for place in places if place.country or place.ambiguous)
        return next(known, places[0])

    def _annotate(self, message: Message, place: PlaceResult) -> None:
        if place.ambiguous:
            message.set(PLACE_AMBIGUOUS, list(place.ambiguous), add_to_output=True)
        if place.country is None:
            return
        entity = {
            ENTITY_ATTRIBUTE_TYPE: COUNTRY_ENTITY,
            ENTITY_ATTRIBUTE_VALUE: place.country,
            ENTITY_ATTRIBUTE_START: place.start,
            ENTITY_ATTRIBUTE_END: place.end,
            ENTITY_ATTRIBUTE_CONFIDENCE: 1.0,
        }
        known = message.get(ENTITIES) or []
        entities = [*known, *self.add_extractor_name([entity])]
        message.set(ENTITIES, entities, add_to_output=True)
        if place.only_place:
            _set_intent(message, INFORM_COUNTRY)


def _set_intent(message: Message, name: str) -> None:
    """Make `name` the certain intent; the others stay in the ranking with confidence 0."""
    intent = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
    others = [
        {**other, PREDICTED_CONFIDENCE_KEY: 0.0}
        for other in message.get(INTENT_RANKING_KEY) or []
        if other[INTENT_NAME_KEY] != name
    ]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
