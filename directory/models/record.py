"""Where a record comes from: HSDS metadata, our provenance, and what this directory is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String, Text

from directory.models.base import (
    Base,
    Mapped,
    UtcDateTime,
    choice,
    identifier,
    mapped_column,
    url_type,
    uuid_type,
)

CONFIDENCES = ("high", "medium", "low")


class Metadata(Base):
    """One change of one field of one record, as HSDS exchanges it."""

    __tablename__ = "metadata"

    id: Mapped[str] = identifier()
    resource_id: Mapped[str] = mapped_column(uuid_type(), nullable=False, index=True)
    resource_type: Mapped[str] = mapped_column(String(50), nullable=False)
    last_action_date: Mapped[date] = mapped_column(Date, nullable=False)
    last_action_type: Mapped[str] = mapped_column(String(50), nullable=False)
    field_name: Mapped[str] = mapped_column(String(100), nullable=False)
    previous_value: Mapped[str] = mapped_column(Text, nullable=False)
    replacement_value: Mapped[str] = mapped_column(Text, nullable=False)
    updated_by: Mapped[str] = mapped_column(String(320), nullable=False)


class MetaTableDescription(Base):
    """What an HSDS file says of itself: its language and character set."""

    __tablename__ = "meta_table_description"

    id: Mapped[str] = identifier()
    name: Mapped[str | None] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(20))
    character_set: Mapped[str | None] = mapped_column(String(50))


class UnresolvedReference(Base):
    """A link of an imported record to one that is not here (yet); the link itself is empty.

    Files of other directories name records that they do not carry. When such a record arrives,
    the link is made; until then an export gives the reference out again.
    """

    __tablename__ = "unresolved_reference"

    table_name: Mapped[str] = mapped_column(String(50), primary_key=True)
    record_id: Mapped[str] = mapped_column(uuid_type(), primary_key=True)
    column_name: Mapped[str] = mapped_column(String(50), primary_key=True)
    target_id: Mapped[str] = mapped_column(uuid_type(), nullable=False)


class Provenance(Base):
    """The page on which a service's facts were read.

    `source_seen` is the page's own date as far as it gives one: YYYY, YYYY-MM or YYYY-MM-DD.
    """

    __tablename__ = "provenance"
    __table_args__ = (CheckConstraint("length(source_seen) IN (4, 7, 10)", name="source_seen"),)

    id: Mapped[str] = identifier()
    service_id: Mapped[str] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), nullable=False, index=True
    )
    source_url: Mapped[str] = mapped_column(url_type(), nullable=False)
    source_seen: Mapped[str | None] = mapped_column(String(10))
    confidence: Mapped[str | None] = mapped_column(choice("confidence", *CONFIDENCES))
    notes: Mapped[str | None] = mapped_column(Text)


class DirectoryInfo(Base):
    """One row: whether this is a demonstration directory, and since when it exists."""

    __tablename__ = "directory_info"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    demonstration: Mapped[bool] = mapped_column(Boolean, nullable=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
