"""Our taxonomies in the caller's language."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.hsds.languages import negotiated
from directory.vocabulary import NEEDS
from tests.admin.hsds_directory import uid

AVAILABLE = {"en", "es", "fr", "nb", "zh"}
CHILD_HELPLINE = f"/hsds/taxonomy_terms/{NEEDS.term_id('child_helpline')}"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX", "es"),
        ("ES", "es"),
        ("de", "en"),
        ("de, fr", "fr"),
        ("fr;q=0.5, es;q=0.8", "es"),
        ("fr; q=0.5 , es ; Q=0.8", "es"),
        ("fr, es", "fr"),
        ("es;q=0", "en"),
        ("es;q=0, fr;q=0.1", "fr"),
        ("*", "en"),
        ("*, es;q=0.1", "en"),
        ("de, *;q=0.5", "en"),
        ("no", "nb"),
        ("nn-NO, en;q=0.5", "nb"),
        ("zh-Hans-CN", "zh"),
        ("es;q=2", "en"),
        ("es;q=x, fr", "fr"),
        (";;;,=,", "en"),
    ],
)
def test_given_a_header_then_the_best_language_is_found(header: str, expected: str) -> None:
    assert negotiated(header, AVAILABLE) == expected


@given(st.text())
def test_given_any_header_then_some_language_is_found(header: str) -> None:
    assert negotiated(header, AVAILABLE) in AVAILABLE


@pytest.mark.parametrize(
    ("header", "language", "name"),
    [
        ({}, "en", "Child helpline"),
        ({"Accept-Language": "nb-NO,nb;q=0.9"}, "nb", "Hjelpetelefon for barn"),
        ({"Accept-Language": "zh-CN, en;q=0.1"}, "zh", "儿童热线"),
        ({"Accept-Language": "ar"}, "ar", "خط مساعدة الأطفال"),
        ({"Accept-Language": "xx"}, "en", "Child helpline"),
    ],
)
def test_given_a_language_then_terms_and_taxonomies_are_named_in_it(
    rich: httpx.Client, header: dict[str, str], language: str, name: str
) -> None:
    answer = rich.get(CHILD_HELPLINE, headers=header)
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    term = answer.json()
    assert (term["name"], term["language"], term["code"]) == (name, language, "child_helpline")
    taxonomy = rich.get(f"/hsds/taxonomies/{NEEDS.id}", headers=header).json()
    assert term["taxonomy"] == term["taxonomy_detail"]["name"] == taxonomy["name"]
    assert term["taxonomy_detail"]["description"] == taxonomy["description"]


def test_given_a_language_then_it_has_a_tag_of_its_own(rich: httpx.Client) -> None:
    tags = {
        rich.get("/hsds/taxonomies", headers={"Accept-Language": language}).headers["etag"]
        for language in ("en", "es", "ru")
    }
    assert len(tags) == 3


def test_given_a_language_then_words_in_it_find_terms(rich: httpx.Client) -> None:
    def codes(language: str, search: str) -> list[str]:
        answer = rich.get(
            "/hsds/taxonomy_terms",
            params={"search": search},
            headers={"Accept-Language": language},
        )
        return [term["code"] for term in answer.json()["contents"]]

    assert codes("fr", "enfant disp") == ["missing_child"]
    assert codes("en", "enfant disp") == []
    assert codes("en", "missing") == ["missing_child"]
    assert codes("zh", "儿童失踪") == ["missing_child"]
    assert codes("en", "!!") == []


def test_given_terms_of_others_then_they_keep_their_names(rich: httpx.Client) -> None:
    term = rich.get(
        f"/hsds/taxonomy_terms/{uid('term', 'used')}", headers={"Accept-Language": "es"}
    ).json()
    assert (term["name"], term["taxonomy_detail"]["name"]) == ("Term used", "Foreign")
    assert "language" not in term


def test_given_services_then_they_follow_no_language(rich: httpx.Client) -> None:
    answer = rich.get("/hsds/services", headers={"Accept-Language": "es"})
    assert "content-language" not in answer.headers
    assert "Accept-Language" not in answer.headers.get("vary", "")
