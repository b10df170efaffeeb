"""Getting a database ready for use: tables, vocabulary, and what searches read."""

from __future__ import annotations

from sqlalchemy import exists, insert, select
from sqlalchemy.engine import Connection, Engine

from directory.database import open_transaction, upgrade
from directory.models import SearchEntry, Service, Taxonomy, TaxonomyTerm
from directory.search.index import rebuild
from directory.vetting.shown import SHOWN_STATES
from directory.vocabulary import TAXONOMIES


def prepare(engine: Engine) -> None:
    """Create the directory, or bring an older one up to date; may be called at any time.

    Raises DirectoryUnavailable if the database does not answer.
    """
    upgrade(engine)
    with open_transaction(engine) as connection:
        _add_vocabulary(connection)
        if _is_unindexed(connection):
            rebuild(connection)


def _add_vocabulary(connection: Connection) -> None:
    """Add the taxonomies and terms that are missing; what is there stays as it is."""
    known = set(connection.execute(select(Taxonomy.id)).scalars())
    known |= set(connection.execute(select(TaxonomyTerm.id)).scalars())
    for taxonomy in TAXONOMIES:
        if taxonomy.id not in known:
            connection.execute(insert(Taxonomy).values(taxonomy.row()))
        rows = [row for row in taxonomy.term_rows() if row["id"] not in known]
        if rows:
            connection.execute(insert(TaxonomyTerm), rows)


def _is_unindexed(connection: Connection) -> bool:
    """Whether there is something to find but nothing that searches read."""
    shown = exists().where(Service.vetting_state.in_(SHOWN_STATES))
    indexed = exists().where(SearchEntry.service_id.is_not(None))
    row = connection.execute(select(shown.label("shown"), indexed.label("indexed"))).one()
    return bool(row.shown and not row.indexed)
