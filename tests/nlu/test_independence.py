"""The evaluation set stays independent of the training data."""

import csv
import re

from ruamel.yaml import YAML

from handrail.settings import ROOT


def normalised(text: str) -> str:
    """Lower case, letters and digits only: what a trivial difference leaves."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def test_no_evaluation_text_is_a_training_example() -> None:
    training = {
        normalised(line.removeprefix("- "))
        for file in (ROOT / "data" / "nlu" / "en").glob("*.yml")
        for intent in YAML(typ="safe").load(file.read_text())["nlu"]
        for line in intent["examples"].splitlines()
    }
    with (ROOT / "tests" / "nlu" / "en.csv").open(newline="") as lines:
        evaluation = [normalised(row["text"]) for row in csv.DictReader(lines)]
    assert len(training) > 5000 and len(evaluation) > 800
    assert [text for text in evaluation if text in training] == []
