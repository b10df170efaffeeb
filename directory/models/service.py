"""What is offered: HSDS service with the vetting state of DESIGN 7, and what hangs on it alone."""

from __future__ import annotations

from datetime import date, datetime

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
)

from directory.models.base import (
    Base,
    Mapped,
    UtcDateTime,
    age_check,
    choice,
    identifier,
    mapped_column,
    now,
    url_type,
)

STATUSES = ("active", "inactive", "defunct", "temporarily closed")
VETTING_STATES = ("draft", "in_review", "verified", "due", "expired", "withdrawn")
COSTS = ("free", "standard", "unknown")


class Service(Base):
    """One service. `slug`, vetting, cost, anonymity and `pair` are our HSDS profile.

    `anonymous` is None when no source says; `cost` "standard" is a normal call charge. Services
    with the same `pair` belong together: one for adults and one for children, or one a language.
    `version` grows with every change; `last_editor` is who made the last change of its facts.
    """

    __tablename__ = "service"
    __table_args__ = (
        age_check("minimum_age"),
        age_check("maximum_age"),
        CheckConstraint("maximum_age >= minimum_age", name="ages_in_order"),
        CheckConstraint(
            "vetting_state NOT IN ('verified', 'due')"
            " OR (assured_date IS NOT NULL AND valid_until IS NOT NULL)",
            name="verified_has_dates",
        ),
        CheckConstraint("valid_until >= assured_date", name="validity_in_order"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_service_shown", "vetting_state", "status", "valid_until"),
    )

    id: Mapped[str] = identifier()
    slug: Mapped[str | None] = mapped_column(String(100), unique=True)
    organization_id: Mapped[str] = mapped_column(
        ForeignKey("organization.id"), nullable=False, index=True
    )
    program_id: Mapped[str | None] = mapped_column(ForeignKey("program.id"), index=True)
    name: Mapped[str] = mapped_column(String(300), nullable=False)
    alternate_name: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(url_type())
    email: Mapped[str | None] = mapped_column(String(320))
    status: Mapped[str] = mapped_column(choice("status", *STATUSES), nullable=False)
    interpretation_services: Mapped[str | None] = mapped_column(Text)
    application_process: Mapped[str | None] = mapped_column(Text)
    fees_description: Mapped[str | None] = mapped_column(Text)
    wait_time: Mapped[str | None] = mapped_column(Text)
    fees: Mapped[str | None] = mapped_column(Text)
    accreditations: Mapped[str | None] = mapped_column(Text)
    eligibility_description: Mapped[str | None] = mapped_column(Text)
    minimum_age: Mapped[float | None] = mapped_column(Float)
    maximum_age: Mapped[float | None] = mapped_column(Float)
    assured_date: Mapped[date | None] = mapped_column(Date)
    assurer_email: Mapped[str | None] = mapped_column(String(320))
    licenses: Mapped[str | None] = mapped_column(Text)
    alert: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[datetime] = mapped_column(
        UtcDateTime, nullable=False, default=now, index=True
    )
    vetting_state: Mapped[str] = mapped_column(
        choice("vetting_state", *VETTING_STATES), nullable=False, default="draft"
    )
    valid_until: Mapped[date | None] = mapped_column(Date)
    anonymous: Mapped[bool | None] = mapped_column(Boolean)
    cost: Mapped[str] = mapped_column(choice("cost", *COSTS), nullable=False, default="unknown")
    pair: Mapped[str | None] = mapped_column(String(100))
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1, server_default="1")
    last_editor: Mapped[str | None] = mapped_column(String(320))


class ServiceArea(Base):
    """Where a service helps: a country (ISO 3166-1; ZZ for everyone), perhaps a part of it.

    `region` is an ISO 3166-2 code, `place` a town. `country` is empty in foreign HSDS records
    until somebody here has said which country they serve.
    """

    __tablename__ = "service_area"
    __table_args__ = (
        CheckConstraint("length(country) = 2 AND country = upper(country)", name="country"),
        CheckConstraint(
            "region IS NULL OR (country IS NOT NULL AND region LIKE (country || '-_%'))",
            name="region_of_country",
        ),
        Index("ix_service_area_country_service", "country", "service_id"),
    )

    id: Mapped[str] = identifier()
    service_id: Mapped[str | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    extent: Mapped[str | None] = mapped_column(Text)
    extent_type: Mapped[str | None] = mapped_column(String(20))
    uri: Mapped[str | None] = mapped_column(url_type())
    country: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(6))
    place: Mapped[str | None] = mapped_column(String(200))


class CostOption(Base):
    """What a service costs, for whom and from when to when."""

    __tablename__ = "cost_option"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("valid_to >= valid_from", name="validity_in_order"),
    )

    id: Mapped[str] = identifier()
    service_id: Mapped[str] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), nullable=False, index=True
    )
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    option: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(String(3))
    amount: Mapped[float | None] = mapped_column(Float)
    amount_description: Mapped[str | None] = mapped_column(Text)


class RequiredDocument(Base):
    """A paper that a person must bring."""

    __tablename__ = "required_document"

    id: Mapped[str] = identifier()
    service_id: Mapped[str | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    document: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(url_type())
