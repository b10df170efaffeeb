"""What records are about: HSDS taxonomy, taxonomy_term and attribute."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint

from directory.models.base import (
    Base,
    Mapped,
    identifier,
    mapped_column,
    url_type,
    uuid_type,
)


class Taxonomy(Base):
    """A list of terms."""

    __tablename__ = "taxonomy"

    id: Mapped[str] = identifier()
    name: Mapped[str] = mapped_column(String(200), nullable=False)
    description: Mapped[str] = mapped_column(Text, nullable=False)
    uri: Mapped[str | None] = mapped_column(url_type())
    version: Mapped[str | None] = mapped_column(String(50))


class TaxonomyTerm(Base):
    """One term; codes are unique in their taxonomy."""

    __tablename__ = "taxonomy_term"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)

    id: Mapped[str] = identifier()
    code: Mapped[str | None] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200), nullable=False)
    description: Mapped[str] = mapped_column(Text, nullable=False)
    # No foreign key: HSDS files name parents that they do not carry.
    parent_id: Mapped[str | None] = mapped_column(uuid_type(), index=True)
    taxonomy: Mapped[str | None] = mapped_column(String(200))
    taxonomy_id: Mapped[str | None] = mapped_column(ForeignKey("taxonomy.id"), index=True)
    language: Mapped[str | None] = mapped_column(String(10))
    term_uri: Mapped[str | None] = mapped_column(url_type())


class Attribute(Base):
    """Links any record (`link_id`, of the table `link_entity`) to a term.

    `link_type` says in which role, for us "need" or "audience". A smaller `position` matters
    more: a service's first need is its main one.
    """

    __tablename__ = "attribute"
    __table_args__ = (
        UniqueConstraint("link_id", "taxonomy_term_id", "link_type"),
        Index("ix_attribute_taxonomy_term_id", "taxonomy_term_id"),
    )

    id: Mapped[str] = identifier()
    link_id: Mapped[str] = mapped_column(uuid_type(), nullable=False)
    taxonomy_term_id: Mapped[str] = mapped_column(ForeignKey("taxonomy_term.id"), nullable=False)
    link_type: Mapped[str | None] = mapped_column(String(50))
    link_entity: Mapped[str] = mapped_column(String(50), nullable=False)
    value: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
