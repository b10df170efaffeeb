"""Search: SQLite, PostgreSQL and the rules in plain Python agree on random directories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.models.service import COSTS, STATUSES, VETTING_STATES
from directory.search import ServiceQuery, search, service_search
from directory.search.index import refresh
from directory.vocabulary import WAYS_OF_WISH, derived_id
from tests.directory.reference import PlainPhone, PlainResult, PlainService, plain_search, store
from tests.directory.shared_directory import make_shared_engines  # noqa: F401  (a fixture)

# A Tuesday, and a public holiday in France but not in Germany.
DAY = date(2026, 7, 14)
NEEDS_USED = ["child_helpline", "suicide_crisis", "own_behaviour_support", "directory"]
AUDIENCES_USED = ["child", "adult_survivor", "worried_about_self", "parent_carer"]
AREAS = [("FR",)] * 4 + [("DE",), ("NP",), ("ZZ",), ("DE", "FR"), ("FR", "ZZ"), ("DE", "ZZ")]
LANGUAGES_USED = ["fr", "de", "ne", "dje"]
EXPRESSIONS = [
    None,
    "24/7",
    "Mo-Su 00:00-24:00",
    "Mo-Fr 09:00-17:00; PH off",
    "Mo-Su 20:00-02:00",
    "Tu 13:45-24:00",
    'Mo-Su 08:00-20:00 unknown "by appointment"',
    "off",
]


def rarely(random: Random, usual: Any, *others: Any) -> Any:
    """The usual value nine times out of ten: else hardly a service would fit a query."""
    return random.choice(others) if random.random() < 0.1 else usual


def some(random: Random, values: list[str], most: int) -> tuple[str, ...]:
    return tuple(random.sample(values, random.randint(0, most)))


def random_phone(random: Random) -> PlainPhone:
    e164 = random.choice([None, "+33142345678", "+4930123456"])
    return PlainPhone(
        type=random.choice(["voice", "voice", "text", "whatsapp", "fax"]),
        number=random.choice(["119", "01 42 34 56 78", "+33 1 42 34 56 78"]),
        country=random.choice([None, "FR", "DE", "NP"]),
        e164=e164,
        abroad=e164 is not None and random.random() < 0.5,
    )


def random_service(random: Random, number: int) -> PlainService:
    return PlainService(
        id=derived_id("service", str(number)),
        # Capitals, accents and characters beyond the first plane, which databases sort apart.
        name=random.choice(["a", "B", "Z", "é", "ﬀ", "𝒜", "a b", "a-b"]),
        state=rarely(random, random.choice(["verified", "due"]), *VETTING_STATES),
        status=rarely(random, "active", *STATUSES),
        assured_date=DAY - timedelta(random.choice([60, 30])),
        valid_until=DAY + timedelta(rarely(random, 200, -1, 0, 1)),
        areas=random.choice(AREAS),
        needs=some(random, NEEDS_USED, 3),
        audiences=some(random, AUDIENCES_USED, 2),
        languages=some(random, LANGUAGES_USED, 2),
        # Equal ones would be one record.
        phones=tuple(dict.fromkeys(random_phone(random) for _ in range(random.randint(0, 3)))),
        chat=random.random() < 0.3,
        email=random.choice([None, "help@example.org"]),
        url=random.choice([None, None, "https://example.org"]),
        hours=random.choice(EXPRESSIONS),
        zone=random.choice([None, "Europe/Paris", "Europe/Paris", "Asia/Kathmandu", "Etc/GMT+12"]),
        cost=random.choice(COSTS),
        anonymous=random.choice([None, True, False]),
        minimum_age=rarely(random, None, 12, 18),
        maximum_age=rarely(random, None, 18, 25),
        pair=random.choice([None, None, None, "one", "two"]),
    )


def random_query(random: Random) -> ServiceQuery:
    minutes = random.randint(-36 * 60, 36 * 60)
    zone = timezone(timedelta(hours=random.choice([0, -11, 5.5])))
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=timezone.utc)
    return ServiceQuery(
        country=random.choice(["FR", "FR", "FR", "DE", "NP", None]),
        needs=some(random, NEEDS_USED, 3),
        audience=random.choice([None, *AUDIENCES_USED]),
        age=rarely(random, None, 11, 12, 18, 26),
        contact_way=random.choice([None, None, *WAYS_OF_WISH]),
        language=random.choice([None, *LANGUAGES_USED]),
        open_now=rarely(random, False, True),
        free=rarely(random, False, True),
        anonymous=rarely(random, False, True),
        round_the_clock=rarely(random, False, True),
        at=(midnight + timedelta(minutes=minutes)).astimezone(zone),
        limit=random.randint(1, 8),
        offset=random.choice([0, 0, 1, 2, 5]),
    )


# The seed makes every field vary at once, which drawing each by hypothesis hardly does; the size
# is what hypothesis makes smaller when a directory fails.
SEEDS = st.integers(0, 2**32)
SIZES = st.integers(0, 40)


def random_directory(random: Random, size: int) -> list[PlainService]:
    return [random_service(random, number) for number in range(size)]


def found_in(
    engine: Engine, services: list[PlainService], queries: list[ServiceQuery]
) -> list[PlainResult]:
    """The results in a directory of these services, of which nothing stays behind."""
    with Session(engine, future=True) as session:
        store(session.connection(), services)
        refresh(session.connection(), [service.id for service in services])
        results = [search(session, query) for query in queries]
        session.rollback()
    return [
        PlainResult(tuple((s.id, s.country, s.open_now) for s in result.services), result.more)
        for result in results
    ]


@pytest.fixture(scope="module", autouse=True, params=["small", "large"])
def country(request: pytest.FixtureRequest) -> Iterator[None]:
    """Searches as in a country with few entries, and as in one with many."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "large":
            patch.setattr(service_search, "_MANY", -1)
        yield


@settings(deadline=None, max_examples=60)
@given(seed=SEEDS, size=SIZES)
def test_given_any_directory_then_both_databases_find_what_the_rules_say(
    shared_engines: Mapping[str, Engine], seed: int, size: int
) -> None:
    random = Random(seed)
    services = random_directory(random, size)
    queries = [random_query(random) for _ in range(10)]
    expected = [plain_search(services, query) for query in queries]
    event(f"{sum(len(result.services) > 1 for result in expected)} of 10 find several")
    for engine in shared_engines.values():
        assert found_in(engine, services, queries) == expected, engine.dialect.name


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, size=SIZES, limit=st.integers(1, 3))
def test_given_any_directory_then_pages_lose_and_repeat_nothing_and_keep_pairs_together(
    shared_engines: Mapping[str, Engine], seed: int, size: int, limit: int
) -> None:
    random = Random(seed)
    services, query = random_directory(random, size), random_query(random)
    pairs = {service.id: service.pair for service in services}
    whole = replace(query, limit=len(services) + 1, offset=0)
    for engine in shared_engines.values():
        with Session(engine, future=True) as session:
            store(session.connection(), services)
            refresh(session.connection(), [service.id for service in services])
            everything = [found.id for found in search(session, whole).services]
            pages: list[list[str]] = []
            more = True
            while more:
                offset = sum(map(len, pages))
                result = search(session, replace(query, limit=limit, offset=offset))
                pages.append([found.id for found in result.services])
                more = result.more
            session.rollback()
        assert [id_ for page in pages for id_ in page] == everything
        assert all(page for page in pages) or pages == [[]]
        for page, next_page in zip(pages, pages[1:], strict=False):
            assert pairs[page[-1]] is None or pairs[page[-1]] != pairs[next_page[0]]
