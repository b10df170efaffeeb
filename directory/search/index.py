"""Deriving what searches read (search_entry, service_text) from the services that may be shown.

Whoever changes a service calls `refresh` in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from directory.batches import BATCH, Progress, batches, no_progress
from directory.bulk import send_columns, without_foreign_keys, without_indexes
from directory.models import (
    Attribute,
    Language,
    Organization,
    Phone,
    Schedule,
    SearchEntry,
    SearchOpening,
    Service,
    ServiceArea,
    ServiceText,
    TaxonomyTerm,
    Url,
)
from directory.opening import ALWAYS, opening_value
from directory.recurrence import Hours, hours_of
from directory.search.dialling import works_from_abroad, works_within
from directory.search.languages import main_code
from directory.search.matching import WEBSITE, audience_bit, way_bit
from directory.search.text import words
from directory.vetting.shown import SHOWN_STATES
from directory.vocabulary import AUDIENCES, INTERNATIONAL, NEEDS, WEB_CHAT, Taxonomy

Row = dict[str, Any]

_WAY_OF_PHONE = {"voice": way_bit("call"), "text": way_bit("text"), "whatsapp": way_bit("whatsapp")}

# `valid_until` is looked at when somebody searches.
_MAY_BE_FOUND = (Service.vetting_state.in_(SHOWN_STATES), Service.status == "active")

_IDS = bindparam("ids", expanding=True)
_SERVICES = (
    select(Service.__table__, Organization.name.label("organization"))
    .join(Organization, Organization.id == Service.organization_id)
    .where(Service.id.in_(_IDS), *_MAY_BE_FOUND)
)
_AREAS = select(ServiceArea.service_id, ServiceArea.country, ServiceArea.name).where(
    ServiceArea.service_id.in_(_IDS)
)
_TERMS = (
    select(
        Attribute.link_id.label("service_id"),
        Attribute.position,
        TaxonomyTerm.taxonomy_id,
        TaxonomyTerm.code,
        TaxonomyTerm.name,
    )
    .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
    .where(Attribute.link_id.in_(_IDS))
    .order_by(Attribute.position, Attribute.id)
)
_PHONES = select(
    Phone.service_id, Phone.type, Phone.country, Phone.e164, Phone.reachable_from_abroad
).where(Phone.service_id.in_(_IDS))
_CHATS = select(Url.service_id).where(Url.service_id.in_(_IDS), Url.label == WEB_CHAT)
_LANGUAGES = select(Language.service_id, Language.code).where(
    Language.service_id.in_(_IDS), Language.code.is_not(None)
)
_SCHEDULES = select(Schedule.__table__).where(Schedule.service_id.in_(_IDS)).order_by(Schedule.id)


_WRITTEN = (SearchEntry.__tablename__, ServiceText.__tablename__)


class _Facts(NamedTuple):
    """Everything of one service that decides where it is found."""

    service: Any
    areas: Sequence[Any]
    terms: Sequence[Any]
    phones: Sequence[Any]
    has_chat: bool
    languages: Sequence[Any]
    hours: Hours | None


def refresh(connection: Connection, service_ids: Iterable[str]) -> None:
    """Bring what searches read of these services up to date, inside the caller's transaction."""
    for ids in batches(service_ids):
        mine = SearchEntry.service_id.in_(ids)
        with_hours = select(SearchEntry.country, SearchEntry.opening).where(
            mine, SearchEntry.opening.is_not(None)
        )
        changes: Counter[Any] = Counter()
        changes.subtract(map(tuple, connection.execute(with_hours)))
        connection.execute(delete(SearchEntry).where(mine))
        connection.execute(delete(ServiceText).where(ServiceText.service_id.in_(ids)))
        changes.update(_add(connection, ids))
        _count_openings(connection, changes)


def rebuild(connection: Connection, progress: Progress = no_progress) -> int:
    """Make everything that searches read anew; returns how many services may be found.

    `progress` gets services done and total.
    """
    is_new = connection.execute(select(SearchEntry.service_id).limit(1)).first() is None
    for model in (SearchEntry, SearchOpening, ServiceText):
        connection.execute(delete(model))
    query = select(Service.id).where(*_MAY_BE_FOUND)
    ids: list[str] = connection.execute(query.order_by(Service.id)).scalars().all()
    openings: Counter[Any] = Counter()
    with ExitStack() as meanwhile:
        if is_new:
            # Only then: it keeps others from searching, and there is nothing to be found yet.
            meanwhile.enter_context(without_foreign_keys(connection, _WRITTEN))
            meanwhile.enter_context(without_indexes(connection, _WRITTEN))
        for done, some in enumerate(batches(ids)):
            openings.update(_add(connection, some))
            progress(done * BATCH + len(some), len(ids))
    _count_openings(connection, openings)
    return len(ids)


def _add(connection: Connection, ids: list[str]) -> Counter[Any]:
    """Write what searches read of these services; returns the entries by country and opening."""
    facts = list(_facts(connection, ids))
    entries = [entry for each in facts for entry in _entries(each)]
    _send(connection, SearchEntry.__table__, entries)
    _send(connection, ServiceText.__table__, [_text(each) for each in facts])
    return Counter((row["country"], row["opening"]) for row in entries if row["opening"])


def _send(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        send_columns(connection, table, {name: [row[name] for row in rows] for name in rows[0]})


def _count_openings(connection: Connection, changes: Mapping[Any, int]) -> None:
    """Add to the numbers of entries by country and opening; without entries a value stays, at 0."""
    rows = [
        {"country": country, "opening": opening, "entries": change}
        for (country, opening), change in sorted(changes.items())
        if change
    ]
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(SearchOpening)
    added = SearchOpening.entries + statement.excluded.entries
    keys = [SearchOpening.country, SearchOpening.opening]
    upsert = statement.on_conflict_do_update(index_elements=keys, set_={"entries": added})
    connection.execute(upsert, rows)


def _facts(connection: Connection, ids: list[str]) -> Iterator[_Facts]:
    services = connection.execute(_SERVICES, {"ids": ids}).all()
    shown = {"ids": [service.id for service in services]}
    if not services:
        return
    areas, terms, phones, chats, languages, schedules = (
        _grouped(connection, statement, shown)
        for statement in (_AREAS, _TERMS, _PHONES, _CHATS, _LANGUAGES, _SCHEDULES)
    )
    for service in services:
        id_ = service.id
        yield _Facts(
            service,
            areas.get(id_, ()),
            terms.get(id_, ()),
            phones.get(id_, ()),
            id_ in chats,
            languages.get(id_, ()),
            hours_of(schedules.get(id_, ())),
        )


def _grouped(
    connection: Connection, statement: Any, ids: Mapping[str, Any]
) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for row in connection.execute(statement, ids):
        groups.setdefault(row.service_id, []).append(row)
    return groups


def _entries(facts: _Facts) -> Iterator[Row]:
    common = _common(facts)
    common["found_in"] = f",{','.join(_countries(facts))},"
    for country, abroad in _countries(facts).items():
        # International services keep no country's holidays.
        calendar = INTERNATIONAL if abroad else country
        for need, position in _needs(facts).items():
            yield {
                **common,
                "country": country,
                "abroad": abroad,
                "need": need,
                "need_position": position,
                "ways": common["ways_abroad"] | _ways_within(facts, country),
                "opening": _opening(facts, calendar),
            }


def _countries(facts: _Facts) -> dict[str, bool]:
    """The countries whose people find the service, and whether it is an international one there.

    Where an international service has a national number, people there can dial that one.
    """
    served = {area.country for area in facts.areas if area.country is not None}
    countries = {country: country == INTERNATIONAL for country in sorted(served)}
    if INTERNATIONAL in served:
        for phone in facts.phones:
            if phone.country is not None:
                countries.setdefault(phone.country, True)
    return countries


def _needs(facts: _Facts) -> dict[str, int]:
    """Codes of the needs with their place; a service without any has the need ""."""
    needs = dict.fromkeys(_codes(facts, NEEDS))
    return {need: position for position, need in enumerate(needs)} or {"": 0}


def _codes(facts: _Facts, taxonomy: Taxonomy) -> list[str]:
    """The service's terms of a taxonomy, as far as this version of Handrail knows them."""
    codes = (term.code for term in facts.terms if term.taxonomy_id == taxonomy.id)
    return [code for code in codes if code in taxonomy.codes]


def _common(facts: _Facts) -> Row:
    """What is the same in all entries of the service."""
    service = facts.service
    languages = sorted({main_code(language.code) for language in facts.languages})
    return {
        "service_id": service.id,
        "round_the_clock": facts.hours is not None and facts.hours.expression == ALWAYS,
        "audiences": sum(audience_bit(code) for code in set(_codes(facts, AUDIENCES))),
        "languages": f",{','.join(languages)}," if languages else "",
        "ways_abroad": _ways_abroad(facts),
        "has_line": any(phone.type == "voice" for phone in facts.phones),
        "is_list": "directory" in _needs(facts),
        "free": service.cost == "free",
        "anonymous": service.anonymous is True,
        "minimum_age": service.minimum_age,
        "maximum_age": service.maximum_age,
        "assured_date": service.assured_date,
        "valid_until": service.valid_until,
        "pair": service.pair,
        "name": service.name,
    }


def _ways_abroad(facts: _Facts) -> int:
    """The ways of contact that work from everywhere."""
    ways = 0
    for phone in facts.phones:
        if works_from_abroad(phone):
            ways |= _WAY_OF_PHONE.get(phone.type, 0)
    if facts.has_chat:
        ways |= way_bit("chat")
    if facts.service.email is not None:
        ways |= way_bit("email")
    if facts.service.url is not None:
        ways |= WEBSITE
    return ways


def _ways_within(facts: _Facts, country: str) -> int:
    """The ways of contact that need a telephone of this country."""
    ways = 0
    for phone in facts.phones:
        if works_within(phone, country):
            ways |= _WAY_OF_PHONE.get(phone.type, 0)
    return ways


def _opening(facts: _Facts, calendar: str) -> str | None:
    return None if facts.hours is None else opening_value(*facts.hours, calendar)


def _text(facts: _Facts) -> Row:
    service = facts.service
    parts = [
        service.name,
        service.alternate_name,
        service.organization,
        service.description,
        *(area.name for area in facts.areas),
        *(term.name for term in facts.terms),
    ]
    body = " ".join(word for part in parts if part for word in words(part))
    return {"service_id": service.id, "body": body}
