"""What searches read: narrow rows for the bot, and words for free text.

The words are indexed by FTS5 on SQLite and by full text search with trigrams on PostgreSQL. After
the upgrade the tables are empty; `handrail directory reindex` fills them from the services.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FTS_TRIGGERS = {
    "insert": (
        "AFTER INSERT ON service_text BEGIN"
        " INSERT INTO service_text_fts (rowid, body) VALUES (new.id, new.body); END"
    ),
    "delete": (
        "AFTER DELETE ON service_text BEGIN INSERT INTO service_text_fts"
        " (service_text_fts, rowid, body) VALUES ('delete', old.id, old.body); END"
    ),
}


def upgrade() -> None:
    """Create the tables and the indexes of each database."""
    op.create_table(
        "search_entry",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("service_id", _sorted_text(36), nullable=False),
        sa.Column("need_position", sa.Integer(), nullable=False),
        sa.Column("abroad", sa.Boolean(), nullable=False),
        sa.Column("found_in", sa.String(length=1000), nullable=False),
        sa.Column("opening", sa.String(length=1100), nullable=True),
        sa.Column("round_the_clock", sa.Boolean(), nullable=False),
        sa.Column("audiences", sa.Integer(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("ways", sa.Integer(), nullable=False),
        sa.Column("ways_abroad", sa.Integer(), nullable=False),
        sa.Column("has_line", sa.Boolean(), nullable=False),
        sa.Column("is_list", sa.Boolean(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("minimum_age", sa.Float(), nullable=True),
        sa.Column("maximum_age", sa.Float(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("pair", sa.String(length=100), nullable=True),
        sa.Column("name", _sorted_text(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_search_entry_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("country", "need", "service_id", name=op.f("pk_search_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_entry_service", "search_entry", ["service_id"])
    op.create_index(
        "ix_search_entry_pair",
        "search_entry",
        ["pair"],
        sqlite_where=sa.text("pair IS NOT NULL"),
        postgresql_where=sa.text("pair IS NOT NULL"),
    )
    op.create_index(
        "ix_search_entry_best",
        "search_entry",
        ["country", "need"],
        sqlite_where=sa.text("need_position = 0 AND anonymous IS 1 AND abroad IS 0"),
        postgresql_where=sa.text("need_position = 0 AND anonymous IS true AND abroad IS false"),
    )
    op.create_table(
        "search_opening",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("opening", sa.String(length=1100), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("country", "opening", name=op.f("pk_search_opening")),
    )
    op.create_table(
        "service_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_text_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_text")),
        sa.UniqueConstraint("service_id", name=op.f("uq_service_text_service_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _index_words_in_sqlite()
    else:
        _index_words_in_postgresql()


def _sorted_text(length: int) -> Any:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _index_words_in_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE service_text_fts USING fts5(body, content='service_text',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    for name, action in FTS_TRIGGERS.items():
        op.execute(f"CREATE TRIGGER service_text_{name} {action}")


def _index_words_in_postgresql() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(
        "CREATE INDEX ix_service_text_words ON service_text USING gin (to_tsvector('simple', body))"
    )
    op.execute(
        "CREATE INDEX ix_service_text_trigrams ON service_text USING gin (body gin_trgm_ops)"
    )


def downgrade() -> None:
    """Drop the tables; their content can be made anew."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE service_text_fts")
    op.drop_table("service_text")
    op.drop_table("search_opening")
    op.drop_table("search_entry")
