"""Nothing of a service that is not verified is public, however it hangs together with what is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.admin.hsds_directory import CANARY, HIDDEN, uid

LISTS = {
    "services": ["", "full=true", "minimal=true"],
    "organizations": ["", "full=true", "full_service=true"],
    "service_at_locations": ["", "full=true", "postcode=75001&proximity=1000000&full=true"],
    "taxonomies": [""],
    "taxonomy_terms": [""],
}
QUERIES = [(name, query) for name, queries in LISTS.items() for query in queries]


def records(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """What a list holds."""
    contents: list[dict[str, Any]] = client.get(f"/hsds/{path}").json()["contents"]
    return contents


@pytest.mark.parametrize(("name", "query"), QUERIES)
@pytest.mark.parametrize("format_", ["json", "ndjson"])
@pytest.mark.parametrize("search", ["", "&search=helpline", f"&search={CANARY}"])
def test_given_hidden_services_then_no_list_tells_of_them(
    rich: httpx.Client, name: str, query: str, format_: str, search: str
) -> None:
    answer = rich.get(f"/hsds/{name}?{query}&format={format_}{search}".replace("?&", "?"))
    assert answer.status_code == 200
    assert CANARY.lower() not in answer.text.lower()


@pytest.mark.parametrize("name", LISTS)
def test_given_hidden_services_then_no_single_record_tells_of_them(
    rich: httpx.Client, name: str
) -> None:
    for record in records(rich, name):
        for query in ("", "?full_service=true") if name == "organizations" else ("",):
            answer = rich.get(f"/hsds/{name}/{record['id']}{query}")
            assert answer.status_code == 200
            assert CANARY.lower() not in answer.text.lower()


@pytest.mark.parametrize("hidden", HIDDEN)
def test_given_a_hidden_service_then_none_of_its_records_has_a_path(
    rich: httpx.Client, hidden: str
) -> None:
    paths = [
        f"services/{uid('service', hidden)}",
        f"organizations/{uid('organization', hidden)}",
        f"service_at_locations/{uid('sal', hidden, '0')}",
        f"service_at_locations/{uid('sal', hidden, '1')}",
        f"taxonomies/{uid('taxonomy', hidden)}",
        f"taxonomy_terms/{uid('term', hidden)}",
    ]
    assert [rich.get(f"/hsds/{path}").status_code for path in paths] == [404] * len(paths)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_given_what_is_known_of_a_hidden_service_then_asking_for_it_finds_nothing(
    rich: httpx.Client, hidden: str
) -> None:
    asked = [
        f"services?organization_id={uid('organization', hidden)}",
        f"services?taxonomy_term_id={uid('term', hidden)}",
        f"services?taxonomy_id={uid('taxonomy', hidden)}",
        f"taxonomy_terms?taxonomy_id={uid('taxonomy', hidden)}",
        f"service_at_locations?postcode={CANARY}{hidden.replace('_', '')}",
        f"service_at_locations?postcode={CANARY}{hidden.replace('_', '')}&proximity=1000000",
    ]
    for path in asked:
        assert rich.get(f"/hsds/{path}").json()["total_items"] == 0


def test_given_hidden_services_then_what_is_public_is_all_there(rich: httpx.Client) -> None:
    assert {service["name"] for service in records(rich, "services")} == {
        "Helpline one",
        "Helpline two",
    }
    (organization,) = records(rich, "organizations?full_service=true")
    assert {service["name"] for service in organization["services"]} == {
        "Helpline one",
        "Helpline two",
    }
    assert [program["name"] for program in organization["programs"]] == sorted_names("Program")
    assert [location["name"] for location in organization["locations"]] == ["House lyon"]
    assert [phone["number"] for phone in organization["phones"]] == ["1"]
    one = rich.get(f"/hsds/services/{uid('service', 'one')}").json()
    for name in ("phones", "contacts", "schedules", "languages", "additional_urls", "funding"):
        assert "public one" in str(one[name])
    assert one["contacts"][0]["phones"][0]["number"] == "public one"
    (at,) = one["service_at_locations"]
    assert at["location"]["name"] == "House paris"
    assert at["location"]["addresses"][0]["city"] == "Paris"
    for name in ("phones", "contacts", "schedules"):
        assert "there one" in str(at[name])


def sorted_names(kind: str) -> list[str]:
    """Names of the programs in the order of their ids."""
    return [f"{kind} {name}" for name in sorted(("one", "two"), key=lambda n: uid("program", n))]


def test_given_an_organization_then_its_services_come_by_name_or_in_full(
    rich: httpx.Client,
) -> None:
    path = f"/hsds/organizations/{uid('organization', 'open')}"
    brief = rich.get(path).json()["services"]
    assert {frozenset(service) for service in brief} == {frozenset({"id", "name", "status"})}
    full = rich.get(f"{path}?full_service=true").json()["services"]
    assert [service["id"] for service in full] == [service["id"] for service in brief]
    assert all(service["phones"] for service in full)
    listed = records(rich, "organizations")
    assert "services" not in listed[0]


def test_given_terms_in_use_then_they_and_the_terms_above_them_are_public(
    rich: httpx.Client,
) -> None:
    foreign = records(rich, f"taxonomy_terms?taxonomy_id={uid('taxonomy')}")
    assert {term["code"] for term in foreign} == {"top", "used"}


def values(document: Any) -> Iterator[Any]:
    """All property names of a document."""
    if isinstance(document, dict):
        yield from document
        for inner in document.values():
            yield from values(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from values(inner)


def test_given_any_service_then_what_administrators_know_of_it_stays_inside(
    rich: httpx.Client,
) -> None:
    told = set(values(records(rich, "services?full=true")))
    assert not told & {"vetting_state", "valid_until", "version", "last_editor"}
