"""`handrail directory` submit, verify, withdraw …: vetting services from the command line.

Whoever has the shell has the database, so that the role is always administrator; that a second
person verifies holds here too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.database import open_session, open_transaction
from directory.errors import UnknownRecordError
from directory.models import Service
from directory.models.base import now
from directory.models.vetting import METHODS
from directory.vetting import audit, expiry, workflow
from directory.vetting import queue as tasks
from directory.vetting.actors import COMMAND_LINE, Actor
from directory.vetting.checks import Check
from directory.vetting.states import words
from handrail.terminal import console, open_directory, reporting

vetting_app = typer.Typer()
audit_app = typer.Typer(help="The log of all changes.", no_args_is_help=True)
vetting_app.add_typer(audit_app, name="audit")

Method = Enum("Method", {method: method for method in METHODS}, type=str)  # type: ignore[misc]

ServiceName = Annotated[str, typer.Argument(help="The service's id or slug.", metavar="SERVICE")]
Name = Annotated[str, typer.Option("--as", help="Who you are, best by your e-mail address.")]
Reason = Annotated[str, typer.Option(help="Why; everybody who reads the log sees it.")]
Version = Annotated[
    int | None,
    typer.Option(min=1, help="The version you looked at: refuse if it was changed since."),
]
Page = Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")]


@vetting_app.command("submit")
def submit(service: ServiceName, name: Name, reason: Reason = "", version: Version = None) -> None:
    """Put a draft up for review."""
    with changing(service, name) as (connection, id_, actor):
        workflow.submit(connection, id_, actor, version, reason or None)
    _say(service, "in review")


@vetting_app.command("verify")
def verify(
    service: ServiceName,
    name: Name,
    method: Annotated[Method, typer.Option(help="How you checked it.")],
    version: Annotated[int, typer.Option(min=1, help="The version that you checked.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of it; default today.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last valid day, if earlier.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Notes on the check.")] = "",
) -> None:
    """Say that you checked a service and that it is true; not your own changes."""
    check = Check(method.value, _day(on) or now().date(), _day(until), reason or None)
    with changing(service, name) as (connection, id_, actor):
        workflow.verify(connection, id_, actor, check, version)
    _say(service, "verified")


@vetting_app.command("withdraw")
def withdraw(service: ServiceName, name: Name, reason: Reason) -> None:
    """Stop showing a service, at once."""
    with changing(service, name) as (connection, id_, actor):
        workflow.withdraw(connection, id_, actor, reason)
    _say(service, "withdrawn")


@vetting_app.command("reinstate")
def reinstate(service: ServiceName, name: Name, reason: Reason, version: Version = None) -> None:
    """Put a withdrawn service up for review again."""
    with changing(service, name) as (connection, id_, actor):
        workflow.reinstate(connection, id_, actor, version, reason)
    _say(service, "in review")


@vetting_app.command("queue")
def queue(
    limit: Page = 50, offset: Annotated[int, typer.Option(min=0, help="How many to skip.")] = 0
) -> None:
    """List what is to be reviewed, most urgent first."""
    with reporting(), open_session(open_directory()) as session:
        counts, page = tasks.count(session), tasks.queue(session, limit, offset)
    console.print(", ".join(f"{number} {words(kind)}" for kind, number in counts.items()))
    # The id whole, so that it can be copied.
    table = Table("What", Column("Service", min_width=36), "Until", "Written by")
    for task in page:
        id_ = task.revision_id or task.service_id
        what = f"{words(task.kind)}\nversion {task.version}"
        cells = (what, f"{task.name}\n{id_}", str(task.valid_until or ""), task.editor or "")
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)


@vetting_app.command("expire")
def expire() -> None:
    """Bring states up to date with today; for a daily timer, may run at any time."""
    with reporting():
        done = expiry.expire(open_directory(), now())
    console.print(f"{done.expired} expired, {done.due} came due.")


@audit_app.command("verify")
def verify_audit(
    expect_last_hash: Annotated[
        str | None, typer.Option(help="The last hash that an earlier run printed.")
    ] = None,
) -> None:
    """Check the log for entries that were altered, removed or slipped in."""
    with reporting(), open_session(open_directory()) as session:
        verdict = audit.check(session, expect_last_hash)
    console.print(f"{verdict.entries} entries, last hash:")
    console.print(verdict.last_hash, soft_wrap=True, highlight=False)
    if verdict.problems:
        console.print("[red]The log was tampered with.[/red]")
        for problem in verdict.problems:
            console.print(f"- {problem}", highlight=False)
        raise typer.Exit(1)
    console.print(
        "Nothing was altered. Keep the last hash elsewhere, and give it to the next check as "
        "--expect-last-hash: the removal of the newest entries cannot be found otherwise."
    )


@audit_app.command("show")
def show_audit(
    service: Annotated[str | None, typer.Option(help="Only of this service: id or slug.")] = None,
    limit: Page = 50,
) -> None:
    """Show the newest entries of the log."""
    with reporting(), open_session(open_directory()) as session:
        id_ = None if service is None else _service_id(session, service)
        entries = audit.latest(session, id_, limit)
    table = Table("Number", "When (UTC)", "Who", "What", Column("Subject", overflow="fold"), "Why")
    for entry in entries:
        change = entry.change
        moment = entry.at.strftime("%Y-%m-%d %H:%M:%S")
        subject = f"{change.subject_type} {change.subject_id or ''}"
        cells = (str(entry.number), moment, change.actor, words(change.action), subject)
        table.add_row(*(escape(cell) for cell in (*cells, change.reason or "")))
    console.print(table)


@contextmanager
def changing(service: str, name: str) -> Iterator[tuple[Connection, str, Actor]]:
    """A write transaction, the service's id, and the person at the command line."""
    with reporting(), open_transaction(open_directory()) as connection:
        actor = Actor(f"{COMMAND_LINE}{name}", "administrator")
        yield connection, _service_id(connection, service), actor


def _service_id(reader: Connection | Session, id_or_slug: str) -> str:
    # An imported slug may look like the id of another service: the id counts.
    for column in (Service.id, Service.slug):
        query = select(Service.id).where(column == id_or_slug)
        id_: str | None = reader.execute(query).scalar()
        if id_ is not None:
            return id_
    raise UnknownRecordError(f"there is no service {id_or_slug}")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _say(service: str, state: str) -> None:
    console.print(f"{escape(service)} is {state}.", highlight=False)
