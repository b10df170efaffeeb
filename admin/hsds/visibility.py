"""What of the directory the public may see: what belongs to a service that may be shown today.

Everything else is treated as if it did not exist, wherever it would be nested or counted.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Table, and_, exists, or_, select

from directory.models import (
    Attribute,
    Location,
    Organization,
    Program,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from directory.vetting.shown import may_be_shown
from directory.vocabulary import TAXONOMIES

_OURS = [taxonomy.id for taxonomy in TAXONOMIES]


def shown_services(day: date) -> Any:
    """The condition on Service."""
    return may_be_shown(day)


def shown_organizations(day: date) -> Any:
    """The condition on Organization."""
    return Organization.id.in_(select(Service.organization_id).where(may_be_shown(day)))


def shown_programs(day: date) -> Any:
    """The condition on Program."""
    programs = select(Service.program_id).where(Service.program_id.is_not(None), may_be_shown(day))
    return Program.id.in_(programs)


def shown_service_at_locations(day: date) -> Any:
    """The condition on ServiceAtLocation."""
    return ServiceAtLocation.service_id.in_(_service_ids(day))


def shown_locations(day: date) -> Any:
    """The condition on Location."""
    return Location.id.in_(_location_ids(day))


def shown_terms(day: date) -> Any:
    """The condition on TaxonomyTerm: our own terms, those in use, and the terms above these."""
    return or_(TaxonomyTerm.taxonomy_id.in_(_OURS), TaxonomyTerm.id.in_(_term_ids(day)))


def shown_taxonomies(day: date) -> Any:
    """The condition on Taxonomy: our own ones, and those of terms in use."""
    used = select(TaxonomyTerm.taxonomy_id).where(
        TaxonomyTerm.id.in_(_term_ids(day)), TaxonomyTerm.taxonomy_id.is_not(None)
    )
    return or_(Taxonomy.id.in_(_OURS), Taxonomy.id.in_(used))


def shown_records(table: Table, day: date) -> Any:
    """The condition on a table of records that may belong to several others.

    A record of a service is shown with the service. Without one, the service at a location to
    which it belongs decides, and without that the location.
    """
    owners = (
        ("service_id", _service_ids(day)),
        (
            "service_at_location_id",
            select(ServiceAtLocation.id).where(shown_service_at_locations(day)),
        ),
        ("location_id", _location_ids(day)),
    )
    condition: Any = None
    for name, ids in reversed(owners):
        if name in table.c:
            owned = table.c[name].in_(ids)
            free = table.c[name].is_(None)
            condition = or_(owned, free if condition is None else and_(free, condition))
    return condition


def _service_ids(day: date) -> Any:
    return select(Service.id).where(may_be_shown(day))


def _location_ids(day: date) -> Any:
    return select(ServiceAtLocation.location_id).where(shown_service_at_locations(day))


def _term_ids(day: date) -> Any:
    """The terms of other taxonomies that what is shown carries, and all terms above them."""
    holders = or_(
        Attribute.link_id.in_(_service_ids(day)),
        Attribute.link_id.in_(select(Service.organization_id).where(may_be_shown(day))),
        Attribute.link_id.in_(_location_ids(day)),
    )
    # Ours are public anyhow, and carried by every service: only the others are looked for.
    used = (
        select(TaxonomyTerm.id)
        .where(
            or_(TaxonomyTerm.taxonomy_id.is_(None), TaxonomyTerm.taxonomy_id.not_in(_OURS)),
            exists().where(Attribute.taxonomy_term_id == TaxonomyTerm.id, holders),
        )
        .cte("used_term", recursive=True)
    )
    above = select(TaxonomyTerm.parent_id).where(
        TaxonomyTerm.id == used.c.id, TaxonomyTerm.parent_id.is_not(None)
    )
    return select(used.union(above).c.id)
