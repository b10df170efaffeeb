"""An evaluation from the files to the exit status: read, understand, report, compare."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import track

from handrail.evaluation.figures import Pair
from handrail.evaluation.overlap import near_duplicates, training_examples
from handrail.evaluation.plots import draw
from handrail.evaluation.report import (
    Summary,
    UnusableFile,
    losses,
    missed_bars,
    read_bars,
    read_baseline,
    report,
    summarise,
    table,
)
from handrail.evaluation.table import BadTable, Row, read_rows
from handrail.evaluation.typos import with_typos
from handrail.evaluation.understanding import understand
from handrail.settings import ROOT
from handrail.train import TrainingError

console = Console()


@dataclass(frozen=True)
class Evaluation:
    """What to evaluate and what to compare it with; `handrail evaluate --help` explains each."""

    files: Sequence[Path]
    out: Path
    baseline: Path | None
    bars: Path | None
    plots: Path | None
    typos: bool


def run(asked: Evaluation) -> bool:
    """Evaluate, print and write the report; returns whether all is as good as it must be."""
    try:
        before = read_baseline(asked.baseline) if asked.baseline else {}
        wanted = read_bars(asked.bars) if asked.bars else {}
        rows = [row for file in asked.files for row in read_rows(file)]
        pairs = _understood(rows, "Reading texts")
    except (OSError, BadTable, UnusableFile, TrainingError) as error:
        console.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        return False
    summary = summarise(pairs)
    if asked.typos:
        _add_typos(summary, rows)
    content = json.dumps(report(pairs, summary), indent=2, ensure_ascii=False)
    asked.out.write_text(content, encoding="utf-8")
    console.print(table(summary))
    console.print(f"Report: {asked.out}", soft_wrap=True)
    for picture in draw(pairs, asked.plots) if asked.plots else ():
        console.print(f"Picture: {picture}", soft_wrap=True)
    _warn_of_overlap(rows)
    worse = [*missed_bars(summary, wanted), *losses(summary, before)]
    for sentence in worse:
        console.print(f"[red]{escape(sentence)}[/red]", soft_wrap=True)
    return not worse


def _understood(rows: Sequence[Row], task: str) -> list[Pair]:
    texts = track([row.text for row in rows], task, console=console)
    return list(zip(rows, asyncio.run(understand(texts)), strict=True))


def _add_typos(summary: Summary, rows: Sequence[Row]) -> None:
    """Add to each language how much of its macro F1 is lost to typing errors."""
    texts = with_typos([row.text for row in rows])
    mistyped = [
        Row(row.line, text, row.lang, row.label, row.risk, row.country)
        for row, text in zip(rows, texts, strict=True)
    ]
    for language, found in summarise(_understood(mistyped, "Reading them mistyped")).items():
        if "macro_f1" in found:
            summary[language]["lost_to_typos"] = summary[language]["macro_f1"] - found["macro_f1"]


def _warn_of_overlap(rows: Sequence[Row]) -> None:
    """Say how many texts are nearly training examples: they show memory, not understanding."""
    texts = [row.text for row in rows if row.label]
    if texts and (near := near_duplicates(texts, training_examples(ROOT / "data" / "nlu"))):
        console.print(
            f"{len(near)} of {len(texts)} texts are nearly training examples: figures without them "
            "would be lower."
        )
