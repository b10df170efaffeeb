"""Free text: the same services on both databases, forgiving of slips, inert to any text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from directory.database import open_session, open_transaction
from directory.exchange.starter_rows import service_id
from directory.models import Service, ServiceText
from directory.search.fulltext import MOST_WORDS, found_by, matching, similar
from directory.search.text import LONGEST_WORD, asked_words, words
from directory.vetting.shown import may_be_shown
from directory.vocabulary import derived_id

TEXTS = {
    "childline": "Childline. Someone to talk to, day and night: a helpline",
    "samaritans": "Samaritans – when life feels unbearable",
    "nummer": "Nummer gegen Kummer / Kinder- und Jugendtelefon",
    "notruf": "Kindernotruf",
    "eltern": "Elternnotruf: Hilfe für Mütter und Väter",
    "doverie": "Детский телефон доверия",
    "zh": "北京市儿童保护热线",
    "ja": "いのちの電話",
    "th": "มูลนิธิสายเด็ก",
    "ar": "خط نجدة الطفل ١٦٠٠٠",
    "hi": "चाइल्डलाइन बच्चों के लिए",
    "ko": "아동 학대 신고 112",
    "tr": "Sosyal Destek Hattı İstanbul",
    "fr": "Allô Enfance en Danger — l'enfance d'abord",
}


class Texts:
    """A directory whose services have nothing but a text; they are called after its key."""

    def __init__(self, directory: Any, texts: Mapping[str, str]) -> None:
        self.engine = directory.engine
        self.fill(texts)

    def fill(self, texts: Mapping[str, str]) -> None:
        """Hold these texts and no others."""
        with open_transaction(self.engine) as connection:
            connection.execute(delete(ServiceText))
            known = set(connection.execute(select(Service.slug)).scalars())
            for slug, content in texts.items():
                if slug not in known:
                    connection.execute(insert(Service), [_service(slug)])
                body = " ".join(words(content))
                row = {"service_id": service_id(slug), "body": body}
                connection.execute(insert(ServiceText), [row])

    def matching(self, asked: str) -> list[str]:
        """What has the words, best first."""
        dialect = self.engine.dialect.name
        return self._found(lambda session: matching(dialect, asked))

    def similar(self, asked: str) -> list[str]:
        """What has similar words, best first."""
        return self._found(lambda session: similar(session, asked))

    def found_by(self, asked: str, day: date = date(2026, 11, 24)) -> list[str]:
        """What a person finds."""
        return self._found(lambda session: found_by(session, asked, may_be_shown(day)))

    def _found(self, match: Callable[[Any], Any]) -> list[str]:
        with open_session(self.engine) as session:
            found = match(session)
            query = select(Service.slug).join(ServiceText, ServiceText.service_id == Service.id)
            query = query.where(found.condition).order_by(found.rank, Service.id)
            slugs: list[str] = session.execute(query).scalars().all()
            return slugs


def _service(slug: str) -> dict[str, Any]:
    return {
        "id": service_id(slug),
        "slug": slug,
        "name": slug,
        "organization_id": derived_id("org"),
        "status": "active",
        "vetting_state": "verified",
        "assured_date": date(2026, 11, 1),
        "valid_until": date(2027, 5, 1),
    }


@pytest.fixture
def texts(directory: Any) -> Texts:
    """The texts above, on each database."""
    return Texts(directory, TEXTS)


# Words


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Allô l'Enfance", ["allo", "l", "enfance"]),
        ("ÇOCUK HATTI İSTANBUL straße", ["cocuk", "hatti", "istanbul", "strasse"]),
        ("under_score e-mail 0800-1111 ™", ["under", "score", "e", "mail", "0800", "1111", "tm"]),
        ("خط نجدة الطِّفـل ١٦٠٠٠", ["خط", "نجدة", "الطفل", "16000"]),
        ("می\u200cشود", ["میشود"]),
        ("बच्चों", ["बचच"]),
        ("儿童线", ["儿童", "童线", "儿", "童", "线"]),
        ("call电话now", ["call", "电话", "电", "话", "now"]),
        ("\U0001e922", ["u1e922"]),
        ("x" * 300, ["x" * LONGEST_WORD]),
        ("!? \x00 \ud800 '\"*&|", []),
    ],
)
def test_given_a_text_then_its_words_are_bare(content: str, expected: list[str]) -> None:
    assert words(content) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("儿童线 help", ["儿童", "童线", "help"]), ("线", ["线"]), ("สาย", ["สา", "าย"])],
)
def test_given_a_script_without_spaces_when_asked_then_pairs_of_letters_are_asked_for(
    asked: str, expected: list[str]
) -> None:
    assert asked_words(asked) == expected


@given(st.text())
def test_given_any_text_then_words_of_words_are_the_same_words(content: str) -> None:
    """Nothing changes in a word that is stored, and what is asked is part of what is stored."""
    spaced = [word for word in words(content) if word not in asked_words(content)]
    assert set(asked_words(content)) | set(spaced) == set(words(content))
    for word in asked_words(content):
        assert word in words(word)
        assert " " not in word
        assert word.isalnum()


# Finding


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("childline", ["childline"]),
        ("CHILDLINE", ["childline"]),
        ("talk childline", ["childline"]),
        ("help", ["childline"]),
        ("talk help", ["childline"]),
        ("help talk", []),
        ("childline samaritans", []),
        ("kinder", ["notruf", "nummer"]),
        ("mutter", ["eltern"]),
        ("Mütter", ["eltern"]),
        ("детский", ["doverie"]),
        ("доверия телефон", ["doverie"]),
        ("儿童", ["zh"]),
        ("热线", ["zh"]),
        ("线", ["zh"]),
        ("童儿", []),
        ("電話", ["ja"]),
        ("สายเด็ก", ["th"]),
        ("نجدة", ["ar"]),
        ("الطِفل", ["ar"]),
        ("16000", ["ar"]),
        ("١٦٠", ["ar"]),
        ("बच्चों", ["hi"]),
        ("학대", ["ko"]),
        ("istanbul", ["tr"]),
        ("hattı", ["tr"]),
        ("l'enfance", ["fr"]),
        ("", []),
        ("!!! ...", []),
    ],
)
def test_given_words_then_services_that_have_them_all_are_found(
    texts: Texts, asked: str, expected: list[str]
) -> None:
    assert sorted(texts.matching(asked)) == expected


def test_given_a_word_in_the_name_then_it_comes_before_a_word_further_on(directory: Any) -> None:
    texts = Texts(directory, {"late": "a line of some kind for children", "early": "children"})
    assert texts.matching("children") == ["early", "late"]


def test_given_many_words_then_the_first_ones_count(texts: Texts) -> None:
    assert texts.matching("childline " * 500) == ["childline"]
    numbers = " ".join(str(number) for number in range(MOST_WORDS))
    texts.fill({"numbers": numbers})
    assert texts.matching(f"{numbers} and more") == ["numbers"]


@pytest.mark.parametrize(
    "asked",
    [
        "childline OR samaritans",
        "childline | samaritans",
        "NOT childline",
        "!childline <-> samaritans",
        '"childline"" samaritans',
        "body : childline - samaritans",
        "NEAR(childline samaritans, 2)",
        "childline' | 'samaritans",
        "childline:* | samaritans:*",
        "^childline + samaritans",
    ],
)
def test_given_the_operators_of_a_database_then_they_mean_nothing(texts: Texts, asked: str) -> None:
    assert texts.matching(asked) == []


# Slips


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("helplin", "childline"),
        ("helplnie", "childline"),
        ("chidline", "childline"),
        ("samaritains", "samaritans"),
        ("kinder notruff", "notruf"),
        ("Jugendtelephon", "nummer"),
        ("Jugendtelephon und", "nummer"),
        ("довериа", "doverie"),
        ("istambul", "tr"),
    ],
)
def test_given_a_slip_then_the_service_is_found_all_the_same(
    texts: Texts, asked: str, expected: str
) -> None:
    assert expected in texts.found_by(asked)


@pytest.mark.parametrize("asked", ["zzzzqqqq", "xyz", "childline qqqqwwww", "Jugendtelephon qq"])
def test_given_words_like_no_other_then_nothing_is_found(texts: Texts, asked: str) -> None:
    assert texts.found_by(asked) == []


def test_given_exact_words_then_similar_ones_are_not_found_besides(texts: Texts) -> None:
    texts.fill({"one": "childline", "other": "chidline"})
    assert texts.found_by("childline") == ["one"]


def test_given_exact_words_only_in_what_is_not_shown_then_similar_ones_are_looked_for(
    texts: Texts,
) -> None:
    texts.fill({"one": "childline", "other": "chidline"})
    with open_transaction(texts.engine) as connection:
        connection.execute(
            Service.__table__.update().where(Service.slug == "one").values(status="inactive")
        )
    assert "other" in texts.found_by("childline")


# Any text, against the rule in plain words

SYLLABLES = st.sampled_from(
    ["kin", "der", "1e", "5", "0x1", "é", "ДЕ", "儿", "童", "สา", "ا", "ـ", "बच्", "각", "ﬁ", "ẞ"]
)
WORD = st.lists(SYLLABLES, min_size=1, max_size=3).map("".join)
CONTENT = st.lists(WORD | st.text(max_size=4), max_size=5).map(" ".join)


def expected(contents: Mapping[str, str], asked: str) -> list[str]:
    """Slugs of the services that have all the words, those with them near the beginning first."""
    *whole, last = list(dict.fromkeys(asked_words(asked)))[:MOST_WORDS] or [""]
    ranks: dict[str, int] = {}
    for slug, content in contents.items():
        has = words(content)
        found = last and all(word in has for word in whole)
        if found and any(word.startswith(last) for word in has):
            body = " " + " ".join(has)
            ranks[slug] = sum(body.index(f" {word}") for word in (*whole, last))
    return sorted(ranks, key=lambda slug: (ranks[slug], service_id(slug)))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(
    contents=st.lists(CONTENT, min_size=1, max_size=4), asked=CONTENT | WORD, pick=st.integers(0, 9)
)
@example(contents=["1e5 1e 5e"], asked="1e", pick=1)
@example(contents=["0x1f"], asked="0x", pick=1)
def test_given_any_texts_then_exactly_the_right_ones_are_found_in_the_right_order(
    directory: Any, contents: list[str], asked: str, pick: int
) -> None:
    if pick == 0:
        asked = contents[0]
    named = {f"s{number}": content for number, content in enumerate(contents)}
    texts = Texts(directory, named)
    assert texts.matching(asked) == expected(named, asked)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(asked=st.text(max_size=60))
@example(asked="\x00")
@example(asked="\ud800")
@example(asked="' OR 1=1 --")
@example(asked='"' * 3 + "*")
@example(asked="%_\\%")
def test_given_any_text_then_asking_never_fails(texts: Texts, asked: str) -> None:
    assert set(texts.found_by(asked)) <= set(TEXTS)
    assert set(texts.similar(asked)) <= set(TEXTS)
