"""One directory on each database for all tests of a module: made once, emptied for each test.

A database of its own for each test is safer, and a second slower.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, delete, text
from sqlalchemy.engine import Engine

from directory.database import open_engine, open_transaction
from directory.models import Attribute, Organization, Service
from tests.directory.conftest import Directory

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="module", name="shared_engines")
def make_shared_engines(
    migrated_file: Path, postgresql: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Engine]]:
    """An empty directory on each database, in which services may be deleted."""
    file = tmp_path_factory.mktemp("shared") / "directory.sqlite3"
    shutil.copy(migrated_file, file)
    name = f"shared_{uuid4().hex}"
    server = create_engine(f"{postgresql}/postgres", isolation_level="AUTOCOMMIT", future=True)
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE migrated"))
    server.dispose()
    engines = {
        "sqlite": open_engine(f"sqlite:///{file}"),
        "postgresql": open_engine(f"{postgresql}/{name}"),
    }
    for database, engine in engines.items():
        table = " ON service" if database == "postgresql" else ""
        with open_transaction(engine) as connection:
            connection.execute(text(f"DROP TRIGGER service_no_delete{table}"))
    yield engines
    for engine in engines.values():
        engine.dispose()


@pytest.fixture(params=DATABASES, name="directory")
def make_directory(
    request: pytest.FixtureRequest, shared_engines: Mapping[str, Engine]
) -> Iterator[Directory]:
    """A directory with one organization in it and no services."""
    directory = Directory(shared_engines[request.param])
    directory.add_organization()
    yield directory
    with open_transaction(directory.engine) as connection:
        for table in (Attribute, Service, Organization):
            connection.execute(delete(table))
