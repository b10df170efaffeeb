"""The evaluation sets stay independent of the training data."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.evaluation.overlap import near_duplicates, normalised, training_examples
from handrail.evaluation.table import read_rows
from handrail.settings import ROOT

SETS = sorted((ROOT / "tests" / "nlu").glob("*.csv"))


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_no_evaluation_text_is_nearly_a_training_example(file: Path) -> None:
    texts = [row.text for row in read_rows(file)]
    examples = training_examples(ROOT / "data" / "nlu" / file.stem)
    assert len(texts) >= 350 and len(examples) > 4000
    near = near_duplicates(texts, examples)
    assert [(texts[place], example) for place, example in near.items()] == []


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_no_evaluation_text_is_there_twice_or_in_another_language(file: Path) -> None:
    rows = read_rows(file)
    texts = [normalised(row.text) for row in rows]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []
    assert {row.lang for row in rows} == {file.stem}
