"""What is compared to find services that are in the directory twice, read once for all services.

Comparing every service with every other one would take hours in a large directory. Only services
that share something are compared: a number, a domain, an organization, or a word of their name
in one country. Where very many share it, only those with neighbouring names are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.health.domains import registrable
from directory.models import Organization, Phone, Service, ServiceArea
from directory.phones import dialable
from directory.search.text import words

# Up to so many services that share something are all compared with each other.
FULLY_COMPARED = 20

# In larger groups each is compared with so many that follow it in the order of names.
NEIGHBOURS = 6

# A domain of so many organizations is a platform (such as a social network), not a sign.
PLATFORM_ORGANIZATIONS = 5

# So many letters of a word are compared when groups are made: endings differ by typing mistakes.
WORD_BEGINNING = 4


@dataclass(frozen=True)
class Candidate:
    """One service as it is compared. `name_words` are in their order, `sorted_name` sorted.

    `phones` and `domain` are in a form in which equal ones are equal texts.
    """

    id: str
    slug: str | None
    name: str
    organization: str
    organization_words: str
    name_words: str
    sorted_name: str
    pair: str | None
    phones: frozenset[str]
    domain: str | None
    countries: frozenset[str]


def read_candidates(session: Session) -> list[Candidate]:
    """All services that are not withdrawn."""
    query = (
        select(
            Service.id,
            Service.slug,
            Service.name,
            Service.pair,
            Organization.name.label("organization"),
            func.coalesce(Service.url, Organization.website).label("url"),
        )
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.vetting_state != "withdrawn")
        .order_by(Service.id)
    )
    phones = _phones(session)
    countries = _countries(session)
    services = session.execute(query).all()
    platforms = _platforms(services)
    return [
        _candidate(row, phones.get(row.id, ()), countries.get(row.id, ()), platforms)
        for row in services
    ]


def comparisons(candidates: Iterable[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """The pairs that are worth a comparison; a pair that shares much comes several times."""
    groups: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        for key in _keys(candidate):
            groups[key].append(candidate)
    for group in groups.values():
        group.sort(key=lambda each: (each.name_words, each.id))
        reach = len(group) if len(group) <= FULLY_COMPARED else NEIGHBOURS
        for place, first in enumerate(group):
            for second in group[place + 1 : place + 1 + reach]:
                yield first, second


def _keys(candidate: Candidate) -> set[tuple[str, ...]]:
    """What the service shares with those that it is compared with."""
    keys: set[tuple[str, ...]] = {("phone", phone) for phone in candidate.phones}
    if candidate.domain:
        keys.add(("domain", candidate.domain))
    if candidate.organization_words:
        keys.add(("organization", candidate.organization_words))
    beginnings = {word[:WORD_BEGINNING] for word in candidate.name_words.split()}
    keys.update(
        ("name", country, beginning)
        for country in candidate.countries or ("",)
        for beginning in beginnings
    )
    return keys


def _candidate(
    row: Any, phones: Iterable[str], countries: Iterable[str], platforms: frozenset[str]
) -> Candidate:
    name = words(row.name)
    domain = _domain(row.url)
    return Candidate(
        id=row.id,
        slug=row.slug,
        name=row.name,
        organization=row.organization,
        organization_words=_organization_words(row.organization),
        name_words=" ".join(name),
        sorted_name=" ".join(sorted(name)),
        pair=row.pair,
        phones=frozenset(phones),
        domain=None if domain in platforms else domain,
        countries=frozenset(countries),
    )


def _phones(session: Session) -> dict[str, set[str]]:
    """The numbers of each service: international, and as dialled in their country."""
    query = select(Phone.service_id, Phone.number, Phone.country, Phone.e164).where(
        Phone.service_id.is_not(None)
    )
    phones: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(query):
        number = dialable(row.number)
        if row.e164 or number.startswith("+"):
            phones[row.service_id].add(row.e164 or number)
        if row.country and not number.startswith("+"):
            phones[row.service_id].add(f"{row.country} {number}")
    return phones


def _countries(session: Session) -> dict[str, set[str]]:
    query = select(ServiceArea.service_id, ServiceArea.country).where(
        ServiceArea.service_id.is_not(None), ServiceArea.country.is_not(None)
    )
    countries: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(query):
        countries[row.service_id].add(row.country)
    return countries


def _platforms(services: Iterable[Any]) -> frozenset[str]:
    """Domains on which many organizations have their pages."""
    organizations: dict[str, set[str]] = defaultdict(set)
    for row in services:
        if domain := _domain(row.url):
            organizations[domain].add(row.organization)
    many = (name for name, of in organizations.items() if len(of) >= PLATFORM_ORGANIZATIONS)
    return frozenset(many)


@lru_cache(maxsize=100_000)
def _organization_words(name: str) -> str:
    return " ".join(words(name))


@lru_cache(maxsize=100_000)
def _domain(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return registrable(host) if host else None
