"""Which records a query selects, and in which order: ids only, a page or all of them.

Only what may be shown today is ever selected. Without a search or a distance the order is that
of the ids, which is the same on every database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from admin.hsds.languages import in_language
from admin.hsds.nearby import covers, known_postcode, within
from admin.hsds.parameters import Query
from admin.hsds.visibility import (
    shown_organizations,
    shown_services,
    shown_taxonomies,
    shown_terms,
)
from directory.exchange.documents import taxonomies, taxonomy_terms
from directory.models import (
    Attribute,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceText,
    Taxonomy,
    TaxonomyTerm,
)
from directory.search.fulltext import found_by
from directory.search.text import asked_words, words
from directory.vocabulary_names import Names


@dataclass(frozen=True)
class Asked:
    """A query with what it is asked of: a database, a day, and a language."""

    session: Session
    query: Query
    day: date
    language: str
    names: Names


class Ids:
    """The ids that an SQL query selects, in its order."""

    def __init__(self, session: Session, query: Any) -> None:
        self._session = session
        self._query = query

    def count(self) -> int:
        """How many there are."""
        rows = self._query.order_by(None).subquery()
        total: int = self._session.execute(select(func.count()).select_from(rows)).scalar()
        return total

    def some(self, start: int, count: int | None) -> Sequence[str]:
        """`count` of them from the place `start`; all from there if it is None."""
        query = (
            self._query.offset(start) if count is None else self._query.offset(start).limit(count)
        )
        ids: Sequence[str] = self._session.execute(query).scalars().all()
        return ids


class FixedIds:
    """Ids that are known already, in this order."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids

    def count(self) -> int:
        """How many there are."""
        return len(self._ids)

    def some(self, start: int, count: int | None) -> Sequence[str]:
        """`count` of them from the place `start`; all from there if it is None."""
        return self._ids[start:] if count is None else self._ids[start : start + count]


def services(asked: Asked) -> Ids:
    """Ids of services."""
    query = select(Service.id).where(shown_services(asked.day), *_filters(asked.query))
    if asked.query.search is None:
        return Ids(asked.session, query.order_by(Service.id))
    found = found_by(asked.session, asked.query.search, shown_services(asked.day))
    query = query.join(ServiceText, ServiceText.service_id == Service.id).where(found.condition)
    return Ids(asked.session, query.order_by(found.rank, Service.id))


def organizations(asked: Asked) -> Ids:
    """Ids of organizations; a search finds them by the texts of their services."""
    if asked.query.search is None:
        query = select(Organization.id).where(shown_organizations(asked.day))
        return Ids(asked.session, query.order_by(Organization.id))
    found = found_by(asked.session, asked.query.search, shown_services(asked.day))
    query = (
        select(Service.organization_id)
        .join(ServiceText, ServiceText.service_id == Service.id)
        .where(shown_services(asked.day), found.condition)
        .group_by(Service.organization_id)
        .order_by(func.min(found.rank), Service.organization_id)
    )
    return Ids(asked.session, query)


def service_at_locations(asked: Asked) -> Ids | FixedIds:
    """Ids of services at locations; what is asked of services is asked of theirs."""
    query = (
        select(ServiceAtLocation.id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(shown_services(asked.day), *_filters(asked.query))
    )
    order = [ServiceAtLocation.id]
    if asked.query.search is not None:
        found = found_by(asked.session, asked.query.search, shown_services(asked.day))
        query = query.join(ServiceText, ServiceText.service_id == Service.id)
        query = query.where(found.condition)
        order.insert(0, found.rank)
    if asked.query.postcode is not None:
        postcode = known_postcode(asked.session, asked.query.postcode, asked.day)
        query = query.where(covers(postcode))
        if asked.query.proximity is not None:
            points, metres = postcode.centroids, asked.query.proximity
            return FixedIds(within(asked.session, query, points, metres))
    return Ids(asked.session, query.order_by(*order))


def all_taxonomies(asked: Asked) -> Ids | FixedIds:
    """Ids of taxonomies."""
    query = select(Taxonomy.id).where(shown_taxonomies(asked.day)).order_by(Taxonomy.id)
    return _searched(asked, query, taxonomies)


def all_terms(asked: Asked) -> Ids | FixedIds:
    """Ids of taxonomy terms."""
    query = select(TaxonomyTerm.id).where(shown_terms(asked.day)).order_by(TaxonomyTerm.id)
    if asked.query.taxonomy_id is not None:
        query = query.where(TaxonomyTerm.taxonomy_id == asked.query.taxonomy_id)
    if asked.query.parent_id is not None:
        query = query.where(TaxonomyTerm.parent_id == asked.query.parent_id)
    if asked.query.top_only:
        query = query.where(TaxonomyTerm.parent_id.is_(None))
    return _searched(asked, query, taxonomy_terms)


def _filters(query: Query) -> list[Any]:
    """Conditions on Service."""
    conditions: list[Any] = []
    if query.organization_id is not None:
        conditions.append(Service.organization_id == query.organization_id)
    if query.modified_after is not None:
        conditions.append(Service.last_modified >= query.modified_after)
    has = Attribute.link_id == Service.id
    if query.taxonomy_term_id is not None:
        term = Attribute.taxonomy_term_id == query.taxonomy_term_id
        conditions.append(exists().where(has, term))
    if query.taxonomy_id is not None:
        in_taxonomy = TaxonomyTerm.taxonomy_id == query.taxonomy_id
        term = Attribute.taxonomy_term_id == TaxonomyTerm.id
        conditions.append(exists().where(has, term, in_taxonomy))
    return conditions


def _searched(asked: Asked, query: Any, write: Any) -> Ids | FixedIds:
    """The ids of `query`; with a search those whose code, name or description has the words."""
    ids = Ids(asked.session, query)
    if asked.query.search is None:
        return ids
    *whole, last = asked_words(asked.query.search) or [""]
    found: list[str] = []
    for document in write(asked.session, ids.some(0, None)):
        told = in_language(document, asked.language, asked.names)
        texts = [told.get("code", ""), told["name"], told["description"]]
        has = words(" ".join(texts))
        begun = bool(last) and any(word.startswith(last) for word in has)
        if begun and all(word in has for word in whole):
            found.append(document["id"])
    return FixedIds(found)
