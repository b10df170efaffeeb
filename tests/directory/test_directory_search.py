"""Search: who may be found (S5), who fits, and what makes no sense to ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from directory.search import ServiceQuery
from tests.directory.shared_directory import (  # noqa: F401  (fixtures)
    make_directory,
    make_shared_engines,
)

TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
CLOSED_AT_NOON = "Mo-Su 20:00-22:00"


# Who may be found (S5)


def test_given_an_empty_directory_then_nothing_is_found(directory: Any) -> None:
    found = directory.search()
    assert (found.services, found.more) == ((), False)


def test_given_services_here_abroad_and_international_then_only_those_for_here_are_found(
    directory: Any,
) -> None:
    directory.add("here", country="FR")
    directory.add("abroad", country="DE")
    directory.add("anywhere", country="ZZ", phone=None, url="https://example.org")
    assert directory.names(country="FR") == ["here", "anywhere"]


def test_given_no_country_then_only_international_services_are_found(directory: Any) -> None:
    directory.add("here", country="FR")
    directory.add("anywhere", country="ZZ", phone=None, url="https://example.org")
    assert directory.names(country=None) == ["anywhere"]


@pytest.mark.parametrize("state", ["draft", "in_review", "expired", "withdrawn"])
def test_given_a_service_that_is_not_verified_then_it_is_not_found(
    directory: Any, state: str
) -> None:
    directory.add("one", vetting_state=state)
    assert directory.names() == []


def test_given_a_verified_service_whose_review_is_due_then_it_is_found_until_its_last_day(
    directory: Any,
) -> None:
    directory.add("one", vetting_state="due", valid_until=date(2026, 11, 24))
    assert directory.names() == ["one"]
    assert directory.names(at=TUESDAY_NOON + timedelta(days=1)) == []


@pytest.mark.parametrize("status", ["inactive", "defunct", "temporarily closed"])
def test_given_a_service_that_does_not_work_then_it_is_not_found(
    directory: Any, status: str
) -> None:
    directory.add("one", status=status)
    assert directory.names() == []


def test_given_no_way_in_from_here_then_the_service_is_not_found(directory: Any) -> None:
    directory.add("silent", phone=None)
    directory.add("short number elsewhere", country="ZZ", phone="116 000")
    assert directory.names() == []


# Who fits


def test_given_several_needs_then_services_of_any_of_them_are_found_and_no_others(
    directory: Any,
) -> None:
    directory.add("child", needs=("child_helpline",))
    directory.add("crisis", needs=("suicide_crisis",))
    directory.add("report", needs=("report_abuse_material",))
    found = directory.names(needs=("suicide_crisis", "child_helpline"))
    assert found == ["crisis", "child"]


def test_given_no_need_then_all_are_found_but_offers_about_own_behaviour_only_for_those_who_ask(
    directory: Any,
) -> None:
    directory.add("child", needs=("child_helpline",))
    directory.add("own", needs=("own_behaviour_support",))
    directory.add("both", needs=("online_safety_advice", "own_behaviour_support"))
    assert set(directory.names(needs=())) == {"child", "both"}
    assert "own" in directory.names(needs=(), audience="worried_about_self")
    assert directory.names(needs=("own_behaviour_support",))[0] == "own"


def test_given_an_age_then_services_for_other_ages_are_left_out(directory: Any) -> None:
    directory.add("to 17", maximum_age=17)
    directory.add("from 18", minimum_age=18)
    directory.add("all")
    assert set(directory.names(age=12)) == {"to 17", "all"}
    assert set(directory.names(age=18)) == {"from 18", "all"}
    assert set(directory.names(audience="child")) == {"to 17", "all"}
    assert set(directory.names(audience="adult_survivor")) == {"from 18", "all"}
    assert set(directory.names()) == {"to 17", "from 18", "all"}


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("call", {"phone": "119"}),
        ("text", {"sms": "31 114"}),
        ("whatsapp", {"whatsapp": "+33601020304"}),
        ("chat", {"chat": "https://example.org/chat"}),
        ("email", {"email": "help@example.org"}),
    ],
)
def test_given_a_way_of_contact_then_only_services_with_it_are_found(
    directory: Any, way: str, fields: dict[str, str]
) -> None:
    directory.add("with", **{"phone": None, **fields})
    directory.add("without", phone=None, url="https://example.org")
    assert directory.names(contact_way=way) == ["with"]


def test_given_wishes_then_only_services_known_to_fulfil_them_are_found(directory: Any) -> None:
    directory.add("free", cost="free", hours=None)
    directory.add("anonymous", anonymous=True, hours=None)
    directory.add("always", hours="24/7")
    directory.add("evenings", hours=CLOSED_AT_NOON)
    assert directory.names(free=True) == ["free"]
    assert directory.names(anonymous=True) == ["anonymous"]
    assert directory.names(round_the_clock=True) == ["always"]
    assert directory.names(open_now=True) == ["always"]


# Queries that make no sense


@pytest.mark.parametrize(
    "query",
    [
        {"needs": ("help",)},
        {"audience": "everyone"},
        {"contact_way": "fax"},
        {"country": "fr"},
        {"country": "FRA"},
        {"country": "ZZ"},
        {"language": "French"},
        {"at": datetime(2026, 11, 24)},
        {"limit": 0},
        {"offset": -1},
    ],
)
def test_given_an_unknown_code_then_the_query_is_refused(query: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="."):
        ServiceQuery(**query)
