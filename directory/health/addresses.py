"""Which web addresses the directory's services have, and which of them are to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import and_, delete, select, tuple_, union
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.models import LinkCheck, Organization, Provenance, Service, ServiceArea, Url

MAX_AGE = timedelta(days=7)

_NEVER = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Selection:
    """Which addresses to check: those not checked for `max_age`, even if that is zero.

    `country` (ISO 3166-1, ZZ for international) keeps to services for that country; at most
    `limit` addresses are checked, those first that wait longest.
    """

    max_age: timedelta = MAX_AGE
    country: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class DueAddresses:
    """Addresses with the ids of the services that have them, those first that wait longest.

    `skipped` is how many addresses were checked not long ago.
    """

    owners: Mapping[str, tuple[str, ...]]
    skipped: int


def due_addresses(session: Session, selection: Selection, at: datetime) -> DueAddresses:
    """The addresses to check at an aware moment."""
    every = service_addresses(selection.country).subquery()
    query = select(every.c.service_id, every.c.url, LinkCheck.checked).outerjoin_from(
        every,
        LinkCheck,
        and_(LinkCheck.service_id == every.c.service_id, LinkCheck.url == every.c.url),
    )
    owners: dict[str, list[str]] = {}
    last: dict[str, datetime] = {}
    for row in session.execute(query.order_by(every.c.url, every.c.service_id)):
        owners.setdefault(row.url, []).append(row.service_id)
        last[row.url] = min(last.get(row.url, at), row.checked or _NEVER)
    due = [url for url in owners if last[url] <= at - selection.max_age]
    due.sort(key=lambda url: last[url])
    chosen = due[: selection.limit]
    return DueAddresses({url: tuple(owners[url]) for url in chosen}, len(owners) - len(due))


def service_addresses(country: str | None = None) -> Any:
    """SQL for service_id and url of every address of every service that is not withdrawn."""
    kept = Service.vetting_state != "withdrawn"
    if country is not None:
        served = select(ServiceArea.service_id).where(ServiceArea.country == country)
        kept = and_(kept, Service.id.in_(served))
    services = select(Service.id.label("service_id"))
    return union(
        services.add_columns(Service.url).where(kept, Service.url.is_not(None)),
        services.add_columns(Url.url).join(Url, Url.service_id == Service.id).where(kept),
        services.add_columns(Url.url)
        .join(Url, Url.organization_id == Service.organization_id)
        .where(kept),
        services.add_columns(Provenance.source_url)
        .join(Provenance, Provenance.service_id == Service.id)
        .where(kept),
        services.add_columns(Organization.website)
        .join(Organization, Organization.id == Service.organization_id)
        .where(kept, Organization.website.is_not(None)),
    )


def remove_outdated(connection: Connection) -> int:
    """Forget results for addresses that no service in use has any more.

    Returns how many. Results of withdrawn services go too, because nobody renews them.
    """
    current = service_addresses().subquery()
    address = tuple_(LinkCheck.service_id, LinkCheck.url)
    outdated = address.not_in(select(current.c.service_id, current.c.url))
    count: int = connection.execute(delete(LinkCheck).where(outdated)).rowcount
    return count
