"""The public HSDS API over real HTTP: verified services only, in HSDS's own shape."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from directory.exchange.starter_rows import service_id
from directory.vocabulary import AUDIENCES, NEEDS
from tests.admin.hsds_directory import uid
from tests.starter_data import SERVICES

NOTICE = "demonstration data, check before use"
AssertProblem = Callable[[httpx.Response, int], dict[str, Any]]


def test_given_a_demonstration_when_services_are_listed_then_the_page_is_hsds_and_says_so(
    demo: httpx.Client,
) -> None:
    page = demo.get("/hsds/services").json()
    contents = page.pop("contents")
    assert page == {
        "total_items": SERVICES,
        "total_pages": math.ceil(SERVICES / 50),
        "page_number": 1,
        "size": 50,
        "first_page": True,
        "last_page": False,
        "empty": False,
        "notice": NOTICE,
    }
    for service in contents:
        assert {"id", "name", "status", "organization"} <= set(service)
        assert service["status"] == "active"
        assert not {"phones", "vetting_state", "assured_date"} & set(service)


def test_given_all_pages_then_every_service_is_there_once(demo: httpx.Client) -> None:
    ids: list[str] = []
    for number in range(1, 100):
        page = demo.get("/hsds/services", params={"page": number, "per_page": 100}).json()
        ids += [service["id"] for service in page["contents"]]
        if page["last_page"]:
            break
    assert len(ids) == len(set(ids)) == SERVICES
    beyond = demo.get("/hsds/services", params={"page": 99}).json()
    assert (beyond["empty"], beyond["size"], beyond["last_page"]) == (True, 0, True)


def test_given_full_then_services_are_nested(demo: httpx.Client) -> None:
    page = demo.get("/hsds/services", params={"full": "true", "per_page": 5}).json()
    assert page["size"] == 5
    for service in page["contents"]:
        assert service["attributes"][0]["taxonomy_term"]["code"]
        assert service["service_areas"]
        assert service["provenance"][0]["source_url"].startswith("http")


def test_given_an_id_then_the_service_comes_with_everything(demo: httpx.Client) -> None:
    service = demo.get(f"/hsds/services/{service_id('gb-childline')}").json()
    assert service["notice"] == NOTICE
    assert service["name"] == "Childline"
    assert service["phones"][0]["number"] == "0800 1111"
    assert service["organization"]["name"]
    assert service["maximum_age"] == 18
    assert "assured_date" not in service


def test_given_a_real_directory_then_only_verified_services_are_public_and_there_is_no_notice(
    real: httpx.Client, assert_problem: AssertProblem
) -> None:
    page = real.get("/hsds/services").json()
    assert [service["id"] for service in page["contents"]] == [service_id("gb-childline")]
    assert page["contents"][0]["assured_date"] == "2026-01-01"
    assert "notice" not in page
    assert real.get(f"/hsds/services/{service_id('gb-childline')}").status_code == 200
    draft = real.get(f"/hsds/services/{service_id('gb-samaritans')}")
    assert_problem(draft, 404)


@pytest.mark.parametrize(
    "path",
    [
        "services?page=0",
        "services?page=-1",
        "services?page=two",
        "services?page=99999999999",
        "services?page=%D9%A1",
        "services?page=1&page=2",
        "services?per_page=0",
        "services?per_page=101",
        "services?full=yes",
        "services?full=",
        "services?minimal=1",
        "services?search=",
        "services?search=" + "x" * 201,
        "services?format=xml",
        "services?taxonomy_id=",
        "services?organization_id=%00",
        "services?taxonomy_term_id=' OR 1=1",
        "services?postcode=75001",
        "services?colour=red",
        "services?modified_after=yesterday",
        "services?modified_after=2026-13-01",
        "services?modified_after=2026-02-30",
        "services?modified_after=2026-01-01T25:00:00Z",
        "services?modified_after=2026-01-01T12",
        "services?modified_after=0001-01-01T00:00:00%2B14:00",
        "services/1?page=1",
        "organizations?organization_id=1",
        "taxonomies?taxonomy_id=1",
        "?page=1",
        "openapi.json?page=1",
    ],
)
def test_given_a_parameter_that_cannot_be_served_then_it_is_refused_not_ignored(
    demo: httpx.Client, path: str, assert_problem: AssertProblem
) -> None:
    problem = assert_problem(demo.get(f"/hsds/{path}"), 400)
    assert (
        "must be" in problem["detail"]
        or "may be" in problem["detail"]
        or "Served are" in (problem["detail"])
    )


@pytest.mark.parametrize(
    ("given_after", "found"),
    [
        ("2026-03-01T12:30:15.25Z", 2),
        ("2026-03-01T12:30:15.250000Z", 2),
        ("2026-03-01T12:30:15.250001Z", 0),
        ("2026-03-01T12:30:15.2500001Z", 2),
        ("2026-03-01T12:30:16Z", 0),
        ("2026-03-01T12:30Z", 2),
        ("2026-03-01t12:30:00z", 2),
        ("2026-03-01 12:30:00", 2),
        ("2026-03-01T14:30:15+02:00", 2),
        ("2026-03-01T14:30:16%2B02:00", 0),
        ("2026-03-01T07:30:16-05:00", 0),
        ("2026-03-01", 2),
        ("2026-03-02", 0),
        ("0001-01-01", 2),
        ("9999-12-31T23:59:59Z", 0),
    ],
)
def test_given_a_moment_then_what_was_modified_then_or_later_is_found(
    rich: httpx.Client, given_after: str, found: int
) -> None:
    for name in ("services", "service_at_locations"):
        page = rich.get(f"/hsds/{name}?modified_after={given_after}").json()
        assert page["total_items"] == found


def test_given_filters_then_all_of_them_hold(rich: httpx.Client) -> None:
    crisis, child = NEEDS.term_id("suicide_crisis"), NEEDS.term_id("child_helpline")
    organization = uid("organization", "open")

    def names(query: str) -> set[str]:
        contents = rich.get(f"/hsds/services?{query}").json()["contents"]
        return {service["name"][len("Helpline ") :] for service in contents}

    assert names(f"taxonomy_term_id={crisis}") == {"one"}
    assert names(f"taxonomy_term_id={child}") == {"one", "two"}
    assert names(f"taxonomy_id={NEEDS.id}") == {"one", "two"}
    assert names(f"taxonomy_id={AUDIENCES.id}") == set()
    assert names(f"organization_id={organization}") == {"one", "two"}
    assert names(f"organization_id={organization}&taxonomy_term_id={crisis}") == {"one"}
    assert names("organization_id=none") == set()
    assert names(f"search=helpline&taxonomy_term_id={crisis}") == {"one"}
    assert names("search=helpline two") == {"two"}


def test_given_a_search_then_what_is_named_so_comes_first(demo: httpx.Client) -> None:
    page = demo.get("/hsds/services", params={"search": "childline"}).json()
    assert page["contents"][0]["name"].startswith("Childline")
    assert 0 < page["total_items"] < SERVICES
    slip = demo.get("/hsds/services", params={"search": "chidline"}).json()
    assert any("Childline" in service["name"] for service in slip["contents"])
    organizations = demo.get("/hsds/organizations", params={"search": "childline"}).json()
    assert organizations["total_items"] > 0
    nothing = demo.get("/hsds/services", params={"search": "qqqqzzzzwwww"}).json()
    assert (nothing["total_items"], nothing["empty"]) == (0, True)


def test_given_minimal_then_all_services_come_at_once_with_their_dates_only(
    demo: httpx.Client,
) -> None:
    page = demo.get("/hsds/services?minimal=true").json()
    assert (page["size"], page["total_pages"], page["last_page"]) == (SERVICES, 1, True)
    assert {frozenset(service) for service in page["contents"]} == {
        frozenset({"id", "modified_date"})
    }
    some = demo.get("/hsds/services?minimal=true&per_page=10").json()
    assert (some["size"], some["total_pages"]) == (10, math.ceil(SERVICES / 10))


def test_given_parameters_that_contradict_each_other_then_they_are_refused(
    demo: httpx.Client, assert_problem: AssertProblem
) -> None:
    assert_problem(demo.get("/hsds/services?minimal=true&full=true"), 422)


def test_given_lines_then_every_service_comes_once_without_pages_and_each_says_so(
    demo: httpx.Client,
) -> None:
    answer = demo.get("/hsds/services?format=ndjson&per_page=3&page=2")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len({line["id"] for line in lines}) == len(lines) == SERVICES
    assert {line["notice"] for line in lines} == {NOTICE}
    head = demo.head("/hsds/services?format=ndjson")
    assert (head.status_code, head.headers["content-type"]) == (
        200,
        answer.headers["content-type"],
    )


def test_given_nothing_to_send_then_there_are_no_lines(demo: httpx.Client) -> None:
    answer = demo.get("/hsds/services?format=ndjson&organization_id=none")
    assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.parametrize(
    "name", ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"]
)
def test_given_any_list_then_its_order_is_that_of_the_ids_and_each_has_a_path(
    rich: httpx.Client, name: str
) -> None:
    page = rich.get(f"/hsds/{name}?per_page=100").json()
    ids = [record["id"] for record in page["contents"]]
    assert ids == sorted(ids)
    assert len(ids) == page["total_items"] > 0
    assert [rich.get(f"/hsds/{name}/{id_}").json()["id"] for id_ in ids] == ids


def test_given_terms_then_they_are_found_by_taxonomy_and_parent(rich: httpx.Client) -> None:
    def codes(query: str) -> list[str]:
        contents = rich.get(f"/hsds/taxonomy_terms?{query}&per_page=100").json()["contents"]
        return sorted(term["code"] for term in contents)

    assert codes(f"taxonomy_id={uid('taxonomy')}") == ["top", "used"]
    assert codes(f"parent_id={uid('term', 'top')}") == ["used"]
    assert codes(f"taxonomy_id={uid('taxonomy')}&top_only=true") == ["top"]
    assert codes(f"taxonomy_id={AUDIENCES.id}&top_only=true") == sorted(AUDIENCES.codes)
    assert "used" in codes("top_only=false")


@pytest.mark.parametrize(
    "path", ["/hsds/services/none", "/hsds/services/' OR 1=1", "/nothing", "/hsds/nothing"]
)
def test_given_a_path_without_anything_then_it_is_a_problem_document(
    demo: httpx.Client, path: str, assert_problem: AssertProblem
) -> None:
    assert_problem(demo.get(path), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_given_a_writing_method_then_it_is_refused(
    demo: httpx.Client, method: str, assert_problem: AssertProblem
) -> None:
    assert_problem(demo.request(method, "/hsds/services"), 405)


def test_given_the_root_of_the_api_then_it_tells_its_version(demo: httpx.Client) -> None:
    about = demo.get("/hsds/").json()
    assert (about["version"], about["notice"]) == ("3.0", NOTICE)
    assert demo.get("/hsds", follow_redirects=True).json() == about
