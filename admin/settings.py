"""What the admin process can be told from outside; read once and passed in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AdminSettings:
    """`directory_url` is a database address as SQLAlchemy takes it."""

    directory_url: str = "sqlite:///var/directory.sqlite3"


def from_environment(environment: Mapping[str, str] | None = None) -> AdminSettings:
    """Settings from HANDRAIL_DIRECTORY_URL.

    Reads the process's environment unless another mapping is given.
    """
    values = os.environ if environment is None else environment
    return AdminSettings(values.get("HANDRAIL_DIRECTORY_URL", AdminSettings.directory_url))
