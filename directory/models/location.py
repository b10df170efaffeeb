"""Where a service can be visited: HSDS location, address, accessibility, service_at_location."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Float, ForeignKey, String, Text

from directory.models.base import Base, Mapped, choice, identifier, mapped_column, url_type

PLACE_TYPES = ("physical", "postal", "virtual")


class Location(Base):
    """A place, real or virtual."""

    __tablename__ = "location"

    id: Mapped[str] = identifier()
    location_type: Mapped[str] = mapped_column(
        choice("location_type", *PLACE_TYPES), nullable=False
    )
    url: Mapped[str | None] = mapped_column(url_type())
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(300))
    alternate_name: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    external_identifier: Mapped[str | None] = mapped_column(String(200))
    external_identifier_type: Mapped[str | None] = mapped_column(String(200))


class ServiceAtLocation(Base):
    """A service offered at a location."""

    __tablename__ = "service_at_location"

    id: Mapped[str] = identifier()
    service_id: Mapped[str] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), nullable=False, index=True
    )
    location_id: Mapped[str] = mapped_column(ForeignKey("location.id"), nullable=False, index=True)
    description: Mapped[str | None] = mapped_column(Text)


class Address(Base):
    """A postal address of a location; `country` is ISO 3166-1 alpha-2."""

    __tablename__ = "address"
    __table_args__ = (CheckConstraint("length(country) = 2", name="country"),)

    id: Mapped[str] = identifier()
    location_id: Mapped[str | None] = mapped_column(ForeignKey("location.id"), index=True)
    attention: Mapped[str | None] = mapped_column(String(300))
    address_1: Mapped[str] = mapped_column(String(300), nullable=False)
    address_2: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str] = mapped_column(String(200), nullable=False)
    region: Mapped[str | None] = mapped_column(String(200))
    state_province: Mapped[str] = mapped_column(String(200), nullable=False)
    postal_code: Mapped[str] = mapped_column(String(40), nullable=False)
    country: Mapped[str] = mapped_column(String(2), nullable=False)
    address_type: Mapped[str] = mapped_column(choice("address_type", *PLACE_TYPES), nullable=False)


class Accessibility(Base):
    """What a location offers to people with disabilities."""

    __tablename__ = "accessibility"

    id: Mapped[str] = identifier()
    location_id: Mapped[str | None] = mapped_column(ForeignKey("location.id"), index=True)
    description: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(url_type())
