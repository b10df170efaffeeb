"""The names of our taxonomies in other languages are complete, or say what is missing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from directory.errors import BadDataError
from directory.search.text import words
from directory.vocabulary import AUDIENCES, NEEDS, TAXONOMIES
from directory.vocabulary_names import COLUMNS, FOLDER, vocabulary_names

LANGUAGES = {"ar", "es", "fr", "nb", "pt", "ru", "zh"}


def test_given_the_languages_then_each_names_everything_in_its_own_words() -> None:
    names = vocabulary_names()
    assert set(names) == LANGUAGES
    english = {taxonomy.id: taxonomy.name for taxonomy in TAXONOMIES}
    for taxonomy in TAXONOMIES:
        english |= {taxonomy.term_id(term.code): term.name for term in taxonomy.terms}
    for language, named in names.items():
        assert set(named) == set(english)
        same = {name for id_, name in english.items() if named[id_].name == name}
        assert same <= {"Chat", "E-mail", "WhatsApp"}, language
        assert all(words(naming.name) and words(naming.description) for naming in named.values())


def test_given_terms_then_no_two_of_a_taxonomy_have_one_name() -> None:
    for named in vocabulary_names().values():
        for taxonomy in TAXONOMIES:
            names = [named[taxonomy.term_id(code)].name for code in taxonomy.codes]
            assert len(set(names)) == len(names)


def rows() -> list[list[str]]:
    """The lines of the Spanish file, heading first."""
    with (FOLDER / "es.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def problems(folder: Path, content: list[list[str]]) -> list[str]:
    """What is said of a file es.csv with these lines."""
    with (folder / "es.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(content)
    with pytest.raises(BadDataError) as error:
        vocabulary_names(folder)
    return [str(problem) for problem in error.value.problems]


def test_given_a_term_is_missing_then_it_is_named(tmp_path: Path) -> None:
    content = [row for row in rows() if row[1] != "missing_child"]
    assert problems(tmp_path, content) == ["es.csv, as a whole: need missing_child is missing"]


def test_given_a_taxonomy_is_missing_then_it_is_named(tmp_path: Path) -> None:
    content = [row for row in rows() if row[:2] != ["audience", ""]]
    assert problems(tmp_path, content) == ["es.csv, as a whole: audience is missing"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["need", "fun", "Ocio", "Ocio."], "column code: is not in the vocabulary, or"),
        (["need", "missing_child", "Otra", "Otra."], "column code: is not in the vocabulary, or"),
        (["need", "missing_child", "", "Otra."], "column name: is empty"),
        (["need", "missing_child", "Otra", " "], "column description: is empty"),
        (["need", "missing_child", "Otra"], "must have 4 columns"),
        (["need", "missing_child", "Otra", "Otra", "Otra"], "must have 4 columns"),
    ],
)
def test_given_a_wrong_line_then_file_and_line_are_named(
    tmp_path: Path, row: list[str], problem: str
) -> None:
    content = rows()
    (found,) = problems(tmp_path, [*content, row])
    assert found.startswith(f"es.csv, line {len(content) + 1}")
    assert problem in found


def test_given_other_columns_then_the_right_ones_are_named(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, [["code", "name"], *rows()[1:]])
    assert found == f"es.csv, line 1: the columns must be {', '.join(COLUMNS)}"


def test_given_codes_of_two_taxonomies_then_they_do_not_mix() -> None:
    assert not set(NEEDS.codes) & set(AUDIENCES.codes)
