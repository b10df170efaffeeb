"""Making a demonstration directory: the starter rows count as verified, and everything says so.

Nobody has checked these rows; the mark in the database is what makes every card, page and API
answer carry the notice (DESIGN 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import case, exists, func, select, update
from sqlalchemy.engine import Connection, Engine

from directory.batches import Progress, batches, no_progress
from directory.database import open_transaction
from directory.errors import NotADemonstrationError
from directory.exchange.loading import ImportReport, load
from directory.exchange.starter import read_starter, stage_rows
from directory.exchange.starter_rows import service_id
from directory.info import is_demonstration, mark_as_demonstration
from directory.models import Attribute, Service
from directory.models.base import now
from directory.models.service import VETTING_STATES
from directory.preparation import prepare
from directory.search.index import rebuild
from directory.vetting.validity import CRISIS_NEEDS, VALIDITY, VALIDITY_IN_CRISIS
from directory.vocabulary import NEEDS

SERVICES_FILE = "services.csv"


def create_demonstration(
    engine: Engine, data_dir: Path, progress: Progress = no_progress
) -> ImportReport:
    """Create or refresh a demonstration directory from data_dir/services.csv.

    May be called at every start: it repeats nothing and renews the dates. `progress` gets rows
    done and total. Raises NotADemonstrationError for a directory with records of its own,
    BadDataError for a faulty file, and DirectoryUnavailable; then nothing has changed.
    """
    rows = read_starter(data_dir / SERVICES_FILE, progress)
    prepare(engine)
    with open_transaction(engine) as connection:
        _claim(connection)
        report = load(
            connection,
            SERVICES_FILE,
            partial(stage_rows, rows),
            by="system:demonstration",
            writable=VETTING_STATES,
        )
        _count_as_verified(connection, [service_id(row.cells["id"]) for row in rows])
    return report


def _claim(connection: Connection) -> None:
    """Mark an empty directory as a demonstration; refuse one that holds real records."""
    if is_demonstration(connection):
        return
    if connection.execute(select(func.count(Service.id))).scalar():
        raise NotADemonstrationError(
            "this directory holds records and is not a demonstration; use another database"
        )
    mark_as_demonstration(connection)


def _count_as_verified(connection: Connection, ids: Sequence[str]) -> None:
    """Give the services the state and the dates that a verification of today would give.

    Services that have left the file are drafts again.
    """
    today = now().date()
    connection.execute(update(Service).values(vetting_state="draft"))
    crisis_terms = [NEEDS.term_id(need) for need in sorted(CRISIS_NEEDS)]
    in_crisis = exists().where(
        Attribute.link_id == Service.id, Attribute.taxonomy_term_id.in_(crisis_terms)
    )
    valid_until = case((in_crisis, today + VALIDITY_IN_CRISIS), else_=today + VALIDITY)
    verified = {"vetting_state": "verified", "assured_date": today, "valid_until": valid_until}
    for some in batches(ids):
        connection.execute(update(Service).where(Service.id.in_(some)).values(verified))
    rebuild(connection)
