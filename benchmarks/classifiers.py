"""Which features and which classifier understand best: cross-validation on the training data.

Each way learns from two thirds of the examples and is asked the rest, three times over. DIET, which
takes minutes to train, is asked once. Run by `make compare-classifiers`; the evaluation texts under
tests/nlu have no part in it, so that they may still judge the choice.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import (
    CountVectorsFeaturizer,
)
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from bot.intents import ACUTE_INTENTS
from bot.nlu.language_identifier import language_of
from bot.nlu.linear_model import CalibratedModel, feature_matrix
from bot.nlu.sentence_encoder import OnnxSentenceEncoder
from bot.nlu.tfidf_featurizer import TfidfFeaturizer
from bot.nlu.tokenizer import MultilingualTokenizer
from handrail.settings import ROOT

FOLDS = 3
EVERYDAY = "out_of_scope"
THRESHOLDS = (0.15, 0.25, 0.35, 0.5)

WORDS = (TfidfFeaturizer, {"analyzer": "word", "min_ngram": 1, "max_ngram": 2})
LETTERS = (
    TfidfFeaturizer,
    {"analyzer": "char_wb", "min_ngram": 2, "max_ngram": 5, "min_df": 2},
)
ENCODER = (OnnxSentenceEncoder, {})
COUNTS = (CountVectorsFeaturizer, {})
LETTER_COUNTS = (CountVectorsFeaturizer, {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4})

Featurizer = tuple[type, dict[str, Any]]
Texts = list[str]

console = Console()


@dataclass(frozen=True)
class Answers:
    """What a classifier made of texts: the intent of each and its confidence."""

    intents: Texts
    confidences: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """Features and a classifier: learns from the first messages and answers for the second."""

    name: str
    featurizers: tuple[Featurizer, ...]
    learn: Callable[[list[Message], list[Message]], Answers]
    folds: int = FOLDS


def main(
    languages: Annotated[list[str], typer.Option(help="Languages to compare in.")] = ["en", "es"],  # noqa: B006
    diet_epochs: Annotated[int, typer.Option(help="Epochs of DIET; 0 leaves it out.")] = 30,
) -> None:
    """Compare, and print one table a language and one of thresholds."""
    data = training_data_from_paths([str(ROOT / "data" / "nlu")], "en")
    for language in languages:
        messages = [m for m in data.intent_examples if language_of(m) == language]
        table = Table(
            *("features and classifier", "macro F1", "acute found", "false alarms"),
            *("training, s", "ms a text"),
            title=f"{language}: {len(messages)} examples, {FOLDS}-fold cross-validation",
        )
        for way in _ways(diet_epochs):
            truth, answers, training, asking = _cross_validated(way, messages)
            table.add_row(way.name, *_quality(truth, answers), f"{training:.1f}", f"{asking:.2f}")
        console.print(table)
        # The last way is the one that the assistant uses.
        console.print(_thresholds(language, truth, answers))


def _ways(diet_epochs: int) -> Iterable[Way]:
    if diet_epochs:
        diet = lambda known, asked: _diet(known, asked, diet_epochs)  # noqa: E731
        yield Way("word and letter counts, DIET (one fold)", (COUNTS, LETTER_COUNTS), diet, 1)
    yield Way("word and letter counts, logistic regression", (COUNTS, LETTER_COUNTS), _logistic)
    yield Way("tf-idf of words, SVM", (WORDS,), _svm)
    yield Way("tf-idf of words and letters, logistic regression", (WORDS, LETTERS), _logistic)
    yield Way("tf-idf of words and letters, SVM", (WORDS, LETTERS), _svm)
    yield Way("the same with the encoder, SVM: used", (WORDS, LETTERS, ENCODER), _svm)


def _cross_validated(way: Way, messages: Sequence[Message]) -> tuple[Texts, Answers, float, float]:
    """Return truth and answers of all folds, seconds a training and milliseconds a text."""
    intents = [message.get(INTENT) for message in messages]
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(intents, intents))
    truth: Texts = []
    found: list[Answers] = []
    training = asking = 0.0
    for known, asked in track(folds[: way.folds], way.name, console=console, transient=True):
        start = time.process_time()
        learned = [_fresh(messages[i]) for i in known]
        featurizers = _trained(way.featurizers, learned)
        unknown = [_fresh(messages[i]) for i in asked]
        middle = time.process_time()
        for featurizer in featurizers:
            featurizer.process(unknown)
        seconds = time.process_time() - middle
        answers = way.learn(learned, unknown)
        training += time.process_time() - start - seconds
        asking += seconds
        truth += [intents[i] for i in asked]
        found.append(answers)
    joined = Answers(
        [intent for answers in found for intent in answers.intents],
        np.concatenate([answers.confidences for answers in found]),
    )
    return truth, joined, training / way.folds, asking / len(truth) * 1000


def _fresh(message: Message) -> Message:
    """A copy without features, split into words."""
    copy = Message({TEXT: message.get(TEXT), INTENT: message.get(INTENT)})
    copy.set("metadata", message.get("metadata"))
    return MultilingualTokenizer(MultilingualTokenizer.get_default_config()).process([copy])[0]


def _trained(featurizers: Sequence[Featurizer], messages: list[Message]) -> list[Any]:
    """Train the featurizers one after another, and give the messages their features."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (kind, config) in enumerate(featurizers):
            component = kind.create(  # type: ignore[attr-defined]
                {**kind.get_default_config(), FEATURIZER_CLASS_ALIAS: f"part-{number}", **config},  # type: ignore[attr-defined]
                LocalModelStorage(Path(folder)),
                Resource(f"part-{number}"),
                ExecutionContext(GraphSchema({}), node_name=f"part-{number}"),
            )
            data = TrainingData(messages)
            if hasattr(component, "train"):
                component.train(data)
            component.process_training_data(data)
            made.append(component)
    return made


def _svm(known: list[Message], asked: list[Message]) -> Answers:
    intents = [message.get(INTENT) for message in known]
    model = CalibratedModel.fitted(feature_matrix(known), intents, penalty=1.0, folds=3)
    best = [model.ranking(message)[0] for message in asked]
    return Answers([intent for intent, _ in best], np.array([c for _, c in best]))


def _logistic(known: list[Message], asked: list[Message]) -> Answers:
    intents = [message.get(INTENT) for message in known]
    model = LogisticRegression(solver="liblinear", C=10).fit(feature_matrix(known), intents)
    confidences = model.predict_proba(feature_matrix(asked))
    best = confidences.argmax(axis=1)
    return Answers(list(model.classes_[best]), confidences.max(axis=1))


def _diet(known: list[Message], asked: list[Message], epochs: int) -> Answers:
    config = {
        **DIETClassifier.get_default_config(),
        **{"epochs": epochs, "entity_recognition": False, "random_seed": 0},
    }
    with tempfile.TemporaryDirectory() as folder:
        diet = DIETClassifier.create(
            config,
            LocalModelStorage(Path(folder)),
            Resource("diet"),
            ExecutionContext(GraphSchema({}), node_name="diet"),
        )
        diet.train(TrainingData(known))
        heard = [message.get(INTENT) for message in diet.process(asked)]
    return Answers([h["name"] for h in heard], np.array([h["confidence"] for h in heard]))


def _quality(truth: Texts, answers: Answers) -> tuple[str, str, str]:
    alarms = np.isin(answers.intents, list(ACUTE_INTENTS))
    acute, everyday = np.isin(truth, list(ACUTE_INTENTS)), np.array(truth) == EVERYDAY
    f1 = f1_score(truth, answers.intents, average="macro", zero_division=0)
    return f"{f1:.3f}", f"{alarms[acute].mean():.3f}", f"{alarms[everyday].mean():.3f}"


def _thresholds(language: str, truth: Texts, answers: Answers) -> Table:
    """What a threshold for "not understood" costs: how many answers, how many of them right."""
    table = Table("threshold", "not understood", "right above it", "right below it", title=language)
    right = np.array(answers.intents) == np.array(truth)
    for threshold in THRESHOLDS:
        below = answers.confidences < threshold
        table.add_row(
            f"{threshold:.2f}",
            f"{below.mean():.3f}",
            f"{right[~below].mean():.3f}",
            f"{right[below].mean():.3f}" if below.any() else "-",
        )
    return table


if __name__ == "__main__":
    typer.run(main)
