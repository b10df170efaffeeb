"""Link checks, records about files, tighter constraints, and narrower indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OUTCOMES = (
    "ok",
    "moved",
    "not_found",
    "refused",
    "server_error",
    "unreachable",
    "certificate",
    "parked",
)

# Links of which a record has one or two, so that most rows need no place in the index.
OWNERS = {
    "phone": ("location", "service", "organization", "contact", "service_at_location"),
    "contact": ("organization", "service", "service_at_location", "location"),
    "url": ("organization", "service"),
    "schedule": ("service", "location", "service_at_location"),
    "language": ("service", "location", "phone"),
}

REGION = "region IS NULL OR country IS NOT NULL"
REGION_OF_COUNTRY = "region IS NULL OR (country IS NOT NULL AND region LIKE (country || '-_%'))"


def upgrade() -> None:
    """Create the tables, constraints and indexes."""
    op.create_table(
        "link_check",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("checked", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(*OUTCOMES, name="outcome", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("final_url", sa.String(length=4096), nullable=True),
        sa.Column("certificate_expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_link_check_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_check")),
        sa.UniqueConstraint("service_id", "url", name=op.f("uq_link_check_service_id_url")),
    )
    op.create_index(op.f("ix_link_check_service_id"), "link_check", ["service_id"])
    op.create_index(op.f("ix_link_check_checked"), "link_check", ["checked"])
    op.create_table(
        "meta_table_description",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("character_set", sa.String(length=50), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meta_table_description")),
    )
    op.create_table(
        "unresolved_reference",
        sa.Column("table_name", sa.String(length=50), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("column_name", sa.String(length=50), nullable=False),
        sa.Column("target_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint(
            "table_name", "record_id", "column_name", name=op.f("pk_unresolved_reference")
        ),
    )
    _replace_region_check(REGION_OF_COUNTRY)
    with op.batch_alter_table("cost_option") as batch:
        batch.create_check_constraint(op.f("ck_cost_option_currency"), "length(currency) = 3")
    op.drop_index("ix_language_service_code", "language")
    op.drop_index("ix_attribute_term_link", "attribute")
    op.create_index(op.f("ix_attribute_taxonomy_term_id"), "attribute", ["taxonomy_term_id"])
    _replace_owner_indexes(partial=True)


def _replace_region_check(condition: str) -> None:
    # Nothing refers to service_area, so that SQLite may rebuild it.
    with op.batch_alter_table("service_area") as batch:
        batch.drop_constraint(op.f("ck_service_area_region_of_country"), type_="check")
        batch.create_check_constraint(op.f("ck_service_area_region_of_country"), condition)


def _replace_owner_indexes(partial: bool) -> None:
    for table, owners in OWNERS.items():
        for owner in owners:
            column = f"{owner}_id"
            linked = sa.text(f"{column} IS NOT NULL") if partial else None
            op.drop_index(f"ix_{table}_{column}", table)
            op.create_index(
                f"ix_{table}_{column}",
                table,
                [column],
                sqlite_where=linked,
                postgresql_where=linked,
            )


def downgrade() -> None:
    """Take the constraints and indexes back, and drop the tables."""
    _replace_owner_indexes(partial=False)
    op.drop_index(op.f("ix_attribute_taxonomy_term_id"), "attribute")
    op.create_index("ix_attribute_term_link", "attribute", ["taxonomy_term_id", "link_id"])
    op.create_index("ix_language_service_code", "language", ["service_id", "code"])
    with op.batch_alter_table("cost_option") as batch:
        batch.drop_constraint(op.f("ck_cost_option_currency"), type_="check")
    _replace_region_check(REGION)
    op.drop_table("unresolved_reference")
    op.drop_table("meta_table_description")
    op.drop_table("link_check")
