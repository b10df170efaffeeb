"""Ways in: contacts, addresses on the web, phones, schedules and languages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("service_at_location_id", sa.String(length=36), nullable=True),
        sa.Column("location_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("department", sa.String(length=300), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_contact_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_contact_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_location.id"],
            name=op.f("fk_contact_service_at_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_contact_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_location_id"), "contact", ["location_id"])
    op.create_index(op.f("ix_contact_organization_id"), "contact", ["organization_id"])
    op.create_index(
        op.f("ix_contact_service_at_location_id"), "contact", ["service_at_location_id"]
    )
    op.create_index(op.f("ix_contact_service_id"), "contact", ["service_id"])
    op.create_table(
        "url",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("label", sa.String(length=100), nullable=True),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_url_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_url_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_url")),
    )
    op.create_index(op.f("ix_url_organization_id"), "url", ["organization_id"])
    op.create_index(op.f("ix_url_service_id"), "url", ["service_id"])
    op.create_table(
        "phone",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("location_id", sa.String(length=36), nullable=True),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("contact_id", sa.String(length=36), nullable=True),
        sa.Column("service_at_location_id", sa.String(length=36), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("extension", sa.Integer(), nullable=True),
        sa.Column(
            "type",
            sa.Enum(
                "voice",
                "text",
                "whatsapp",
                "fax",
                "cell",
                "video",
                "pager",
                "textphone",
                name="type",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("e164", sa.String(length=16), nullable=True),
        sa.Column("reachable_from_abroad", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("e164 LIKE '+%'", name=op.f("ck_phone_e164")),
        sa.CheckConstraint(
            "NOT reachable_from_abroad OR e164 IS NOT NULL", name=op.f("ck_phone_abroad_has_e164")
        ),
        sa.CheckConstraint(
            "length(country) = 2 AND country = upper(country)", name=op.f("ck_phone_country")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_phone_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_phone_location_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_phone_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_location.id"],
            name=op.f("fk_phone_service_at_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_phone_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
    )
    op.create_index(op.f("ix_phone_contact_id"), "phone", ["contact_id"])
    op.create_index(op.f("ix_phone_location_id"), "phone", ["location_id"])
    op.create_index(op.f("ix_phone_organization_id"), "phone", ["organization_id"])
    op.create_index(op.f("ix_phone_service_at_location_id"), "phone", ["service_at_location_id"])
    op.create_index(op.f("ix_phone_service_id"), "phone", ["service_id"])
    op.create_table(
        "schedule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("location_id", sa.String(length=36), nullable=True),
        sa.Column("service_at_location_id", sa.String(length=36), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("dtstart", sa.Date(), nullable=True),
        sa.Column("timezone", sa.Float(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column(
            "wkst",
            sa.Enum(
                "MO",
                "TU",
                "WE",
                "TH",
                "FR",
                "SA",
                "SU",
                name="wkst",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "freq",
            sa.Enum("WEEKLY", "MONTHLY", name="freq", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("interval", sa.Integer(), nullable=True),
        sa.Column("byday", sa.String(length=200), nullable=True),
        sa.Column("byweekno", sa.String(length=300), nullable=True),
        sa.Column("bymonthday", sa.String(length=200), nullable=True),
        sa.Column("byyearday", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("opens_at", sa.String(length=20), nullable=True),
        sa.Column("closes_at", sa.String(length=20), nullable=True),
        sa.Column("schedule_link", sa.String(length=2048), nullable=True),
        sa.Column("attending_type", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("opening_hours", sa.String(length=1000), nullable=True),
        sa.Column("timezone_name", sa.String(length=64), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_schedule_validity_in_order")),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_schedule_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_at_location_id"],
            ["service_at_location.id"],
            name=op.f("fk_schedule_service_at_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_schedule_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_location_id"), "schedule", ["location_id"])
    op.create_index(
        op.f("ix_schedule_service_at_location_id"), "schedule", ["service_at_location_id"]
    )
    op.create_index(op.f("ix_schedule_service_id"), "schedule", ["service_id"])
    op.create_index(
        "uq_schedule_evaluated",
        "schedule",
        ["service_id"],
        unique=True,
        sqlite_where=sa.text("opening_hours IS NOT NULL"),
        postgresql_where=sa.text("opening_hours IS NOT NULL"),
    )
    op.create_table(
        "language",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=True),
        sa.Column("location_id", sa.String(length=36), nullable=True),
        sa.Column("phone_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("code", sa.String(length=10), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["location.id"],
            name=op.f("fk_language_location_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["phone_id"], ["phone.id"], name=op.f("fk_language_phone_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_language_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language")),
    )
    op.create_index(op.f("ix_language_location_id"), "language", ["location_id"])
    op.create_index(op.f("ix_language_phone_id"), "language", ["phone_id"])
    op.create_index("ix_language_service_code", "language", ["service_id", "code"])
    op.create_index(op.f("ix_language_service_id"), "language", ["service_id"])


def downgrade() -> None:
    """Drop the tables, with their content."""
    op.drop_table("language")
    op.drop_table("schedule")
    op.drop_table("phone")
    op.drop_table("url")
    op.drop_table("contact")
