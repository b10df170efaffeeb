"""Search: who comes first (DESIGN 7), page by page, and what a person can dial."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from directory.search import FoundPhone
from tests.directory.shared_directory import (  # noqa: F401  (fixtures)
    make_directory,
    make_shared_engines,
)

CLOSED_AT_NOON = "Mo-Su 20:00-22:00"


# Who comes first


def test_given_open_unknown_and_closed_then_they_come_in_that_order(directory: Any) -> None:
    directory.add("a closed", hours=CLOSED_AT_NOON)
    directory.add("b unknown", hours=None)
    directory.add("c open")
    assert directory.names() == ["c open", "b unknown", "a closed"]


def test_given_a_form_on_the_web_then_it_counts_as_usable_now_but_not_as_open(
    directory: Any,
) -> None:
    directory.add("a line", hours=None)
    directory.add("b form", phone=None, hours=None, url="https://example.org")
    found = directory.search().services
    assert [service.name for service in found] == ["b form", "a line"]
    assert found[0].open_now is None


def test_given_a_mere_list_of_services_then_it_does_not_come_before_the_services(
    directory: Any,
) -> None:
    directory.add("b line", hours=None)
    directory.add(
        "a list",
        needs=("directory", "child_helpline"),
        phone=None,
        hours=None,
        url="https://example.org",
    )
    assert directory.names() == ["b line", "a list"]


def test_given_needs_in_order_then_the_first_need_comes_first_whatever_the_names(
    directory: Any,
) -> None:
    directory.add("a", needs=("suicide_crisis",))
    directory.add("b", needs=("child_helpline",))
    assert directory.names(needs=("child_helpline", "suicide_crisis")) == ["b", "a"]
    assert directory.names(needs=("suicide_crisis", "child_helpline")) == ["a", "b"]


def test_given_a_service_made_for_the_need_then_it_comes_before_one_that_serves_it_too(
    directory: Any,
) -> None:
    directory.add("a", needs=("child_helpline", "report_abuse_material"))
    directory.add("b", needs=("report_abuse_material", "child_helpline"))
    assert directory.names(needs=("report_abuse_material",)) == ["b", "a"]


def test_given_the_same_need_then_each_rule_decides_where_the_ones_before_it_tie(
    directory: Any,
) -> None:
    directory.add("h older", assured_date=date(2026, 10, 1))
    directory.add("g newer", assured_date=date(2026, 11, 1))
    directory.add(
        "f abroad", country="ZZ", phone="+33142345678", e164="+33142345678", abroad=True,
        assured_date=date(2026, 11, 20),
    )  # fmt: skip
    directory.add("e anonymous", anonymous=True, assured_date=date(2026, 10, 1))
    directory.add("d language", languages=("ar",), assured_date=date(2026, 10, 1))
    directory.add("c audience", audiences=("child",), assured_date=date(2026, 10, 1))
    directory.add("b all", audiences=("child",), languages=("ar",), anonymous=True, hours=None)
    assert directory.names(audience="child", language="ar") == [
        "c audience",
        "d language",
        "e anonymous",
        "g newer",
        "h older",
        "f abroad",
        "b all",
    ]


def test_given_equal_services_then_the_order_is_always_the_same(directory: Any) -> None:
    for name in ("delta", "alpha", "charlie", "bravo"):
        directory.add(name)
    assert directory.names() == ["alpha", "bravo", "charlie", "delta"]


def test_given_pages_then_each_service_is_on_one_page_and_only_the_last_has_no_more(
    directory: Any,
) -> None:
    for number in range(7):
        directory.add(f"s{number}", hours="24/7" if number % 2 else None)
    pages = [directory.search(limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [len(page.services) for page in pages] == [3, 3, 1, 0]
    assert [page.more for page in pages] == [True, True, False, False]
    names = [service.name for page in pages for service in page.services]
    assert names == directory.names()


# What is shown


def test_given_a_service_then_the_card_has_all_its_facts(directory: Any) -> None:
    directory.add(
        "line",
        phone="01 42 34 56 78",
        sms="31 114",
        whatsapp="+33601020304",
        chat="https://example.org/chat",
        url="https://example.org",
        email="help@example.org",
        languages=("fr", "ar"),
        hours=CLOSED_AT_NOON,
        cost="standard",
        anonymous=False,
        description="A line.",
    )
    (found,) = directory.search().services
    assert found.phones == (FoundPhone("0142345678", "01 42 34 56 78"),)
    assert (found.sms, found.whatsapp) == ("31114", "+33601020304")
    assert (found.chat_url, found.website) == ("https://example.org/chat", "https://example.org")
    assert (found.email, found.organization) == ("help@example.org", "Org")
    assert (found.country, found.description) == ("FR", "A line.")
    assert set(found.languages) == {"fr", "ar"}
    assert (found.free, found.anonymous, found.demo) == (False, False, False)
    assert (found.open_now, found.hours) == (False, CLOSED_AT_NOON)
    assert found.opens_at == datetime(2026, 11, 24, 20, tzinfo=ZoneInfo("Europe/Paris"))
    assert (found.verified_on, found.valid_until) == (date(2026, 11, 1), date(2027, 5, 1))


def test_given_an_international_service_then_only_a_number_that_dials_from_abroad_is_shown(
    directory: Any,
) -> None:
    directory.add("short", country="ZZ", phone="116 000", url="https://example.org")
    directory.add(
        "full", country="ZZ", phone="020 3879 8560", e164="+442038798560", abroad=True, hours=None
    )
    found = {service.name: service for service in directory.search().services}
    assert found["short"].phones == ()
    assert found["short"].open_now is None
    assert found["short"].country == "ZZ"
    assert found["full"].phones == (FoundPhone("+442038798560", "+44 20 3879 8560"),)
    assert directory.names(contact_way="call") == ["full"]


def test_given_a_full_number_that_no_source_calls_reachable_from_abroad_then_it_is_not_shown(
    directory: Any,
) -> None:
    directory.add(
        "freephone",
        country="ZZ",
        phone="0800 1111",
        e164="+448001111",
        url="https://example.org",
    )
    assert directory.search().services[0].phones == ()
