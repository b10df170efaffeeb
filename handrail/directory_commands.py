"""`handrail directory`: import, export and count the services."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.engine import Engine

from directory.batches import Progress as OnProgress
from directory.coverage import stats
from directory.database import open_engine, open_session
from directory.errors import DirectoryError
from directory.exchange.files import export_file, import_file
from handrail.settings import Settings

directory_app = typer.Typer(help=__doc__, no_args_is_help=True)
console = Console()


@directory_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="HSDS JSON, or a CSV like data/services.")],
) -> None:
    """Import services as drafts; with a single fault, nothing is taken over."""
    with _reporting(), _watched("Importing") as progress:
        report = import_file(_engine(), file, progress)
    console.print(
        f"{report.created} new, {report.updated} changed, {report.unchanged} unchanged, "
        f"{report.kept} left alone because they are past draft."
    )
    if report.ignored:
        console.print(f"Not part of this directory, left out: {', '.join(report.ignored)}")


@directory_app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the HSDS JSON.")],
) -> None:
    """Export all services as HSDS JSON."""
    with _reporting(), _watched("Exporting") as progress:
        count = export_file(_engine(), file, progress)
    console.print(f"{count} services written to {file}")


@directory_app.command("stats")
def show_stats() -> None:
    """Count the services by state, need and country."""
    with _reporting(), open_session(_engine()) as session:
        figures = stats(session)
    if figures.demonstration:
        console.print("[bold]Demonstration data, check before use.[/bold]")
    console.print(
        f"{figures.services} services, {figures.shown} of them may be shown today, "
        f"in {figures.countries} countries."
    )
    console.print(_counts("State", figures.by_state))
    console.print(_counts("Need", figures.by_need))
    console.print(_counts("Country", figures.by_country))


def _engine() -> Engine:
    return open_engine(Settings.from_environment().directory_url)


@contextmanager
def _reporting() -> Iterator[None]:
    """Turn the directory's errors into one message and exit status 1."""
    try:
        yield
    except (DirectoryError, OSError, ValueError) as error:
        console.print("[red]Nothing was changed.[/red]", str(error), highlight=False)
        raise typer.Exit(1) from None


@contextmanager
def _watched(what: str) -> Iterator[OnProgress]:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _counts(heading: str, counts: Mapping[str, int]) -> Table:
    table = Table(heading, "Services")
    for name, count in counts.items():
        table.add_row(name, str(count))
    return table
