"""What the search reads of a service: its countries, numbers, languages and opening hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory.database import open_transaction
from directory.models import Attribute, Schedule, SearchEntry, Service, Taxonomy, TaxonomyTerm
from directory.search import FoundPhone, FoundService, ServiceQuery, search
from directory.search.index import rebuild, refresh
from directory.vocabulary import AUDIENCES, NEEDS, derived_id
from tests.directory.conftest import AT
from tests.directory.reference import PlainPhone, PlainService, store
from tests.directory.shared_directory import (  # noqa: F401  (fixtures)
    make_directory,
    make_shared_engines,
)

BASTILLE_DAY = datetime(2026, 7, 14, 10, 0, tzinfo=timezone.utc)
LINE = PlainService(
    id=derived_id("line"),
    name="Line",
    state="verified",
    status="active",
    assured_date=date(2026, 6, 1),
    valid_until=date(2026, 12, 1),
    areas=("FR", "ZZ"),
    needs=("child_helpline",),
    audiences=(),
    languages=(),
    phones=(PlainPhone("voice", "119", "FR", None, abroad=False),),
    chat=False,
    email=None,
    url="https://example.org",
    hours="Mo-Fr 09:00-17:00; PH off",
    zone="Europe/Paris",
    cost="free",
    anonymous=None,
    minimum_age=None,
    maximum_age=None,
    pair=None,
)


def found(directory: Any, service: PlainService, **query: Any) -> FoundService:
    """The service as it is shown to a person in France; nothing stays behind."""
    asked = ServiceQuery(**{"country": "FR", "at": BASTILLE_DAY, **query})
    with Session(directory.engine, future=True) as session:
        store(session.connection(), [service])
        refresh(session.connection(), [service.id])
        (only,) = search(session, asked).services
        session.rollback()
    return only


def test_given_a_service_of_the_country_and_the_world_then_the_countrys_holidays_count(
    directory: Any,
) -> None:
    assert found(directory, LINE).open_now is False
    assert found(directory, LINE, country="DE").open_now is None


def test_given_an_international_service_with_a_number_here_then_its_line_is_judged_here(
    directory: Any,
) -> None:
    closed = replace(LINE, areas=("ZZ",), hours="Mo-Su 20:00-22:00")
    here = found(directory, closed)
    assert (here.country, here.open_now) == ("ZZ", False)
    assert here.phones == (FoundPhone("119", "119"),)
    assert found(directory, closed, country="DE").open_now is None


def test_given_only_a_full_number_of_the_country_then_it_can_be_dialled_there(
    directory: Any,
) -> None:
    number = PlainPhone("voice", "+33 1 42 34 56 78", "FR", "+33142345678", abroad=False)
    here = found(directory, replace(LINE, phones=(number,), url=None), contact_way="call")
    assert here.phones == (FoundPhone("+33142345678", "+33 1 42 34 56 78"),)


def test_given_a_national_and_a_full_number_then_the_national_one_is_shown_at_home(
    directory: Any,
) -> None:
    full = PlainPhone("voice", "+33 1 42 34 56 78", "FR", "+33142345678", abroad=True)
    both = replace(LINE, phones=(full, *LINE.phones))
    assert found(directory, both).phones == (FoundPhone("119", "119"),)
    assert [phone.number for phone in found(directory, both, country="DE").phones] == [
        "+33142345678"
    ]


def test_given_whatsapp_without_a_full_number_then_it_is_no_way_in(directory: Any) -> None:
    number = PlainPhone("whatsapp", "06 01 02 03 04", "FR", None, abroad=False)
    assert found(directory, replace(LINE, phones=(number,))).whatsapp is None
    with Session(directory.engine, future=True) as session:
        store(session.connection(), [replace(LINE, phones=(number,), url=None)])
        refresh(session.connection(), [LINE.id])
        assert search(session, ServiceQuery(country="FR", at=BASTILLE_DAY)).services == ()


def test_given_languages_in_other_forms_then_they_are_the_same_languages(directory: Any) -> None:
    for name, code in (("a", "ar"), ("b", "pt-BR"), ("c", "por"), ("d", "PT"), ("e", "dje")):
        directory.add(name, languages=(code,))
    assert directory.names(language="pt") == ["b", "c", "d", "a", "e"]
    assert directory.names(language="por") == ["b", "c", "d", "a", "e"]
    assert directory.names(language="dje")[0] == "e"


def test_given_no_language_asked_for_then_services_without_languages_have_no_advantage(
    directory: Any,
) -> None:
    directory.add("a with", languages=("fr",))
    directory.add("b without")
    assert directory.names() == ["a with", "b without"]


def test_given_all_hours_written_out_then_the_service_is_round_the_clock(directory: Any) -> None:
    directory.add("always", hours="Mo-Su 00:00-24:00", zone=None)
    directory.add("nearly", hours="Mo-Sa 00:00-24:00")
    assert directory.names(round_the_clock=True) == ["always"]


def test_given_hours_that_cannot_be_judged_then_the_search_works_and_nobody_can_say(
    directory: Any,
) -> None:
    directory.add("a nonsense", hours="nine to five")
    directory.add("b nowhere", zone="Europe/Atlantis")
    found = directory.search().services
    assert [service.open_now for service in found] == [None, None]
    assert directory.names(open_now=True) == []


def test_given_hours_that_are_no_longer_valid_then_they_do_not_count_as_open(
    directory: Any,
) -> None:
    id_ = directory.add("line", hours="24/7")
    change_hours(directory, id_, valid_to=date(2026, 11, 23))
    (service,) = directory.search().services
    assert service.open_now is None
    assert directory.names(open_now=True) == []
    assert directory.names(round_the_clock=True) == []
    change_hours(directory, id_, valid_to=date(2026, 11, 24))
    assert directory.names(open_now=True) == ["line"]


def test_given_an_hsds_schedule_without_our_string_then_its_rfc_5545_fields_are_judged(
    directory: Any,
) -> None:
    id_ = directory.add("line", hours=None, zone=None)
    fields = {"freq": "WEEKLY", "byday": "TU", "opens_at": "14:00", "closes_at": "17:00"}
    change_hours(directory, id_, timezone=3.0, **fields)
    (service,) = directory.search().services
    assert (service.open_now, service.hours) == (True, "Tu 14:00-17:00")
    change_hours(directory, id_, description="Tuesday afternoons")
    (service,) = directory.search().services
    assert service.hours == "Tuesday afternoons"
    change_hours(directory, id_, interval=2)
    (service,) = directory.search().services
    assert (service.open_now, service.hours) == (None, "Tuesday afternoons")


def change_hours(directory: Any, id_: str, **fields: Any) -> None:
    with open_transaction(directory.engine) as connection:
        connection.execute(update(Schedule).where(Schedule.service_id == id_).values(**fields))
        refresh(connection, [id_])


def test_given_a_term_of_a_newer_handrail_then_the_service_is_found_under_those_it_knows(
    directory: Any,
) -> None:
    with Session(directory.engine, future=True) as session:
        store(session.connection(), [LINE])
        for taxonomy in (NEEDS, AUDIENCES):
            add_unknown_term(session, taxonomy.id)
        refresh(session.connection(), [LINE.id])
        needs = session.execute(select(SearchEntry.need).distinct()).scalars().all()
        session.rollback()
    assert needs == ["child_helpline"]


def add_unknown_term(session: Session, taxonomy_id: str) -> None:
    assert session.get(Taxonomy, taxonomy_id) is not None
    term = TaxonomyTerm(
        id=derived_id("new", taxonomy_id),
        code="not_yet_known",
        name="New",
        description="-",
        taxonomy_id=taxonomy_id,
    )
    session.add(term)
    session.flush()
    session.add(
        Attribute(
            id=derived_id("link", taxonomy_id),
            link_id=LINE.id,
            link_entity="service",
            link_type="need",
            taxonomy_term_id=term.id,
        )
    )
    session.flush()


def test_given_a_rebuild_then_it_counts_what_may_be_found_and_changes_nothing(
    directory: Any,
) -> None:
    for number in range(3):
        directory.add(f"s{number}")
    directory.add("gone", status="defunct")
    directory.add("new", vetting_state="draft")
    before = directory.names()
    steps: list[tuple[int, int]] = []
    with open_transaction(directory.engine) as connection:
        assert rebuild(connection, lambda done, total: steps.append((done, total))) == 3
    assert steps == [(3, 3)]
    assert directory.names() == before


def test_given_a_service_that_is_withdrawn_then_nothing_of_it_stays_in_what_searches_read(
    directory: Any,
) -> None:
    id_ = directory.add("line")
    with open_transaction(directory.engine) as connection:
        connection.execute(
            update(Service).where(Service.id == id_).values(vetting_state="withdrawn")
        )
        refresh(connection, [id_])
        assert connection.execute(select(func.count()).select_from(SearchEntry)).scalar() == 0
    assert directory.names(at=AT) == []
