"""HSDS documents of each kind: what belongs to whom is never lost, and lists stay flat."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from directory.database import open_session, open_transaction
from directory.errors import BadDataError
from directory.exchange import documents
from directory.exchange.files import export_file, import_file
from directory.exchange.hsds_json import KINDS
from directory.exchange.nesting import IMPLIED
from directory.info import mark_as_demonstration
from directory.models import Service
from directory.vocabulary import derived_id
from tests.directory.test_hsds_exchange import full_service, write


def id_of(*parts: str) -> str:
    return derived_id("documents", *parts)


def organization(name: str) -> dict[str, Any]:
    return {"id": id_of(name), "name": name, "description": f"What {name} is"}


def service(name: str, owner: str, **more: Any) -> dict[str, Any]:
    """A service document with its organization."""
    row = {"id": id_of(name), "name": name, "status": "active", "organization": organization(owner)}
    return {**row, "last_modified": "2026-01-02T03:04:05Z", **more}


def place(name: str, **more: Any) -> dict[str, Any]:
    location = {"id": id_of(name), "location_type": "physical", "name": name, **more}
    return {"id": id_of("at", name), "location": location}


def exported(engine: Engine, path: Path, kind: str = "service") -> dict[str, Any]:
    """The documents of an export, by name."""
    export_file(engine, path, kind=kind)
    return {d["name"]: d for d in json.loads(path.read_text(encoding="utf-8"))}


def test_given_a_place_or_program_of_another_organization_then_it_is_named_and_kept(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    first, second = new_engine(), new_engine()
    program = {"id": id_of("program"), "name": "Program", "description": "-"}
    guest = service(
        "guest",
        "A",
        service_at_locations=[place("hall", organization_id=id_of("B"))],
        program={**program, "organization_id": id_of("B")},
        contacts=[{"id": id_of("contact"), "name": "Desk", "organization_id": id_of("B")}],
    )
    host = service("host", "B")
    import_file(first, write(tmp_path / "in.json", [guest, host]))
    out = exported(first, tmp_path / "one.json")
    assert out["guest"]["service_at_locations"] == guest["service_at_locations"]
    assert out["guest"]["program"] == guest["program"]
    assert out["guest"]["contacts"] == guest["contacts"]
    assert [hall["name"] for hall in out["host"]["organization"]["locations"]] == ["hall"]
    import_file(second, tmp_path / "one.json")
    assert exported(second, tmp_path / "two.json") == out


def test_given_a_place_of_the_services_own_organization_then_nesting_says_it(
    engine: Engine, tmp_path: Path
) -> None:
    own = service("own", "A", service_at_locations=[place("hall", organization_id=id_of("A"))])
    import_file(engine, write(tmp_path / "in.json", own))
    out = exported(engine, tmp_path / "out.json")["own"]
    assert "organization_id" not in out["service_at_locations"][0]["location"]
    assert out["organization"]["locations"][0] == out["service_at_locations"][0]["location"]


def test_given_two_services_of_two_organizations_at_one_place_then_each_says_whose_it_is(
    engine: Engine, tmp_path: Path
) -> None:
    hall = place("hall", organization_id=id_of("A"))
    other = {"id": id_of("other place"), "location": hall["location"]}
    services = [
        service("one", "A", service_at_locations=[hall]),
        service("two", "B", service_at_locations=[other]),
    ]
    import_file(engine, write(tmp_path / "in.json", services))
    out = exported(engine, tmp_path / "out.json")
    assert "organization_id" not in out["one"]["service_at_locations"][0]["location"]
    assert out["two"]["service_at_locations"] == [other]


def test_given_a_reference_to_a_record_that_is_nowhere_then_it_comes_out_again(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    first, second = new_engine(), new_engine()
    contact = {"id": id_of("contact"), "name": "Desk", "location_id": id_of("nowhere")}
    lost = service("s", "A", contacts=[contact])
    import_file(first, write(tmp_path / "in.json", lost))
    out = exported(first, tmp_path / "one.json")
    assert out == {"s": lost}
    import_file(second, tmp_path / "one.json")
    assert exported(second, tmp_path / "two.json") == out


@pytest.mark.parametrize("kind", KINDS)
def test_given_documents_of_each_kind_then_a_second_directory_gets_them(
    new_engine: Callable[[], Engine], tmp_path: Path, kind: str
) -> None:
    first, second = new_engine(), new_engine()
    import_file(first, write(tmp_path / "in.json", [full_service()]))
    count = export_file(first, tmp_path / "one.json", kind=kind)
    assert count >= 1
    # Locations name the organizations whose they are.
    export_file(first, tmp_path / "organizations.json", kind="organization")
    import_file(second, tmp_path / "organizations.json")
    import_file(second, tmp_path / "one.json")
    assert export_file(second, tmp_path / "two.json", kind=kind) == count
    assert (tmp_path / "two.json").read_text() == (tmp_path / "one.json").read_text()


def test_given_an_organization_then_its_services_are_nested_only_if_asked_and_allowed(
    engine: Engine, tmp_path: Path
) -> None:
    services = [service("shown", "A"), service("hidden", "A")]
    import_file(engine, write(tmp_path / "in.json", services))
    ids = [id_of("A")]
    with open_session(engine) as session:
        bare = documents.full_organizations(session, ids)
        some = documents.full_organizations(session, ids, True, Service.name == "shown")
        every = documents.full_organizations(session, ids, with_services=True)
    assert bare == [organization("A")]
    assert [s["name"] for s in some[0]["services"]] == ["shown"]
    assert {s["name"] for s in every[0]["services"]} == {"shown", "hidden"}
    assert "organization" not in every[0]["services"][0]


def test_given_ids_then_documents_come_in_their_order_and_unknown_ones_are_left_out(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", [service(n, "A") for n in ("x", "y", "z")]))
    with open_session(engine) as session:
        ids = [id_of("z"), id_of("nobody"), id_of("x"), id_of("y")]
        for write_documents in (documents.full_services, documents.listed_services):
            names = [d["name"] for d in write_documents(session, ids)]
            assert names == ["z", "x", "y"]
        assert documents.full_services(session, []) == []


def test_given_a_listed_service_at_location_then_only_single_records_are_in_it(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", [full_service()]))
    with open_session(engine) as session:
        id_ = full_service()["service_at_locations"][0]["id"]
        (document,) = documents.listed_service_at_locations(session, [id_])

    def lists(value: Any) -> bool:
        inner = value.values() if isinstance(value, dict) else ()
        return isinstance(value, list) or any(map(lists, inner))

    assert not lists(document)
    assert document["service"]["organization"]["name"] == full_service()["organization"]["name"]


def test_given_a_demonstration_then_no_document_says_that_a_service_was_assured(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", [service("s", "A", assured_date="2026-01-01")]))
    with open_transaction(engine) as connection:
        mark_as_demonstration(connection)
    with open_session(engine) as session:
        inside = documents.full_organizations(session, [id_of("A")], with_services=True)
        alone = documents.full_services(session, [id_of("s")])
    assert "assured_date" not in inside[0]["services"][0]
    assert "assured_date" not in alone[0]


def test_given_nested_records_that_contradict_the_nesting_then_it_is_a_fault(
    engine: Engine, tmp_path: Path
) -> None:
    phone = {"id": id_of("phone"), "number": "1", "service_id": id_of("another")}
    wrong = service("s", "A", phones=[phone])
    with pytest.raises(BadDataError, match="/phones/0/service_id: is not the record in which"):
        import_file(engine, write(tmp_path / "in.json", [wrong]))


def test_given_a_bare_organization_then_it_is_recognised(engine: Engine, tmp_path: Path) -> None:
    import_file(engine, write(tmp_path / "in.json", [organization("A"), organization("B")]))
    assert set(exported(engine, tmp_path / "out.json", "organization")) == {"A", "B"}


def test_given_bare_records_then_the_others_of_their_list_tell_what_they_are(
    engine: Engine, tmp_path: Path
) -> None:
    bare = {"id": id_of("bare"), "name": "Bare", "description": "-"}
    told = {**bare, "id": id_of("told"), "name": "Told", "version": "2"}
    import_file(engine, write(tmp_path / "in.json", [bare, told, {**bare, "id": id_of("last")}]))
    with open_session(engine) as session:
        ids = [id_of("bare"), id_of("told"), id_of("last")]
        assert len(documents.taxonomies(session, ids)) == 3
        assert documents.listed_organizations(session, ids) == []


def test_then_nesting_implies_the_links_of_every_record_that_can_be_nested() -> None:
    assert IMPLIED["phone"] >= {"service_id", "organization_id", "contact_id", "location_id"}
    assert IMPLIED["service"] == {"organization_id", "program_id"}
