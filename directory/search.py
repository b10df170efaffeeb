"""Finding services for a person: which may be shown, which fit, and which come first.

Only services that are active, verified, in date and of the person's country or international
are ever found (DESIGN S5); the order is that of DESIGN 7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from sqlalchemy.orm import Session

from directory.found import FoundService, found_services
from directory.matching import Shape, matching
from directory.models.base import now
from directory.opening import UNKNOWN, Opening, opening_at
from directory.vocabulary import (
    AUDIENCES,
    CONTACT_WAYS,
    INTERNATIONAL,
    NEEDS,
    ContactWay,
)

__all__ = ["INTERNATIONAL", "FoundService", "SearchResult", "ServiceQuery", "search"]

ADULT = 18
OLDEST = 120

# Whoever is of this audience is on this side of 18; services for the other side are left out.
MINORS = frozenset({"child"})
ADULTS = frozenset({"adult_survivor"})


@dataclass(frozen=True)
class ServiceQuery:
    """What a person looks for. Raises ValueError for a code that the directory does not know.

    `country` is ISO 3166-1 alpha-2, None while unknown: then only international services are
    found. `needs` come in order of preference; none means any need. `audience` and `language`
    (ISO 639) rank, they do not exclude; `age` in years excludes. The switches `open_now`, `free`,
    `anonymous` and `round_the_clock` ask for services known to be so. `at` is an aware moment.
    """

    country: str | None = None
    needs: tuple[str, ...] = ()
    audience: str | None = None
    age: int | None = None
    contact_way: ContactWay | None = None
    language: str | None = None
    open_now: bool = False
    free: bool = False
    anonymous: bool = False
    round_the_clock: bool = False
    at: datetime = field(default_factory=now)
    limit: int = 3
    offset: int = 0

    def __post_init__(self) -> None:
        """Check every code, so that a slip in the caller never looks like "nothing found"."""
        for need in self.needs:
            NEEDS.term_id(need)
        if self.audience is not None:
            AUDIENCES.term_id(self.audience)
        if self.contact_way is not None and self.contact_way not in CONTACT_WAYS:
            raise ValueError(f"{self.contact_way!r} is not one of {', '.join(CONTACT_WAYS)}")
        if self.country is not None and (len(self.country) != 2 or not self.country.isupper()):
            raise ValueError("country must be an ISO 3166-1 code of two capital letters")
        if self.at.tzinfo is None:
            raise ValueError("at must carry a time zone")
        if self.limit < 1 or self.offset < 0:
            raise ValueError("limit must be at least 1, and offset at least 0")


@dataclass(frozen=True)
class SearchResult:
    """One page of services, best first, and how many match in total."""

    services: tuple[FoundService, ...]
    total: int


def search(session: Session, query: ServiceQuery) -> SearchResult:
    """The services that fit, best first."""
    candidates = session.execute(matching(_shape(query)), _parameters(query)).all()
    judged = [(row, _opening(row, query.at)) for row in candidates]
    if query.open_now:
        judged = [(row, opening) for row, opening in judged if opening.open_now]
    # A stable sort: among equals the order of the database stays.
    judged.sort(key=lambda pair: _availability(pair[0], pair[1]))
    page = judged[query.offset : query.offset + query.limit]
    openings = {row.id: opening for row, opening in page}
    return SearchResult(found_services(session, openings, query.country), len(judged))


def _shape(query: ServiceQuery) -> Shape:
    return Shape(
        needs=len(query.needs),
        own_behaviour=query.audience == "worried_about_self",
        contact_way=query.contact_way,
        free=query.free,
        anonymous=query.anonymous,
        round_the_clock=query.round_the_clock,
    )


def _parameters(query: ServiceQuery) -> dict[str, Any]:
    youngest, oldest = _ages(query)
    terms = {f"need_{place}": NEEDS.term_id(need) for place, need in enumerate(query.needs)}
    return {
        "country": query.country,
        "audience_term": AUDIENCES.term_id(query.audience) if query.audience else None,
        "language": query.language,
        "youngest": youngest,
        "oldest": oldest,
        "day": query.at.astimezone(timezone.utc).date(),
        **terms,
    }


def _ages(query: ServiceQuery) -> tuple[int, int]:
    """The youngest and oldest that the person may be."""
    if query.age is not None:
        return query.age, query.age
    if query.audience in MINORS:
        return 0, ADULT - 1
    if query.audience in ADULTS:
        return ADULT, OLDEST
    return 0, OLDEST


def _opening(row: Any, at: datetime) -> Opening:
    """The state of the line; it says nothing to a person who cannot dial it from where they are."""
    if row.has_line and not row.can_call:
        return UNKNOWN
    return opening_at(at, row.opening_hours, row.timezone_name, row.country)


def _availability(row: Any, opening: Opening) -> int:
    """0 for open, 1 when nobody can say, 2 for closed.

    A service without a telephone line is a form or a page: it can be used at any hour. A mere
    list of services gets no such start over the services themselves.
    """
    if opening.open_now is None:
        return 1 if row.has_line or row.is_list else 0
    return 0 if opening.open_now else 2
