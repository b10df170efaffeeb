"""HSDS JSON files: lists of fully nested documents (service_package, organization_package …).

A file with a single fault changes nothing; every fault is reported with a JSON pointer (RFC 6901).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from directory.batches import BATCH, Progress, no_progress
from directory.exchange import documents
from directory.exchange.json_reader import read_document
from directory.exchange.merging import merge
from directory.exchange.replacing import replacing
from directory.exchange.staging import staging
from directory.models import metadata
from directory.models.service import VETTING_STATES

KINDS: Mapping[str, Callable[..., list[documents.Document]]] = {
    "service": documents.full_services,
    "organization": partial(documents.full_organizations, with_services=True),
    "service_at_location": documents.full_service_at_locations,
    "location": documents.full_locations,
    "taxonomy": documents.taxonomies,
    "taxonomy_term": documents.taxonomy_terms,
}
"""The documents that a JSON file can hold, named as in HSDS."""


def apply_document(connection: Connection, document: Any, name: str) -> None:
    """Give a service the content of a full HSDS document, whatever its state.

    The caller is responsible for the state, the version, the audit log and the search index.
    `name` says in errors where the document comes from. Raises BadDataError.
    """
    with staging(connection, name) as stage:
        read_document(document, "", stage, "service")
        stage.finish()
        merge(connection, stage, VETTING_STATES, by=None)


def export_hsds_json(
    connection: Connection, path: Path, progress: Progress = no_progress, kind: str = "service"
) -> int:
    """Write all documents of one of `KINDS` into the file as a JSON list; returns how many.

    The file appears when it is complete. Raises OSError.
    """
    count = select(func.count()).select_from(metadata.tables[kind])
    total = connection.execute(count).scalar() or 0
    done = 0
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        file.write("[")
        for ids in _portions(connection, kind):
            for document in KINDS[kind](connection, ids):
                file.write(",\n" if done else "\n")
                json.dump(document, file, ensure_ascii=False, indent=1)
                done += 1
                progress(done, total)
        file.write("\n]\n")
    return done


def _portions(connection: Connection, table: str) -> Iterator[Sequence[str]]:
    """All ids in order, a portion at a time."""
    id_ = metadata.tables[table].c.id
    last = ""
    while True:
        query = select(id_).where(id_ > last).order_by(id_).limit(BATCH)
        ids = connection.execute(query).scalars().all()
        if not ids:
            return
        yield ids
        last = ids[-1]
