"""The needs of a conversation and what each asks of the directory, read from needs.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from directory.vocabulary import AUDIENCES, NEEDS

FILE = Path(__file__).with_name("needs.yml")
FIELDS = {"services", "child", "audience", "ask_audience"}


class NeedsError(ValueError):
    """needs.yml says something that the directory does not know."""


@dataclass(frozen=True)
class Need:
    """A need: kinds of service by preference, and what to assume or ask about the audience."""

    name: str
    services: tuple[str, ...]
    child_services: tuple[str, ...]
    audience: str | None
    ask_audience: bool

    def services_for(self, audience: str | None) -> tuple[str, ...]:
        """Return the kinds of service to look for, best first."""
        return self.child_services if audience == "child" else self.services


@cache
def needs() -> Mapping[str, Need]:
    """Return all needs by name; read once a process."""
    return load_needs(FILE)


def load_needs(file: Path) -> Mapping[str, Need]:
    """Read and check a file of needs.

    Raises:
        NeedsError: names the file, the need, the faulty field and what is allowed.
    """
    entries = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return {name: _need(file, name, fields) for name, fields in entries.items()}


def _need(file: Path, name: str, fields: dict[str, Any]) -> Need:
    if unknown := set(fields) - FIELDS:
        raise NeedsError(f"{file}, need {name}: unknown field {', '.join(sorted(unknown))}.")
    services = tuple(fields.get("services") or ())
    child = tuple(fields.get("child") or services)
    if not services:
        raise NeedsError(f"{file}, need {name}: 'services' is missing.")
    for code in (*services, *child):
        if code not in NEEDS.codes:
            raise NeedsError(
                f"{file}, need {name}: {code!r} is no kind of service; use one of "
                f"{', '.join(NEEDS.codes)}."
            )
    audience = fields.get("audience")
    if audience is not None and audience not in AUDIENCES.codes:
        raise NeedsError(
            f"{file}, need {name}: {audience!r} is no audience; use one of "
            f"{', '.join(AUDIENCES.codes)}."
        )
    return Need(name, services, child, audience, bool(fields.get("ask_audience", False)))
