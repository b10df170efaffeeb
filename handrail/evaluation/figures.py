"""The figures of DESIGN S8 for texts of one language, as far as their labels allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from sklearn.metrics import f1_score

from actions.needs import needs
from bot.intents import ACUTE_INTENTS
from handrail.evaluation.table import Row
from handrail.evaluation.understanding import Understood

Pair = tuple[Row, Understood]
Figures = dict[str, float]

EVERYDAY = "out_of_scope"
NOT_UNDERSTOOD = "nlu_fallback"
_WORDS_OF_A_SENTENCE = 4
# In Chinese, where a character is a word or half of one.
_CHARACTERS_OF_A_SENTENCE = 6

COLUMNS = {
    "rows": "texts",
    "macro_f1": "F1, all intents",
    "needs_f1": "F1, needs",
    "accuracy": "accuracy",
    "acute_recall": "acute risk found",
    "false_alarms": "false alarms",
    "language": "language right",
    "country_precision": "country precision",
    "country_recall": "country recall",
    "right_service": "right service",
    "not_understood": "not understood",
    "milliseconds": "ms a text",
    "lost_to_typos": "F1 lost to typos",
}
"""The figures and what a table calls them."""


def figures(pairs: Sequence[Pair]) -> Figures:
    """Return the figures, by the names in COLUMNS; those without any text to measure are left out.

    - `macro_f1`, `needs_f1`: mean of the F1 scores of all labels, and of needs and risks alone.
    - `acute_recall`: share of texts with a risk that would get the safety answer, by the
      classifier or by the patterns; `false_alarms`: the same share of everyday talk.
    - `language`: share of sentences (four words or more) whose language was recognised.
    - `right_service`: share of texts with a need for which the first kind of service that is
      looked for is one of those that the label asks for.
    - `milliseconds`: median of processor time.
    """
    found = {"rows": float(len(pairs)), **_intent_figures([p for p in pairs if p[0].label])}
    shares = {
        "acute_recall": (gets_safety_answer(heard) for row, heard in pairs if is_acute(row)),
        "false_alarms": (gets_safety_answer(heard) for row, heard in pairs if _is_everyday(row)),
        "language": (heard.language == row.lang for row, heard in pairs if is_sentence(row)),
        "country_precision": (
            heard.country == row.country
            for row, heard in pairs
            if row.country is not None and heard.country
        ),
        "country_recall": (heard.country == row.country for row, heard in pairs if row.country),
        "right_service": _right_services(pairs),
        "not_understood": (heard.intent == NOT_UNDERSTOOD for row, heard in pairs if row.label),
    }
    for name, values in shares.items():
        if (share := _share(values)) is not None:
            found[name] = share
    found["milliseconds"] = median(heard.milliseconds for _, heard in pairs)
    return found


def is_acute(row: Row) -> bool:
    """Tell whether a text calls for the safety answer."""
    return bool(row.risk) or row.label in ACUTE_INTENTS


def gets_safety_answer(heard: Understood) -> bool:
    """Tell whether a text would get the safety answer, by either means of detection (S1)."""
    return heard.risk is not None or heard.intent in ACUTE_INTENTS


def _intent_figures(pairs: Sequence[Pair]) -> Figures:
    if not pairs:
        return {}
    truth = [row.label for row, _ in pairs]
    heard = [understood.intent for _, understood in pairs]
    labels = sorted(set(truth))
    found = {
        "macro_f1": float(f1_score(truth, heard, labels=labels, average="macro", zero_division=0)),
        "accuracy": sum(t == h for t, h in zip(truth, heard, strict=True)) / len(truth),
    }
    if needed := [label for label in labels if label in needs()]:
        found["needs_f1"] = float(
            f1_score(truth, heard, labels=needed, average="macro", zero_division=0)
        )
    return found


def _right_services(pairs: Iterable[Pair]) -> Iterator[bool]:
    for row, heard in pairs:
        if row.label in needs():
            wanted = needs()[row.label].services_for(heard.audience)
            need = needs().get(heard.intent)
            yield need is not None and need.services_for(heard.audience)[0] in wanted


def _is_everyday(row: Row) -> bool:
    return row.label == EVERYDAY and not row.risk


def is_sentence(row: Row) -> bool:
    """Tell whether a text is long enough for its language to be told."""
    if len(row.text.split()) >= _WORDS_OF_A_SENTENCE:
        return True
    return row.lang == "zh" and len(row.text) >= _CHARACTERS_OF_A_SENTENCE


def _share(values: Iterable[bool]) -> float | None:
    counted = list(values)
    return sum(counted) / len(counted) if counted else None
