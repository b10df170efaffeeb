"""Splits a message into words with spaCy's rules for its language, without a trained model.

The words of a message leave no trace: spaCy would keep each new one for the life of the process,
so that every message is read in a memory zone of its own.
"""

from functools import cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language


@cache
def blank_pipeline(language: str) -> Language:
    """Return spaCy's tokenizer for `language` (ISO 639-1); built once a process."""
    return spacy.blank(language)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BlankSpacyTokenizer(Tokenizer):
    """Rasa tokenizer over `spacy.blank(language)`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: English; intents are not split."""
        return {"language": "en", "intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return Rasa tokens (text, start, end in characters); white space is no token."""
        pipeline = blank_pipeline(self._config["language"])
        with pipeline.memory_zone():
            words = pipeline(message.get(attribute))
            return [Token(word.text, word.idx) for word in words if not word.is_space]
