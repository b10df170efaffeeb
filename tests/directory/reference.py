"""The search in plain Python, written from the words of DESIGN 7 and S5, to compare the SQL with.

Slow and simple: it looks at every service of a list, and knows nothing of tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timezone
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from directory.models import (
    Attribute,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    Url,
)
from directory.opening import UNKNOWN, Opening, opening_at
from directory.search import ServiceQuery
from directory.vocabulary import AUDIENCES, NEEDS, WAYS_OF_WISH, WEB_CHAT, derived_id

ADULT_AGE = 18


@dataclass(frozen=True)
class PlainPhone:
    """A number; `type` is HSDS's."""

    type: str
    number: str
    country: str | None
    e164: str | None
    abroad: bool


@dataclass(frozen=True)
class PlainService:
    """A service with everything that decides whether and where it is found."""

    id: str
    name: str
    state: str
    status: str
    assured_date: date
    valid_until: date
    areas: tuple[str, ...]
    needs: tuple[str, ...]
    audiences: tuple[str, ...]
    languages: tuple[str, ...]
    phones: tuple[PlainPhone, ...]
    chat: bool
    email: str | None
    url: str | None
    hours: str | None
    zone: str | None
    cost: str
    anonymous: bool | None
    minimum_age: int | None
    maximum_age: int | None
    pair: str | None


@dataclass(frozen=True)
class PlainResult:
    """What was found: id, the country it is found for, and whether it is open."""

    services: tuple[tuple[str, str, bool | None], ...]
    more: bool


def plain_search(services: Iterable[PlainService], query: ServiceQuery) -> PlainResult:
    """What the search must find."""
    ranked = sorted(
        (rank, service) for service in services if (rank := best_rank(service, query)) is not None
    )
    ordered = together([service for _, service in ranked])
    end = min(query.offset + query.limit, len(ordered))
    while 0 < end < len(ordered) and belong_together(ordered[end - 1], ordered[end]):
        end += 1
    page = ordered[query.offset : end]
    return PlainResult(
        tuple((s.id, country_of(s, query), opening_of(s, query).open_now) for s in page),
        more=end < len(ordered),
    )


def belong_together(one: PlainService, other: PlainService) -> bool:
    """Whether the two are members of one pair."""
    return one.pair is not None and one.pair == other.pair


def together(ranked: list[PlainService]) -> list[PlainService]:
    """The members of a pair follow the best of them, in their own order."""
    ordered: list[PlainService] = []
    for service in ranked:
        if service not in ordered:
            ordered.append(service)
            ordered += [s for s in ranked if s not in ordered and belong_together(s, service)]
    return ordered


def best_rank(service: PlainService, query: ServiceQuery) -> tuple[Any, ...] | None:
    """The place in the order, the smaller the better; None if it may not be found."""
    if not (may_be_shown(service, query) and is_for_here(service, query) and fits(service, query)):
        return None
    needs = service.needs or ("",)
    if query.needs:
        served = [need for need in needs if need in query.needs]
    elif needs[0] == "own_behaviour_support" and query.audience != "worried_about_self":
        served = []
    else:
        served = [needs[0]]
    return min((rank(service, query, need) for need in served), default=None)


def may_be_shown(service: PlainService, query: ServiceQuery) -> bool:
    """Verified, in date and active (S5)."""
    return (
        service.state in ("verified", "due")
        and service.status == "active"
        and service.valid_until >= query.at.astimezone(timezone.utc).date()
    )


def is_for_here(service: PlainService, query: ServiceQuery) -> bool:
    """Of the person's country, or international (S5)."""
    return "ZZ" in service.areas or query.country in service.areas


def country_of(service: PlainService, query: ServiceQuery) -> str:
    """The person's country if the service is one of that country."""
    return query.country if query.country and query.country in service.areas else "ZZ"


def ways(service: PlainService, query: ServiceQuery) -> set[str]:
    """How a person in this country can reach it."""
    names = {"voice": "call", "text": "text", "whatsapp": "whatsapp"}
    found = {names[p.type] for p in service.phones if p.type in names and dials(p, query.country)}
    if service.chat:
        found.add("chat")
    if service.email:
        found.add("email")
    if service.url:
        found.add("web")
    return found


def dials(phone: PlainPhone, country: str | None) -> bool:
    """A number works in its own country, and elsewhere if it is known to."""
    if phone.abroad and phone.e164:
        return True
    at_home = phone.country is not None and phone.country == country
    return at_home and (phone.type != "whatsapp" or phone.e164 is not None)


def fits(service: PlainService, query: ServiceQuery) -> bool:
    """Everything the person asks for, and a way in."""
    reachable = ways(service, query)
    youngest, oldest = 0, 120
    if query.age is not None:
        youngest = oldest = query.age
    elif query.audience == "child":
        oldest = ADULT_AGE - 1
    elif query.audience == "adult_survivor":
        youngest = ADULT_AGE
    return (
        bool(reachable)
        and (query.contact_way is None or not reachable.isdisjoint(WAYS_OF_WISH[query.contact_way]))
        and (service.minimum_age is None or service.minimum_age <= oldest)
        and (service.maximum_age is None or service.maximum_age >= youngest)
        and (not query.free or service.cost == "free")
        and (not query.anonymous or service.anonymous is True)
        and (not query.round_the_clock or is_round_the_clock(service))
        and (not query.open_now or opening_of(service, query).open_now is True)
    )


def is_round_the_clock(service: PlainService) -> bool:
    """Written as 24/7, or as all hours of all days."""
    return service.hours in ("24/7", "Mo-Su 00:00-24:00")


def opening_of(service: PlainService, query: ServiceQuery) -> Opening:
    """Whether the line is open; it says nothing to a person who cannot dial it."""
    if has_line(service) and "call" not in ways(service, query):
        return UNKNOWN
    hours = "24/7" if is_round_the_clock(service) else service.hours
    return opening_at(query.at, hours, service.zone, country_of(service, query))


def has_line(service: PlainService) -> bool:
    """Whether it is a telephone service."""
    return any(phone.type == "voice" for phone in service.phones)


def rank(service: PlainService, query: ServiceQuery, need: str) -> tuple[Any, ...]:
    """Open now, need, audience, language, anonymous, national, recently verified (DESIGN 7)."""
    position = service.needs.index(need) if service.needs else 0
    return (
        availability(service, query),
        query.needs.index(need) if need in query.needs else 0,
        query.audience not in service.audiences if query.audience else False,
        position,
        query.language not in service.languages if query.language else False,
        service.anonymous is not True,
        country_of(service, query) == "ZZ",
        -service.assured_date.toordinal(),
        service.name,
        service.id,
    )


def availability(service: PlainService, query: ServiceQuery) -> int:
    """Usable now, then unknown, then closed; a page on the web is usable at any hour."""
    open_now = opening_of(service, query).open_now
    if open_now is not None:
        return 0 if open_now else 2
    return 1 if has_line(service) or "directory" in service.needs else 0


def store(connection: Connection, services: Iterable[PlainService]) -> None:
    """Put the services into the tables of the directory, without what searches read."""
    services = list(services)
    organization = derived_id("organization")
    values = {"id": organization, "name": "Organization", "description": "-"}
    connection.execute(insert(Organization), [values])
    tables: list[tuple[Any, list[dict[str, Any]]]] = [
        (Service, [_service(each, organization) for each in services]),
        (ServiceArea, [_part(s, country=country) for s in services for country in s.areas]),
        (Attribute, [row for each in services for row in _attributes(each)]),
        (Language, [_part(s, code=code) for s in services for code in s.languages]),
        (Phone, [_phone(s, phone) for s in services for phone in s.phones]),
        (Schedule, [_part(s, opening_hours=s.hours, timezone_name=s.zone) for s in services]),
        (Url, [_part(s, label=WEB_CHAT, url="https://chat.example") for s in services if s.chat]),
    ]
    for table, rows in tables:
        if rows:
            connection.execute(insert(table), rows)


def _service(service: PlainService, organization: str) -> dict[str, Any]:
    names = (
        "id", "name", "status", "assured_date", "valid_until", "email", "url", "cost",
        "anonymous", "minimum_age", "maximum_age", "pair",
    )  # fmt: skip
    values = {name: getattr(service, name) for name in names}
    return {**values, "vetting_state": service.state, "organization_id": organization}


def _part(service: PlainService, **values: Any) -> dict[str, Any]:
    return {"id": derived_id(service.id, str(values)), "service_id": service.id, **values}


def _phone(service: PlainService, phone: PlainPhone) -> dict[str, Any]:
    return _part(
        service,
        type=phone.type,
        number=phone.number,
        country=phone.country,
        e164=phone.e164,
        reachable_from_abroad=phone.abroad,
    )


def _attributes(service: PlainService) -> list[dict[str, Any]]:
    codes = [(NEEDS, code) for code in service.needs]
    codes += [(AUDIENCES, code) for code in service.audiences]
    return [
        {
            "id": derived_id(service.id, taxonomy.code, code),
            "link_id": service.id,
            "link_entity": "service",
            "link_type": taxonomy.code,
            "taxonomy_term_id": taxonomy.term_id(code),
            "position": position,
        }
        for position, (taxonomy, code) in enumerate(codes)
    ]
