"""The one SQL query of the search: which services fit, in which order, before open-now.

It is built once for each shape of question; country, needs, audience, language, age and day are
parameters. A parameter that is NULL matches nothing, which is what "not known" means here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select

from directory.models import Attribute, Language, Phone, Schedule, Service, ServiceArea, Url
from directory.opening import ALWAYS
from directory.vetting import may_be_shown
from directory.vocabulary import CONTACT_WAYS, INTERNATIONAL, NEEDS, WEB_CHAT, ContactWay

# Spreads the place in the query's list of needs above the place in the service's own list.
_NEED_STEP = 1000

_COUNTRY = bindparam("country")


@dataclass(frozen=True)
class Shape:
    """What decides the text of the query; `needs` is how many there are.

    `own_behaviour`: services for people worried about their own behaviour may come unasked.
    """

    needs: int
    own_behaviour: bool
    contact_way: ContactWay | None
    free: bool
    anonymous: bool
    round_the_clock: bool


@lru_cache(maxsize=256)
def matching(shape: Shape) -> Any:
    """Rows of id, opening_hours, timezone_name, country, has_line, can_call and is_list, in order.

    Parameters: country, audience_term, language, youngest, oldest, day, and need_0, need_1 … as
    ids of terms.
    """
    areas = _areas()
    statement = (
        select(
            Service.id,
            Schedule.opening_hours,
            Schedule.timezone_name,
            areas.c.country,
            _has(Phone, type="voice").label("has_line"),
            _by("call").label("can_call"),
            _serves("directory").label("is_list"),
        )
        .join(areas, areas.c.service_id == Service.id)
        .outerjoin(
            Schedule,
            and_(Schedule.service_id == Service.id, Schedule.opening_hours.is_not(None)),
        )
        .where(may_be_shown(bindparam("day")))
        # At least one way in that works for this person: nobody is sent to a dead end.
        .where(or_(Service.url.is_not(None), *(_by(way) for way in CONTACT_WAYS)))
        .where(*_filters(shape))
    )
    if not shape.needs:
        return statement.order_by(_audience(), *_order(areas))
    needs = _needs(shape.needs)
    wanted_most = needs.c.rank - needs.c.rank % _NEED_STEP
    return statement.join(needs, needs.c.service_id == Service.id).order_by(
        wanted_most, _audience(), needs.c.rank, *_order(areas)
    )


def _areas() -> Any:
    """Service ids of the person's country (`abroad` 0) and of international services (1)."""
    abroad = case((ServiceArea.country == INTERNATIONAL, 1), else_=0)
    return (
        select(
            ServiceArea.service_id,
            func.min(abroad).label("abroad"),
            # ZZ comes last in the alphabet, so that the country's own code wins.
            func.min(ServiceArea.country).label("country"),
        )
        .where(or_(ServiceArea.country == INTERNATIONAL, ServiceArea.country == _COUNTRY))
        .group_by(ServiceArea.service_id)
        .subquery()
    )


def _needs(count: int) -> Any:
    """Service ids with the rank of their best need.

    Thousands are the place in the query's order, the rest the place in the service's own list:
    a service made for the need comes before one that serves it too.
    """
    terms = [bindparam(f"need_{place}") for place in range(count)]
    places = [
        (Attribute.taxonomy_term_id == term, place * _NEED_STEP) for place, term in enumerate(terms)
    ]
    rank = case(*places) + Attribute.position
    return (
        select(Attribute.link_id.label("service_id"), func.min(rank).label("rank"))
        .where(Attribute.taxonomy_term_id.in_(terms))
        .group_by(Attribute.link_id)
        .subquery()
    )


def _audience() -> Any:
    """Services that name the audience first."""
    fits = exists().where(
        Attribute.link_id == Service.id,
        Attribute.taxonomy_term_id == bindparam("audience_term"),
    )
    return case((fits, 0), else_=1)


def _order(areas: Any) -> list[Any]:
    """After open-now, need and audience: language, anonymous, national, recently verified."""
    speaks = exists().where(
        Language.service_id == Service.id, Language.code == bindparam("language")
    )
    return [
        case((speaks, 0), else_=1),
        case((Service.anonymous.is_(True), 0), else_=1),
        areas.c.abroad,
        Service.assured_date.desc(),
        Service.name,
        Service.id,
    ]


def _filters(shape: Shape) -> list[Any]:
    """One condition for each wish that excludes."""
    conditions = [
        or_(Service.minimum_age.is_(None), Service.minimum_age <= bindparam("oldest")),
        or_(Service.maximum_age.is_(None), Service.maximum_age >= bindparam("youngest")),
    ]
    if not shape.needs and not shape.own_behaviour:
        main_need = Attribute.position == 0
        conditions.append(~_serves("own_behaviour_support").where(main_need))
    if shape.contact_way is not None:
        conditions.append(_by(shape.contact_way))
    if shape.free:
        conditions.append(Service.cost == "free")
    if shape.anonymous:
        conditions.append(Service.anonymous.is_(True))
    if shape.round_the_clock:
        conditions.append(Schedule.opening_hours == ALWAYS)
    return conditions


def _by(way: ContactWay) -> Any:
    """Whether the person can use this way of contact from where they are."""
    if way == "email":
        return Service.email.is_not(None)
    if way == "chat":
        return _has(Url, label=WEB_CHAT)
    kind = {"call": "voice", "text": "text", "whatsapp": "whatsapp"}[way]
    return _has(Phone, type=kind).where(
        or_(Phone.country == _COUNTRY, Phone.reachable_from_abroad.is_(True))
    )


def _has(model: Any, **values: str) -> Any:
    """Whether the service has a record of this kind with these values."""
    matches = [getattr(model, name) == value for name, value in values.items()]
    return exists().where(model.service_id == Service.id, *matches)


def _serves(need: str) -> Any:
    """Whether the service serves this need."""
    return exists().where(
        Attribute.link_id == Service.id, Attribute.taxonomy_term_id == NEEDS.term_id(need)
    )
