"""Compares Handrail's pipeline with Rasa's default one: speed, start and memory, as ratios.

Each pipeline is trained on the same data and then measured in a process of its own, in the same
run. Run by `make benchmark`; see README.md.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from handrail.settings import ROOT
from handrail.train import rasa_environment

CONFIGS = {"handrail": "bot/config.yml", "default": "benchmarks/default_config.yml"}

# figure -> (unit, how many times better Handrail should be; none where only to be known)
GOALS = {
    "cpu_ms_per_message": ("ms", 4.0),
    "load_cpu_s": ("s", 3.0),
    "import_and_load_cpu_s": ("s", None),
    "rss_mb": ("MB", 1 / 0.7),
}

console = Console()


def main() -> None:
    """Train, measure and print both; exit status 1 if a goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        figures = {name: measured(name, Path(folder)) for name in CONFIGS}
    table = Table("figure", "default", "handrail", "times better", "goal")
    missed = []
    for figure, (unit, goal) in GOALS.items():
        default, ours = figures["default"][figure], figures["handrail"][figure]
        ratio = default / ours
        table.add_row(
            figure,
            f"{default:.1f} {unit}",
            f"{ours:.1f} {unit}",
            f"{ratio:.2f}",
            f"{goal:.2f}" if goal else "-",
        )
        if goal and ratio < goal:
            missed.append(figure)
    console.print(table)
    console.print(
        f"Training Handrail took {figures['handrail']['training_s']:.0f} s (goal: 180 s)."
    )
    if missed:
        console.print(f"[red]Not reached:[/red] {', '.join(missed)}")
        sys.exit(1)


def measured(name: str, folder: Path) -> dict[str, float]:
    """Train one pipeline and return its figures."""
    console.print(f"Training {name}")
    start = time.monotonic()
    run("-m", "bot.training", "--config", CONFIGS[name], "--out", str(folder), "--name", name)
    training = time.monotonic() - start
    console.print(f"Measuring {name}")
    store = "forgetful" if name == "handrail" else "default"
    out = run("-m", "benchmarks.one_model", str(folder / f"{name}.tar.gz"), store)
    figures: dict[str, float] = json.loads(out.splitlines()[-1])
    return {**figures, "training_s": training}


def run(*arguments: str) -> str:
    """Run Python with the arguments and return what it printed."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=rasa_environment(),
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout


if __name__ == "__main__":
    main()
