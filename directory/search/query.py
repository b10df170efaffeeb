"""What a person looks for in the directory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from directory.models.base import now
from directory.vocabulary import AUDIENCES, INTERNATIONAL, NEEDS, WAYS_OF_WISH, ContactWish

ADULT = 18
OLDEST = 120

# Whoever is of this audience is on this side of 18; services for the other side are left out.
MINORS = frozenset({"child"})
ADULTS = frozenset({"adult_survivor"})

_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class ServiceQuery:
    """What a person looks for. Raises ValueError for a code that the directory does not know.

    `country` is ISO 3166-1 alpha-2, None while unknown: then only international services are
    found. `needs` come in order of preference; none means any need. `audience` and `language`
    (ISO 639-1 or 639-3) rank, they do not exclude; `age` in years excludes. The switches
    `open_now`, `free`, `anonymous` and `round_the_clock` ask for services known to be so. `at` is
    an aware moment.
    """

    country: str | None = None
    needs: tuple[str, ...] = ()
    audience: str | None = None
    age: int | None = None
    contact_way: ContactWish | None = None
    language: str | None = None
    open_now: bool = False
    free: bool = False
    anonymous: bool = False
    round_the_clock: bool = False
    at: datetime = field(default_factory=now)
    limit: int = 3
    offset: int = 0

    def __post_init__(self) -> None:
        """Check every code, so that a slip in the caller never looks like "nothing found"."""
        for need in self.needs:
            NEEDS.term_id(need)
        if self.audience is not None:
            AUDIENCES.term_id(self.audience)
        if self.contact_way is not None and self.contact_way not in WAYS_OF_WISH:
            raise ValueError(f"{self.contact_way!r} is not one of {', '.join(WAYS_OF_WISH)}")
        if self.country is not None and not _COUNTRY.fullmatch(self.country):
            raise ValueError("country must be an ISO 3166-1 code of two capital letters")
        if self.country == INTERNATIONAL:
            raise ValueError(f"nobody is in {INTERNATIONAL}; leave an unknown country out")
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise ValueError("language must be an ISO 639 code of two or three small letters")
        if self.at.tzinfo is None:
            raise ValueError("at must carry a time zone")
        if self.limit < 1 or self.offset < 0:
            raise ValueError("limit must be at least 1, and offset at least 0")

    @property
    def ages(self) -> tuple[int, int]:
        """The youngest and oldest that the person may be, in years."""
        if self.age is not None:
            return self.age, self.age
        if self.audience in MINORS:
            return 0, ADULT - 1
        if self.audience in ADULTS:
            return ADULT, OLDEST
        return 0, OLDEST
