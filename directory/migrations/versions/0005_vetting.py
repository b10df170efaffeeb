"""Vetting: versions, verifications, pending revisions and the append-only audit log.

Columns are added with plain ALTER TABLE: SQLite's way of rebuilding a table would take the rows
that refer to it along.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns of service and create the tables."""
    op.add_column("service", sa.Column("pair", sa.String(length=100), nullable=True))
    op.execute(
        "ALTER TABLE service ADD COLUMN version INTEGER DEFAULT 1 NOT NULL"
        " CONSTRAINT ck_service_version CHECK (version >= 1)"
    )
    op.add_column("service", sa.Column("last_editor", sa.String(length=320), nullable=True))
    _create_verification()
    _create_revision()
    _create_audit_entry()
    _keep_for_ever("audit_entry", "UPDATE", "an entry of the audit log cannot be changed")
    _keep_for_ever("audit_entry", "DELETE", "an entry of the audit log cannot be deleted")
    _keep_for_ever("service", "DELETE", "a service is withdrawn, never deleted")


def _create_verification() -> None:
    op.create_table(
        "verification",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verified_by", sa.String(length=320), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "called",
                "wrote",
                "official_page",
                name="method",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "valid_until >= verified_on", name=op.f("ck_verification_validity_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_verification_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(op.f("ix_verification_service_id"), "verification", ["service_id"])


def _create_revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "accepted",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("author", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=320), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_revision_reason")),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_by IS NULL) AND"
            " (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_revision_decided"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_revision_version")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_revision_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index(
        "ix_revision_pending",
        "revision",
        ["service_id"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _create_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("subject_type", sa.String(length=50), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_entry_number")),
        sa.CheckConstraint(
            "length(hash) = 64 AND length(previous_hash) = 64", name=op.f("ck_audit_entry_hashes")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_id", "number"])


def _keep_for_ever(table: str, what: str, message: str) -> None:
    """Let the database refuse UPDATE or DELETE on the table."""
    name = f"{table}_no_{what.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {what} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    events = "DELETE OR TRUNCATE" if what == "DELETE" else what
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {events} ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    """Drop the tables and columns, with their content."""
    _release("service", "DELETE")
    _release("audit_entry", "DELETE")
    _release("audit_entry", "UPDATE")
    op.drop_table("audit_entry")
    op.drop_table("revision")
    op.drop_table("verification")
    for column in ("last_editor", "version", "pair"):
        op.execute(f"ALTER TABLE service DROP COLUMN {column}")


def _release(table: str, what: str) -> None:
    name = f"{table}_no_{what.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"DROP FUNCTION {name}()")
