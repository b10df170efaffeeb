"""Importing and exporting whole files, whatever their format: what `handrail directory` calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

from directory.batches import Progress, no_progress
from directory.database import open_transaction
from directory.errors import BadDataError, Problem
from directory.exchange.hsds_json import export_hsds_json
from directory.exchange.json_reader import read_json
from directory.exchange.loading import ImportReport, load
from directory.exchange.staging import Staging
from directory.exchange.starter import stage_starter
from directory.exchange.tabular_reader import read_tabular
from directory.exchange.tabular_writer import export_tabular
from directory.preparation import prepare

Read: TypeAlias = Callable[[Path, Staging, Progress], None]

READERS: dict[str, Read] = {".csv": stage_starter, ".json": read_json, ".zip": read_tabular}


def import_file(
    engine: Engine,
    path: Path,
    progress: Progress = no_progress,
    by: str | None = None,
    source_url: str | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import a starter CSV, HSDS JSON, or HSDS tabular data; new services are drafts.

    What it is, the path says: .csv, .json, or a .zip archive or folder of HSDS's CSV files. Creates
    the tables if need be. `by` is who imports it, by default the file; `source_url` is explained
    in loading.load. A dry run reports the same and leaves the services as they were. Raises
    BadDataError, after which nothing has changed, OSError for a file that cannot be read, and
    DirectoryUnavailable.
    """
    read = reader_of(path)
    prepare(engine)
    with open_transaction(engine) as connection:
        attempt = connection.begin_nested()
        report = load(
            connection,
            path.name,
            lambda stage: read(path, stage, progress),
            by=by or f"import:{path.name}",
            source_url=source_url,
        )
        if dry_run:
            attempt.rollback()
        else:
            attempt.commit()
        return report


def reader_of(path: Path) -> Read:
    """What reads a file or folder like this one. Raises BadDataError if nothing does."""
    if path.is_dir():
        return read_tabular
    read = READERS.get(path.suffix.lower())
    if read is None:
        what = f"must be a folder, or end in {', '.join(READERS)}"
        raise BadDataError([Problem(path.name, "file name", None, what)])
    return read


def export_file(
    engine: Engine, path: Path, progress: Progress = no_progress, kind: str = "service"
) -> int:
    """Write all services; returns how many. Raises as `import_file` does.

    A path that ends in .json gets HSDS JSON: full documents of `kind`, one of
    hsds_json.KINDS. A path that ends in .zip, or a folder, gets HSDS tabular data: the whole
    directory.
    """
    suffix = path.suffix.lower()
    if not path.is_dir() and suffix not in (".json", ".zip", ""):
        what = "must end in .json or .zip, or be a folder"
        raise BadDataError([Problem(path.name, "file name", None, what)])
    with open_transaction(engine) as connection:
        _see_one_moment(connection)
        if suffix == ".json" and not path.is_dir():
            return export_hsds_json(connection, path, progress, kind)
        return export_tabular(connection, path, progress)


def _see_one_moment(connection: Connection) -> None:
    """All queries see the directory as it is now, whatever others change meanwhile."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
