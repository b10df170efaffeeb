"""The sentence encoder: meaning as a unit vector, files that are what they claim, no words kept."""

import asyncio
import json
import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.model_training import train_nlu
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from bot.nlu.sentence_encoder import (
    BOT_FOLDER,
    EncoderFileError,
    OnnxSentenceEncoder,
    SentenceEncoder,
)
from bot.nlu.word_pieces import word_pieces

FOLDER = BOT_FOLDER / "nlu" / "encoder_model"
CANARY = "canary-7f3a my brother found my diary"
UNUSUAL = {
    "a space": " ",
    "no visible sign": "\u200b",
    "control characters": "\x00\x07",
    "emoji only": "\U0001f622\U0001f622",
    "right-to-left": "أحتاج إلى مساعدة",
    "ten thousand characters": "help " * 2000,
}
PAIRS = [
    ("Someone is threatening to share my photos", "he says he will post my pictures"),
    ("I don't want to be alive any more", "I want my life to end"),
    ("I am afraid of my own thoughts and want help", "my urges scare me, who can I talk to"),
]
UNRELATED = "which bus goes to the football stadium"
PIPELINE = """
recipe: default.v1
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: bot.nlu.sentence_encoder.OnnxSentenceEncoder
    path: {path}
  - name: LogisticRegressionClassifier
"""
EXAMPLES = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - hi there
  - intent: ask_cost
    examples: |
      - what does it cost
      - is it free
"""


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(FOLDER, threads=1, max_length=128)


@pytest.fixture
def copied_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "encoder"))


def component(tmp_path: Path, **config: Any) -> OnnxSentenceEncoder:
    merged = {**OnnxSentenceEncoder.get_default_config(), **config}
    return OnnxSentenceEncoder.create(
        merged,
        LocalModelStorage(tmp_path),
        Resource("encoder"),
        ExecutionContext(GraphSchema({}), node_name="encoder"),
    )


def sentence_vector(message: Message) -> np.ndarray:
    words, sentence = message.get_dense_features(TEXT)
    assert words is None
    assert sentence is not None
    return sentence.features


def test_a_sentence_becomes_one_unit_vector_of_384_numbers(encoder: SentenceEncoder) -> None:
    vector = encoder.encode("I need someone to talk to")

    assert vector.shape == (1, 384)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("text", "same"), PAIRS)
def test_sentences_of_like_meaning_are_nearer_than_unrelated_ones(
    encoder: SentenceEncoder, text: str, same: str
) -> None:
    vector, like, unlike = (encoder.encode(each)[0] for each in (text, same, UNRELATED))

    # Vectors of this family are all near each other; what counts is the order.
    assert vector @ like > vector @ unlike + 0.02


@pytest.mark.parametrize(
    "text",
    [
        "alguien amenaza con publicar mis fotos",
        "quelqu'un menace de publier mes photos",
        "شخص يهددني بنشر صوري",
        "кто-то угрожает выложить мои фото",
        "有人威胁要公开我的照片",
        "noen truer med å dele bildene mine",
    ],
)
def test_a_sentence_is_nearest_to_its_meaning_in_other_languages(
    encoder: SentenceEncoder, text: str
) -> None:
    vector = encoder.encode(text)[0]
    same, unlike = (encoder.encode(each)[0] for each in (PAIRS[0][0], UNRELATED))

    assert vector @ same > vector @ unlike + 0.02


@pytest.mark.parametrize("text", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_unusual_text_gets_a_unit_vector_too(encoder: SentenceEncoder, text: str) -> None:
    assert np.linalg.norm(encoder.encode(text)) == pytest.approx(1, abs=1e-5)


def test_words_beyond_the_maximum_length_change_nothing() -> None:
    short = SentenceEncoder(FOLDER, threads=1, max_length=8)

    # Eight word pieces: the beginning, six words, the end.
    assert np.array_equal(
        short.encode("please help me with this today"),
        short.encode("please help me with this today and tomorrow"),
    )


def test_an_encoder_may_bring_the_tokenizer_file_of_hugging_face(tmp_path: Path) -> None:
    words = {"[UNK]": 0, "<s>": 1, "</s>": 2, "help": 3, "me": 4}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    pieces = word_pieces(tmp_path, max_length=4)

    assert pieces.numbers("help me") == [1, 3, 4, 2]
    assert pieces.numbers("help me help me") == [1, 3, 4, 2]


def test_training_and_running_give_the_same_vectors_in_whatever_company(tmp_path: Path) -> None:
    encoder = component(tmp_path)
    texts = [text for pair in PAIRS for text in pair]
    trained = TrainingData([Message({TEXT: text, INTENT: "x"}) for text in texts])

    encoder.process_training_data(trained)

    for example in trained.training_examples:
        alone = Message({TEXT: example.get(TEXT)})
        encoder.process([alone])
        assert np.array_equal(sentence_vector(alone), sentence_vector(example))


def test_messages_without_text_get_no_features(tmp_path: Path) -> None:
    messages = [Message({TEXT: ""}), Message({INTENT: "greet"})]

    component(tmp_path).process(messages)

    assert [message.features for message in messages] == [[], []]


def test_without_the_file_it_warns_once_and_adds_no_features(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    message = Message({TEXT: CANARY})

    component(tmp_path, path=str(tmp_path / "nowhere")).process([message])

    assert message.features == []
    (record,) = [record for record in caplog.records if record.name == "bot.nlu.sentence_encoder"]
    assert record.levelno == logging.WARNING
    assert str(tmp_path / "nowhere" / "model.int8.onnx") in record.getMessage()
    assert "SOURCE.md" in record.getMessage()


@pytest.mark.parametrize("name", ["model.int8.onnx", "sentencepiece.model"])
def test_a_changed_file_stops_it_and_names_file_and_remedy(
    tmp_path: Path, copied_folder: Path, name: str
) -> None:
    with (copied_folder / name).open("r+b") as file:
        file.seek(100)
        file.write(b"\0changed\0")

    with pytest.raises(EncoderFileError) as error:
        component(tmp_path, path=str(copied_folder))

    assert str(copied_folder / name) in str(error.value)
    assert "git checkout" in str(error.value)


@pytest.mark.parametrize("name", ["checksums.json", "sentencepiece.model"])
def test_an_incomplete_folder_stops_it_and_names_the_file(
    tmp_path: Path, copied_folder: Path, name: str
) -> None:
    (copied_folder / name).unlink()

    with pytest.raises(EncoderFileError, match=name):
        component(tmp_path, path=str(copied_folder))


def test_checksums_that_are_no_checksums_stop_it(tmp_path: Path, copied_folder: Path) -> None:
    (copied_folder / "checksums.json").write_text(json.dumps({"sentencepiece.model": "0"}))

    with pytest.raises(EncoderFileError, match="cannot be checked"):
        component(tmp_path, path=str(copied_folder))


@pytest.mark.parametrize(
    ("key", "value"), [("threads", 0), ("threads", "two"), ("max_length", 2), ("max_length", 513)]
)
def test_settings_out_of_range_are_refused_by_name(key: str, value: object) -> None:
    config = {**OnnxSentenceEncoder.get_default_config(), key: value}

    with pytest.raises(InvalidConfigException, match=key):
        OnnxSentenceEncoder.validate_config(config)


def test_rasa_trains_anew_when_the_encoder_comes_or_goes(tmp_path: Path) -> None:
    here = {"path": "nlu/encoder_model"}
    gone = {"path": str(tmp_path)}

    assert OnnxSentenceEncoder.fingerprint_addon(here) != OnnxSentenceEncoder.fingerprint_addon(
        gone
    )


def test_nothing_of_a_message_is_written_at_any_log_level(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        encoder = component(tmp_path)
        encoder.process([Message({TEXT: CANARY})])
        encoder.process_training_data(TrainingData([Message({TEXT: CANARY, INTENT: "x"})]))

    written = caplog.text + "".join(capfd.readouterr())
    assert "canary" not in written
    assert "diary" not in written


@pytest.mark.parametrize("path", ["nlu/encoder_model", "nowhere"])
def test_a_pipeline_trains_and_runs_with_the_encoder_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)  # Rasa keeps a training cache in the working directory.
    config, examples = tmp_path / "config.yml", tmp_path / "nlu.yml"
    config.write_text(PIPELINE.format(path=path))
    examples.write_text(EXAMPLES)

    model = train_nlu(str(config), str(examples), str(tmp_path))
    answer = asyncio.run(Agent.load(model).parse_message("hello what does it cost"))

    assert answer["intent"]["name"] == "ask_cost"
