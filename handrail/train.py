"""Trains the model unless one matches the current data: models are named by what made them."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from handrail.settings import ROOT

MODELS = ROOT / "models"

# Everything that a model is made of; the encoder's weights too, because it can do without them.
INGREDIENTS = (
    "bot/config.yml",
    "bot/domain/**/*.yml",
    "bot/nlu/**/*.py",
    "bot/nlu/**/*.onnx",
    "bot/nlu/**/*.model",
    "bot/policies/*.py",
    "data/nlu/**/*.yml",
    "data/person/*.yml",
    "data/places/*",
    "data/rules/*.yml",
    "data/safety/*.yml",
    "data/stories/*.yml",
)

console = Console()


class TrainingError(RuntimeError):
    """Rasa could not train; the message holds the end of what it printed."""


def train(
    force: Annotated[bool, typer.Option(help="Train even if a matching model exists.")] = False,
) -> None:
    """Train the model, unless one matches the current data."""
    try:
        model = trained_model(force)
    except TrainingError as error:
        console.print(f"[red]Training failed.[/red] The end of Rasa's output:\n{error}")
        raise typer.Exit(1) from None
    console.print(f"Model: {model.relative_to(ROOT)}")


def trained_model(force: bool = False) -> Path:
    """Return the model that matches the current data, trained now if there is none.

    Raises:
        TrainingError: with the last lines of Rasa's output.
    """
    model = MODELS / f"handrail-{fingerprint()}.tar.gz"
    if force or not model.exists():
        MODELS.mkdir(exist_ok=True)
        _train(model.name)
    return model


def fingerprint() -> str:
    """Return 16 hex digits that change whenever something that shapes the model changes."""
    digest = hashlib.sha256(f"rasa {version('rasa')} spacy {version('spacy')}".encode())
    for file in sorted(_ingredients()):
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def rasa_environment() -> dict[str, str]:
    """Return the environment of all processes: no telemetry, and no level that quotes messages."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        # One message is too little work to share: threads would only wait for each other.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _ingredients() -> Iterator[Path]:
    for pattern in INGREDIENTS:
        yield from ROOT.glob(pattern)


def _train(model_name: str) -> None:
    command = [
        *(sys.executable, "-m", "bot.training", "--out", str(MODELS)),
        *("--name", model_name.removesuffix(".tar.gz")),
    ]
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        Progress(*columns, console=console) as progress,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=rasa_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        task = progress.add_task("Training: starting Rasa", total=None)
        lines: list[str] = []
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if "Starting to train component" in line:
                progress.update(task, description=f"Training: {line.split(chr(39))[1]}")
    if process.returncode != 0:
        raise TrainingError("\n".join(lines[-20:]))
