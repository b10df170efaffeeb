"""Services with their vetting state, areas, costs, funding and provenance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "service",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=True),
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("program_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("alternate_name", sa.String(length=300), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "inactive",
                "defunct",
                "temporarily closed",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("interpretation_services", sa.Text(), nullable=True),
        sa.Column("application_process", sa.Text(), nullable=True),
        sa.Column("fees_description", sa.Text(), nullable=True),
        sa.Column("wait_time", sa.Text(), nullable=True),
        sa.Column("fees", sa.Text(), nullable=True),
        sa.Column("accreditations", sa.Text(), nullable=True),
        sa.Column("eligibility_description", sa.Text(), nullable=True),
        sa.Column("minimum_age", sa.Float(), nullable=True),
        sa.Column("maximum_age", sa.Float(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("assurer_email", sa.String(length=320), nullable=True),
        sa.Column("licenses", sa.Text(), nullable=True),
        sa.Column("alert", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "vetting_state",
            sa.Enum(
                "draft",
                "in_review",
                "verified",
                "due",
                "expired",
                "withdrawn",
                name="vetting_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=True),
        sa.Column(
            "cost",
            sa.Enum(
                "free",
                "standard",
                "unknown",
                name="cost",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "vetting_state NOT IN ('verified', 'due')"
            " OR (assured_date IS NOT NULL AND valid_until IS NOT NULL)",
            name=op.f("ck_service_verified_has_dates"),
        ),
        sa.CheckConstraint(
            "maximum_age >= 0 AND maximum_age <= 120", name=op.f("ck_service_maximum_age")
        ),
        sa.CheckConstraint("maximum_age >= minimum_age", name=op.f("ck_service_ages_in_order")),
        sa.CheckConstraint(
            "minimum_age >= 0 AND minimum_age <= 120", name=op.f("ck_service_minimum_age")
        ),
        sa.CheckConstraint(
            "valid_until >= assured_date", name=op.f("ck_service_validity_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_service_organization_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_service_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_slug")),
    )
    op.create_index(op.f("ix_service_last_modified"), "service", ["last_modified"])
    op.create_index(op.f("ix_service_organization_id"), "service", ["organization_id"])
    op.create_index(op.f("ix_service_program_id"), "service", ["program_id"])
    op.create_index("ix_service_shown", "service", ["vetting_state", "status", "valid_until"])
    op.create_table(
        "service_area",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("extent", sa.Text(), nullable=True),
        sa.Column("extent_type", sa.String(length=20), nullable=True),
        sa.Column("uri", sa.String(length=2048), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "length(country) = 2 AND country = upper(country)", name=op.f("ck_service_area_country")
        ),
        sa.CheckConstraint(
            "region IS NULL OR country IS NOT NULL", name=op.f("ck_service_area_region_of_country")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_area_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_area")),
    )
    op.create_index("ix_service_area_country_service", "service_area", ["country", "service_id"])
    op.create_index(op.f("ix_service_area_service_id"), "service_area", ["service_id"])
    op.create_table(
        "cost_option",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("option", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("amount_description", sa.Text(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_cost_option_amount")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_cost_option_validity_in_order")),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_cost_option_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_option")),
    )
    op.create_index(op.f("ix_cost_option_service_id"), "cost_option", ["service_id"])
    op.create_table(
        "required_document",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("uri", sa.String(length=2048), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_required_document_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_document")),
    )
    op.create_index(op.f("ix_required_document_service_id"), "required_document", ["service_id"])
    op.create_table(
        "funding",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_funding_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_funding_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
    )
    op.create_index(op.f("ix_funding_organization_id"), "funding", ["organization_id"])
    op.create_index(op.f("ix_funding_service_id"), "funding", ["service_id"])
    op.create_table(
        "provenance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("source_url", sa.String(length=2048), nullable=False),
        sa.Column("source_seen", sa.String(length=10), nullable=True),
        sa.Column(
            "confidence",
            sa.Enum(
                "high",
                "medium",
                "low",
                name="confidence",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "length(source_seen) IN (4, 7, 10)", name=op.f("ck_provenance_source_seen")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_provenance_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provenance")),
    )
    op.create_index(op.f("ix_provenance_service_id"), "provenance", ["service_id"])


def downgrade() -> None:
    """Drop the tables, with their content."""
    op.drop_table("provenance")
    op.drop_table("funding")
    op.drop_table("required_document")
    op.drop_table("cost_option")
    op.drop_table("service_area")
    op.drop_table("service")
