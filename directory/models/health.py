"""What the last look at a service's web addresses found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint

from directory.models.base import (
    Base,
    Mapped,
    UtcDateTime,
    choice,
    identifier,
    mapped_column,
    url_type,
)

LINK_OUTCOMES = (
    "ok",
    "moved",
    "not_found",
    "refused",
    "server_error",
    "unreachable",
    "certificate",
    "parked",
)


class LinkCheck(Base):
    """The newest result for one address of one service; it never changes the service's state.

    `status` is the HTTP status, empty when there was no answer. `final_url` is where redirects
    ended. `failing_since` is when the address began to fail, empty while it works.
    """

    __tablename__ = "link_check"
    __table_args__ = (UniqueConstraint("service_id", "url"),)

    id: Mapped[str] = identifier()
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), nullable=False, index=True)
    url: Mapped[str] = mapped_column(url_type(), nullable=False)
    checked: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, index=True)
    outcome: Mapped[str] = mapped_column(choice("outcome", *LINK_OUTCOMES), nullable=False)
    status: Mapped[int | None] = mapped_column(Integer)
    final_url: Mapped[str | None] = mapped_column(String(4096))
    certificate_expires: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    detail: Mapped[str | None] = mapped_column(Text)
