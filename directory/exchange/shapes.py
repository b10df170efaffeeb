"""Which kind of record a JSON document is: HSDS documents do not say it themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

from directory.exchange.nesting import IMPLIED, INTERNAL, NESTING, POSITION
from directory.exchange.values import is_required
from directory.models import metadata
from directory.vocabulary import TAXONOMIES

ROOTS = (
    "service",
    "organization",
    "service_at_location",
    "location",
    "taxonomy",
    "taxonomy_term",
)
"""The records for which HSDS has documents."""

_OUR_TAXONOMIES = frozenset(taxonomy.id for taxonomy in TAXONOMIES)
# Fewer properties than that fit to anything.
_FEWEST = 2


def shapes_of(document: dict[str, Any]) -> tuple[str, ...]:
    """The tables whose properties the document has most of, the likeliest first; none if it has
    those of none.

    A bare id, name and description may be an organization or a taxonomy: what else is in its list
    decides. The taxonomies of every directory are known by their ids.
    """
    if str(document.get("id")) in _OUR_TAXONOMIES:
        return ("taxonomy",)
    fits = {table: len(document.keys() & known_properties(table)) for table in ROOTS}
    best = max(fits.values())
    if best < _FEWEST:
        return ()
    candidates = tuple(table for table in ROOTS if fits[table] == best)
    complete = tuple(table for table in candidates if document.keys() >= _required(table))
    return complete or candidates[:1]


@cache
def known_properties(table: str) -> frozenset[str]:
    """The names that a document of this table may use."""
    columns = {column.name for column in metadata.tables[table].c}
    nested = {nested.name for nested in NESTING[table]}
    return frozenset(columns | nested) - INTERNAL.get(table, frozenset()) - {POSITION}


@cache
def _required(table: str) -> frozenset[str]:
    columns = metadata.tables[table].c
    required = {column.name for column in columns if is_required(column)}
    return frozenset(required - IMPLIED[table])
