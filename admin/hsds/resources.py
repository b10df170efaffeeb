"""The paths of the HSDS API as one table: parameters, selection and records of each.

Routes, the OpenAPI document and the page for people are all made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from admin.hsds import records, selection
from admin.hsds.selection import Asked, FixedIds, Ids
from admin.hsds.visibility import (
    shown_organizations,
    shown_service_at_locations,
    shown_services,
    shown_taxonomies,
    shown_terms,
)
from directory.exchange.documents import Document
from directory.models import Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm

_PAGED = ("search", "page", "per_page", "format")
_OF_SERVICES = ("taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after")


@dataclass(frozen=True)
class Resource:
    """One kind of record under `/{name}` and `/{name}/{id}`.

    `table` is the HSDS record, `id_column` its key, and `shown` the condition on it of being
    public on a day. `parameters` are those of the list,
    `one_parameters` those of a single record. `translated`: the answer follows Accept-Language.
    `dated`: its last modification is known.
    """

    name: str
    table: str
    what: str
    id_column: Any
    shown: Callable[[date], Any]
    parameters: tuple[str, ...]
    select: Callable[[Asked], Ids | FixedIds]
    write: Callable[[Asked, Sequence[str]], list[Document]]
    one_parameters: tuple[str, ...] = ()
    translated: bool = False
    dated: bool = False


RESOURCES: tuple[Resource, ...] = (
    Resource(
        "services",
        "service",
        "verified services",
        Service.id,
        shown_services,
        (*_PAGED, *_OF_SERVICES, "minimal", "full"),
        selection.services,
        records.services,
        dated=True,
    ),
    Resource(
        "organizations",
        "organization",
        "organizations with a verified service",
        Organization.id,
        shown_organizations,
        (*_PAGED, "full", "full_service"),
        selection.organizations,
        records.organizations,
        one_parameters=("full_service",),
    ),
    Resource(
        "service_at_locations",
        "service_at_location",
        "verified services at their locations",
        ServiceAtLocation.id,
        shown_service_at_locations,
        (*_PAGED, *_OF_SERVICES, "full", "postcode", "proximity"),
        selection.service_at_locations,
        records.service_at_locations,
        dated=True,
    ),
    Resource(
        "taxonomies",
        "taxonomy",
        "taxonomies",
        Taxonomy.id,
        shown_taxonomies,
        _PAGED,
        selection.all_taxonomies,
        records.all_taxonomies,
        translated=True,
    ),
    Resource(
        "taxonomy_terms",
        "taxonomy_term",
        "taxonomy terms",
        TaxonomyTerm.id,
        shown_terms,
        (*_PAGED, "taxonomy_id", "top_only", "parent_id"),
        selection.all_terms,
        records.all_terms,
        translated=True,
    ),
)
