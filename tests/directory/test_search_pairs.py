"""Search: services that belong together are shown together (DESIGN 7)."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.directory.shared_directory import (  # noqa: F401  (fixtures)
    make_directory,
    make_shared_engines,
)

CLOSED_AT_NOON = "Mo-Su 20:00-22:00"


def test_given_a_pair_then_its_members_stand_side_by_side_where_the_best_of_them_stands(
    directory: Any,
) -> None:
    directory.add("a for children", pair="line")
    directory.add("b")
    directory.add("c for adults", pair="line", hours=CLOSED_AT_NOON)
    assert directory.names() == ["a for children", "c for adults", "b"]


def test_given_one_line_for_each_of_three_languages_then_the_persons_language_leads(
    directory: Any,
) -> None:
    for code in ("de", "fr", "it"):
        directory.add(f"line {code}", languages=(code,), pair="line")
    directory.add("other", languages=("it",), assured_date=date(2026, 10, 1))
    assert directory.names(language="it") == ["line it", "line de", "line fr", "other"]
    assert directory.names(language="fr") == ["line fr", "line de", "line it", "other"]


def test_given_two_pairs_that_interleave_then_each_stays_together(directory: Any) -> None:
    for name, pair in (("a", "one"), ("b", "two"), ("c", "one"), ("d", "two")):
        directory.add(name, pair=pair)
    assert directory.names() == ["a", "c", "b", "d"]


def test_given_a_page_that_would_end_inside_a_pair_then_it_is_longer(directory: Any) -> None:
    for name, pair in (("a", None), ("b", "line"), ("c", "line"), ("d", None)):
        directory.add(name, pair=pair)
    first = directory.search(limit=2)
    assert [service.name for service in first.services] == ["a", "b", "c"]
    assert first.more
    second = directory.search(limit=2, offset=3)
    assert [service.name for service in second.services] == ["d"]
    assert not second.more


def test_given_a_pair_at_the_very_end_then_there_is_no_more(directory: Any) -> None:
    directory.add("a", pair="line")
    directory.add("b", pair="line")
    page = directory.search(limit=1)
    assert ([service.name for service in page.services], page.more) == (["a", "b"], False)


def test_given_a_member_that_does_not_fit_then_it_is_not_shown_for_the_others_sake(
    directory: Any,
) -> None:
    directory.add("a fits", pair="line")
    directory.add("b closed", pair="line", hours=CLOSED_AT_NOON)
    directory.add("c for adults", pair="line", minimum_age=18)
    directory.add("d elsewhere", pair="line", country="DE")
    directory.add("e expired", pair="line", vetting_state="expired")
    directory.add("f other need", pair="line", needs=("missing_child",))
    assert directory.names(age=12, open_now=True) == ["a fits"]
    assert directory.names(age=30) == ["a fits", "c for adults", "b closed"]


def test_given_more_together_than_any_country_has_languages_then_none_is_lost(
    directory: Any,
) -> None:
    names = [f"line {number:02}" for number in range(30)]
    for name in names:
        directory.add(name, pair="line")
    directory.add("other")
    directory.add("zzz")
    page = directory.search(limit=1, language="fr")
    assert [service.name for service in page.services] == names
    assert page.more
    rest = directory.search(limit=5, offset=30)
    assert ([service.name for service in rest.services], rest.more) == (["other", "zzz"], False)
