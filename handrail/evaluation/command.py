"""The command `handrail evaluate`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from handrail.train import rasa_environment


def evaluate(
    files: Annotated[
        list[Path], typer.Argument(help="CSV with the columns text, lang and, if known, label.")
    ],
    out: Annotated[Path, typer.Option(help="Where to write the report (JSON).")],
    baseline: Annotated[
        Path | None, typer.Option(help="An earlier report: exit 1 where a figure became worse.")
    ] = None,
    bars: Annotated[
        Path | None, typer.Option(help="YAML of what each language must reach: exit 1 below it.")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(help="A folder for confusion matrices and a reliability plot.")
    ] = None,
    typos: Annotated[
        bool, typer.Option(help="Measure also what typing errors in a third of the words cost.")
    ] = False,
) -> None:
    """Report what the assistant understands of each text, and how well."""
    # As the Rasa process runs: one thread, no telemetry.
    os.environ.update(rasa_environment())
    # Imported here because it takes a second, and the other commands do not need it.
    from handrail.evaluation.run import Evaluation, run

    is_good = run(Evaluation(files, out, baseline, bars, plots, typos))
    raise typer.Exit(0 if is_good else 1)
