"""The HSDS specification's own examples go in and come out again equal.

They are not in this repository; the tests read them from ../shared/hsds and skip without them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from directory.database import open_session
from directory.exchange import documents
from directory.exchange.files import export_file, import_file
from directory.exchange.tables import FILES

HSDS = Path(__file__).parents[3] / "shared" / "hsds"
EXAMPLES = HSDS / "examples"

pytestmark = pytest.mark.skipif(
    not EXAMPLES.is_dir(), reason="the HSDS specification's examples are not beside the repository"
)

FULL: dict[str, Callable[..., Any]] = {
    "service_full": documents.full_services,
    "service_at_location_full": documents.full_service_at_locations,
    "location": documents.full_locations,
    "taxonomy": documents.taxonomies,
    "taxonomy_term": documents.taxonomy_terms,
}
LISTED: dict[str, Callable[..., Any]] = {
    "service_list": documents.listed_services,
    "organization_list": documents.listed_organizations,
    "service_at_location_list": documents.listed_service_at_locations,
    "taxonomy_list": documents.taxonomies,
    "taxonomy_term_list": documents.taxonomy_terms,
}


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def read_back(engine: Engine, name: str, write: Callable[..., Any], records: Any) -> Any:
    """Import an example and give the documents of its records as they come out."""
    assert import_file(engine, EXAMPLES / f"{name}.json").ignored == ()
    with open_session(engine) as session:
        return write(session, [record["id"] for record in records])


@pytest.mark.parametrize("name", FULL)
def test_given_an_example_document_then_it_comes_out_equal(engine: Engine, name: str) -> None:
    assert read_back(engine, name, FULL[name], [example(name)]) == [example(name)]


@pytest.mark.parametrize("name", LISTED)
def test_given_an_example_page_then_its_contents_come_out_equal(engine: Engine, name: str) -> None:
    contents = example(name)["contents"]
    assert read_back(engine, name, LISTED[name], contents) == contents


def test_given_the_example_organization_then_it_comes_out_equal_with_its_services(
    engine: Engine,
) -> None:
    organization = example("organization_full")

    def write(session: Any, ids: list[str]) -> Any:
        return documents.full_organizations(session, ids, with_services=True)

    assert read_back(engine, "organization_full", write, [organization]) == [organization]
    del organization["services"]
    with open_session(engine) as session:
        flat = documents.full_organizations(session, [organization["id"]])
    assert flat == [organization]


def test_given_the_example_service_when_exported_as_a_file_then_the_file_is_a_service_package(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, EXAMPLES / "service_full.json")
    export_file(engine, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == [example("service_full")]


def rows(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of all files that have some, by file."""
    tables: dict[str, list[dict[str, str]]] = {}
    for file in FILES.values():
        if (folder / file).exists():
            with (folder / file).open(newline="", encoding="utf-8") as text:
                tables[file] = list(csv.DictReader(text))
    return {file: found for file, found in tables.items() if found}


def same_columns(tables: Any, like: dict[str, list[dict[str, str]]]) -> Any:
    """The rows of `tables`, without the columns that are additional to those of `like`."""
    return {
        file: [{name: row[name] for name in like[file][0]} for row in found]
        for file, found in tables.items()
    }


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_given_the_tabular_example_then_its_rows_come_out_equal(
    new_engine: Callable[[], Engine], tmp_path: Path, target: str
) -> None:
    # Some of its rows refer to records that none of its files holds: these come out, too.
    first, second = new_engine(), new_engine()
    assert import_file(first, EXAMPLES / "csv").created == 1
    assert export_file(first, tmp_path / target) == 1
    # By way of a second directory, so that an archive is read, too.
    assert import_file(second, tmp_path / target).created == 1
    export_file(second, tmp_path / "again")
    like = rows(EXAMPLES / "csv")
    assert same_columns(rows(tmp_path / "again"), like) == like
    assert import_file(second, tmp_path / "again").unchanged == 1


def test_given_the_tabular_example_as_json_then_it_is_the_same_as_in_csv_files(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    first, second = new_engine(), new_engine()
    import_file(first, EXAMPLES / "tabular.json")
    import_file(second, EXAMPLES / "csv")
    export_file(first, tmp_path / "first")
    export_file(second, tmp_path / "second")
    assert rows(tmp_path / "first") == rows(tmp_path / "second")


def test_given_the_specifications_datapackage_then_every_field_of_it_is_one_of_ours() -> None:
    from directory.exchange.datapackage import datapackage

    ours = {
        resource["path"]: {field["name"] for field in resource["schema"]["fields"]}
        for resource in datapackage()["resources"]
    }
    theirs = json.loads((HSDS / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    for resource in theirs:
        names = {field["name"] for field in resource["schema"]["fields"]}
        assert names <= ours[resource["path"]]
