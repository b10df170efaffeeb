"""What can go wrong in the directory, in words for the person who has to put it right.

No message here ever holds what a person wrote to the assistant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DirectoryError(Exception):
    """Base of all errors of this package."""


class DirectoryUnavailable(DirectoryError):  # noqa: N818 (a state, not a mistake)
    """The database cannot be reached, or does not have the directory's tables."""


class NotADemonstrationError(DirectoryError):
    """A directory that holds real records was asked to become a demonstration."""


@dataclass(frozen=True)
class Problem:
    """One fault in a data file: which file, where in it, in which field, and what is wrong.

    `place` is "line 12" in a CSV file and a JSON pointer such as "/3/phones/0" in a JSON file.
    """

    file: str
    place: str
    field: str | None
    what: str

    def __str__(self) -> str:
        field = f", column {self.field}" if self.field else ""
        return f"{self.file}, {self.place}{field}: {self.what}"


class BadDataError(DirectoryError):
    """A data file has faults. Nothing of the file was taken over.

    `problems` holds all faults found, in the order of the file; the text shows the first twenty.
    """

    SHOWN = 20

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems[: self.SHOWN]]
        if len(self.problems) > self.SHOWN:
            lines.append(f"and {len(self.problems) - self.SHOWN} more")
        super().__init__("\n".join(lines))


class VettingError(DirectoryError):
    """A step of the vetting workflow was refused, and nothing was changed. The text says why."""


class UnknownRecordError(VettingError):
    """There is no service, or no pending revision, with this id."""


class NotAllowedError(VettingError):
    """The actor may not do this: the role is too small, or a second person is needed."""


class WrongStateError(VettingError):
    """The action is not possible in the state in which the service is."""


class ConflictError(VettingError):
    """Somebody else was faster: what the actor saw is not what is there now.

    `version` is the present one and `changed_by` who made it; `fields` are the JSON pointers of
    fields that both changed, as far as they are known.
    """

    def __init__(
        self, what: str, version: int, changed_by: str, fields: Sequence[str] = ()
    ) -> None:
        self.version = version
        self.changed_by = changed_by
        self.fields = tuple(fields)
        super().__init__(what)
