"""Finds services that may be in the directory twice, for a person to decide.

Names alone prove little, and neither does a shared number or domain; the score weighs them
together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from directory.health.candidates import Candidate, comparisons, read_candidates

ReasonKind = Literal["phone", "domain", "organization", "name"]

THRESHOLD = 85
"""The score from which a pair is worth a look."""

# How much of what two names lack to be alike is forgiven for something else that they share. With
# the same number, even services with quite different names reach the threshold.
_FORGIVEN = {"phone": 0.85, "domain": 0.4, "organization": 0.2}


@dataclass(frozen=True)
class Reason:
    """Something that two services share, such as a number; for names, how alike they are (%)."""

    kind: ReasonKind
    value: str


@dataclass(frozen=True)
class Party:
    """One of two services."""

    id: str
    slug: str | None
    name: str
    organization: str


@dataclass(frozen=True)
class Duplicate:
    """Two services that may be the same. `score` goes from 0 to 100."""

    first: Party
    second: Party
    score: int
    reasons: tuple[Reason, ...]


def find_duplicates(session: Session, threshold: int = THRESHOLD) -> list[Duplicate]:
    """Pairs that reach the threshold (0 to 100), the most alike first.

    Withdrawn services and services that belong together (`pair`) are left out. Raises ValueError
    for a threshold outside its range.
    """
    if not 0 <= threshold <= 100:
        raise ValueError("the threshold must lie between 0 and 100")
    found: dict[tuple[str, str], Duplicate] = {}
    for one, other in comparisons(read_candidates(session)):
        first, second = (one, other) if one.id < other.id else (other, one)
        duplicate = _compare(first, second, threshold)
        if duplicate is not None:
            found[first.id, second.id] = duplicate
    return sorted(found.values(), key=_order)


def _compare(first: Candidate, second: Candidate, threshold: int) -> Duplicate | None:
    """The pair, if its score is high enough. Most pairs are not: nothing is made for them."""
    if first.pair is not None and first.pair == second.pair:
        return None
    shared = _shared(first, second)
    # Beside a shared number or site, the words that both names have are enough ("Child Line" and
    # "Child Line Peru"). Otherwise all words count: helplines' names are much alike.
    if "phone" in shared or "domain" in shared:
        alike = fuzz.token_set_ratio(first.name_words, second.name_words)
    else:
        alike = fuzz.ratio(first.sorted_name, second.sorted_name)
    lacking = 100 - alike
    for kind in shared:
        lacking *= 1 - _FORGIVEN[kind]
    score = round(100 - lacking)
    if score < threshold:
        return None
    reasons = _reasons(first, second, shared, alike)
    return Duplicate(_party(first), _party(second), score, reasons)


def _shared(first: Candidate, second: Candidate) -> list[ReasonKind]:
    """What the two have in common beside their names."""
    shared: list[ReasonKind] = []
    if not first.phones.isdisjoint(second.phones):
        shared.append("phone")
    if first.domain is not None and first.domain == second.domain:
        shared.append("domain")
    if first.organization_words == second.organization_words:
        shared.append("organization")
    return shared


def _reasons(
    first: Candidate, second: Candidate, shared: list[ReasonKind], alike: float
) -> tuple[Reason, ...]:
    phones = first.phones & second.phones
    values: dict[ReasonKind, list[str]] = {
        # Each number once: in its international form if it has one.
        "phone": sorted(each for each in phones if each.startswith("+")) or sorted(phones),
        "domain": [first.domain or ""],
        "organization": [first.organization],
    }
    reasons = [Reason(kind, value) for kind in shared for value in values[kind]]
    return (*reasons, Reason("name", f"{alike:.0f}"))


def _party(candidate: Candidate) -> Party:
    return Party(candidate.id, candidate.slug, candidate.name, candidate.organization)


def _order(duplicate: Duplicate) -> tuple[int, str, str, str]:
    return (-duplicate.score, duplicate.first.name, duplicate.second.name, duplicate.first.id)
