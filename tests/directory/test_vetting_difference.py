"""Differences and merges of documents: complete, matched by ids, and never losing a change."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.vetting.difference import FieldChange, difference
from directory.vetting.merging import merge

BEFORE = {
    "id": "s",
    "name": "One",
    "phones": [{"id": "a", "number": "1"}, {"id": "b", "number": "2", "type": "voice"}],
    "organization": {"id": "o", "name": "Org"},
}


def changed(**values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BEFORE), **values}


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        (changed(), []),
        (changed(name="Two"), [FieldChange("/name", "One", "Two")]),
        (changed(url="u"), [FieldChange("/url", None, "u")]),
        (changed(name=None), [FieldChange("/name", "One", None)]),
        (
            changed(phones=[{"id": "b", "number": "3", "type": "voice"}]),
            [
                FieldChange("/phones/a", {"id": "a", "number": "1"}, None),
                FieldChange("/phones/b/number", "2", "3"),
            ],
        ),
        (
            changed(phones=BEFORE["phones"][::-1]),  # type: ignore[index]
            [FieldChange("/phones", ["a", "b"], ["b", "a"])],
        ),
        (
            changed(organization={"id": "p", "name": "Org"}),
            [FieldChange("/organization", {"id": "o", "name": "Org"}, {"id": "p", "name": "Org"})],
        ),
        (changed(phones="x"), [FieldChange("/phones", BEFORE["phones"], "x")]),
        (changed(**{"a/b~c": 1}), [FieldChange("/a~1b~0c", None, 1)]),
    ],
)
def test_given_two_documents_then_their_difference_is_told_by_field(
    after: dict[str, Any], changes: list[FieldChange]
) -> None:
    assert difference(BEFORE, after) == changes


def test_given_a_change_then_its_json_leaves_out_what_is_absent() -> None:
    assert FieldChange("/url", None, "u").as_json() == {"path": "/url", "after": "u"}
    assert FieldChange("/url", "u", None).as_json() == {"path": "/url", "before": "u"}


IDS = st.sampled_from("abcd")
FIELDS = st.dictionaries(st.sampled_from(["x", "y"]), st.integers(0, 2), max_size=2)


def _records(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[Any]]:
    return st.lists(IDS, unique=True, min_size=1).flatmap(
        lambda ids: st.tuples(
            *(inner.map(lambda fields, i=i: {"id": i, **fields}) for i in ids)
        ).map(list)
    )


DOCUMENTS = st.builds(
    lambda fields, lists: {"id": "s", **fields, **lists},
    FIELDS,
    st.dictionaries(
        st.sampled_from(["phones", "languages"]),
        _records(
            st.builds(
                lambda fields, inner: {**fields, **inner},
                FIELDS,
                st.dictionaries(st.just("attributes"), _records(FIELDS), max_size=1),
            )
        ),
    ),
)


@given(DOCUMENTS, DOCUMENTS)
def test_given_any_documents_then_they_differ_exactly_if_there_is_a_difference(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert (difference(before, after) == []) == (before == after)
    paths = [change.path for change in difference(before, after)]
    assert sorted(paths) == sorted(change.path for change in difference(after, before))
    assert len(paths) == len(set(paths))


@given(DOCUMENTS, DOCUMENTS)
def test_given_only_one_side_changed_then_the_merge_is_that_side(
    base: dict[str, Any], other: dict[str, Any]
) -> None:
    for merged in (merge(base, other, base), merge(base, base, other), merge(base, other, other)):
        assert merged.conflicts == ()
        assert merged.document == other


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_given_any_two_changes_then_each_is_in_the_merge_or_named_as_a_conflict(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    before = copy.deepcopy((base, ours, theirs))
    merged = merge(base, ours, theirs)
    assert (base, ours, theirs) == before
    for side in (ours, theirs):
        kept = difference(merged.document, side)
        for change in difference(base, side):
            lost = [c for c in kept if c.path == change.path and not c.is_order]
            assert not lost or any(
                change.path.startswith(path) or path.startswith(change.path)
                for path in merged.conflicts
            )


@pytest.mark.parametrize(
    ("ours", "theirs", "conflicts"),
    [
        ({"name": "A"}, {"name": "B"}, ("/name",)),
        ({"name": "A"}, {"name": "A"}, ()),
        ({"name": None}, {"name": "B"}, ("/name",)),
        ({"phones": []}, {"phones": [{"id": "a", "number": "9"}]}, ("/phones/a",)),
        (
            {"organization": {"id": "p", "name": "P"}},
            {"organization": {"id": "o", "name": "N"}},
            ("/organization",),
        ),
    ],
)
def test_given_both_changed_the_same_then_it_is_a_conflict_unless_they_agree(
    ours: dict[str, Any], theirs: dict[str, Any], conflicts: tuple[str, ...]
) -> None:
    plain = {k: v for k, v in changed(**ours).items() if v not in (None, [])}
    assert merge(BEFORE, plain, changed(**theirs)).conflicts == conflicts


def test_given_both_reordered_a_list_then_it_is_a_conflict() -> None:
    def ordered(ids: str) -> dict[str, Any]:
        return {"id": "s", "attributes": [{"id": id_} for id_ in ids]}

    assert merge(ordered("abc"), ordered("bac"), ordered("acb")).conflicts == ("/attributes",)
    merged = merge(ordered("abc"), ordered("cab"), ordered("abcd"))
    assert merged == type(merged)(ordered("cabd"), ())
