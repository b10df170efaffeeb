"""Keeps the newest result of each address, and lists what needs somebody's attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.batches import batches
from directory.health.outcome import FAILING, LinkResult
from directory.models import LinkCheck, Service, ServiceArea
from directory.vocabulary import derived_id

# What an address that was checked before gets anew.
_RENEWED = ("checked", "outcome", "status", "final_url", "certificate_expires", "detail")

_FINAL_URL_LENGTH = LinkCheck.__table__.c.final_url.type.length

_ORDER = {outcome: place for place, outcome in enumerate((*FAILING, "moved", "ok"))}


@dataclass(frozen=True)
class Attention:
    """An address that somebody should look at: it fails, moved, or works with a `detail`."""

    service_id: str
    slug: str | None
    service: str
    url: str
    outcome: str
    status: int | None
    detail: str | None
    final_url: str | None
    checked: datetime
    failing_since: datetime | None


def keep(
    connection: Connection, results: Sequence[LinkResult], owners: Mapping[str, Sequence[str]]
) -> None:
    """Store results for every service that has the address, in the caller's transaction.

    An address keeps the moment since when it fails until it works again. Services that are gone
    meanwhile are left out.
    """
    present = _present(connection, [id_ for result in results for id_ in owners[result.url]])
    rows = [_row(result, id_) for result in results for id_ in owners[result.url] if id_ in present]
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(LinkCheck)
    new = statement.excluded
    since = case(
        (new.failing_since.is_(None), None),
        else_=func.coalesce(LinkCheck.failing_since, new.failing_since),
    )
    values = {**{name: new[name] for name in _RENEWED}, "failing_since": since}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["service_id", "url"], set_=values), rows
    )


def needing_attention(session: Session, country: str | None = None) -> list[Attention]:
    """The stored results to look at, the worst first; sites that refuse programs are left out."""
    notable = or_(
        LinkCheck.outcome.in_((*FAILING, "moved")),
        and_(LinkCheck.outcome == "ok", LinkCheck.detail.is_not(None)),
    )
    query = (
        select(
            LinkCheck.service_id,
            Service.slug,
            Service.name.label("service"),
            *(LinkCheck.__table__.c[name] for name in ("url", "outcome", "status", "detail")),
            LinkCheck.final_url,
            LinkCheck.checked,
            LinkCheck.failing_since,
        )
        .join(Service, Service.id == LinkCheck.service_id)
        .where(notable, *_in_country(country))
    )
    found = [Attention(**row) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda each: (_ORDER[each.outcome], each.service, each.url))


def outcome_counts(session: Session, country: str | None = None) -> dict[str, int]:
    """How many different addresses have each outcome, most frequent first."""
    query = (
        select(LinkCheck.outcome, func.count(LinkCheck.url.distinct()))
        .where(*_in_country(country))
        .group_by(LinkCheck.outcome)
    )
    counts: dict[str, int] = dict(map(tuple, session.execute(query)))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _present(connection: Connection, service_ids: Sequence[str]) -> set[str]:
    present: set[str] = set()
    for some in batches(dict.fromkeys(service_ids)):
        query = select(Service.id).where(Service.id.in_(some))
        present.update(connection.execute(query).scalars())
    return present


def _row(result: LinkResult, service_id: str) -> dict[str, Any]:
    final = result.final_url
    return {
        "id": derived_id("link_check", service_id, result.url),
        "service_id": service_id,
        "url": result.url,
        "checked": result.checked,
        "outcome": result.outcome,
        "status": result.status,
        "final_url": final[:_FINAL_URL_LENGTH] if final else None,
        "certificate_expires": result.certificate_expires,
        "failing_since": result.checked if result.outcome in FAILING else None,
        "detail": result.detail,
    }


def _in_country(country: str | None) -> list[Any]:
    if country is None:
        return []
    served = select(ServiceArea.service_id).where(ServiceArea.country == country)
    return [LinkCheck.service_id.in_(served)]
