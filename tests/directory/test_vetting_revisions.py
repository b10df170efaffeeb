"""Edits: at once or as a revision, accepted by a second person, and nothing lost on the way."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from directory.database import open_session, open_transaction
from directory.errors import (
    BadDataError,
    ConflictError,
    NotAllowedError,
    UnknownRecordError,
    VettingError,
    WrongStateError,
)
from directory.exchange.documents import taxonomy_terms
from directory.exchange.hsds_json import apply_document
from directory.models import (
    Organization,
    Phone,
    Revision,
    Service,
    ServiceAtLocation,
    Verification,
)
from directory.models.base import now
from directory.vetting import editing, revisions, workflow
from directory.vetting.checks import Check
from directory.vetting.validity import VALIDITY, VALIDITY_IN_CRISIS
from directory.vocabulary import NEEDS, derived_id
from tests.directory.vetting_people import (
    ADMINISTRATOR,
    EDITOR,
    OTHER_EDITOR,
    REASON,
    VERIFIER,
    VIEWER,
    called,
    document,
    edit,
    log,
    put,
    revision,
    service,
    today,
)

HERE = Path(__file__).parent


def phones(directory: Any, id_: str, number: str) -> list[dict[str, Any]]:
    (phone,) = document(directory.engine, id_)["phones"]
    return [{**phone, "number": number}]


def need(directory: Any, id_: str, code: str) -> dict[str, Any]:
    """A need as a document carries it, with its term as it stands in the directory."""
    with open_session(directory.engine) as session:
        (term,) = taxonomy_terms(session, [NEEDS.term_id(code)])
    return {"id": derived_id("new", id_, code), "link_type": "need", "taxonomy_term": term}


def accept(
    directory: Any, id_: str | None, actor: Any = VERIFIER, version: int = 1, **check: Any
) -> int:
    with open_transaction(directory.engine) as connection:
        done = Check(**{"method": "called", "verified_on": today(), **check})
        return revisions.accept(connection, str(id_), actor, done, version)


def shown_number(directory: Any) -> list[str]:
    return [phone.number for s in directory.search().services for phone in s.phones]


# Edits


@pytest.mark.parametrize("state", ["draft", "in_review", "expired", "withdrawn"])
def test_given_a_service_that_is_not_shown_when_edited_then_it_is_changed_at_once(
    directory: Any, state: str
) -> None:
    id_ = directory.add("one", vetting_state=state)
    edited = edit(directory.engine, id_, name="New")
    assert (edited.version, edited.revision_id) == (2, None)
    found = service(directory.engine, id_)
    assert (found.name, found.version, found.last_editor) == ("New", 2, EDITOR.name)
    assert found.vetting_state == state
    ((who, what, details),) = log(directory.engine, id_)
    assert (who, what) == (EDITOR.name, "edit")
    assert details["changes"] == [{"path": "/name", "before": "one", "after": "New"}]


@pytest.mark.parametrize("state", ["verified", "due"])
def test_given_a_shown_service_when_edited_then_people_get_the_verified_version_until_accepted(
    directory: Any, state: str
) -> None:
    id_ = directory.add("one", vetting_state=state)
    edited = edit(directory.engine, id_, phones=phones(directory, id_, "3919"))
    assert edited.version == 1
    assert shown_number(directory) == ["119"]
    found = service(directory.engine, id_)
    assert (found.vetting_state, found.version, found.last_editor) == (state, 1, None)
    kept = revision(directory.engine, edited.revision_id)
    assert (kept.state, kept.author, kept.base_version, kept.version) == (
        "pending",
        EDITOR.name,
        1,
        1,
    )
    assert accept(directory, edited.revision_id) == 2
    assert shown_number(directory) == ["3919"]
    found = service(directory.engine, id_)
    assert (found.vetting_state, found.last_editor) == ("verified", EDITOR.name)
    assert (found.assured_date, found.valid_until) == (today(), today() + VALIDITY)
    kept = revision(directory.engine, edited.revision_id)
    assert (kept.state, kept.decided_by) == ("accepted", VERIFIER.name)
    with Session(directory.engine, future=True) as session:
        verification = session.execute(select(Verification)).scalar_one()
    assert (verification.version, verification.verified_by) == (2, VERIFIER.name)
    assert [action for _, action, _ in log(directory.engine, id_)] == ["propose", "accept"]


def test_given_a_revision_that_makes_it_a_crisis_line_then_the_shorter_validity_holds(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    attributes = document(directory.engine, id_)["attributes"]
    edited = edit(
        directory.engine, id_, attributes=[need(directory, id_, "suicide_crisis"), *attributes]
    )
    accept(directory, edited.revision_id)
    assert service(directory.engine, id_).valid_until == today() + VALIDITY_IN_CRISIS
    assert directory.names(needs=("suicide_crisis",)) == ["one"]


def test_given_an_edit_that_changes_nothing_then_it_is_refused(directory: Any) -> None:
    for state in ("draft", "verified"):
        id_ = directory.add(state, vetting_state=state)
        with pytest.raises(VettingError, match="changes nothing"):
            edit(directory.engine, id_)
        same = {"alternate_name": None, "cost": "unknown", "contacts": []}
        with pytest.raises(VettingError, match="changes nothing"):
            edit(directory.engine, id_, **same)
        assert service(directory.engine, id_).version == 1
        assert log(directory.engine, id_) == []


def test_given_another_order_then_it_is_a_change_where_order_has_a_meaning(directory: Any) -> None:
    id_ = directory.add("one", needs=("child_helpline", "victim_support"), vetting_state="draft")
    attributes = document(directory.engine, id_)["attributes"]
    edit(directory.engine, id_, attributes=attributes[::-1])
    assert document(directory.engine, id_)["attributes"] == attributes[::-1]
    ((_, _, details),) = log(directory.engine, id_)
    ids = [attribute["id"] for attribute in attributes]
    assert details["changes"] == [{"path": "/attributes", "before": ids, "after": ids[::-1]}]


def test_given_a_document_that_claims_to_be_verified_then_the_claim_counts_for_nothing(
    directory: Any,
) -> None:
    claim = {
        "vetting_state": "verified",
        "valid_until": "2099-01-01",
        "assured_date": "2099-01-01",
        "assurer_email": "me@example.org",
        "version": 99,
        "last_editor": "nobody",
        "last_modified": "2001-01-01T00:00:00Z",
    }
    id_ = directory.add("one", vetting_state="draft", assured_date=None, valid_until=None)
    with pytest.raises(VettingError, match="changes nothing"):
        edit(directory.engine, id_, **claim)
    edit(directory.engine, id_, name="New", **claim)
    found = service(directory.engine, id_)
    assert (found.vetting_state, found.version, found.last_editor) == ("draft", 2, EDITOR.name)
    assert (found.valid_until, found.assured_date, found.assurer_email) == (None, None, None)
    assert found.last_modified.year > 2001


def test_given_a_viewer_then_they_cannot_edit(directory: Any) -> None:
    for state in ("draft", "verified"):
        id_ = directory.add(state, vetting_state=state)
        with pytest.raises(NotAllowedError):
            edit(directory.engine, id_, VIEWER, name="New")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"id": derived_id("x")}, VettingError, "must have the id of the service"),
        ({"status": "open"}, BadDataError, "/status"),
        ({"phones": [5]}, BadDataError, "/phones/0: must be an object"),
        ({"phones": "119"}, BadDataError, "/phones: must be a list"),
        ({"rating": 5}, VettingError, "cannot be changed in an edit of the service: /rating"),
        ({"minimum_age": 90, "maximum_age": 9}, BadDataError, "maximum_age|ages_in_order"),
    ],
)
@pytest.mark.parametrize("state", ["draft", "verified"])
def test_given_a_faulty_document_then_it_is_refused_at_once_and_nothing_is_kept(
    directory: Any, state: str, changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    id_ = directory.add("one", vetting_state=state)
    before = document(directory.engine, id_)
    with pytest.raises(error, match=message):
        edit(directory.engine, id_, **changes)
    assert document(directory.engine, id_) == before
    with open_session(directory.engine) as session:
        assert session.execute(select(Revision)).all() == []


@pytest.mark.parametrize("given", [None, [], "text", 5])
def test_given_no_object_then_it_is_refused(directory: Any, given: Any) -> None:
    id_ = directory.add("one", vetting_state="draft")
    with (
        pytest.raises(VettingError, match="must be a JSON object"),
        open_transaction(directory.engine) as connection,
    ):
        editing.edit(connection, id_, EDITOR, given, 1, REASON)


# What an edit may touch


@pytest.mark.parametrize("state", ["draft", "verified"])
def test_given_the_phone_of_another_service_then_an_edit_cannot_take_it(
    directory: Any, state: str
) -> None:
    mine, other = directory.add("mine", vetting_state=state), directory.add("other")
    stolen = document(directory.engine, other)["phones"]
    for number in ("119", "666"):
        with pytest.raises(VettingError, match="must not change what others use: phone"):
            edit(directory.engine, mine, phones=[{**stolen[0], "number": number}])
    assert document(directory.engine, other)["phones"] == stolen


@pytest.mark.parametrize("state", ["draft", "verified"])
def test_given_a_shared_organization_then_an_edit_of_one_service_cannot_change_it(
    directory: Any, state: str
) -> None:
    id_ = directory.add("one", vetting_state=state)
    directory.add("sibling", vetting_state="draft")
    organization = {**document(directory.engine, id_)["organization"], "name": "Renamed"}
    with pytest.raises(VettingError, match="organization"):
        edit(directory.engine, id_, organization=organization)
    with open_session(directory.engine) as session:
        assert session.execute(select(Organization.name)).scalar_one() == "Org"


def test_given_a_shared_organization_with_a_phone_of_a_sibling_then_an_edit_leaves_it_there(
    directory: Any,
) -> None:
    id_ = directory.add("one", vetting_state="draft")
    sibling = directory.add("sibling")
    with Session(directory.engine, future=True) as session:
        phone = session.execute(select(Phone).where(Phone.service_id == sibling)).scalar_one()
        phone.organization_id = derived_id("org")
        session.commit()
    edit(directory.engine, id_, name="New")
    assert [p["number"] for p in document(directory.engine, sibling)["phones"]] == ["119"]
    assert len(document(directory.engine, id_)["organization"]["phones"]) == 1


def test_given_the_only_draft_of_an_organization_then_an_edit_may_change_it(
    directory: Any,
) -> None:
    id_ = directory.add("one", vetting_state="draft")
    organization = {**document(directory.engine, id_)["organization"], "name": "Renamed"}
    edit(directory.engine, id_, organization=organization)
    assert document(directory.engine, id_)["organization"]["name"] == "Renamed"


def test_given_the_name_of_a_need_then_an_edit_cannot_change_the_vocabulary(
    directory: Any,
) -> None:
    id_ = directory.add("one", vetting_state="draft")
    attributes = copy.deepcopy(document(directory.engine, id_)["attributes"])
    attributes[0]["taxonomy_term"]["name"] = "Something else"
    with pytest.raises(VettingError, match="must not change what others use: taxonomy_term"):
        edit(directory.engine, id_, attributes=attributes)


def renamed_place(directory: Any, id_: str) -> dict[str, Any]:
    """The document with another city wherever the service's only address is nested."""
    text = json.dumps(document(directory.engine, id_)).replace('"city": "Lima"', '"city": "Cusco"')
    moved: dict[str, Any] = json.loads(text)
    return moved


def test_given_a_service_with_everything_when_its_place_moves_then_all_places_in_it_say_so(
    directory: Any,
) -> None:
    full = json.loads((HERE / "full_service.json").read_text(encoding="utf-8"))
    with open_transaction(directory.engine) as connection:
        apply_document(connection, full, "full_service.json")
    new = renamed_place(directory, full["id"])
    edit(directory.engine, full["id"], **new)
    now_there = document(directory.engine, full["id"])
    assert "Cusco" in str(now_there["service_at_locations"])
    assert "Cusco" in str(now_there["organization"]["locations"])


@pytest.mark.parametrize("through", ["place", "organization"])
def test_given_a_place_that_another_service_has_too_then_an_edit_of_one_cannot_move_it(
    directory: Any, through: str
) -> None:
    full = json.loads((HERE / "full_service.json").read_text(encoding="utf-8"))
    sibling = directory.add("sibling")
    with open_transaction(directory.engine) as connection:
        apply_document(connection, full, "full_service.json")
        if through == "place":
            place = full["service_at_locations"][0]["location"]["id"]
            values = {"id": derived_id("at"), "service_id": sibling, "location_id": place}
            connection.execute(insert(ServiceAtLocation).values(values))
        else:
            owner = {"organization_id": full["organization"]["id"]}
            connection.execute(update(Service).where(Service.id == sibling).values(owner))
    with pytest.raises(VettingError, match="cannot be changed in an edit of the service"):
        edit(directory.engine, full["id"], **renamed_place(directory, full["id"]))
    edit(directory.engine, full["id"], name="New")
    assert "Lima" in str(document(directory.engine, sibling))


# Decisions


def test_given_its_author_then_they_cannot_accept_a_revision(directory: Any) -> None:
    id_ = directory.add("one", last_editor=VERIFIER.name)
    edited = edit(directory.engine, id_, VERIFIER, name="New")
    with pytest.raises(NotAllowedError, match="a second person"):
        accept(directory, edited.revision_id)
    assert directory.names() == ["one"]
    accept(directory, edited.revision_id, ADMINISTRATOR)
    assert directory.names() == ["New"]


def test_given_an_editor_then_they_cannot_accept_even_what_another_wrote(directory: Any) -> None:
    edited = edit(directory.engine, directory.add("one"), name="New")
    with pytest.raises(NotAllowedError, match="needs the role verifier"):
        accept(directory, edited.revision_id, OTHER_EDITOR)


def test_given_impossible_dates_then_accepting_changes_nothing(directory: Any) -> None:
    id_ = directory.add("one")
    edited = edit(directory.engine, id_, name="New")
    with pytest.raises(VettingError, match="would have ended"):
        accept(directory, edited.revision_id, verified_on=today() - 2 * VALIDITY)
    assert service(directory.engine, id_).name == "one"
    assert revision(directory.engine, edited.revision_id).state == "pending"


def test_given_a_revision_when_rejected_then_the_live_version_stays_and_the_reason_is_kept(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    edited = edit(directory.engine, id_, name="New")
    assert edited.revision_id
    with open_transaction(directory.engine) as connection:
        revisions.reject(connection, edited.revision_id, VERIFIER, 1, "It is not so.")
    assert directory.names() == ["one"]
    kept = revision(directory.engine, edited.revision_id)
    assert (kept.state, kept.decision_reason) == ("rejected", "It is not so.")
    assert service(directory.engine, id_).version == 1
    with pytest.raises(UnknownRecordError, match=f"was rejected by {VERIFIER.name} already"):
        accept(directory, edited.revision_id)


def test_given_ones_own_revision_then_an_editor_may_take_it_back_but_not_anothers(
    directory: Any,
) -> None:
    edited = edit(directory.engine, directory.add("one"), name="New")
    assert edited.revision_id
    with pytest.raises(NotAllowedError), open_transaction(directory.engine) as connection:
        revisions.reject(connection, edited.revision_id, OTHER_EDITOR, 1, REASON)
    with open_transaction(directory.engine) as connection:
        revisions.reject(connection, edited.revision_id, EDITOR, 1, REASON)


def test_given_an_unknown_revision_then_the_error_says_so(directory: Any) -> None:
    with pytest.raises(UnknownRecordError, match="there is no revision nothing"):
        accept(directory, "nothing")


def test_given_a_withdrawn_service_then_its_revision_waits_until_it_is_reinstated(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    edited = edit(directory.engine, id_, name="New")
    with open_transaction(directory.engine) as connection:
        workflow.withdraw(connection, id_, EDITOR, REASON)
    with pytest.raises(WrongStateError):
        accept(directory, edited.revision_id)
    with open_transaction(directory.engine) as connection:
        workflow.reinstate(connection, id_, ADMINISTRATOR, None, REASON)
    accept(directory, edited.revision_id)
    assert directory.names() == ["New"]


# Revisions of revisions, and two changes at a time


def test_given_a_pending_revision_when_revised_then_its_version_counts(directory: Any) -> None:
    id_ = directory.add("one")
    edited = edit(directory.engine, id_, name="New")
    assert edited.revision_id
    newer = document(directory.engine, id_, name="Newer")
    with open_transaction(directory.engine) as connection:
        arguments = (edited.revision_id, OTHER_EDITOR, newer)
        assert revisions.revise(connection, *arguments, 1, 1, "Spelling") == 2
    with pytest.raises(ConflictError, match="revision is at version 2 now") as caught:
        accept(directory, edited.revision_id, version=1)
    assert caught.value.changed_by == OTHER_EDITOR.name
    assert revision(directory.engine, edited.revision_id).author == OTHER_EDITOR.name
    accept(directory, edited.revision_id, version=2)
    assert directory.names() == ["Newer"]


def test_given_a_revision_that_comes_back_to_what_is_live_then_it_is_refused(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    edited = edit(directory.engine, id_, name="New")
    assert edited.revision_id
    with (
        pytest.raises(VettingError, match="changes nothing"),
        open_transaction(directory.engine) as connection,
    ):
        same = document(directory.engine, id_)
        revisions.revise(connection, edited.revision_id, EDITOR, same, 1, 1, REASON)


def two_revisions(directory: Any, **second: Any) -> tuple[str, str]:
    """A service with a name that was changed and accepted, and a second revision from before."""
    id_ = directory.add("one")
    first = edit(directory.engine, id_, name="First")
    other = edit(directory.engine, id_, OTHER_EDITOR, **second)
    accept(directory, first.revision_id)
    return id_, str(other.revision_id)


def test_given_the_live_version_moved_then_accepting_is_a_conflict_until_rebased(
    directory: Any,
) -> None:
    id_, other = two_revisions(directory, description="Second")
    with pytest.raises(ConflictError, match="Rebase the revision") as caught:
        accept(directory, other)
    assert caught.value.fields == ()
    assert (caught.value.version, caught.value.changed_by) == (2, VERIFIER.name)
    with open_transaction(directory.engine) as connection:
        assert revisions.rebase(connection, other, EDITOR, 1) == 2
    kept = revision(directory.engine, other)
    assert (kept.base_version, kept.author) == (2, OTHER_EDITOR.name)
    accept(directory, other, version=2)
    found = service(directory.engine, id_)
    assert (found.name, found.description) == ("First", "Second")


def test_given_both_changed_one_field_then_the_conflict_names_it_and_a_person_settles_it(
    directory: Any,
) -> None:
    id_, other = two_revisions(directory, name="Second", description="Second")
    for attempt in (accept, _rebase):
        with pytest.raises(ConflictError, match="Changed on both sides: /name") as caught:
            attempt(directory, other)
        assert caught.value.fields == ("/name",)
    assert json.loads(revision(directory.engine, other).document)["name"] == "Second"
    settled = document(directory.engine, id_, name="Both", description="Second")
    with pytest.raises(ConflictError), open_transaction(directory.engine) as connection:
        revisions.revise(connection, other, EDITOR, settled, 1, 1, "Settled")
    with open_transaction(directory.engine) as connection:
        revisions.revise(connection, other, EDITOR, settled, 1, 2, "Settled")
    accept(directory, other, version=2)
    assert service(directory.engine, id_).name == "Both"


def _rebase(directory: Any, revision_id: str) -> None:
    with open_transaction(directory.engine) as connection:
        revisions.rebase(connection, revision_id, EDITOR, 1)


def test_given_only_a_verification_in_between_then_a_revision_can_still_be_accepted(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    edited = edit(directory.engine, id_, name="New")
    with open_transaction(directory.engine) as connection:
        workflow.verify(connection, id_, VERIFIER, called(), 1)
    assert accept(directory, edited.revision_id) == 3


def test_given_the_content_moved_without_a_new_version_then_it_is_a_conflict_all_the_same(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    edited = edit(directory.engine, id_, name="New")
    put(directory.engine, id_, description="Behind everybody's back")
    with pytest.raises(ConflictError):
        accept(directory, edited.revision_id)


def imported(directory: Any, id_: str, **changes: Any) -> str:
    """A pending revision that the log knows nothing of, as a file brings it."""
    values = {
        "id": derived_id("revision", id_),
        "service_id": id_,
        "base_version": 1,
        "document": json.dumps(document(directory.engine, id_, **changes)),
        "author": "import:file.json",
        "reason": "The file says so.",
        "created": now(),
    }
    with open_transaction(directory.engine) as connection:
        connection.execute(insert(Revision).values(values))
    return str(values["id"])


def test_given_an_imported_revision_then_it_is_accepted_like_any_other(directory: Any) -> None:
    id_ = directory.add("one")
    accept(directory, imported(directory, id_, name="New"))
    assert directory.names() == ["New"]


def test_given_an_imported_revision_of_an_older_version_then_all_that_differs_is_a_conflict(
    directory: Any,
) -> None:
    id_ = directory.add("one")
    other = imported(directory, id_, name="New")
    first = edit(directory.engine, id_, description="First")
    accept(directory, first.revision_id)
    with pytest.raises(ConflictError) as caught:
        accept(directory, other)
    assert caught.value.fields == ("/name",)
