"""What searches read: facts of the services that may be shown, gathered in narrow rows.

directory/search/index.py derives them from the other tables whenever a service changes; they hold
nothing of their own and can be made anew at any time.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, text

from directory.models.base import Base, Mapped, mapped_column


def sorted_text(length: int) -> Any:
    """Text that sorts by code point on every database, as SQLite does on its own."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class SearchEntry(Base):
    """A service as a person in `country` who has this need finds it.

    `country` is ISO 3166-1, or ZZ for a person anywhere; `abroad` marks international services.
    `need` is a code, and `need_position` its place among the service's needs (0: the main one).
    `opening` joins holiday calendar, time zone and opening_hours string. `audiences` and `ways`
    are sets of bits, in the order of the vocabulary's codes; `ways` work from `country`, and
    `ways_abroad` from everywhere. `languages` are codes between commas, such as ",en,fr,".
    `is_list`: a mere list of services. `found_in` are all countries under which the service has
    entries, between commas.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_service", "service_id"),
        Index(
            "ix_search_entry_pair",
            "pair",
            sqlite_where=text("pair IS NOT NULL"),
            postgresql_where=text("pair IS NOT NULL"),
        ),
        # Where a country has thousands of services for a need, the first page is among these.
        Index(
            "ix_search_entry_best",
            "country",
            "need",
            sqlite_where=text("need_position = 0 AND anonymous IS 1 AND abroad IS 0"),
            postgresql_where=text("need_position = 0 AND anonymous IS true AND abroad IS false"),
        ),
        {"sqlite_with_rowid": False},
    )

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    need: Mapped[str] = mapped_column(String(40), primary_key=True)
    service_id: Mapped[str] = mapped_column(
        sorted_text(36), ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    need_position: Mapped[int] = mapped_column(Integer, nullable=False)
    abroad: Mapped[bool] = mapped_column(Boolean, nullable=False)
    found_in: Mapped[str] = mapped_column(String(1000), nullable=False)
    opening: Mapped[str | None] = mapped_column(String(1100))
    round_the_clock: Mapped[bool] = mapped_column(Boolean, nullable=False)
    audiences: Mapped[int] = mapped_column(Integer, nullable=False)
    languages: Mapped[str] = mapped_column(Text, nullable=False)
    ways: Mapped[int] = mapped_column(Integer, nullable=False)
    ways_abroad: Mapped[int] = mapped_column(Integer, nullable=False)
    has_line: Mapped[bool] = mapped_column(Boolean, nullable=False)
    is_list: Mapped[bool] = mapped_column(Boolean, nullable=False)
    free: Mapped[bool] = mapped_column(Boolean, nullable=False)
    anonymous: Mapped[bool] = mapped_column(Boolean, nullable=False)
    minimum_age: Mapped[float | None] = mapped_column(Float)
    maximum_age: Mapped[float | None] = mapped_column(Float)
    assured_date: Mapped[date] = mapped_column(Date, nullable=False)
    valid_until: Mapped[date] = mapped_column(Date, nullable=False)
    pair: Mapped[str | None] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(sorted_text(300), nullable=False)


class SearchOpening(Base):
    """The different values of `opening` in a country, and how many entries have each.

    With them a search need not look through all entries of the country for their opening hours.
    """

    __tablename__ = "search_opening"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    opening: Mapped[str] = mapped_column(String(1100), primary_key=True)
    entries: Mapped[int] = mapped_column(Integer, nullable=False)


class ServiceText(Base):
    """The words under which a service is found in free text, without accents and capitals.

    SQLite indexes `body` with FTS5, PostgreSQL with full text search and trigrams.
    """

    __tablename__ = "service_text"

    # A number, because the index of words in SQLite needs one that never changes.
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    service_id: Mapped[str] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), nullable=False, unique=True
    )
    body: Mapped[str] = mapped_column(Text, nullable=False)
