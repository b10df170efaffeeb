"""What differs between two documents of a service, field by field.

The audit log, conflicts and previews of an import all tell changes in this form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldChange:
    """One field before and after; None where it is absent.

    `path` is a JSON pointer (RFC 6901) in which an item of a list goes by its id instead of its
    index: "/phones/23d35746-…/number". A record that came or went is one change. The path of a
    list itself tells a new order: `before` and `after` are then the ids of the items in both.
    """

    path: str
    before: Any
    after: Any

    @property
    def is_order(self) -> bool:
        """Whether only the order of a list changed."""
        return isinstance(self.before, list) and isinstance(self.after, list)

    def as_json(self) -> dict[str, Any]:
        """The change for the audit log; what is absent is left out."""
        sides = {"before": self.before, "after": self.after}
        return {"path": self.path, **{k: v for k, v in sides.items() if v is not None}}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """All changes that lead from the one document to the other."""
    return list(_members("", before, after))


def items_by_id(value: Any) -> dict[str, Any] | None:
    """A list of records as a mapping from their ids, in order; None if it is something else.

    An absent list (None) is an empty one.
    """
    if value is None:
        return {}
    if not isinstance(value, list):
        return None
    items = {item["id"]: item for item in value if isinstance(item, dict) and _has_id(item)}
    return items if len(items) == len(value) else None


def below(path: str, name: str) -> str:
    """The JSON pointer of a member."""
    return f"{path}/{name.replace('~', '~0').replace('/', '~1')}"


def _has_id(item: dict[str, Any]) -> bool:
    return isinstance(item.get("id"), str)


def are_one_record(*values: Any) -> bool:
    """Whether all are objects, and none is of another record than the others."""
    return all(isinstance(value, Mapping) for value in values) and all(
        value.get("id") == values[0].get("id") for value in values
    )


def _changes(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if are_one_record(before, after):
        yield from _members(path, before, after)
        return
    old, new = items_by_id(before), items_by_id(after)
    if old is None or new is None:
        if before != after:
            yield FieldChange(path, before, after)
        return
    yield from _members(path, old, new)
    kept, reordered = [id_ for id_ in old if id_ in new], [id_ for id_ in new if id_ in old]
    if kept != reordered:
        yield FieldChange(path, kept, reordered)


def _members(
    path: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[FieldChange]:
    for name in {**before, **after}:
        yield from _changes(below(path, name), before.get(name), after.get(name))
