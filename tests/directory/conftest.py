"""A real directory for each test, on SQLite and on PostgreSQL, and a short way to fill it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.database import open_engine, open_session, open_transaction
from directory.exchange.starter_rows import service_id
from directory.models import (
    Attribute,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    Url,
)
from directory.preparation import prepare
from directory.search import SearchResult, ServiceQuery, search
from directory.search.index import rebuild, refresh
from directory.vocabulary import AUDIENCES, NEEDS, WEB_CHAT, derived_id
from tests.postgresql import postgresql_server

# A Tuesday.
AT = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)


class Directory:
    """A directory to fill and to ask; services are named by their slug."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add_organization(self) -> None:
        """Put one organization in."""
        with Session(self.engine, future=True) as session:
            session.add(Organization(id=derived_id("org"), name="Org", description="-"))
            session.commit()

    def add(
        self,
        slug: str,
        *,
        country: str = "FR",
        needs: tuple[str, ...] = ("child_helpline",),
        audiences: tuple[str, ...] = (),
        languages: tuple[str, ...] = (),
        phone: str | None = "119",
        e164: str | None = None,
        abroad: bool = False,
        sms: str | None = None,
        whatsapp: str | None = None,
        chat: str | None = None,
        hours: str | None = "24/7",
        zone: str | None = "Europe/Paris",
        **fields: Any,
    ) -> str:
        """Add a service, verified and in date unless `fields` say otherwise; returns its id."""
        id_ = service_id(slug)
        verified = {
            "status": "active",
            "vetting_state": "verified",
            "assured_date": date(2026, 11, 1),
            "valid_until": date(2027, 5, 1),
        }
        home = None if country == "ZZ" else country
        rows: list[Any] = [
            ServiceArea(id=derived_id("area", slug), service_id=id_, country=country),
            Schedule(
                id=derived_id("hours", slug),
                service_id=id_,
                opening_hours=hours,
                timezone_name=zone,
            ),
        ]
        for kind, number in (("voice", phone), ("text", sms), ("whatsapp", whatsapp)):
            if number is not None:
                full = e164 if kind == "voice" else whatsapp if kind == "whatsapp" else None
                rows.append(
                    Phone(
                        id=derived_id("phone", kind, slug),
                        service_id=id_,
                        number=number,
                        type=kind,
                        country=home,
                        e164=full,
                        reachable_from_abroad=kind == "whatsapp" or (kind == "voice" and abroad),
                    )
                )
        if chat is not None:
            rows.append(Url(id=derived_id("url", slug), service_id=id_, label=WEB_CHAT, url=chat))
        for code in languages:
            rows.append(Language(id=derived_id("lang", slug, code), service_id=id_, code=code))
        pairs = [(NEEDS, code) for code in needs] + [(AUDIENCES, code) for code in audiences]
        for position, (taxonomy, code) in enumerate(pairs):
            rows.append(
                Attribute(
                    id=derived_id("attribute", slug, taxonomy.code, code),
                    link_id=id_,
                    link_entity="service",
                    link_type=taxonomy.code,
                    taxonomy_term_id=taxonomy.term_id(code),
                    position=position,
                )
            )
        with Session(self.engine, future=True) as session:
            values = {**verified, **fields}
            session.add(
                Service(id=id_, slug=slug, name=slug, organization_id=derived_id("org"), **values)
            )
            session.flush()
            session.add_all(rows)
            session.flush()
            refresh(session.connection(), [id_])
            session.commit()
        return id_

    def refresh(self) -> None:
        """Bring what searches read up to date after a change behind their back."""
        with open_transaction(self.engine) as connection:
            rebuild(connection)

    def search(self, **query: Any) -> SearchResult:
        """Search for a child helpline in France on that Tuesday, unless `query` says otherwise."""
        asked = {"country": "FR", "needs": ("child_helpline",), "at": AT, "limit": 50, **query}
        with open_session(self.engine) as session:
            return search(session, ServiceQuery(**asked))

    def names(self, **query: Any) -> list[str]:
        """Names of what the search finds, in order."""
        return [service.name for service in self.search(**query).services]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty directory in SQLite, made once; tests work on copies."""
    file = tmp_path_factory.mktemp("migrated") / "directory.sqlite3"
    engine = open_engine(f"sqlite:///{file}")
    prepare(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Address of a PostgreSQL server with an empty directory in the database "migrated"."""
    with postgresql_server() as address:
        _create_database(address, "migrated")
        engine = open_engine(f"{address}/migrated")
        prepare(engine)
        engine.dispose()
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def new_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    """Makes engines, each on an empty directory of its own, or an empty database if so wished."""
    engines: list[Engine] = []

    def make(migrated: bool = True) -> Engine:
        if request.param == "sqlite":
            file = tmp_path / f"directory-{len(engines)}.sqlite3"
            if migrated:
                shutil.copy(request.getfixturevalue("migrated_file"), file)
            engines.append(open_engine(f"sqlite:///{file}"))
        else:
            address = request.getfixturevalue("postgresql")
            name = f"test_{uuid4().hex}"
            _create_database(address, name, "migrated" if migrated else "template0")
            engines.append(open_engine(f"{address}/{name}"))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


def _create_database(address: str, name: str, template: str = "template0") -> None:
    engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()


@pytest.fixture
def engine(new_engine: Callable[[], Engine]) -> Engine:
    """An empty directory."""
    return new_engine()


@pytest.fixture
def new_directory(new_engine: Callable[[], Engine]) -> Callable[[], Directory]:
    """Makes directories with one organization in them and no services."""

    def make() -> Directory:
        made = Directory(new_engine())
        made.add_organization()
        return made

    return make


@pytest.fixture
def directory(new_directory: Callable[[], Directory]) -> Directory:
    """A directory with one organization in it and no services."""
    return new_directory()
