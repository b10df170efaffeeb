"""How and when to reach someone: HSDS phone, contact, url, schedule and language.

These hang on services, locations, organizations or each other, as HSDS allows; one record may
have several owners.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)

from directory.models.base import (
    Base,
    Mapped,
    choice,
    identifier,
    mapped_column,
    url_type,
)

# RFC 6350 as HSDS asks ("text" is SMS), and WhatsApp.
PHONE_TYPES = ("voice", "text", "whatsapp", "fax", "cell", "video", "pager", "textphone")


def owner(table: str) -> Mapped[str | None]:
    """A link to the record that this one belongs to; it goes when its owner goes."""
    column: Mapped[str | None] = mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"))
    return column


def owner_indexes(table: str, *owners: str) -> tuple[Index, ...]:
    """An index for each link, without the rows that have none: a record has few owners."""
    indexes = []
    for name in owners:
        column, linked = f"{name}_id", text(f"{name}_id IS NOT NULL")
        indexes.append(
            Index(f"ix_{table}_{column}", column, sqlite_where=linked, postgresql_where=linked)
        )
    return tuple(indexes)


class Phone(Base):
    """A number: voice, text (SMS) or WhatsApp.

    `number` is as dialled inside `country`; `e164` is the same number in international form,
    empty for short numbers. `reachable_from_abroad` is true only when a source says so or the
    number is an ordinary geographic one. A smaller `position` comes first.
    """

    __tablename__ = "phone"
    __table_args__ = (
        CheckConstraint("length(country) = 2 AND country = upper(country)", name="country"),
        CheckConstraint("e164 LIKE '+%'", name="e164"),
        CheckConstraint("NOT reachable_from_abroad OR e164 IS NOT NULL", name="abroad_has_e164"),
        *owner_indexes(
            "phone", "location", "service", "organization", "contact", "service_at_location"
        ),
    )

    id: Mapped[str] = identifier()
    location_id: Mapped[str | None] = owner("location")
    service_id: Mapped[str | None] = owner("service")
    organization_id: Mapped[str | None] = owner("organization")
    contact_id: Mapped[str | None] = owner("contact")
    service_at_location_id: Mapped[str | None] = owner("service_at_location")
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    extension: Mapped[int | None] = mapped_column(Integer)
    type: Mapped[str | None] = mapped_column(choice("type", *PHONE_TYPES))
    description: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(String(2))
    e164: Mapped[str | None] = mapped_column(String(16))
    reachable_from_abroad: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)


class Contact(Base):
    """A named role or person, where a service publishes one."""

    __tablename__ = "contact"
    __table_args__ = owner_indexes(
        "contact", "organization", "service", "service_at_location", "location"
    )

    id: Mapped[str] = identifier()
    organization_id: Mapped[str | None] = owner("organization")
    service_id: Mapped[str | None] = owner("service")
    service_at_location_id: Mapped[str | None] = owner("service_at_location")
    location_id: Mapped[str | None] = owner("location")
    name: Mapped[str | None] = mapped_column(String(300))
    title: Mapped[str | None] = mapped_column(String(300))
    department: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(320))


class Url(Base):
    """Another address than the main one, such as a web chat (HSDS 3.1)."""

    __tablename__ = "url"
    __table_args__ = owner_indexes("url", "organization", "service")

    id: Mapped[str] = identifier()
    organization_id: Mapped[str | None] = owner("organization")
    service_id: Mapped[str | None] = owner("service")
    label: Mapped[str | None] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(url_type(), nullable=False)


class Schedule(Base):
    """When something is open.

    The RFC 5545 fields are for exchange. `opening_hours` (OpenStreetMap syntax) in the IANA zone
    `timezone_name` is what open-now is computed from; `timezone` is HSDS's offset in hours.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="validity_in_order"),
        *owner_indexes("schedule", "service", "location", "service_at_location"),
        # Open-now has one answer: one evaluated schedule a service.
        Index(
            "uq_schedule_evaluated",
            "service_id",
            unique=True,
            sqlite_where=text("opening_hours IS NOT NULL"),
            postgresql_where=text("opening_hours IS NOT NULL"),
        ),
    )

    id: Mapped[str] = identifier()
    service_id: Mapped[str | None] = owner("service")
    location_id: Mapped[str | None] = owner("location")
    service_at_location_id: Mapped[str | None] = owner("service_at_location")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    dtstart: Mapped[date | None] = mapped_column(Date)
    timezone: Mapped[float | None] = mapped_column(Float)
    until: Mapped[date | None] = mapped_column(Date)
    count: Mapped[int | None] = mapped_column(Integer)
    wkst: Mapped[str | None] = mapped_column(
        choice("wkst", "MO", "TU", "WE", "TH", "FR", "SA", "SU")
    )
    freq: Mapped[str | None] = mapped_column(choice("freq", "WEEKLY", "MONTHLY"))
    interval: Mapped[int | None] = mapped_column(Integer)
    byday: Mapped[str | None] = mapped_column(String(200))
    byweekno: Mapped[str | None] = mapped_column(String(300))
    bymonthday: Mapped[str | None] = mapped_column(String(200))
    byyearday: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    # Text, not a time: HSDS gives HH:MM with an optional offset, which must survive exchange.
    opens_at: Mapped[str | None] = mapped_column(String(20))
    closes_at: Mapped[str | None] = mapped_column(String(20))
    schedule_link: Mapped[str | None] = mapped_column(url_type())
    attending_type: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    opening_hours: Mapped[str | None] = mapped_column(String(1000))
    timezone_name: Mapped[str | None] = mapped_column(String(64))


class Language(Base):
    """A language in which one is understood; `code` is ISO 639-1 or 639-3."""

    __tablename__ = "language"
    __table_args__ = owner_indexes("language", "service", "location", "phone")

    id: Mapped[str] = identifier()
    service_id: Mapped[str | None] = owner("service")
    location_id: Mapped[str | None] = owner("location")
    phone_id: Mapped[str | None] = owner("phone")
    name: Mapped[str | None] = mapped_column(String(200))
    code: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
