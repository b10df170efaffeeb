"""How each kind of record is given out: as an item of a list, and in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from admin.hsds.languages import in_language
from admin.hsds.pruning import pruned
from admin.hsds.selection import Asked
from admin.hsds.visibility import shown_services
from directory.batches import batches
from directory.exchange.documents import (
    Document,
    full_organizations,
    full_service_at_locations,
    full_services,
    listed_organizations,
    listed_service_at_locations,
    listed_services,
    taxonomies,
    taxonomy_terms,
)
from directory.exchange.properties import moment_text
from directory.models import Service


def services(asked: Asked, ids: Sequence[str]) -> list[Document]:
    """HSDS service, in full or as in lists, or id and modified_date alone."""
    if asked.query.minimal:
        return _minimal(asked, ids)
    if asked.query.full:
        documents = full_services(asked.session, ids)
        return pruned(asked.session, "service", documents, asked.day)
    return listed_services(asked.session, ids)


def organizations(asked: Asked, ids: Sequence[str]) -> list[Document]:
    """HSDS organization: with services in full, in full with their names, or as in lists."""
    session, day, query = asked.session, asked.day, asked.query
    if query.full_service:
        documents = full_organizations(session, ids, True, shown_services(day))
        return pruned(session, "organization", documents, day)
    if not query.full:
        return listed_organizations(session, ids)
    documents = pruned(session, "organization", full_organizations(session, ids), day)
    brief = _brief_services(asked, ids)
    return [{**document, "services": brief[document["id"]]} for document in documents]


def service_at_locations(asked: Asked, ids: Sequence[str]) -> list[Document]:
    """HSDS service_at_location, in full or as in lists."""
    if asked.query.full:
        documents = full_service_at_locations(asked.session, ids)
        return pruned(asked.session, "service_at_location", documents, asked.day)
    return listed_service_at_locations(asked.session, ids)


def all_taxonomies(asked: Asked, ids: Sequence[str]) -> list[Document]:
    """HSDS taxonomy, in the language asked for."""
    documents = taxonomies(asked.session, ids)
    return [in_language(document, asked.language, asked.names) for document in documents]


def all_terms(asked: Asked, ids: Sequence[str]) -> list[Document]:
    """HSDS taxonomy_term, in the language asked for."""
    documents = taxonomy_terms(asked.session, ids)
    return [in_language(document, asked.language, asked.names) for document in documents]


def _minimal(asked: Asked, ids: Sequence[str]) -> list[Document]:
    modified: dict[str, datetime] = {}
    for some in batches(ids):
        query = select(Service.id, Service.last_modified).where(Service.id.in_(some))
        modified.update((row.id, row.last_modified) for row in asked.session.execute(query))
    return [{"id": id_, "modified_date": moment_text(modified[id_])} for id_ in ids]


def _brief_services(asked: Asked, ids: Sequence[str]) -> dict[str, list[Document]]:
    """Id, name and status of the services of each organization."""
    brief: dict[str, list[Document]] = {id_: [] for id_ in ids}
    query = (
        select(Service.id, Service.name, Service.status, Service.organization_id)
        .where(Service.organization_id.in_(ids), shown_services(asked.day))
        .order_by(Service.id)
    )
    for row in asked.session.execute(query):
        service = {"id": row.id, "name": row.name, "status": row.status}
        brief[row.organization_id].append(service)
    return brief
