"""Gives a message one dense vector for its meaning, with an ONNX sentence encoder on the CPU.

The classifier reads it beside the n-grams, and so understands wording that no example has. The
committed encoder, where it comes from and its figures: encoder_model/SOURCE.md.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException, RasaException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.word_pieces import word_pieces

logger = logging.getLogger(__name__)

BOT_FOLDER = Path(__file__).parents[1]
MODEL = "model.int8.onnx"
CHECKSUMS = "checksums.json"
BLOCK = 1 << 20
# 3 is one word between [CLS] and [SEP]; 512 is the number of positions that BERT models have.
ALLOWED = {"threads": range(1, 65), "max_length": range(3, 513)}


class EncoderFileError(RasaException):
    """A file of the encoder is not the one that checksums.json names."""


class SentenceEncoder:
    """Sentences to unit vectors: one at a time, since int8 scales depend on what is in a batch."""

    def __init__(self, folder: Path, threads: int, max_length: int) -> None:
        """Load the encoder in `folder`; longer texts are cut to `max_length` word pieces.

        Raises:
            EncoderFileError: a file is missing or differs from checksums.json.
        """
        verify(folder)
        self._word_pieces = word_pieces(folder, max_length)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Without an arena the memory of a long text is given back; no slower when measured.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, text: str) -> npt.NDArray[np.float32]:
        """Return a matrix (1, dimensions) of L2 norm 1; for a text without words too."""
        ids = np.array([self._word_pieces.numbers(text)], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector: npt.NDArray[np.float32] = self._session.run(None, inputs)[0]
        return vector


def verify(folder: Path) -> None:
    """Compare the files that checksums.json names with its SHA-256 sums; the model must be one.

    Raises:
        EncoderFileError: naming the file and what to do.
    """
    try:
        sums = json.loads((folder / CHECKSUMS).read_text())
        for name in (MODEL, *sums):
            if sha256(folder / name) != sums[name]:
                raise EncoderFileError(_broken(folder / name, "it is not the file that was made"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"it cannot be checked ({type(error).__name__}: {error})"
        raise EncoderFileError(_broken(folder, problem)) from error


def sha256(file: Path) -> str:
    """Return the file's SHA-256 in hexadecimal, without holding the file in memory."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _broken(where: Path, problem: str) -> str:
    return (
        f"Sentence encoder {where}: {problem}. Restore the folder from the repository "
        f"(git checkout), or make the files and {CHECKSUMS} again with its export.py."
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class OnnxSentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the sentence vector of each text; none of single words, which nothing here reads."""

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages whose versions decide the vectors, for Rasa's training cache."""
        return ["onnxruntime", "sentencepiece", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults.

        `path` is the encoder's folder, relative to the package `bot` or absolute. `threads` is for
        one message; in training there are as many messages at a time as processors. `max_length`
        counts word pieces.
        """
        return {
            FEATURIZER_CLASS_ALIAS: None,
            "path": "nlu/encoder_model",
            "threads": 1,
            "max_length": 128,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse numbers that the encoder cannot work with."""
        for key, allowed in ALLOWED.items():
            if config[key] not in allowed:
                raise InvalidConfigException(
                    f"OnnxSentenceEncoder: {key} is {config[key]!r}; "
                    f"use {allowed.start} to {allowed.stop - 1}."
                )

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return what identifies the encoder's files, so that other files mean training anew."""
        # Rasa asks with the bare configuration when it looks into its training cache.
        folder = BOT_FOLDER / {**cls.get_default_config(), **config}["path"]
        return sha256(folder / MODEL) if (folder / MODEL).exists() else "absent"

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OnnxSentenceEncoder:
        """Create the component (see parent class)."""
        return cls(config, execution_context.node_name)

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Load the encoder; without its model file, warn and add no features.

        Raises:
            EncoderFileError: the model file is there but the folder is not as it was made.
        """
        super().__init__(name, config)
        folder = BOT_FOLDER / config["path"]
        self._encoder: SentenceEncoder | None = None
        if (folder / MODEL).exists():
            self._encoder = SentenceEncoder(folder, config["threads"], config["max_length"])
            return
        logger.warning(
            "No sentence encoder at %s: messages are understood by their words and letters only, "
            "less well. A model must run as it was trained: train again when the file comes or "
            "goes. Where it comes from: bot/nlu/encoder_model/SOURCE.md.",
            folder / MODEL,
        )

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to all training examples that have a text."""
        # onnxruntime works outside Python's lock: a message on each processor.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self._add_features, training_data.training_examples))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add a sentence feature (1, dimensions) to the messages that have a text."""
        for message in messages:
            self._add_features(message)
        return messages

    def _add_features(self, message: Message) -> None:
        text = message.get(TEXT)
        if self._encoder is not None and text:
            vector = self._encoder.encode(text)
            message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
