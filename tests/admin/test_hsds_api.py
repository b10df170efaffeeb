"""The public HSDS API over real HTTP: verified services only, in HSDS's own shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from directory.exchange.starter_rows import service_id
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
    "query",
    [
        "page=0",
        "page=-1",
        "page=two",
        "page=99999999999",
        "page=%D9%A1",
        "per_page=0",
        "per_page=101",
        "full=yes",
        "search=help",
        "taxonomy_id=1",
    ],
)
def test_given_a_parameter_that_cannot_be_served_then_it_is_refused_not_ignored(
    demo: httpx.Client, query: str, assert_problem: AssertProblem
) -> None:
    assert_problem(demo.get(f"/hsds/services?{query}"), 400)


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
    assert demo.get("/hsds/").json() == {"version": "3.0", "notice": NOTICE}
