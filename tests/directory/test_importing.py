"""Importing: what is new, what changes, what is protected, what goes to review, and what is lost.

The rows are staged as a reader would stage them; the formats have tests of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from directory.database import open_session, open_transaction
from directory.errors import BadDataError
from directory.exchange.loading import ImportReport, load
from directory.exchange.staging import Staging
from directory.models import (
    AuditEntry,
    Organization,
    Phone,
    Revision,
    Service,
    UnresolvedReference,
)
from directory.vetting import audit
from directory.vocabulary import derived_id

ORGANIZATION = derived_id("organization", "a")
SOURCE = "https://example.org/directory"

Tables = dict[str, list[dict[str, Any]]]


def service(name: str, **values: Any) -> dict[str, Any]:
    row = {"id": derived_id("service", name), "organization_id": ORGANIZATION, "name": name}
    return {**row, "status": "active", **values}


def phone(name: str, number: str, **values: Any) -> dict[str, Any]:
    id_ = derived_id("phone", name, number)
    return {"id": id_, "service_id": derived_id("service", name), "number": number, **values}


def content(*names: str, numbers: tuple[str, ...] = ("100",)) -> Tables:
    return {
        "organization": [{"id": ORGANIZATION, "name": "Org", "description": "An organization"}],
        "service": [service(name) for name in names],
        "phone": [phone(name, number) for name in names for number in numbers],
    }


def imported(engine: Engine, tables: Tables, **options: Any) -> ImportReport:
    def read(stage: Staging) -> None:
        for table, rows in tables.items():
            for number, row in enumerate(rows, start=2):
                stage.add(table, row, f"{table}, line {number}")

    with open_transaction(engine) as connection:
        return load(connection, "file", read, by="import:file", **options)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.kept, report.conflicts


def scalars(engine: Engine, query: Any) -> list[Any]:
    with open_session(engine) as session:
        return list(session.execute(query).scalars())


def set_state(engine: Engine, name: str, state: str = "verified") -> None:
    values = "assured_date = '2026-11-01', valid_until = '2099-01-01'"
    with open_transaction(engine) as connection:
        connection.execute(
            text(f"UPDATE service SET vetting_state = :state, {values} WHERE name = :name"),
            {"state": state, "name": name},
        )


# New, changed, gone


def test_given_new_services_when_imported_again_then_nothing_changes(engine: Engine) -> None:
    assert counts(imported(engine, content("a", "b"))) == (2, 0, 0, 0, 0)
    entries = scalars(engine, select(AuditEntry.number))
    assert counts(imported(engine, content("a", "b"))) == (0, 0, 2, 0, 0)
    assert scalars(engine, select(AuditEntry.number)) == entries
    assert scalars(engine, select(Service.version)) == [1, 1]


def test_given_a_new_phone_then_only_its_service_counts_as_changed(engine: Engine) -> None:
    imported(engine, content("a", "b"))
    tables = content("a", "b")
    tables["phone"].append(phone("b", "200"))
    report = imported(engine, tables)
    assert counts(report) == (0, 1, 1, 0, 0)
    versions = dict(
        zip(*[scalars(engine, select(c)) for c in (Service.name, Service.version)], strict=True)
    )
    assert versions == {"a": 1, "b": 2}
    assert [(c.table, c.service_id) for c in report.changes] == [
        ("phone", derived_id("service", "b"))
    ]


def test_given_a_file_without_a_phone_that_was_there_then_it_goes(engine: Engine) -> None:
    imported(engine, content("a", numbers=("100", "200")))
    imported(engine, content("a", numbers=("200",)))
    assert scalars(engine, select(Phone.number)) == ["200"]


def test_given_a_file_that_says_nothing_of_phones_then_they_stay(engine: Engine) -> None:
    imported(engine, content("a"))

    def read(stage: Staging) -> None:
        stage.covers(["organization", "service"])
        stage.add("service", service("a", description="New"), "line 2")

    with open_transaction(engine) as connection:
        assert load(connection, "file", read, by="import:file").updated == 1
    assert scalars(engine, select(Phone.number)) == ["100"]


def test_given_a_changed_organization_then_its_services_count_as_changed(engine: Engine) -> None:
    imported(engine, content("a", "b"))
    tables = content("a", "b")
    tables["organization"][0]["name"] = "New name"
    assert counts(imported(engine, tables)) == (0, 2, 0, 0, 0)


def test_given_what_a_file_must_not_decide_then_it_is_not_taken_over(engine: Engine) -> None:
    tables = content("a")
    tables["service"][0].update(vetting_state="verified", version=7, last_editor="nobody")
    imported(engine, tables)
    with open_session(engine) as session:
        row = session.execute(select(Service)).scalar_one()
        assert (row.vetting_state, row.version, row.last_editor) == ("draft", 1, "import:file")


# Rows that come more than once


def test_given_one_id_with_other_owners_then_the_rows_become_one(engine: Engine) -> None:
    tables = content("a")
    owner = {"id": tables["phone"][0]["id"], "number": "100", "organization_id": ORGANIZATION}
    tables["phone"].append(owner)
    imported(engine, tables)
    with open_session(engine) as session:
        row = session.execute(select(Phone)).scalar_one()
        assert (row.service_id, row.organization_id) == (derived_id("service", "a"), ORGANIZATION)


def test_given_one_id_with_different_facts_then_the_file_is_refused(engine: Engine) -> None:
    tables = content("a")
    tables["service"].append({**service("a"), "name": "other"})
    with pytest.raises(BadDataError, match=r"service, line 3, column name: .*used twice"):
        imported(engine, tables)
    assert scalars(engine, select(Service.id)) == []


# References


def test_given_a_service_of_a_missing_organization_then_the_error_says_where(
    engine: Engine,
) -> None:
    tables = content("a", "b")
    tables["service"][1]["organization_id"] = derived_id("organization", "nowhere")
    with pytest.raises(BadDataError, match=r"service, line 3, column organization_id: names a"):
        imported(engine, tables)
    assert scalars(engine, select(Organization.id)) == []


def test_given_an_optional_reference_to_nothing_then_it_is_made_when_the_record_comes(
    engine: Engine,
) -> None:
    contact = {"id": derived_id("contact"), "service_id": derived_id("service", "a")}
    tables = content("a")
    tables["phone"][0]["contact_id"] = contact["id"]
    imported(engine, tables)
    assert scalars(engine, select(UnresolvedReference.target_id)) == [contact["id"]]
    assert scalars(engine, select(Phone.contact_id)) == [None]
    imported(engine, tables)
    assert scalars(engine, select(UnresolvedReference.target_id)) == [contact["id"]]
    imported(engine, {**tables, "contact": [contact]})
    assert scalars(engine, select(Phone.contact_id)) == [contact["id"]]
    assert counts(imported(engine, {**tables, "contact": [contact]})) == (0, 0, 1, 0, 0)
    assert scalars(engine, select(UnresolvedReference.target_id)) == []


# Vetted services


@pytest.mark.parametrize("state", ["in_review", "verified", "due", "expired", "withdrawn"])
def test_given_a_service_past_draft_then_what_the_file_says_goes_to_review(
    engine: Engine, state: str
) -> None:
    imported(engine, content("a", "b"))
    set_state(engine, "a", state)
    report = imported(engine, content("a", "b", numbers=("999",)))
    assert counts(report) == (0, 1, 0, 1, 1)
    assert sorted(scalars(engine, select(Phone.number))) == ["100", "999"]
    with open_session(engine) as session:
        revision = session.execute(select(Revision)).scalar_one()
        document = json.loads(revision.document)
        assert (revision.author, revision.base_version) == ("import:file", 1)
        assert [one["number"] for one in document["phones"]] == ["999"]
    assert scalars(engine, select(Service.version).where(Service.name == "a")) == [1]


def test_given_the_same_conflict_again_then_it_is_not_kept_twice(engine: Engine) -> None:
    imported(engine, content("a"))
    set_state(engine, "a")
    for _ in range(2):
        assert imported(engine, content("a", numbers=("999",))).conflicts == 1
    assert len(scalars(engine, select(Revision.id))) == 1


def test_given_a_vetted_service_and_the_same_facts_then_there_is_no_conflict(
    engine: Engine,
) -> None:
    imported(engine, content("a"))
    set_state(engine, "a")
    assert counts(imported(engine, content("a"))) == (0, 0, 0, 1, 0)
    assert scalars(engine, select(Revision.id)) == []


def test_given_a_shared_organization_then_a_vetted_service_keeps_it_as_it_was(
    engine: Engine,
) -> None:
    imported(engine, content("a", "b"))
    set_state(engine, "a")
    tables = content("a", "b")
    tables["organization"][0]["name"] = "New name"
    report = imported(engine, tables)
    assert counts(report) == (0, 0, 1, 1, 1)
    assert scalars(engine, select(Organization.name)) == ["Org"]


# Recognising by source


def renumbered(tables: Tables) -> Tables:
    """The same facts as another export would number them."""
    as_text = json.dumps(tables)
    for row in (*tables["organization"], *tables["service"], *tables["phone"]):
        as_text = as_text.replace(row["id"], derived_id("again", row["id"]))
    renamed: Tables = json.loads(as_text)
    return renamed


def test_given_a_source_and_new_ids_then_the_services_are_recognised(engine: Engine) -> None:
    imported(engine, content("a", "b"), source_url=SOURCE)
    report = imported(engine, renumbered(content("a", "b")), source_url=SOURCE)
    assert report.created == 0
    assert len(scalars(engine, select(Service.id))) == 2
    assert len(scalars(engine, select(Organization.id))) == 1
    assert scalars(engine, select(Phone.number)) == ["100", "100"]


def test_given_two_services_of_one_name_then_none_of_them_is_guessed(engine: Engine) -> None:
    imported(engine, content("a"), source_url=SOURCE)
    tables = renumbered(content("a"))
    twin = {**tables["service"][0], "id": derived_id("twin")}
    tables["service"].append(twin)
    assert imported(engine, tables, source_url=SOURCE).created == 2


def test_given_another_source_then_the_services_are_new(engine: Engine) -> None:
    imported(engine, content("a"), source_url=SOURCE)
    other = "https://example.net/list"
    assert imported(engine, renumbered(content("a")), source_url=other).created == 1


# The audit log


def test_given_imports_then_the_audit_log_tells_of_each_change(engine: Engine) -> None:
    imported(engine, content("a", "b"))
    set_state(engine, "a")
    imported(engine, content("a", "b", numbers=("999",)))
    with open_session(engine) as session:
        entries = session.execute(
            select(AuditEntry.action, AuditEntry.subject_id).order_by(AuditEntry.number)
        ).all()
        verdict = audit.check(session)
    assert entries == [
        ("import", None),
        ("propose", derived_id("service", "a")),
        ("import", None),
        ("edit", derived_id("service", "b")),
    ]
    assert (verdict.entries, verdict.problems) == (4, ())


def test_given_a_fault_then_nothing_is_left_behind(new_engine: Callable[..., Engine]) -> None:
    engine = new_engine()

    def read(stage: Staging) -> None:
        for table, rows in content("a").items():
            for row in rows:
                stage.add(table, row, "line 2")
        stage.fault("line 9", "name", "must not be empty")

    with pytest.raises(BadDataError, match="line 9"), open_transaction(engine) as connection:
        load(connection, "file", read, by="import:file")
    assert scalars(engine, select(Service.id)) == []
    assert counts(imported(engine, content("a"))) == (1, 0, 0, 0, 0)
