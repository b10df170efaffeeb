"""Finding services for a person: which may be shown, which fit, and which come first.

Only services that are active, verified, in date and of the person's country or international
are ever found (DESIGN S5); the order is that of DESIGN 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.opening import UNKNOWN, expression_of, open_states, opening_of
from directory.search.found import FoundService, Hit, found_services
from directory.search.languages import main_code
from directory.search.matching import OPENINGS, Shape, Tier, audience_bit, candidates
from directory.search.query import ServiceQuery
from directory.vocabulary import INTERNATIONAL

# How many more services than asked for are fetched at first, for the sake of those that belong
# together: two as a rule, or one for each language of a country.
_SPARE = 12

# From so many entries on it is quicker to look at the best ones alone before all.
_MANY = 2000


@dataclass(frozen=True)
class SearchResult:
    """One page of services, best first, and whether there are more.

    Services that belong together stand side by side; for their sake a page may be longer than
    the limit. The next page begins at offset + len(services).
    """

    services: tuple[FoundService, ...]
    more: bool


def search(session: Session, query: ServiceQuery) -> SearchResult:
    """The services that fit, best first."""
    countries = [INTERNATIONAL] if query.country is None else [query.country, INTERNATIONAL]
    return search_in(session, query, shape_of(query), countries)


def search_in(
    session: Session, query: ServiceQuery, shape: Shape, countries: Sequence[str]
) -> SearchResult:
    """The services of these countries that fit; the person is in the query's country."""
    reader = session.connection()
    parameters = _parameters(query, countries)
    openings = dict(map(tuple, reader.execute(OPENINGS, parameters)))
    states = open_states(openings, query.at)
    parameters["open"] = [value for value, is_open in states.items() if is_open]
    parameters["closed"] = [value for value, is_open in states.items() if is_open is False]
    tiers: tuple[Tier, ...] = ("all",)
    if sum(openings.values()) > _MANY and not shape.from_abroad:
        tiers = ("best", "open", "all")
    rows, more = _page(reader, query, shape, parameters, tiers)
    found = found_services(reader, [_hit(row, query.at) for row in rows], query.country, query.at)
    return SearchResult(found, more)


def _page(
    reader: Connection,
    query: ServiceQuery,
    shape: Shape,
    parameters: dict[str, Any],
    tiers: Sequence[Tier],
) -> tuple[list[Any], bool]:
    """The rows of one page, and whether there are more services after it.

    What comes before all others is looked at first; only where it does not fill the page, the
    rest is, too.
    """
    wanted = query.offset + query.limit
    count = wanted + _SPARE
    for tier in tiers:
        tiered = replace(shape, tier=tier)
        rows, is_complete = _best(reader, tiered, parameters, count)
        end = _end_of_page(rows, wanted)
        if end < len(rows):
            return rows[query.offset : end], True
    while not is_complete and end == len(rows):
        # So many belong together that it is not known yet whether anything comes after them.
        count *= 2
        rows, is_complete = _best(reader, tiered, parameters, count)
        end = _end_of_page(rows, wanted)
    return rows[query.offset : end], end < len(rows)


def _best(
    reader: Connection, shape: Shape, parameters: dict[str, Any], services: int
) -> tuple[list[Any], bool]:
    """The rows of at least so many services in order, and whether there are no others."""
    # A service may come under each country and under each need; only its best place counts.
    count = services * max(1, shape.needs) * len(parameters["countries"])
    fetched = reader.execute(candidates(shape), {**parameters, "count": count}).all()
    return _together(reader, shape, parameters, _once_each(fetched)), len(fetched) < count


def shape_of(query: ServiceQuery) -> Shape:
    """What of the query decides the text of the SQL."""
    return Shape(
        needs=len(query.needs),
        own_behaviour=query.audience == "worried_about_self",
        contact_way=query.contact_way,
        open_now=query.open_now,
        free=query.free,
        anonymous=query.anonymous,
        round_the_clock=query.round_the_clock,
    )


def _parameters(query: ServiceQuery, countries: Sequence[str]) -> dict[str, Any]:
    youngest, oldest = query.ages
    # Where nobody asks for a language, no service is put behind the others for its languages.
    language = f"%,{main_code(query.language)},%" if query.language else "%"
    return {
        "countries": list(countries),
        "home": f"%,{query.country},%" if query.country else "",
        "needs": list(query.needs),
        "audience": audience_bit(query.audience),
        "language": language,
        "youngest": youngest,
        "oldest": oldest,
        "day": query.at.astimezone(timezone.utc).date(),
        **{f"need_{place}": need for place, need in enumerate(query.needs)},
    }


def _once_each(rows: Sequence[Any]) -> list[Any]:
    best: dict[str, Any] = {}
    for row in rows:
        best.setdefault(row.service_id, row)
    return list(best.values())


def _together(
    reader: Connection, shape: Shape, parameters: dict[str, Any], rows: list[Any]
) -> list[Any]:
    """The rows with the members of each pair right behind the best of them."""
    pairs = sorted({row.pair for row in rows if row.pair is not None})
    if not pairs:
        return rows
    statement = candidates(replace(shape, paired=True, tier="all"))
    fitting = reader.execute(statement, {**parameters, "pairs": pairs}).all()
    members: dict[str, list[Any]] = {}
    for row in _once_each(fitting):
        members.setdefault(row.pair, []).append(row)
    ordered: dict[str, Any] = {}
    for row in rows:
        for member in members.get(row.pair, [row]):
            ordered.setdefault(member.service_id, member)
    return list(ordered.values())


def _end_of_page(rows: Sequence[Any], wanted: int) -> int:
    """Where the page ends: as wanted, but never between services that belong together."""
    end = min(wanted, len(rows))
    while 0 < end < len(rows) and rows[end].pair and rows[end].pair == rows[end - 1].pair:
        end += 1
    return end


def _hit(row: Any, at: datetime) -> Hit:
    country = INTERNATIONAL if row.abroad else row.country
    if row.opening is None:
        return Hit(row.service_id, country, UNKNOWN, None)
    opening = opening_of(row.opening, at) if row.can_use_line else UNKNOWN
    return Hit(row.service_id, country, opening, expression_of(row.opening))
