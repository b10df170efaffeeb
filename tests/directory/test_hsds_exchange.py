"""HSDS JSON: out and in again without loss, and faulty files change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.errors import BadDataError
from directory.exchange.files import export_file, import_file
from directory.exchange.nesting import NESTING
from directory.models import Phone, Service
from directory.vocabulary import derived_id
from tests.starter_data import SERVICES

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data" / "services"


def id_of(*parts: str) -> str:
    return derived_id("test", *parts)


def full_service() -> dict[str, Any]:
    """A service with a record of every kind that HSDS nests in one."""
    document: dict[str, Any] = json.loads((HERE / "full_service.json").read_text(encoding="utf-8"))
    return document


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_given_a_service_with_everything_when_imported_and_exported_then_it_is_equal(
    engine: Engine, tmp_path: Path
) -> None:
    report = import_file(engine, write(tmp_path / "in.json", [full_service()]))
    assert (report.created, report.ignored) == (1, ())
    export_file(engine, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == [full_service()]


def test_given_that_service_then_it_touches_every_table_that_hsds_nests() -> None:
    names: set[str] = set()

    def walk(table: str, document: dict[str, Any]) -> None:
        names.add(table)
        for nested in NESTING[table]:
            content = document.get(nested.name, [])
            for item in content if isinstance(content, list) else [content]:
                walk(nested.table, item)

    walk("service", full_service())
    assert names == set(NESTING)


def test_given_the_starter_directory_when_exported_and_imported_then_it_exports_the_same(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    first, second = new_engine(), new_engine()
    import_file(first, DATA / "services.csv")
    assert export_file(first, tmp_path / "one.json") == SERVICES
    report = import_file(second, tmp_path / "one.json")
    assert (report.created, report.ignored) == (SERVICES, ())
    export_file(second, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_text() == (tmp_path / "two.json").read_text()
    again = import_file(second, tmp_path / "one.json")
    assert (again.created, again.updated, again.unchanged) == (0, 0, SERVICES)
    assert import_file(second, DATA / "services.csv").unchanged == SERVICES


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"contents": [s], "total_items": 1}])
def test_given_a_single_service_or_an_api_page_then_it_is_imported_too(
    engine: Engine, tmp_path: Path, wrap: Callable[[Any], Any]
) -> None:
    assert import_file(engine, write(tmp_path / "in.json", wrap(full_service()))).created == 1


def test_given_a_file_that_claims_to_be_verified_then_its_services_are_drafts_here(
    engine: Engine, tmp_path: Path
) -> None:
    claim = {**full_service(), "vetting_state": "verified", "valid_until": "2099-01-01"}
    report = import_file(engine, write(tmp_path / "in.json", claim))
    assert report.ignored == ("service.valid_until", "service.vetting_state")
    with Session(engine, future=True) as session:
        service = session.execute(select(Service)).scalar_one()
    assert (service.vetting_state, service.valid_until) == ("draft", None)


def test_given_a_foreign_property_then_it_is_named_in_the_report(
    engine: Engine, tmp_path: Path
) -> None:
    document = {**full_service(), "cqc_rating": 5}
    assert import_file(engine, write(tmp_path / "in.json", document)).ignored == (
        "service.cqc_rating",
    )


def test_given_a_phone_is_gone_from_the_file_then_it_is_gone_here_but_not_from_other_owners(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", full_service()))
    document = {**full_service(), "phones": []}
    assert import_file(engine, write(tmp_path / "in.json", document)).updated == 1
    with Session(engine, future=True) as session:
        phone = session.execute(select(Phone)).scalar_one()
    assert (phone.service_id, phone.organization_id) == (None, id_of("organization"))


def test_given_a_verified_service_when_a_file_differs_then_it_is_left_alone(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", full_service()))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE service SET vetting_state = 'verified', valid_until = '2027-01-01'")
        )
    other = {**full_service(), "name": "Other"}
    other["organization"]["name"] = "Other"
    report = import_file(engine, write(tmp_path / "in.json", other))
    assert (report.kept, report.updated) == (1, 0)
    export_file(engine, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == [full_service()]


def changed(**values: Any) -> Any:
    return {**full_service(), **values}


def without(name: str) -> Any:
    return {key: value for key, value in full_service().items() if key != name}


FAULTS = [
    (changed(id="one"), "/id: must be a UUID"),
    (changed(status="open"), "/status: must be one of active, inactive"),
    (changed(minimum_age="twelve"), "/minimum_age: must be a number"),
    (changed(minimum_age=True), "/minimum_age: must be a number"),
    (changed(minimum_age=10**400), "/minimum_age: is too large"),
    (changed(minimum_age=90, maximum_age=20), "/maximum_age: is below minimum_age"),
    (changed(minimum_age=-1), "/minimum_age: must be an age"),
    (changed(name=" "), "/name: must not be empty"),
    (changed(name="a\ud800"), "/name: holds half a character"),
    (changed(name="a\x1b[2J"), "/name: holds the control character U+001B"),
    (changed(url="javascript:alert(1)"), "/url: must be the address of a page"),
    (changed(last_modified="0001-01-01T00:00:00+14:00"), "/last_modified: must be a date"),
    (changed(organization_id=id_of("x")), "/organization/id: is not the organization_id"),
    (changed(assured_date="yesterday"), "/assured_date: must be a date"),
    (changed(last_modified="now"), "/last_modified: must be a date and time"),
    (changed(anonymous="no"), "/anonymous: must be true or false"),
    (changed(name=5), "/name: must be text"),
    (changed(name="x" * 301), "/name: is longer than 300"),
    (changed(name="a\0b"), "/name: holds a NUL"),
    (changed(phones={}), "/phones: must be a list"),
    (changed(phones=[5]), "/phones/0: must be an object"),
    (changed(phones=[{"id": id_of("x")}]), "/phones/0: number is missing"),
    (changed(phones=[{"id": id_of("x"), "number": "1", "type": "drum"}]), "/phones/0/type"),
    (changed(organization={"id": id_of("o"), "name": "O"}), "/organization: description is miss"),
    (without("organization"), "organization_id is missing"),
    (without("name"), "name is missing"),
    (changed(languages=[{"id": id_of("language"), "code": "es"}]), "used twice with different"),
    ("service", "must be an object"),
]


@pytest.mark.parametrize(("document", "message"), FAULTS)
def test_given_a_fault_then_the_error_points_at_it_and_nothing_is_imported(
    engine: Engine, tmp_path: Path, document: Any, message: str
) -> None:
    good = {
        "id": id_of("good"),
        "name": "Good",
        "status": "active",
        "organization": {"id": id_of("o2"), "name": "O", "description": "O"},
    }
    with pytest.raises(BadDataError) as caught:
        import_file(engine, write(tmp_path / "in.json", [good, document]))
    assert message in str(caught.value)
    assert "in.json, /1" in str(caught.value)
    with Session(engine, future=True) as session:
        assert session.execute(select(func.count(Service.id))).scalar() == 0


def test_given_a_service_twice_with_the_same_facts_then_it_is_one_service(
    engine: Engine, tmp_path: Path
) -> None:
    report = import_file(engine, write(tmp_path / "in.json", [full_service(), full_service()]))
    assert report.created == 1


def test_given_a_service_twice_with_other_facts_then_it_is_refused(
    engine: Engine, tmp_path: Path
) -> None:
    both = [full_service(), changed(name="Another name")]
    with pytest.raises(BadDataError, match="/1, column name: the id .* is used twice"):
        import_file(engine, write(tmp_path / "in.json", both))


def test_given_two_services_that_contradict_each_other_then_it_is_refused(
    engine: Engine, tmp_path: Path
) -> None:
    one = full_service()
    two = {
        "id": id_of("two"),
        "name": "Two",
        "status": "active",
        "organization": {"id": id_of("organization"), "name": "Another", "description": "X"},
    }
    with pytest.raises(BadDataError, match="/1/organization, column name: the id"):
        import_file(engine, write(tmp_path / "in.json", [one, two]))


def test_given_what_only_the_database_can_know_then_its_refusal_is_reported(
    engine: Engine, tmp_path: Path
) -> None:
    other = {**full_service(), "id": id_of("other"), "phones": [], "schedules": []}
    other = {name: value for name, value in other.items() if not isinstance(value, list)}
    with pytest.raises(BadDataError, match="the database refuses it"):
        import_file(engine, write(tmp_path / "in.json", [full_service(), other]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"id": }]', "line 1, character 9: not JSON"),
        (b"", "line 1, character 1: not JSON"),
        (b'["\xe9"]', "is not UTF-8"),
        (b"[NaN]", "NaN is not a JSON number"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_given_no_json_then_the_error_says_where(
    engine: Engine, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "in.json"
    path.write_bytes(content)
    with pytest.raises(BadDataError, match=message):
        import_file(engine, path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "status", "phones", "organization", "attributes", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=JSON)
def test_given_any_json_then_it_is_imported_or_refused_with_a_reason(
    engine: Engine, tmp_path: Path, content: Any
) -> None:
    try:
        report = import_file(engine, write(tmp_path / "in.json", content))
    except BadDataError as error:
        assert "in.json" in str(error)
    else:
        assert report.created + report.unchanged + report.updated == 0
