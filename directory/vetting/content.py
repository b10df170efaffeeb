"""A service's content: its full HSDS document without what vetting itself decides.

Edits and revisions are about content alone, so that no document can bring a verification along.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine import Connection

from directory.errors import VettingError
from directory.exchange.documents import full_services
from directory.exchange.hsds_json import apply_document
from directory.exchange.nesting import INTERNAL, Many, inner
from directory.exchange.properties import scalar_default
from directory.models import metadata
from directory.vetting.difference import difference
from directory.vetting.reach import Reach, rows_of

Content = dict[str, Any]

DECIDED = INTERNAL["service"] | {"assured_date", "assurer_email", "last_modified"}
"""Properties of a service that follow from what was done to it, never from a document."""

_SOURCE = "the edited service"


def content_of(document: Any) -> Content:
    """The content of a full HSDS document; empty properties and defaults are left out.

    What is wrong in it stays, for `apply_content` to refuse. Raises VettingError if it is no
    JSON object.
    """
    if not isinstance(document, dict):
        raise VettingError("a service must be a JSON object")
    told = {name: value for name, value in document.items() if name not in DECIDED}
    content: Content = _plain("service", told, None)
    return content


def edited_content(document: Any, service_id: str) -> Content:
    """The content of an edit's document. Raises VettingError if it is not of this service."""
    content = content_of(document)
    if content.get("id") != service_id:
        raise VettingError(f"the document must have the id of the service, {service_id}")
    return content


def live_content(connection: Connection, service_id: str) -> Content:
    """The content of a service as it is now; the service must exist."""
    (document,) = full_services(connection, [service_id])
    return content_of(document)


def apply_content(connection: Connection, content: Content) -> Content:
    """Give the service this content; returns it as the database tells it afterwards.

    The caller is responsible for state, version, audit log and search index. Raises
    BadDataError for a faulty document, and VettingError if a part of it belongs to other
    services as well or has no place here; then nothing is changed.
    """
    with connection.begin_nested():
        live = live_content(connection, content["id"])
        given = Reach(connection, content)
        strangers = (given.own | given.named) - Reach(connection, live).own
        before = rows_of(connection, strangers)
        apply_document(connection, given.trimmed(), _SOURCE)
        after = rows_of(connection, set(before))
        touched = sorted(key for key, row in before.items() if after.get(key) != row)
        if touched:
            names = ", ".join(f"{table} {id_}" for table, id_ in touched)
            raise VettingError(f"an edit of one service must not change what others use: {names}")
        applied = live_content(connection, content["id"])
        _check_taken(live, content, applied)
    return applied


def try_content(connection: Connection, content: Content) -> Content:
    """What `apply_content` would return, or raise; nothing is changed either way."""
    trial = connection.begin_nested()
    try:
        return apply_content(connection, content)
    finally:
        trial.rollback()


def _check_taken(live: Content, content: Content, applied: Content) -> None:
    """Whoever edits learns what this directory cannot take over; nothing is lost in silence."""
    new = [change.path for change in difference(live, applied) if change.before is None]
    lost = [
        change.path
        for change in difference(content, applied)
        # What the directory itself fills in, such as the kind of record an attribute is about.
        if not change.is_order and not (change.before is None and _is_within(change.path, new))
    ]
    if lost:
        raise VettingError(f"this cannot be changed in an edit of the service: {', '.join(lost)}")


def _is_within(path: str, places: Iterable[str]) -> bool:
    return any(f"{path}/".startswith(f"{place}/") for place in places)


def _plain(table: str, record: Any, link: str | None) -> Any:
    if not isinstance(record, dict):
        return record
    columns = metadata.tables[table].c
    nestings = {nested.name: nested for nested in inner(table, link)}
    plain: dict[str, Any] = {}
    for name, value in record.items():
        if name in nestings:
            nested, column = nestings[name], nestings[name].column(table)
            if isinstance(nested, Many) and isinstance(value, list):
                value = [_plain(nested.table, item, column) for item in value] or None
            else:
                value = _plain(nested.table, value, column)
        elif name in columns and value == scalar_default(columns[name]):
            value = None
        if value is not None:
            plain[name] = value
    return plain
