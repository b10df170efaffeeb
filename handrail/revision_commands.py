"""`handrail directory revisions`: look at a proposed change, and accept, rebase or reject it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.engine import Connection

from directory.database import open_transaction
from directory.errors import UnknownRecordError
from directory.models import Revision
from directory.models.base import now
from directory.vetting import revisions
from directory.vetting.actors import COMMAND_LINE, Actor
from directory.vetting.checks import Check
from directory.vetting.content import live_content
from directory.vetting.difference import difference
from handrail.terminal import console, open_directory, reporting
from handrail.vetting_commands import Method, Name, Reason

revisions_app = typer.Typer(help="Proposed changes of services.", no_args_is_help=True)

RevisionId = Annotated[str, typer.Argument(help="The revision's id; `queue` lists them.")]
Seen = Annotated[int, typer.Option(min=1, help="The version of the revision that you looked at.")]


@revisions_app.command("show")
def show(revision: RevisionId) -> None:
    """Show what a revision changes in the service as it is now."""
    with reporting("This did not work."), open_transaction(open_directory()) as connection:
        found = connection.execute(
            select(Revision.__table__).where(Revision.id == revision)
        ).first()
        if found is None:
            raise UnknownRecordError(f"there is no revision {revision}")
        changes = difference(live_content(connection, found.service_id), json.loads(found.document))
    console.print(
        f"Version {found.version} by {escape(found.author)}, {found.state}: {escape(found.reason)}"
    )
    table = Table("Field", "Live", "Proposed")
    for change in changes:
        before, after = (
            "" if value is None else json.dumps(value, ensure_ascii=False)
            for value in (change.before, change.after)
        )
        table.add_row(*map(escape, (change.path, before, after)))
    console.print(table)


@revisions_app.command("accept")
def accept(
    revision: RevisionId,
    name: Name,
    method: Annotated[Method, typer.Option(help="How you checked it.")],
    version: Seen,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of it; default today.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Notes on the check.")] = "",
) -> None:
    """Say that you checked the revision and that it is true; it goes live."""
    check = Check(method.value, on.date() if on else now().date(), None, reason or None)
    with _changing(name) as (connection, actor):
        revisions.accept(connection, revision, actor, check, version)
    console.print("The revision is live.")


@revisions_app.command("rebase")
def rebase(revision: RevisionId, name: Name, version: Seen) -> None:
    """Fit the revision to a service that has changed since, unless both changed one field."""
    with _changing(name) as (connection, actor):
        new = revisions.rebase(connection, revision, actor, version)
    console.print(f"The revision is at version {new} now.")


@revisions_app.command("reject")
def reject(revision: RevisionId, name: Name, reason: Reason, version: Seen) -> None:
    """Refuse a revision; the live version stays as it is."""
    with _changing(name) as (connection, actor):
        revisions.reject(connection, revision, actor, version, reason)
    console.print("The revision is rejected.")


@contextmanager
def _changing(name: str) -> Iterator[tuple[Connection, Actor]]:
    """A write transaction, and the person at the command line."""
    with reporting(), open_transaction(open_directory()) as connection:
        yield connection, Actor(f"{COMMAND_LINE}{name}", "administrator")
