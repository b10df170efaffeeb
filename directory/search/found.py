"""A service as it is shown to a person: what they can dial from where they are, and when.

These are the facts of the service card of contract W2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from directory.models import (
    DirectoryInfo,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
    Url,
)
from directory.opening import Opening
from directory.phones import dialable, international_display
from directory.search.dialling import works_from_abroad, works_within
from directory.vetting.shown import is_shown
from directory.vocabulary import WEB_CHAT


@dataclass(frozen=True)
class FoundPhone:
    """`number` is what a telephone dials from the person's country; `display` is for reading.

    `number` may begin with + and, in a few countries, hold * or #, which a tel: link must write
    percent-encoded.
    """

    number: str
    display: str


@dataclass(frozen=True)
class FoundService:
    """One service for one person at one moment.

    `country` is where it is found: the person's country, ZZ for an international service, or a
    neighbouring country. `whatsapp` is in E.164 form. `open_now`, `free` and `anonymous` are None
    when nobody can say. `opens_at` is aware, in the service's time zone. `demo` means that nobody
    has verified anything.
    """

    id: str
    name: str
    organization: str
    description: str
    country: str
    phones: tuple[FoundPhone, ...]
    sms: str | None
    whatsapp: str | None
    chat_url: str | None
    website: str | None
    email: str | None
    open_now: bool | None
    opens_at: datetime | None
    hours: str | None
    languages: tuple[str, ...]
    free: bool | None
    anonymous: bool | None
    verified_on: date | None
    valid_until: date | None
    pair: str | None
    demo: bool


_FREE = {"free": True, "standard": False, "unknown": None}

# Built once: SQLAlchemy then has their SQL at hand for every search.
_IDS = bindparam("ids", expanding=True)
_CHAT = (
    select(func.min(Url.url))
    .where(Url.service_id == Service.id, Url.label == WEB_CHAT)
    .scalar_subquery()
)
_SERVICES = (
    select(
        Service.id,
        Service.name,
        Service.description,
        Service.url,
        Service.email,
        Service.cost,
        Service.anonymous,
        Service.assured_date,
        Service.valid_until,
        Service.vetting_state,
        Service.status,
        Service.pair,
        Organization.name.label("organization"),
        _CHAT.label("chat_url"),
        select(DirectoryInfo.demonstration).scalar_subquery().label("demonstration"),
    )
    .join(Organization, Organization.id == Service.organization_id)
    .where(Service.id.in_(_IDS))
)
_PHONES = (
    select(
        Phone.service_id,
        Phone.type,
        Phone.number,
        Phone.country,
        Phone.e164,
        Phone.reachable_from_abroad,
    )
    .where(Phone.service_id.in_(_IDS))
    .order_by(Phone.position, Phone.id)
)
_LANGUAGES = (
    select(Language.service_id, Language.code)
    .where(Language.service_id.in_(_IDS), Language.code.is_not(None))
    .order_by(Language.position, Language.id)
)
_HOURS = (
    select(Schedule.service_id, Schedule.description, Schedule.opening_hours)
    .where(Schedule.service_id.in_(_IDS))
    .order_by(Schedule.id)
)


@dataclass(frozen=True)
class Hit:
    """A service that fits: its id, the country it is found for (ISO 3166-1, or ZZ), its state.

    `hours` is the opening_hours expression that was judged, None if there is none.
    """

    service_id: str
    country: str
    opening: Opening
    hours: str | None


def found_services(
    reader: Connection, hits: Sequence[Hit], country: str | None, at: datetime
) -> tuple[FoundService, ...]:
    """The services that were hit, in this order, for a person in `country`.

    What may not be shown at this moment is left out, whatever the hits say.
    """
    if not hits:
        return ()
    ids = {"ids": [hit.service_id for hit in hits]}
    day = at.astimezone(timezone.utc).date()
    # Judged here and not in the query, which SQLite would answer by walking through all services
    # that may be shown.
    services = {
        row.id: row
        for row in reader.execute(_SERVICES, ids)
        if is_shown(row.vetting_state, row.valid_until, row.status, day)
    }
    phones = _grouped(reader, _PHONES, ids)
    languages = _grouped(reader, _LANGUAGES, ids)
    hours = _grouped(reader, _HOURS, ids)
    return tuple(
        _found(
            hit,
            services[hit.service_id],
            phones=phones[hit.service_id],
            languages=tuple(language.code for language in languages[hit.service_id]),
            hours=_hours_text(hours[hit.service_id]) or hit.hours,
            home=country,
        )
        for hit in hits
        if hit.service_id in services
    )


def _found(
    hit: Hit,
    service: Any,
    *,
    phones: Sequence[Any],
    languages: tuple[str, ...],
    hours: str | None,
    home: str | None,
) -> FoundService:
    return FoundService(
        id=hit.service_id,
        name=service.name,
        organization=service.organization,
        description=service.description or "",
        country=hit.country,
        phones=_numbers(phones, "voice", home),
        sms=next((number.number for number in _numbers(phones, "text", home)), None),
        whatsapp=_whatsapp(phones, home),
        chat_url=service.chat_url,
        website=service.url,
        email=service.email,
        open_now=hit.opening.open_now,
        opens_at=hit.opening.opens_at,
        hours=hours,
        languages=languages,
        free=_FREE[service.cost],
        anonymous=service.anonymous,
        verified_on=service.assured_date,
        valid_until=service.valid_until,
        pair=service.pair,
        demo=bool(service.demonstration),
    )


def _grouped(reader: Connection, statement: Any, ids: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Rows by service id, in the order of the statement; an empty list for a service without."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in reader.execute(statement, ids):
        groups[row.service_id].append(row)
    return groups


def _hours_text(schedules: Sequence[Any]) -> str | None:
    """Opening hours for reading: of the schedule that was judged, else what all of them say."""
    for schedule in schedules:
        if schedule.opening_hours is not None:
            return str(schedule.description or schedule.opening_hours)
    texts = (schedule.description for schedule in schedules if schedule.description)
    return "; ".join(dict.fromkeys(texts)) or None


def _numbers(phones: Sequence[Any], kind: str, country: str | None) -> tuple[FoundPhone, ...]:
    """What can be dialled in `country`: its own numbers, else those that work from abroad.

    Of its own numbers, those as dialled inside the country come instead of full ones.
    """
    of_kind = [phone for phone in phones if phone.type == kind]
    own = [phone for phone in of_kind if works_within(phone, country)]
    national = [phone for phone in own if not phone.number.startswith("+")]
    if own:
        return tuple(FoundPhone(dialable(p.number), p.number) for p in national or own)
    return tuple(
        FoundPhone(phone.e164, international_display(phone.e164))
        for phone in of_kind
        if works_from_abroad(phone)
    )


def _whatsapp(phones: Sequence[Any], country: str | None) -> str | None:
    for phone in phones:
        if phone.type == "whatsapp" and (works_within(phone, country) or works_from_abroad(phone)):
            return str(phone.e164)
    return None
