"""The SQL queries of the search: which opening hours occur, and which services come first.

The second is built once for each shape of question; country, needs, audience, language, ages and
day are parameters. It reads only `search_entry`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Integer, and_, bindparam, case, literal_column, or_, select

from directory.models import SearchEntry, SearchOpening
from directory.vocabulary import (
    AUDIENCES,
    CONTACT_WAYS,
    INTERNATIONAL,
    WAYS_OF_WISH,
    ContactWay,
    ContactWish,
)

Tier = Literal["best", "open", "all"]

WEBSITE = 1 << len(CONTACT_WAYS)
"""The bit of `ways` that stands for a page on the web."""


def way_bit(way: ContactWay) -> int:
    """The bit of `ways` that stands for this way of contact."""
    return 1 << CONTACT_WAYS.index(way)


def audience_bit(code: str | None) -> int:
    """The bit of `audiences` that stands for this audience; 0 for none."""
    return 1 << AUDIENCES.codes.index(code) if code else 0


@dataclass(frozen=True)
class Shape:
    """What decides the text of the queries; `needs` is how many there are.

    `own_behaviour`: services for people worried about their own behaviour may come unasked.
    `tier` narrows the query to entries that come before all others. `from_abroad`: the person is
    outside the countries asked for, and what the person finds at home does not count. `paired`:
    all services whose pair is among the parameter `pairs`.
    """

    needs: int
    own_behaviour: bool
    contact_way: ContactWish | None
    open_now: bool
    free: bool
    anonymous: bool
    round_the_clock: bool
    tier: Tier = "all"
    from_abroad: bool = False
    paired: bool = False


OPENINGS = select(SearchOpening.opening, SearchOpening.entries).where(
    SearchOpening.country.in_(bindparam("countries", expanding=True)), SearchOpening.entries > 0
)
"""The values of `opening` in the parameter `countries`, and how many entries have each."""


@lru_cache(maxsize=256)
def candidates(shape: Shape) -> Any:
    """Rows of service_id, country, abroad, opening, can_use_line and pair, best first.

    A service comes once for each country and need under which it fits. Parameters: countries, home
    (a LIKE pattern of the person's country), needs, youngest, oldest, day, need_0, need_1 …,
    audience (a bit), language (a LIKE pattern), open and closed (values of `opening`), and count
    (how many rows), or pairs if the shape is `paired`.
    """
    is_open = SearchEntry.opening.in_(bindparam("open", expanding=True))
    conditions = [*_conditions(shape), _as_seen_from_home(shape)]
    if shape.open_now:
        conditions += [_can_use_line(shape), is_open]
    if shape.paired:
        conditions.append(SearchEntry.pair.in_(bindparam("pairs", expanding=True)))
    conditions += _tier(shape, is_open)
    statement = (
        select(
            SearchEntry.service_id,
            SearchEntry.country,
            SearchEntry.abroad,
            SearchEntry.opening,
            _can_use_line(shape).label("can_use_line"),
            SearchEntry.pair,
        )
        .where(*conditions)
        .order_by(*_order(shape, is_open))
    )
    return statement if shape.paired else statement.limit(bindparam("count"))


def _conditions(shape: Shape) -> list[Any]:
    """What excludes a service."""
    conditions = [
        SearchEntry.country.in_(bindparam("countries", expanding=True)),
        SearchEntry.valid_until >= bindparam("day"),
        # At least one way in that works for this person: nobody is sent to a dead end.
        _ways(shape) != 0,
        or_(SearchEntry.minimum_age.is_(None), SearchEntry.minimum_age <= bindparam("oldest")),
        or_(SearchEntry.maximum_age.is_(None), SearchEntry.maximum_age >= bindparam("youngest")),
    ]
    if shape.needs:
        conditions.append(SearchEntry.need.in_(bindparam("needs", expanding=True)))
    else:
        conditions.append(SearchEntry.need_position == 0)
        if not shape.own_behaviour:
            conditions.append(SearchEntry.need != "own_behaviour_support")
    if shape.contact_way is not None:
        wished = sum(way_bit(way) for way in WAYS_OF_WISH[shape.contact_way])
        conditions.append(_has(_ways(shape), wished))
    for wanted, column in (
        (shape.free, SearchEntry.free),
        (shape.anonymous, SearchEntry.anonymous),
        (shape.round_the_clock, SearchEntry.round_the_clock),
    ):
        if wanted:
            conditions.append(column.is_(True))
    return conditions


def _as_seen_from_home(shape: Shape) -> Any:
    """An international service counts as in the person's country if it is known there.

    Its numbers, its holidays and its place in the order are others there. From abroad, only
    services count that the person does not find anyway.
    """
    at_home = SearchEntry.found_in.like(bindparam("home"))
    if shape.from_abroad:
        return and_(~at_home, SearchEntry.found_in.not_like(f"%,{INTERNATIONAL},%"))
    return or_(SearchEntry.country != INTERNATIONAL, ~at_home)


def _tier(shape: Shape, is_open: Any) -> list[Any]:
    """The conditions of a tier; in each, the first sort keys have their best value.

    "open": usable now, for the first need. "best": besides, everything but the dates and names
    is as good as it can be.
    """
    if shape.tier == "all":
        return []
    conditions = [_availability(shape, is_open) == 0]
    if shape.needs:
        conditions.append(SearchEntry.need == bindparam("need_0"))
    if shape.tier == "best":
        asked_for = bindparam("audience", type_=Integer)
        conditions += [
            SearchEntry.need_position == literal_column("0"),
            SearchEntry.anonymous.is_(True),
            SearchEntry.abroad.is_(False),
            SearchEntry.languages.like(bindparam("language")),
            # Where nobody is asked for, no service is put behind the others for its audiences.
            or_(asked_for == 0, _has(SearchEntry.audiences, asked_for)),
        ]
    return conditions


def _ways(shape: Shape) -> Any:
    return SearchEntry.ways_abroad if shape.from_abroad else SearchEntry.ways


def _has(bits: Any, bit: Any) -> Any:
    return bits.op("&")(bit) != 0


def _can_use_line(shape: Shape) -> Any:
    """Whether the opening hours mean something to this person: not those of a line out of reach."""
    return or_(SearchEntry.has_line.is_(False), _has(_ways(shape), way_bit("call")))


def _availability(shape: Shape, is_open: Any) -> Any:
    """0 for open, 1 when nobody can say, 2 for closed.

    A service without a telephone line is a form or a page: it can be used at any hour. A mere
    list of services gets no such start over the services themselves.
    """
    is_closed = SearchEntry.opening.in_(bindparam("closed", expanding=True))
    return case(
        (~_can_use_line(shape), 1),
        (is_open, 0),
        (is_closed, 2),
        (or_(SearchEntry.has_line.is_(True), SearchEntry.is_list.is_(True)), 1),
        else_=0,
    )


def _order(shape: Shape, is_open: Any) -> list[Any]:
    """Open now, need, audience, language, anonymous, national, recently verified (DESIGN 7).

    A service made for the need comes before one that serves it too. From abroad, a service that
    cannot be understood is no help at all: there the language comes first.
    """
    availability = _availability(shape, is_open)
    language = case((SearchEntry.languages.like(bindparam("language")), 0), else_=1)
    places = [(SearchEntry.need == bindparam(f"need_{n}"), n) for n in range(shape.needs)]
    return [
        *([language, availability] if shape.from_abroad else [availability]),
        *([case(*places, else_=shape.needs)] if shape.needs > 1 else []),
        case((_has(SearchEntry.audiences, bindparam("audience")), 0), else_=1),
        SearchEntry.need_position,
        *([] if shape.from_abroad else [language]),
        case((SearchEntry.anonymous.is_(True), 0), else_=1),
        SearchEntry.abroad,
        SearchEntry.assured_date.desc(),
        SearchEntry.name,
        SearchEntry.service_id,
    ]
