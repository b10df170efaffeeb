"""The few helplines of each country that the Rasa process copies, to have them when all fails (S4).

They are the answer to "someone to talk to, by telephone, now", found by the ordinary search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Engine

from directory.coverage import stats
from directory.database import open_session
from directory.info import is_demonstration
from directory.search import FoundService, ServiceQuery, search
from directory.vocabulary import INTERNATIONAL

KINDS = ("child_helpline", "suicide_crisis", "sexual_violence_support", "victim_support")
EACH = 2


def fallback_services(
    engine: Engine, at: datetime
) -> tuple[Mapping[str, tuple[FoundService, ...]], bool]:
    """Return the helplines by country (ZZ: international), and whether this is a demonstration.

    Raises DirectoryUnavailable if the database does not answer.
    """
    national = ServiceQuery(needs=KINDS, contact_way="call", at=at, limit=EACH)
    with open_session(engine) as session:
        found = {
            country: _of_country(search(session, replace(national, country=country)).services)
            for country in stats(session, at).by_country
            if country != INTERNATIONAL
        }
        anywhere = ServiceQuery(needs=KINDS, at=at, limit=EACH)
        found[INTERNATIONAL] = search(session, anywhere).services
        return found, is_demonstration(session)


def _of_country(services: tuple[FoundService, ...]) -> tuple[FoundService, ...]:
    return tuple(service for service in services if service.country != INTERNATIONAL)
