"""The audit log: every change of the directory, in an append-only chain of hashes.

Each entry carries the SHA-256 of its own content and of the entry before it, so that an entry
that was altered, removed or slipped in can be found. The database refuses changes besides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.models import AuditEntry
from directory.models.base import now

FIRST_HASH = "0" * 64
"""What the first entry names as the hash before it."""

_HASHED = ("number", "actor", "action", "subject_type", "subject_id", "reason", "details")
_BATCH = 1000


@dataclass(frozen=True)
class Change:
    """One thing that somebody did. `details` is anything that JSON can hold.

    `actor` is an account's e-mail address, or who ran a command ("cli:name"); `subject_type` is
    the table concerned, and `subject_id` the record's id where there is one.
    """

    actor: str
    action: str
    subject_type: str
    subject_id: str | None = None
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One entry as it stands in the log: its number, its moment, and what was done."""

    number: int
    at: datetime
    change: Change


@dataclass(frozen=True)
class Verdict:
    """What a check of the log found: how many entries, the last hash, and what is wrong."""

    entries: int
    last_hash: str
    problems: tuple[str, ...]


def record(connection: Connection, changes: Sequence[Change]) -> None:
    """Append entries inside the caller's transaction; they are numbered in the given order.

    Writers take turns from here to the end of their transaction: a chain has one end.
    """
    if not changes:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE audit_entry IN EXCLUSIVE MODE"))
    number, previous = _end(connection)
    at = now()
    rows = []
    for change in changes:
        number += 1
        row = _row(number, at, change, previous)
        previous = row["hash"]
        rows.append(row)
    connection.execute(insert(AuditEntry), rows)


def check(reader: Connection | Session, noted_hash: str | None = None) -> Verdict:
    """Walk through the whole log and compare every hash and number.

    `noted_hash` is a last hash that was written down elsewhere at an earlier check: without it
    nobody can tell that the newest entries were cut off, or that the whole log was written anew.
    """
    problems: list[str] = []
    expected, previous = 1, FIRST_HASH
    is_noted_there = noted_hash in (None, FIRST_HASH)
    for row in _entries(reader):
        is_noted_there = is_noted_there or row["hash"] == noted_hash
        if row["number"] != expected:
            last = row["number"] - 1
            missing = (
                f"entry {expected} is" if last == expected else f"entries {expected} to {last} are"
            )
            problems.append(f"{missing} missing")
            expected = row["number"]
        if row["previous_hash"] != previous:
            problems.append(f"entry {row['number']} does not follow the entry before it")
        if row["hash"] != entry_hash(row):
            problems.append(f"entry {row['number']} was altered")
        previous = row["hash"]
        expected += 1
    if not is_noted_there:
        problems.append(
            "no entry has the hash that was written down: the newest entries were removed, or the "
            "log was written anew"
        )
    return Verdict(expected - 1, previous, tuple(problems))


def latest(
    reader: Connection | Session, subject_id: str | None = None, limit: int = 50
) -> list[Entry]:
    """The newest entries, newest first; those about one record if `subject_id` names it."""
    query = select(AuditEntry.__table__).order_by(AuditEntry.number.desc()).limit(limit)
    if subject_id is not None:
        query = query.where(AuditEntry.subject_id == subject_id)
    return [_entry(row) for row in reader.execute(query).mappings()]


def entry_hash(row: Mapping[str, Any]) -> str:
    """The SHA-256 (hexadecimal) of an entry as canonical JSON, previous hash included."""
    content = {name: row[name] for name in _HASHED}
    moment: datetime = row["at"]
    content["at"] = moment.astimezone(timezone.utc).isoformat(timespec="microseconds")
    content["previous_hash"] = row["previous_hash"]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _end(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last entry."""
    last = select(func.max(AuditEntry.number)).scalar_subquery()
    query = select(AuditEntry.number, AuditEntry.hash).where(AuditEntry.number == last)
    row = connection.execute(query).first()
    return (row.number, row.hash) if row else (0, FIRST_HASH)


def _row(number: int, at: datetime, change: Change, previous: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "number": number,
        "at": at,
        "actor": change.actor,
        "action": change.action,
        "subject_type": change.subject_type,
        "subject_id": change.subject_id,
        "reason": change.reason,
        "details": json.dumps(change.details, sort_keys=True, ensure_ascii=False),
        "previous_hash": previous,
    }
    row["hash"] = entry_hash(row)
    return row


def _entry(row: Mapping[str, Any]) -> Entry:
    told = ("actor", "action", "subject_type", "subject_id", "reason")
    change = Change(**{name: row[name] for name in told}, details=json.loads(row["details"]))
    return Entry(row["number"], row["at"], change)


def _entries(reader: Connection | Session) -> Iterator[Mapping[str, Any]]:
    """All entries in order, some at a time."""
    last = 0
    while True:
        query = (
            select(AuditEntry.__table__)
            .where(AuditEntry.number > last)
            .order_by(AuditEntry.number)
            .limit(_BATCH)
        )
        rows = reader.execute(query).mappings().all()
        if not rows:
            return
        yield from rows
        last = rows[-1]["number"]
