"""Who runs services: HSDS organization, program, funding and organization_identifier."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String, Text

from directory.models.base import (
    Base,
    Mapped,
    identifier,
    mapped_column,
    url_type,
    uuid_type,
)


class Organization(Base):
    """The body that is responsible for services."""

    __tablename__ = "organization"

    id: Mapped[str] = identifier()
    name: Mapped[str] = mapped_column(String(300), nullable=False)
    alternate_name: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, nullable=False)
    email: Mapped[str | None] = mapped_column(String(320))
    website: Mapped[str | None] = mapped_column(url_type())
    tax_status: Mapped[str | None] = mapped_column(String(100))
    tax_id: Mapped[str | None] = mapped_column(String(100))
    year_incorporated: Mapped[int | None] = mapped_column(Integer)
    legal_status: Mapped[str | None] = mapped_column(String(200))
    logo: Mapped[str | None] = mapped_column(url_type())
    uri: Mapped[str | None] = mapped_column(url_type())
    # No foreign key: HSDS files name parents that they do not carry.
    parent_organization_id: Mapped[str | None] = mapped_column(uuid_type(), index=True)


class Program(Base):
    """A group of services of one organization."""

    __tablename__ = "program"

    id: Mapped[str] = identifier()
    organization_id: Mapped[str] = mapped_column(
        ForeignKey("organization.id"), nullable=False, index=True
    )
    name: Mapped[str] = mapped_column(String(300), nullable=False)
    alternate_name: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, nullable=False)


class Funding(Base):
    """Where the money of an organization or service comes from."""

    __tablename__ = "funding"

    id: Mapped[str] = identifier()
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"), index=True)
    service_id: Mapped[str | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    source: Mapped[str | None] = mapped_column(Text)


class OrganizationIdentifier(Base):
    """A number under which a register knows the organization."""

    __tablename__ = "organization_identifier"

    id: Mapped[str] = identifier()
    organization_id: Mapped[str] = mapped_column(
        ForeignKey("organization.id"), nullable=False, index=True
    )
    identifier_scheme: Mapped[str | None] = mapped_column(String(200))
    identifier_type: Mapped[str] = mapped_column(String(200), nullable=False)
    identifier: Mapped[str] = mapped_column(String(200), nullable=False)
