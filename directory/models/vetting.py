"""How services are kept true: verifications, pending revisions and the audit log (DESIGN 7)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text

from directory.models.base import (
    Base,
    Mapped,
    UtcDateTime,
    choice,
    identifier,
    mapped_column,
    not_blank,
    uuid_type,
)

METHODS = ("called", "wrote", "official_page")
REVISION_STATES = ("pending", "accepted", "rejected")

# An account's name: an e-mail address, or who ran a command ("cli:name", "import:file").
ACTOR_LENGTH = 320


class Verification(Base):
    """One time that somebody checked a service: who, how, when, and until when it holds.

    `version` is the version of the service that was checked.
    """

    __tablename__ = "verification"
    __table_args__ = (CheckConstraint("valid_until >= verified_on", name="validity_in_order"),)

    id: Mapped[str] = identifier()
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), nullable=False, index=True)
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    verified_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH), nullable=False)
    method: Mapped[str] = mapped_column(choice("method", *METHODS), nullable=False)
    verified_on: Mapped[date] = mapped_column(Date, nullable=False)
    valid_until: Mapped[date] = mapped_column(Date, nullable=False)
    notes: Mapped[str | None] = mapped_column(Text)


class Revision(Base):
    """A proposed change of a service that is shown: the live version stays until it is accepted.

    `document` is the whole service as an HSDS JSON document; `base_version` is the version of the
    service that the author saw. `version` counts the edits of the proposal itself.
    """

    __tablename__ = "revision"
    __table_args__ = (
        not_blank("reason"),
        CheckConstraint(
            "(state = 'pending') = (decided_by IS NULL) AND"
            " (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint("version >= 1", name="version"),
        Index(
            "ix_revision_pending",
            "service_id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[str] = identifier()
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), nullable=False)
    base_version: Mapped[int] = mapped_column(Integer, nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    document: Mapped[str] = mapped_column(Text, nullable=False)
    state: Mapped[str] = mapped_column(
        choice("state", *REVISION_STATES), nullable=False, default="pending"
    )
    author: Mapped[str] = mapped_column(String(ACTOR_LENGTH), nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_by: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str | None] = mapped_column(Text)


class AuditEntry(Base):
    """One change, for ever: the database itself refuses to alter or delete an entry.

    Entries are numbered 1, 2, 3 … without gaps. `details` is JSON. `hash` is the SHA-256 of the
    entry with `previous_hash`, so that a changed or missing entry breaks the chain.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hashes"),
        Index("ix_audit_entry_subject", "subject_id", "number"),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH), nullable=False)
    action: Mapped[str] = mapped_column(String(50), nullable=False)
    subject_type: Mapped[str] = mapped_column(String(50), nullable=False)
    subject_id: Mapped[str | None] = mapped_column(uuid_type())
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text, nullable=False)
    previous_hash: Mapped[str] = mapped_column(String(64), nullable=False)
    hash: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
