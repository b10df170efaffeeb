"""What this directory is: a demonstration, or one whose records somebody vets."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from directory.models import DirectoryInfo
from directory.models.base import now

DEMONSTRATION_NOTICE = "demonstration data, check before use"
"""What every page and answer of a demonstration directory says (DESIGN 7)."""


def is_demonstration(reader: Session | Connection) -> bool:
    """Whether this directory is a demonstration."""
    return bool(reader.execute(select(DirectoryInfo.demonstration)).scalar())


def mark_as_demonstration(connection: Connection) -> None:
    """Say so in a directory that says nothing of itself yet."""
    values = {"id": 1, "demonstration": True, "created": now()}
    connection.execute(insert(DirectoryInfo).values(values))
