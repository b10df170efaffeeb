"""Asks the directory for a situation's services: the only place where actions touch it."""

import os
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache

from sqlalchemy.engine import Engine

from actions.needs import needs
from actions.situation import NEED_OF_RISK, Situation
from directory.coverage import answers_differ
from directory.database import open_engine, open_session
from directory.search import FoundService, ServiceQuery, search

AT_A_TIME = 3
DEFAULT_URL = "sqlite:///var/directory.sqlite3"

# What the directory calls the audiences that a conversation knows.
DIRECTORY_AUDIENCE = {"adult": "adult_survivor"}


@cache
def engine() -> Engine:
    """Return the process's engine for HANDRAIL_DIRECTORY_URL."""
    return open_engine(os.environ.get("HANDRAIL_DIRECTORY_URL", DEFAULT_URL))


def find_services(situation: Situation, fresh: bool = True) -> tuple[FoundService, ...]:
    """Return up to three services for the situation, best first, and what belongs to the third.

    With `fresh` false, those that were shown already are left out.

    Raises:
        DirectoryUnavailable: the database does not answer.
    """
    known = () if fresh else situation.shown
    query = replace(service_query(situation), limit=AT_A_TIME + len(known))
    with open_session(engine()) as session:
        found = search(session, query).services
    return _first(tuple(service for service in found if service.id not in known))


def _first(services: tuple[FoundService, ...]) -> tuple[FoundService, ...]:
    """Return so many as are shown at a time, without parting services that belong together."""
    end = min(AT_A_TIME, len(services))
    while 0 < end < len(services) and services[end].pair is not None:
        if services[end].pair != services[end - 1].pair:
            break
        end += 1
    return services[:end]


def should_ask_audience(situation: Situation) -> bool:
    """Tell whether to ask who it is for: not known, not asked yet, and it changes the answer."""
    need = needs()[situation.need]
    if situation.audience or situation.asked_audience or not need.ask_audience:
        return False
    child, adult = (
        service_query(replace(situation, audience=audience)) for audience in ("child", "adult")
    )
    with open_session(engine()) as session:
        return answers_differ(session, child, adult)


def service_query(situation: Situation) -> ServiceQuery:
    """Return what to ask the directory; in an acute risk, for crisis services and nothing else."""
    need = needs()[NEED_OF_RISK[situation.acute] if situation.acute else situation.need]
    audience = situation.audience or need.audience
    return ServiceQuery(
        country=situation.country,
        needs=need.services_for(situation.audience),
        audience=DIRECTORY_AUDIENCE.get(audience or "", audience),
        contact_way=situation.contact_way,
        language=situation.language,
        at=datetime.now(timezone.utc),
    )
