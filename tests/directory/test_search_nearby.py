"""Search in neighbouring countries: for administrators, never shown on its own (S5)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from directory.database import open_session
from directory.search import SearchResult, ServiceQuery, search
from directory.search.nearby import main_language, neighbours, search_nearby
from handrail.settings import ROOT
from tests.directory.conftest import AT
from tests.directory.shared_directory import (  # noqa: F401  (fixtures)
    make_directory,
    make_shared_engines,
)

NEEDS = ("child_helpline",)


def nearby(directory: Any, **query: Any) -> SearchResult:
    """What a person in Niger, whose neighbours are Benin, Chad and others, would be told of."""
    asked = {"country": "NE", "needs": NEEDS, "at": AT, "limit": 50, **query}
    with open_session(directory.engine) as session:
        return search_nearby(session, ServiceQuery(**asked))


def names(directory: Any, **query: Any) -> list[str]:
    return [service.name for service in nearby(directory, **query).services]


def test_given_services_next_door_then_only_those_that_can_be_reached_from_abroad_are_found(
    directory: Any,
) -> None:
    directory.add("a short number", country="BJ", phone="138")
    directory.add("b full number", country="BJ", phone="21 31 12 34", e164="+22921311234")
    directory.add("c answers", country="BJ", phone="21 31 12 35", e164="+22921311235", abroad=True)
    directory.add("d chat", country="TD", chat="https://example.org/chat", hours=None)
    found = nearby(directory).services
    assert [(service.name, service.country) for service in found] == [
        ("c answers", "BJ"),
        ("d chat", "TD"),
    ]
    assert [phone.number for phone in found[0].phones] == ["+22921311235"]
    assert found[1].phones == ()
    assert found[1].open_now is None


def test_given_services_further_away_at_home_or_international_then_they_are_not_found(
    directory: Any,
) -> None:
    for country in ("FR", "NE", "ZZ"):
        directory.add(f"in {country}", country=country, url="https://example.org")
    assert names(directory) == []


def test_given_the_persons_language_then_it_comes_before_everything_else(directory: Any) -> None:
    site = {"url": "https://example.org", "country": "NG"}
    directory.add("a open, English", languages=("en",), phone=None, **site)
    directory.add(
        "b closed, Hausa", languages=("ha",), phone=None, hours="Mo-Su 20:00-22:00", **site
    )
    directory.add("c open, French", languages=("fr",), phone=None, **site)
    assert names(directory, language="ha")[0] == "b closed, Hausa"


def test_given_no_language_then_the_main_language_of_the_country_comes_first(
    directory: Any,
) -> None:
    for name, code in (("a", "en"), ("b", "ha"), ("c", "fr")):
        directory.add(name, country="NG", languages=(code,), url="https://example.org")
    assert main_language("NE") == "fr"
    assert names(directory)[0] == "c"


def test_given_a_country_with_many_neighbours_then_pages_lose_and_repeat_nothing(
    directory: Any,
) -> None:
    for number, country in enumerate(("BF", "BJ", "DZ", "LY", "ML", "NG", "TD") * 3):
        directory.add(f"s{number:02}", country=country, url="https://example.org")
    pages = [nearby(directory, limit=4, offset=offset) for offset in range(0, 24, 4)]
    found = [service.name for page in pages for service in page.services]
    assert found == [f"s{number:02}" for number in range(21)]
    assert [page.more for page in pages] == [True] * 5 + [False]


@pytest.mark.parametrize("country", [None, "JP", "XX", "AQ"])
def test_given_no_country_an_unknown_one_or_one_without_neighbours_then_nothing_is_found(
    directory: Any, country: str | None
) -> None:
    directory.add("somewhere", url="https://example.org")
    found = nearby(directory, country=country)
    assert (found.services, found.more) == ((), False)


def test_given_an_unknown_country_then_it_has_no_neighbours_and_no_language() -> None:
    assert neighbours("XX") == ()
    assert main_language("XX") is None


def test_given_geography_then_no_country_borders_itself_and_borders_have_two_sides() -> None:
    assert neighbours("NE") == ("BF", "BJ", "DZ", "LY", "ML", "NG", "TD")
    for country in neighbours("NE"):
        assert "NE" in neighbours(country)
        assert country not in neighbours(country)


def test_given_services_next_door_only_then_the_search_for_a_person_finds_none(
    directory: Any,
) -> None:
    directory.add("next door", country="BJ", url="https://example.org")
    with open_session(directory.engine) as session:
        found = search(session, ServiceQuery(country="NE", needs=NEEDS, at=AT))
    assert found.services == ()


@pytest.mark.parametrize("package", ["actions", "bot"])
def test_the_assistant_never_looks_in_other_countries_on_its_own(package: str) -> None:
    files = list((ROOT / package).rglob("*.py"))
    assert files
    assert [file for file in files if "nearby" in imported_words(file)] == []


def imported_words(file: Path) -> set[str]:
    """The words of the names of all modules, and of what is taken from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            for name in (module, *(alias.name for alias in node.names)):
                found |= set(name.replace("_", ".").split("."))
    return found
