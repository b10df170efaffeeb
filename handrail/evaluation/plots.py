"""Pictures of an evaluation: which intents are taken for which, and what a confidence is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import ConfusionMatrixDisplay

from handrail.evaluation.figures import Pair

_BINS = 10


def draw(pairs: Sequence[Pair], folder: Path) -> list[Path]:
    """Draw confusion-<language>.png for each language and reliability.png; returns the files."""
    labelled = [pair for pair in pairs if pair[0].label]
    if not labelled:
        return []
    pyplot = _pyplot()
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for language in sorted({row.lang for row, _ in labelled}):
        file = folder / f"confusion-{language}.png"
        _confusion(pyplot, [pair for pair in labelled if pair[0].lang == language], file)
        drawn.append(file)
    _reliability(pyplot, labelled, folder / "reliability.png")
    return [*drawn, folder / "reliability.png"]


def _pyplot() -> Any:
    import matplotlib

    # No window: the pictures go to files.
    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def _confusion(pyplot: Any, pairs: Sequence[Pair], file: Path) -> None:
    figure, axes = pyplot.subplots(figsize=(14, 14))
    ConfusionMatrixDisplay.from_predictions(
        [row.label for row, _ in pairs],
        [heard.intent for _, heard in pairs],
        ax=axes,
        xticks_rotation="vertical",
        colorbar=False,
        cmap="Blues",
    )
    axes.set_xlabel("heard")
    axes.set_ylabel("label")
    figure.savefig(file, dpi=80, bbox_inches="tight")
    pyplot.close(figure)


def _reliability(pyplot: Any, pairs: Sequence[Pair], file: Path) -> None:
    """Draw how often what was heard with a confidence was right: on the line, it is calibrated."""
    right = np.array([heard.intent == row.label for row, heard in pairs])
    confidences = np.array([min(heard.confidence, 1.0) for _, heard in pairs])
    shares, means = calibration_curve(right, confidences, n_bins=_BINS)
    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", label="calibrated")
    axes.plot(means, shares, marker="o", label="measured")
    axes.set_xlabel("confidence of the intent")
    axes.set_ylabel("share of right intents")
    axes.legend()
    figure.savefig(file, dpi=110, bbox_inches="tight")
    pyplot.close(figure)
