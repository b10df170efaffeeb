"""Importing and exporting whole files, whatever their format: what `handrail directory` calls."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Engine

from directory.batches import Progress, no_progress
from directory.database import open_transaction
from directory.errors import BadDataError, Problem
from directory.exchange.hsds_json import export_hsds_json, import_hsds_json
from directory.exchange.records import ImportReport
from directory.exchange.starter import import_starter
from directory.preparation import prepare

IMPORTERS = {".csv": import_starter, ".json": import_hsds_json}


def import_file(engine: Engine, path: Path, progress: Progress = no_progress) -> ImportReport:
    """Import a starter CSV or an HSDS JSON file; new services are drafts.

    Creates the tables if need be. Raises BadDataError, after which nothing has changed, OSError
    for a file that cannot be read, and DirectoryUnavailable.
    """
    importer = IMPORTERS.get(path.suffix.lower())
    if importer is None:
        what = f"must be one of {', '.join(IMPORTERS)}"
        raise BadDataError([Problem(path.name, "file name", None, what)])
    prepare(engine)
    with open_transaction(engine) as connection:
        return importer(connection, path, progress)


def export_file(engine: Engine, path: Path, progress: Progress = no_progress) -> int:
    """Write all services as HSDS JSON; returns how many. Raises as `import_file` does."""
    if path.suffix.lower() != ".json":
        raise BadDataError([Problem(path.name, "file name", None, "must end in .json")])
    with open_transaction(engine) as connection:
        return export_hsds_json(connection, path, progress)
