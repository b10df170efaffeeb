"""Runs the migrations on the connection that directory.database hands over."""

from __future__ import annotations

from alembic import context

from directory.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a table in place; batch mode copies it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
