"""Loading a file into the directory, whatever its format: stage, recognise, merge, report.

All of it happens inside the caller's transaction, so that a file is taken over as a whole or not
at all; a dry run is the same with the transaction taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from directory.batches import batches
from directory.exchange.conflicts import file_conflicts
from directory.exchange.merging import Merged, RowChange, merge
from directory.exchange.shielding import SERVICE
from directory.exchange.sources import name_source, recognise
from directory.exchange.staging import Staging, staging
from directory.vetting.audit import Change, record

IMPORTABLE = ("draft",)
"""States of services that a file may write; what is past them goes to review."""

# More changes than a person reads; the audit log has them all.
_SHOWN = 1000


@dataclass(frozen=True)
class ImportReport:
    """What an import did, in services. `kept` ones are past draft and were not touched.

    `conflicts` are those of the kept ones about which the file says something else: each has a
    pending revision. `ignored` names properties of the file that this directory has no place for.
    `changes` shows what changed in what was there before: the first thousand rows.
    """

    created: int
    updated: int
    unchanged: int
    kept: int
    conflicts: int = 0
    ignored: tuple[str, ...] = ()
    changes: tuple[RowChange, ...] = ()


def load(
    connection: Connection,
    file: str,
    read: Callable[[Staging], None],
    by: str,
    source_url: str | None = None,
    writable: Collection[str] = IMPORTABLE,
) -> ImportReport:
    """Take over what `read` puts into the staging area.

    `file` names the file in problems and in the audit log, and `by` is who imports it. With
    `source_url`, the page that the file comes from, services are recognised although their ids
    are new: by that page and their name. Raises BadDataError with all faults; the caller must then
    take back whatever was done.
    """
    with staging(connection, file) as stage:
        read(stage)
        stage.finish()
        if source_url is not None:
            name_source(connection, stage, source_url)
            recognise(connection, stage)
        conflicts = file_conflicts(connection, stage, writable, by)
        merged = merge(connection, stage, writable, by)
        report = _report(connection, stage, writable, merged, conflicts)
    record(connection, list(_audit(file, by, report, merged)))
    return report


def _report(
    connection: Connection,
    stage: Staging,
    writable: Collection[str],
    merged: Merged,
    conflicts: Collection[str],
) -> ImportReport:
    staged = stage.tables().get("service")
    total, kept, updated = 0, 0, 0
    if staged is not None:
        in_file = SERVICE.c.id.in_(select(staged.c.id))
        vetted = SERVICE.c.vetting_state.not_in(writable)
        total = connection.execute(select(func.count()).select_from(staged)).scalar() or 0
        kept = connection.execute(select(func.count()).where(in_file, vetted)).scalar() or 0
        for some in batches(sorted(merged.touched)):
            query = select(func.count()).where(in_file, SERVICE.c.id.in_(some))
            updated += connection.execute(query).scalar() or 0
    return ImportReport(
        created=merged.created,
        updated=updated,
        unchanged=total - merged.created - kept - updated,
        kept=kept,
        conflicts=len(conflicts),
        ignored=tuple(sorted(stage.left_out)),
        changes=tuple(merged.changes[:_SHOWN]),
    )


def _audit(file: str, by: str, report: ImportReport, merged: Merged) -> Iterator[Change]:
    """One entry for the file, and one for each known service that it changed."""
    counts = {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "kept": report.kept,
        "conflicts": report.conflicts,
    }
    by_service: dict[str | None, list[RowChange]] = {}
    for change in merged.changes:
        service = change.service_id if change.service_id in merged.touched else None
        by_service.setdefault(service, []).append(change)
    shared = _details(by_service.pop(None, []))
    if any(counts[name] for name in ("created", "updated", "conflicts")) or shared:
        yield Change(by, "import", "directory", details={"file": file, **counts, "changes": shared})
    for service in sorted(merged.touched):
        details = {"file": file, "changes": _details(by_service.get(service, []))}
        yield Change(by, "edit", "service", service, details=details)


def _details(changes: Collection[RowChange]) -> list[dict[str, Any]]:
    return [
        {
            "table": change.table,
            "id": change.id,
            "columns": {
                name: [str(v) if v is not None else None for v in both]
                for name, both in change.columns.items()
            },
        }
        for change in changes
    ]
