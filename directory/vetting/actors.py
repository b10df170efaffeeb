"""Who acts on the directory, and in which role.

Accounts and commands both act under a name that the audit log keeps.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from directory.errors import VettingError
from directory.models.vetting import ACTOR_LENGTH

ROLES = ("viewer", "editor", "verifier", "administrator")
"""From least to most: each may do what those before it may."""

SYSTEM = "system"
"""The role of what happens by itself, such as expiry; no person has it."""

COMMAND_LINE = "cli:"
"""What the name of a person at the command line begins with."""


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: `name` is an account's e-mail address, or "cli:" and a name.

    Raises VettingError for a name that says nothing or that the audit log cannot hold.
    """

    name: str
    role: str

    def __post_init__(self) -> None:
        if not _person(self.name) or len(self.name) > ACTOR_LENGTH or not self.name.isprintable():
            raise VettingError(f"say who you are, in at most {ACTOR_LENGTH} printable characters")
        if self.role not in (*ROLES, SYSTEM):
            raise VettingError(f"the role must be one of {', '.join(ROLES)}")

    def may_act_as(self, role: str) -> bool:
        """Whether this role includes `role`; the system's work is for the system only."""
        if SYSTEM in (role, self.role):
            return role == self.role
        return ROLES.index(self.role) >= ROLES.index(role)

    def is_person(self, name: str | None) -> bool:
        """Whether the name is that of the same person, however it is written.

        An unknown name (None, of an imported record) is somebody else.
        """
        return name is not None and _person(name) == _person(self.name)

    @property
    def email(self) -> str | None:
        """The person's e-mail address, as far as the name is one."""
        address = self.name.removeprefix(COMMAND_LINE).strip()
        return address if "@" in address else None


def _person(name: str) -> str:
    """The name as it counts for the second person rule."""
    return unicodedata.normalize("NFKC", name).casefold().removeprefix(COMMAND_LINE).strip()
