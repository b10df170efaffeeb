"""The figures of an evaluation, what it compares and what it refuses; without a trained model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handrail.evaluation.figures import figures
from handrail.evaluation.overlap import near_duplicates, training_examples
from handrail.evaluation.plots import draw
from handrail.evaluation.report import (
    UnusableFile,
    losses,
    missed_bars,
    read_bars,
    read_baseline,
    report,
    summarise,
)
from handrail.evaluation.table import BadTable, Row, read_rows
from handrail.evaluation.typos import with_typos
from handrail.evaluation.understanding import Understood


def heard(intent: str, **more: object) -> Understood:
    known = {
        **{"confidence": 0.9, "risk": None, "risk_pattern": None, "country": None},
        **{"audience": None, "contact_way": None, "language": "en", "milliseconds": 4.0},
    }
    return Understood(intent=intent, **{**known, **more})  # type: ignore[arg-type]


def row(text: str, label: str = "", risk: str = "", country: str | None = "", line: int = 2) -> Row:
    return Row(line, text, "en", label, risk, country)


PAIRS = [
    (row("I want to die", "suicidal", "suicide"), heard("distress", risk="suicide")),
    (row("he has a knife", "immediate_danger", "danger"), heard("out_of_scope")),
    (row("this homework kills me", "out_of_scope"), heard("suicidal")),
    (row("what a nice day it is", "out_of_scope"), heard("out_of_scope", language="fr")),
    (row("I am in Peru", "inform_country", country="PE"), heard("inform_country", country="PE")),
    (row("my friend is in Chile", "worried_about_someone"), heard("greet", country="CL")),
]


def test_given_labelled_texts_then_each_figure_counts_what_it_says() -> None:
    found = figures(PAIRS)
    assert found["rows"] == 6
    assert found["accuracy"] == pytest.approx(2 / 6)
    assert found["acute_recall"] == 1 / 2
    assert found["false_alarms"] == 1 / 2
    # Five of them have four words or more.
    assert found["language"] == pytest.approx(5 / 6)
    assert found["country_precision"] == 1 / 2
    assert found["country_recall"] == 1
    # "suicidal" heard as "distress" still leads to a crisis line.
    assert found["right_service"] == pytest.approx(1 / 3)
    assert found["milliseconds"] == 4


def test_given_texts_without_labels_then_only_what_can_be_measured_is_there() -> None:
    found = figures([(Row(2, "one two three four", "en", "", "", None), heard("greet"))])
    assert found == {"rows": 1, "language": 1, "milliseconds": 4}


def test_given_a_report_then_errors_come_once_and_texts_never() -> None:
    twice = [*PAIRS, (row("He has a KNIFE!", "immediate_danger", "danger"), heard("out_of_scope"))]
    content = report(twice, summarise(twice))
    assert [error["wrong"] for error in content["errors"]] == [
        ["intent"],
        ["intent", "missed_risk"],
        ["intent"],
        ["intent", "country"],
    ]
    assert "knife" not in json.dumps(content).lower()


def test_given_bars_then_what_lies_below_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bars.yml"
    file.write_text("en: {acute_recall: 0.9, false_alarms: 0.6}\nfr: {accuracy: 1}\n")
    assert missed_bars(summarise(PAIRS), read_bars(file)) == [
        "en: acute risk found is 0.500, wanted 0.900"
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("en: [1]", "cannot be used"), ("en: {f1: 0.9}", r"en: no figure \['f1'\]"), ("[", "cannot")],
)
def test_given_bars_that_mean_nothing_then_the_error_says_why(
    tmp_path: Path, content: str, complaint: str
) -> None:
    file = tmp_path / "bars.yml"
    file.write_text(content)
    with pytest.raises(UnusableFile, match=complaint):
        read_bars(file)


def test_given_an_earlier_report_then_only_what_became_worse_is_named(tmp_path: Path) -> None:
    summary = summarise(PAIRS)
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report(PAIRS, summary)))
    before = read_baseline(file)
    assert losses(summary, before) == []
    before["en"]["accuracy"] += 0.1
    before["en"]["false_alarms"] -= 0.1
    before["en"]["country_recall"] -= 0.1
    assert losses(summary, before) == [
        "en: accuracy was 0.433, is 0.333",
        "en: false alarms was 0.400, is 0.500",
    ]


def test_given_something_else_as_baseline_then_the_error_names_it(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("[]")
    with pytest.raises(UnusableFile, match="report.json: is no report"):
        read_baseline(file)


def test_given_labelled_texts_then_pictures_are_drawn(tmp_path: Path) -> None:
    drawn = draw(PAIRS, tmp_path / "plots")
    assert [file.name for file in drawn] == ["confusion-en.png", "reliability.png"]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in drawn)


def test_given_a_latin_1_file_then_the_error_says_to_save_it_as_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes("text,lang\nniño,es\n".encode("latin-1"))
    with pytest.raises(BadTable, match="save the file as UTF-8"):
        read_rows(file)


def test_given_texts_then_a_third_of_the_words_get_one_error_and_always_the_same() -> None:
    text = "my neighbour shouts at the children every single evening and nobody helps"
    [changed] = with_typos([text])
    pairs = list(zip(text.split(), changed.split(), strict=True))
    wrong = [(old, new) for old, new in pairs if old != new]
    # Of eleven words with three letters or more; an error may give the same word again.
    assert 2 <= len(wrong) <= 4
    assert all(abs(len(old) - len(new)) <= 1 for old, new in wrong)
    assert with_typos([text]) == [changed]
    assert with_typos(["hi 我想死", ""]) != [] and with_typos(["hi", ""]) == ["hi", ""]


def test_given_texts_that_differ_in_marks_only_then_they_are_near_duplicates() -> None:
    examples = ["Je n'en peux plus", "I want to talk to someone"]
    texts = ["je n’en peux plus!!", "I want to talk to someones", "Where is the station?"]
    assert near_duplicates(texts, examples) == {0: examples[0], 1: examples[1]}


def test_given_training_data_then_all_its_examples_are_found(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.yml").write_text(
        'version: "3.1"\nnlu:\n  - intent: greet\n    examples: |\n      - hi\n      - hello you\n'
    )
    assert training_examples(tmp_path) == ["hi", "hello you"]
