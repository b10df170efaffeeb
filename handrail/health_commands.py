"""`handrail directory`: check web addresses and numbers, and look for services that are twice."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from directory.database import open_session
from directory.health.addresses import MAX_AGE, Selection
from directory.health.duplicates import THRESHOLD, Duplicate, find_duplicates
from directory.health.links import LinkReport
from directory.health.links import check_links as run_check
from directory.health.phone_check import check_phones as find_phone_problems
from directory.health.politeness import Manners
from directory.health.results import Attention, needing_attention, outcome_counts
from handrail.settings import ROOT
from handrail.terminal import console, open_directory, reporting, watched

# More rows than this are a task for the admin site, not for a terminal.
SHOWN = 200

_SERVICE_DATA = ROOT / "data" / "services"


def check_links(
    everything: Annotated[
        bool, typer.Option("--all", help="Also addresses that were checked lately.")
    ] = False,
    max_age: Annotated[
        int, typer.Option(min=0, metavar="DAYS", help="Check again what is older than this.")
    ] = MAX_AGE.days,
    country: Annotated[
        str | None, typer.Option(metavar="CC", help="Only services for this country (ISO 3166-1).")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Check no more addresses than this.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(
            envvar="HANDRAIL_CONTACT",
            help="E-mail or web address that the called sites are told, for questions.",
        ),
    ] = None,
) -> None:
    """Open the web addresses of all services and report which need attention.

    No service is changed. An interrupted check keeps what it found and goes on next time.
    """
    age = timedelta(0) if everything else timedelta(days=max_age)
    selection = Selection(age, country.upper() if country else None, limit)
    with reporting("Stopped. What was found until now is kept."):
        engine = open_directory()
        with watched("Checking links") as progress:
            report = run_check(engine, selection, Manners(contact=contact), progress)
        with open_session(engine) as session:
            attention = needing_attention(session, selection.country)
            counts = outcome_counts(session, selection.country)
    _show_links(report, attention, counts)


def duplicates(
    threshold: Annotated[
        int, typer.Option(min=0, max=100, metavar="N", help="How alike they must be, in percent.")
    ] = THRESHOLD,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List pairs of services that may be the same."""
    with reporting("This did not work."), open_session(open_directory()) as session:
        found = find_duplicates(session, threshold)
    if as_json:
        # Not through rich, which would break long lines.
        typer.echo(json.dumps([asdict(pair) for pair in found], ensure_ascii=False, indent=2))
        return
    if found:
        console.print(_duplicates_table(found[:SHOWN]))
    _say_count(len(found), "pair may be the same service", "pairs may be the same service")


def check_phones() -> None:
    """List telephone numbers that do not work, contradict themselves, or cost callers money."""
    short_numbers = _SERVICE_DATA / "short_numbers.csv"
    emergency_numbers = _SERVICE_DATA / "emergency_numbers.csv"
    with reporting("This did not work."), open_session(open_directory()) as session:
        problems = find_phone_problems(session, short_numbers, emergency_numbers)
    table = Table("", "Country", "Number", "Service", "What")
    for problem in problems[:SHOWN]:
        service = problem.slug or problem.service or ""
        cells = (problem.level, problem.country, problem.number, service, problem.what)
        table.add_row(*map(escape, cells))
    if problems:
        console.print(table)
    _say_count(len(problems), "number needs a look", "numbers need a look")


def _show_links(report: LinkReport, attention: list[Attention], counts: dict[str, int]) -> None:
    if attention:
        console.print(_attention_table(attention[:SHOWN]))
    results = Table("Result", "Addresses")
    for outcome, count in counts.items():
        results.add_row(outcome.replace("_", " "), str(count))
    if counts:
        console.print(results)
    console.print(
        f"Addresses checked: {report.checked}; left out because they were checked lately: "
        f"{report.skipped}. No service was changed."
    )
    _say_count(len(attention), "address needs attention", "addresses need attention")


def _attention_table(attention: list[Attention]) -> Table:
    table = Table("Result", "Service", "Address", "What", "Fails since")
    for each in attention:
        what = each.detail or (f"HTTP status {each.status}" if each.status else "")
        since = each.failing_since.date().isoformat() if each.failing_since else ""
        cells = (each.outcome.replace("_", " "), each.slug or each.service, each.url, what, since)
        table.add_row(*map(escape, cells))
    for column in (1, 2):
        table.columns[column].overflow = "fold"
    return table


def _duplicates_table(found: list[Duplicate]) -> Table:
    table = Table("Score", "First", "Second", "Why")
    for pair in found:
        parties = (f"{each.name}\n{each.slug or each.id}" for each in (pair.first, pair.second))
        why = "\n".join(f"{reason.kind}: {reason.value}" for reason in pair.reasons)
        table.add_row(str(pair.score), *map(escape, parties), escape(why))
    return table


def _say_count(count: int, one: str, many: str) -> None:
    more = f" The first {SHOWN} are shown." if count > SHOWN else ""
    console.print(f"{count} {one if count == 1 else many}.{more}")
