"""Opening the directory's database and bringing its tables up to date.

Everything that reads or writes goes through `open_engine` and `open_session`, so that a failing
database is always the one error DirectoryUnavailable and no value ever appears in an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from directory.errors import DirectoryUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"

# Marks connections that will write: in SQLite they wait for their turn at once, instead of failing
# half-way because another writer was faster.
_WRITES = "directory_writes"

# How long a writer waits for another one in SQLite, in seconds.
SQLITE_PATIENCE = 15


def open_engine(url: str) -> Engine:
    """An engine for a database address such as sqlite:///var/directory.sqlite3.

    Nothing is connected or created yet. Raises DirectoryUnavailable for an address that cannot
    be understood.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return _sqlite_engine(address)
        return create_engine(address, future=True, hide_parameters=True, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DirectoryUnavailable("the database address is not valid") from error


def _sqlite_engine(address: Any) -> Engine:
    """SQLite with foreign keys, and with transactions that really cover what is in them."""
    engine = create_engine(
        address,
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        connect_args={"check_same_thread": False, "timeout": SQLITE_PATIENCE},
    )

    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # Python's sqlite3 would otherwise begin transactions on its own, and not before DDL.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def open_session(engine: Engine) -> Iterator[Session]:
    """A session for reading. Raises DirectoryUnavailable whenever the database fails in it."""
    with _reporting(), Session(engine, future=True) as session:
        yield session


@contextmanager
def open_transaction(engine: Engine) -> Iterator[Connection]:
    """A connection for writing: all of it is kept at the end, or nothing after an error.

    Raises DirectoryUnavailable if the database fails; a broken constraint stays SQLAlchemy's
    IntegrityError, because only the caller knows which record it was.
    """
    with _reporting(), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


@contextmanager
def _reporting() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        # `from None`: the driver's message may carry values.
        raise DirectoryUnavailable(_reason(error)) from None
    except PoolTimeoutError:
        raise DirectoryUnavailable("the database is too busy") from None


def _reason(error: DBAPIError) -> str:
    cause = f"{type(error.orig).__name__} {error.orig}".lower()
    if "no such table" in cause or "undefinedtable" in cause:
        return "the database has no directory in it yet; create or import one first"
    return f"the database does not answer ({type(error).__name__})"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Create the tables or bring them up to `revision`; does nothing when they are there."""
    _make_folder(engine)
    with _reporting(), engine.begin() as connection:
        command.upgrade(_configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to `revision`; "base" removes them all, with their content."""
    with _reporting(), engine.begin() as connection:
        command.downgrade(_configuration(connection), revision)


def _configuration(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _make_folder(engine: Engine) -> None:
    """The folder of an SQLite file; SQLite creates the file but not the folder."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
