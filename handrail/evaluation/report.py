"""What an evaluation tells: a report for programs, tables for people, and what became worse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, ValidationError
from rich.table import Table
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from handrail.evaluation.figures import (
    COLUMNS,
    Figures,
    Pair,
    figures,
    gets_safety_answer,
    is_acute,
)
from handrail.evaluation.overlap import normalised

Summary = dict[str, Figures]

# Of these, less is better.
_LESS_IS_BETTER = frozenset({"false_alarms", "not_understood", "milliseconds", "lost_to_typos"})
# What chance or another machine changes by itself is no loss.
_TOLERANCE = 0.005
_NOT_COMPARED = frozenset({"rows", "milliseconds"})


class UnusableFile(ValueError):  # noqa: N818
    """A baseline or a file of bars that cannot be used; says which and why."""


class _Bars(BaseModel):
    class Config:
        extra = Extra.forbid

    __root__: dict[str, dict[str, float]]


def summarise(pairs: Sequence[Pair]) -> Summary:
    """Return the figures of each language, in the order of the alphabet."""
    languages = sorted({row.lang for row, _ in pairs})
    return {name: figures([p for p in pairs if p[0].lang == name]) for name in languages}


def report(pairs: Sequence[Pair], summary: Summary) -> dict[str, Any]:
    """Return the summary, the rows and the errors; texts are not repeated."""
    rows = [{"line": row.line, "label": row.label or None, **asdict(heard)} for row, heard in pairs]
    return {"summary": summary, "rows": rows, "errors": list(_errors(pairs))}


def _errors(pairs: Iterable[Pair]) -> Iterator[dict[str, Any]]:
    """What was misunderstood, each text once."""
    seen = set()
    for row, heard in pairs:
        key = (row.lang, normalised(row.text), row.label)
        wrong = {
            "intent": bool(row.label) and heard.intent != row.label,
            "missed_risk": is_acute(row) and not gets_safety_answer(heard),
            "country": row.country is not None and (heard.country or "") != row.country,
        }
        if any(wrong.values()) and key not in seen:
            seen.add(key)
            faults = [name for name, is_wrong in wrong.items() if is_wrong]
            yield {
                **{"line": row.line, "language": row.lang, "label": row.label or None},
                **{"heard": heard.intent, "country": heard.country, "wrong": faults},
            }


def table(summary: Summary) -> Table:
    """Return the summary as a table, one language a column."""
    shown = Table("", *summary)
    for name, title in COLUMNS.items():
        if any(name in found for found in summary.values()):
            shown.add_row(title, *(_shown(name, found.get(name)) for found in summary.values()))
    return shown


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if name == "rows" else f"{value:.3f}"


def read_baseline(file: Path) -> Summary:
    """Return the summary of an earlier report.

    Raises:
        UnusableFile: it is no such report.
    """
    try:
        found: Summary = json.loads(file.read_text(encoding="utf-8"))["summary"]
        return {language: dict(values) for language, values in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableFile(f"{file}: is no report of handrail evaluate ({error}).") from error


def read_bars(file: Path) -> Summary:
    """Return what each language must reach: language to figure to value.

    Raises:
        UnusableFile: it is no YAML of that shape, or names a figure that there is not.
    """
    try:
        bars = _Bars.parse_obj(YAML(typ="safe").load(file.read_text(encoding="utf-8"))).__root__
    except (OSError, YAMLError, ValidationError) as error:
        raise UnusableFile(f"{file}: cannot be used: {error}") from error
    for language, wanted in bars.items():
        if unknown := wanted.keys() - COLUMNS.keys():
            allowed = ", ".join(COLUMNS)
            raise UnusableFile(f"{file}, {language}: no figure {sorted(unknown)}; use {allowed}.")
    return bars


def missed_bars(summary: Summary, bars: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return a sentence for each figure that does not reach its bar."""
    return [
        f"{language}: {COLUMNS[name]} is {summary[language][name]:.3f}, wanted {wanted:.3f}"
        for language in sorted(bars.keys() & summary.keys())
        for name, wanted in bars[language].items()
        if name in summary[language] and _is_worse(name, summary[language][name], wanted, 0)
    ]


def losses(summary: Summary, baseline: Summary) -> list[str]:
    """Return a sentence for each figure that became worse than in the baseline."""
    return [
        f"{language}: {COLUMNS.get(name, name)} was {before:.3f}, is {summary[language][name]:.3f}"
        for language in sorted(baseline.keys() & summary.keys())
        for name, before in baseline[language].items()
        if name in summary[language]
        and name not in _NOT_COMPARED
        and _is_worse(name, summary[language][name], before, _TOLERANCE)
    ]


def _is_worse(name: str, value: float, wanted: float, tolerance: float) -> bool:
    difference = wanted - value if name not in _LESS_IS_BETTER else value - wanted
    return difference > tolerance
