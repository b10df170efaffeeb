"""Splits a message into words with spaCy's rules for its language, without a trained model.

The spaCy `Doc` of an incoming message is kept for the components that match patterns on it.
"""

from functools import cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language
from spacy.tokens import Doc


@cache
def blank_pipeline(language: str) -> Language:
    """Return spaCy's tokenizer for `language` (ISO 639-1); built once a process."""
    return spacy.blank(language)


def spacy_doc(message: Message, language: str) -> Doc:
    """Return the message's spaCy `Doc`, made by the tokenizer or, without one, now."""
    doc = message.get(SPACY_DOCS[TEXT])
    return doc if isinstance(doc, Doc) else blank_pipeline(language)(message.get(TEXT) or "")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BlankSpacyTokenizer(Tokenizer):
    """Rasa tokenizer over `spacy.blank(language)`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: English; intents are not split."""
        return {"language": "en", "intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return Rasa tokens (text, start, end in characters); white space is no token."""
        doc = blank_pipeline(self._config["language"])(message.get(attribute))
        return [Token(word.text, word.idx) for word in doc if not word.is_space]

    def process(self, messages: list[Message]) -> list[Message]:
        """Tokenize incoming messages and keep each one's `Doc` for the matchers."""
        for message in messages:
            text = message.get(TEXT) or ""
            message.set(SPACY_DOCS[TEXT], blank_pipeline(self._config["language"])(text))
        tokenized: list[Message] = super().process(messages)
        return tokenized
