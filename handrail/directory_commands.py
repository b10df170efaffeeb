"""`handrail directory`: import, export and count the services, and keep the database ready."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from directory.coverage import stats
from directory.database import open_session
from directory.exchange.files import export_file, import_file
from directory.exchange.hsds_json import KINDS
from directory.exchange.loading import ImportReport
from directory.preparation import prepare
from handrail.health_commands import check_links, check_phones, duplicates
from handrail.revision_commands import revisions_app
from handrail.search_commands import reindex, search
from handrail.terminal import console, open_directory, reporting, watched
from handrail.vetting_commands import vetting_app

directory_app = typer.Typer(help=__doc__, no_args_is_help=True)
directory_app.add_typer(vetting_app)
directory_app.add_typer(revisions_app, name="revisions")
for command in (check_links, check_phones, duplicates, reindex, search):
    directory_app.command()(command)

Kind = Enum("Kind", {kind: kind for kind in KINDS}, type=str)  # type: ignore[misc]

# More changes than this are read in the audit log, not in a terminal.
SHOWN = 50


@directory_app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="HSDS JSON, HSDS tabular CSV (a folder or .zip), or a CSV like data/services."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The page that the file comes from: its services are recognised by it and their "
            "name, where their ids are new each time.",
        ),
    ] = None,
) -> None:
    """Import services as drafts; with a single fault, nothing is taken over.

    What the file says about services past draft goes to review.
    """
    with reporting(), watched("Importing") as progress:
        report = import_file(open_directory(), file, progress, source_url=source, dry_run=dry_run)
    if report.changes:
        console.print(_changes(report))
    console.print(
        f"{report.created} new, {report.updated} changed, {report.unchanged} unchanged, "
        f"{report.kept} left alone because they are past draft; {report.conflicts} of these go to "
        "review, because the file says something else."
    )
    if report.ignored:
        names = escape(", ".join(report.ignored))
        console.print(f"Not part of this directory, left out: {names}")
    if dry_run:
        console.print("This was a dry run: nothing was changed.")


@directory_app.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(help="A .json file, or a .zip file or folder for tabular CSV.")
    ],
    kind: Annotated[Kind, typer.Option(help="What a JSON file lists.")] = Kind.service,  # type: ignore[attr-defined]
) -> None:
    """Export everything as HSDS: full JSON documents, or tabular CSV with its data package."""
    with reporting("Nothing was written."), watched("Exporting") as progress:
        count = export_file(open_directory(), file, progress, kind.value)
    console.print(f"{count} records written to {escape(str(file))}")


@directory_app.command("upgrade")
def upgrade() -> None:
    """Create the directory, or bring an older one up to date."""
    with reporting():
        prepare(open_directory())
    console.print("The directory is up to date.")


@directory_app.command("stats")
def show_stats() -> None:
    """Count the services by state, need and country."""
    with reporting("This did not work."), open_session(open_directory()) as session:
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


def _changes(report: ImportReport) -> Table:
    title = f"What changes in known records (the first {SHOWN})"
    table = Table("Record", "Service", "Column", "Before", "After", title=title)
    rows = [
        (
            change.table,
            change.service_id or "",
            column,
            *("" if v is None else str(v) for v in both),
        )
        for change in report.changes
        for column, both in change.columns.items()
    ]
    for row in rows[:SHOWN]:
        table.add_row(*map(escape, row))
    return table


def _counts(heading: str, counts: Mapping[str, int]) -> Table:
    table = Table(heading, "Services")
    for name, count in counts.items():
        table.add_row(name, str(count))
    return table
