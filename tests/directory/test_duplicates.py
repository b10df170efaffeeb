"""Services that may be in the directory twice, on both databases."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import insert, update

from directory.database import open_session, open_transaction
from directory.health.candidates import FULLY_COMPARED, Candidate, comparisons
from directory.health.duplicates import Duplicate, find_duplicates
from directory.models import Organization, Phone, Service, ServiceArea
from tests.directory.conftest import Directory


def found(directory: Directory, threshold: int = 85) -> list[Duplicate]:
    with open_session(directory.engine) as session:
        return find_duplicates(session, threshold)


def kinds(directory: Directory, threshold: int = 85) -> list[list[str]]:
    """The kinds of reasons of each pair."""
    return [[reason.kind for reason in pair.reasons] for pair in found(directory, threshold)]


def organizations(directory: Directory, *names: str) -> list[str]:
    """Add organizations; returns their ids."""
    rows = [{"id": name, "name": name, "description": "-"} for name in names]
    with open_transaction(directory.engine) as connection:
        connection.execute(insert(Organization), rows)
    return list(names)


def add(directory: Directory, slug: str, organization: str, **values: Any) -> str:
    """A service of an organization, without telephone unless `values` give one."""
    id_ = directory.add(slug, **{"phone": None, **values})
    owned = update(Service).where(Service.id == id_).values(organization_id=organization)
    with open_transaction(directory.engine) as connection:
        connection.execute(owned)
    return id_


@pytest.fixture
def two(directory: Directory) -> tuple[str, str]:
    """Two organizations."""
    first, second = organizations(directory, "Alpha Foundation", "Beta Society")
    return first, second


def test_given_the_same_number_then_names_may_differ(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Listening ear", two[0], phone="0800 11", e164="+33800000011")
    add(directory, "Quite another thing", two[1], phone="0800-11")
    (pair,) = found(directory)
    assert {pair.first.name, pair.second.name} == {"Listening ear", "Quite another thing"}
    assert pair.reasons[0].kind == "phone"
    assert pair.reasons[0].value == "FR 080011"
    assert pair.score >= 85


def test_given_one_number_written_in_two_ways_then_it_is_the_same(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Listening ear", two[0], phone="01 23", e164="+33123")
    add(directory, "Something else", two[1], country="ZZ", phone="+33 1 23")
    (pair,) = found(directory)
    assert [reason.value for reason in pair.reasons if reason.kind == "phone"] == ["+33123"]


def test_given_the_same_short_number_in_two_countries_then_it_is_not_the_same(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Child Helpline", two[0], country="FR", phone="116111")
    add(directory, "Child Helpline of Germany", two[1], country="DE", phone="116111")
    assert found(directory) == []


def test_given_one_site_and_a_name_that_holds_the_other_then_it_is_a_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Blue Line", two[0], url="https://www.blue.example.org.uk/en")
    add(directory, "Blue Line for everyone", two[1], url="http://example.org.uk/help")
    assert kinds(directory) == [["domain", "name"]]


def test_given_one_site_and_different_names_then_it_is_no_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Blue Line", two[0], url="https://example.org/en")
    add(directory, "Emergency shelter", two[1], url="https://example.org/help")
    assert found(directory) == []


def test_given_a_platform_of_many_organizations_then_it_is_no_reason(directory: Directory) -> None:
    names = organizations(directory, *(f"Organization {letter}" for letter in "ABCDEF"))
    for number, name in enumerate(names):
        add(
            directory,
            f"Line {'abcdef'[number] * 5}",
            name,
            url="https://social.example/page",
        )
    assert all("domain" not in reasons for reasons in kinds(directory, threshold=0))


def test_given_names_with_accents_and_another_order_in_one_country_then_it_is_a_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Línea de ayuda, niños", two[0])
    add(directory, "Niños: linea de ayuda", two[1])
    (pair,) = found(directory)
    assert [(reason.kind, reason.value) for reason in pair.reasons] == [("name", "100")]
    assert pair.score == 100


def test_given_a_typing_mistake_then_it_is_still_a_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Childline Nationwide", two[0])
    add(directory, "Chidline Nationwide", two[1])
    assert kinds(directory) == [["name"]]


def test_given_names_that_only_share_a_word_then_it_is_no_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Helpline", two[0])
    add(directory, "Helpline for deaf children", two[1])
    assert found(directory) == []


def test_given_alike_names_in_different_countries_then_it_is_no_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "National Child Helpline A", two[0], country="FR")
    add(directory, "National Child Helpline B", two[1], country="PE")
    assert found(directory) == []


def test_given_one_organization_entered_twice_then_its_services_are_compared(
    directory: Directory,
) -> None:
    first, second = organizations(directory, "Alpha Foundation", "ALPHA  Foundation.")
    add(directory, "Talking Line", first, country="FR")
    add(directory, "Talking Lines", second, country="ZZ")
    assert kinds(directory) == [["organization", "name"]]


def test_given_services_that_belong_together_then_it_is_no_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Talk", two[0], phone="0800 11", pair="talk")
    add(directory, "Talk for children", two[0], phone="0800 11", pair="talk")
    assert found(directory) == []


def test_given_a_withdrawn_service_then_it_is_no_pair(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Talk", two[0], phone="0800 11", vetting_state="withdrawn")
    add(directory, "Talk again", two[0], phone="0800 11")
    assert found(directory) == []


def test_given_several_pairs_then_the_most_alike_come_first(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Listening ear", two[0], phone="0800 11")
    add(directory, "Quite another thing", two[1], phone="0800 11")
    add(directory, "Blue Line North", two[0], country="PE")
    add(directory, "North Blue Line", two[0], country="PE")
    scores = [pair.score for pair in found(directory)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2
    assert found(directory, threshold=100)[0].score == 100


@pytest.mark.parametrize("threshold", [-1, 101])
def test_given_a_threshold_out_of_range_then_it_is_refused(
    directory: Directory, threshold: int
) -> None:
    with pytest.raises(ValueError, match="threshold"):
        found(directory, threshold)


def test_given_a_number_of_an_organization_only_then_it_is_no_reason(
    directory: Directory, two: tuple[str, str]
) -> None:
    add(directory, "Listening ear", two[0])
    add(directory, "Quite another thing", two[0])
    with open_transaction(directory.engine) as connection:
        connection.execute(
            insert(Phone).values(id="p", organization_id=two[0], number="0800 11", country="FR")
        )
    assert found(directory) == []


def test_given_a_service_area_without_country_then_names_are_still_compared(
    directory: Directory, two: tuple[str, str]
) -> None:
    for slug, owner in (("Blue Line North", two[0]), ("North Blue Line", two[1])):
        id_ = add(directory, slug, owner)
        with open_transaction(directory.engine) as connection:
            connection.execute(
                update(ServiceArea).where(ServiceArea.service_id == id_).values(country=None)
            )
    assert len(found(directory)) == 1


def test_given_very_many_services_that_share_something_then_comparisons_grow_in_proportion() -> (
    None
):
    """All in one country, all with the same word and the same number: the worst case."""
    few, many = (len(list(comparisons(_alike(count)))) for count in (1_000, 4_000))
    assert few > 1_000
    assert many < 4.5 * few


def test_given_a_small_group_then_all_are_compared_with_each_other() -> None:
    group = [
        _candidate(number, "Line", phones=frozenset({"1"})) for number in range(FULLY_COMPARED)
    ]
    pairs = {frozenset((one.id, other.id)) for one, other in comparisons(group)}
    assert len(pairs) == FULLY_COMPARED * (FULLY_COMPARED - 1) // 2


def _alike(count: int) -> list[Candidate]:
    chance = random.Random(1)
    return [
        _candidate(number, f"helpline {chance.randrange(10**6)}", phones=frozenset({"FR 119"}))
        for number in range(count)
    ]


def _candidate(number: int, name: str, phones: frozenset[str]) -> Candidate:
    return Candidate(
        id=f"{number:06}",
        slug=None,
        name=name,
        organization=f"o{number}",
        organization_words=f"o{number}",
        name_words=name,
        sorted_name=" ".join(sorted(name.split())),
        pair=None,
        phones=phones,
        domain=None,
        countries=frozenset({"FR"}),
    )
