"""Bringing together two changes of the same document, field by field.

Whatever only one side changed is taken over; where both changed the same field to different
values, a person has to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from directory.vetting.difference import are_one_record, below, items_by_id


@dataclass(frozen=True)
class Merge:
    """The document with both changes, and the JSON pointers of fields that both sides changed.

    Where there are such conflicts, the document has our side's value.
    """

    document: dict[str, Any]
    conflicts: tuple[str, ...]


def merge(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Apply to `theirs` what changed from `base` to `ours`. Lists are matched by ids."""
    conflicts: list[str] = []
    document = _members("", base, ours, theirs, conflicts)
    return Merge(document, tuple(conflicts))


def _members(
    path: str,
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[str],
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in {**theirs, **ours}:
        place = below(path, name)
        value = _value(place, base.get(name), ours.get(name), theirs.get(name), conflicts)
        if value is not None:
            merged[name] = value
    return merged


def _value(path: str, base: Any, ours: Any, theirs: Any, conflicts: list[str]) -> Any:
    if ours in (theirs, base):
        return theirs
    if theirs == base:
        return ours
    if are_one_record(base, ours, theirs):
        return _members(path, base, ours, theirs, conflicts)
    old, mine, other = items_by_id(base), items_by_id(ours), items_by_id(theirs)
    if old is not None and mine is not None and other is not None:
        items = _members(path, old, mine, other, conflicts)
        order = _order(path, old, mine, other, conflicts)
        return [items[id_] for id_ in order if id_ in items] or None
    conflicts.append(path)
    return ours


def _order(
    path: str,
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[str],
) -> list[str]:
    """Our order where we changed it, otherwise theirs; new items come last."""
    common = [id_ for id_ in base if id_ in ours and id_ in theirs]
    mine, other = ([i for i in side if i in common] for side in (ours, theirs))
    if mine != common and other not in (common, mine):
        conflicts.append(path)
    first, second = (theirs, ours) if mine == common else (ours, theirs)
    return list({**first, **second})
