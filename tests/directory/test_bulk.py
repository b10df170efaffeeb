"""Many services into an empty directory: what is set aside for speed is there again afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.engine import Engine

from benchmarks.generated_directory import write_directory
from directory.database import open_session, open_transaction
from directory.errors import BadDataError
from directory.exchange import merging
from directory.exchange.files import import_file
from directory.models import SearchEntry, Service, ServiceText
from directory.search.index import rebuild

FEW = 300

RULES = text("""
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'
    UNION ALL SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE pg_get_indexdef(indexrelid) NOT LIKE '% ON pg_temp.%'
    ORDER BY 1
""")


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "_MANY", FEW)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_directory(tmp_path / "files", FEW)
    return tmp_path / "files"


def rules(engine: Engine) -> list[tuple[str, str]]:
    """The foreign keys and indexes of PostgreSQL; SQLite sets none aside."""
    if engine.dialect.name != "postgresql":
        return []
    with open_session(engine) as session:
        return [tuple(row) for row in session.execute(RULES)]


def make_findable(engine: Engine) -> int:
    with open_transaction(engine) as connection:
        dates = "assured_date = '2026-11-01', valid_until = '2027-05-01'"
        connection.execute(text(f"UPDATE service SET vetting_state = 'verified', {dates}"))
        return rebuild(connection)


def test_given_an_empty_directory_when_many_come_then_foreign_keys_and_indexes_are_as_before(
    engine: Engine, files: Path
) -> None:
    before = rules(engine)
    assert import_file(engine, files).created == FEW
    assert make_findable(engine) == FEW
    assert rules(engine) == before


def test_given_a_reference_that_leads_nowhere_when_many_come_then_nothing_is_taken_over(
    engine: Engine, files: Path
) -> None:
    before = rules(engine)
    organizations = files / "organizations.csv"
    lines = organizations.read_text().splitlines(keepends=True)
    organizations.write_text("".join(lines[:-1]))
    with pytest.raises(BadDataError, match="names a organization .* that is missing"):
        import_file(engine, files)
    assert rules(engine) == before
    with open_session(engine) as session:
        assert session.execute(select(Service.id)).first() is None


def test_given_a_filled_index_when_rebuilt_then_it_is_the_same(engine: Engine, files: Path) -> None:
    import_file(engine, files)
    make_findable(engine)

    def content() -> list[tuple[object, ...]]:
        with open_session(engine) as session:
            entries = select(SearchEntry.__table__).order_by(*SearchEntry.__table__.primary_key)
            texts = select(ServiceText.service_id, ServiceText.body)
            queries = (entries, texts.order_by(ServiceText.service_id))
            return [tuple(row) for query in queries for row in session.execute(query)]

    first = content()
    assert len(first) > 2 * FEW
    with open_transaction(engine) as connection:
        connection.execute(delete(SearchEntry).where(SearchEntry.country == "FR"))
        rebuild(connection)
    assert content() == first
