"""Splits a message into words with spaCy's rules for all languages, without a trained model.

The words of a message leave no trace: spaCy would keep each new one for the life of the process,
so that every message is read in a memory zone of its own.
"""

from functools import cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.util import compile_infix_regex

from bot.nlu.scripts import HAN

_ALL_LANGUAGES = "xx"
# Punctuation of Chinese, which no space follows.
_WIDE_MARKS = "\u3001-\u301f\uff00-\uff0f\uff1a-\uff20"


@cache
def word_splitter() -> Language:
    """Return spaCy's tokenizer; built once a process.

    Chinese is written without spaces: each of its characters is a word.
    """
    pipeline = spacy.blank(_ALL_LANGUAGES)
    border = rf"[{HAN}{_WIDE_MARKS}]"
    between = [*(pipeline.Defaults.infixes or ()), rf"(?<={border})(?=\S)", rf"(?<=\S)(?={border})"]
    pipeline.tokenizer.infix_finditer = (  # type: ignore[union-attr]
        compile_infix_regex(between).finditer
    )
    return pipeline


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MultilingualTokenizer(Tokenizer):
    """Rasa tokenizer over `word_splitter`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Split all examples; spaCy's vocabulary learns them for as long as that takes."""
        with word_splitter().memory_zone():
            return super().process_training_data(training_data)

    def process(self, messages: list[Message]) -> list[Message]:
        """Split messages; spaCy's vocabulary forgets their words at once."""
        with word_splitter().memory_zone():
            split: list[Message] = super().process(messages)
            return split

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return Rasa tokens (text, start, end in characters); white space is no token."""
        words = word_splitter()(message.get(attribute))
        return [Token(word.text, word.idx) for word in words if not word.is_space]
