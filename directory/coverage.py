"""What the directory holds and whom it leaves without help: counts for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.info import is_demonstration
from directory.models import Attribute, Service, ServiceArea
from directory.models.base import now
from directory.search import ServiceQuery, search
from directory.vetting.shown import may_be_shown
from directory.vocabulary import INTERNATIONAL, NEEDS

# What a bot shows at once (DESIGN C3).
FIRST_ANSWER = 3


@dataclass(frozen=True)
class DirectoryStats:
    """Counts of services. `shown` may be shown to people today; `by_country` (ISO 3166-1, ZZ for
    international) and `by_need` count those only; `by_state` counts all.
    """

    demonstration: bool
    services: int
    shown: int
    by_state: Mapping[str, int]
    by_country: Mapping[str, int]
    by_need: Mapping[str, int]

    @property
    def countries(self) -> int:
        """How many countries have at least one service of their own."""
        return len(set(self.by_country) - {INTERNATIONAL})


def stats(session: Session, at: datetime | None = None) -> DirectoryStats:
    """The counts at an aware moment, which is now if not given."""
    shown = may_be_shown((at or now()).date())
    states = select(Service.vetting_state, func.count()).group_by(Service.vetting_state)
    countries = (
        select(ServiceArea.country, func.count(ServiceArea.service_id.distinct()))
        .join(Service, Service.id == ServiceArea.service_id)
        .where(shown, ServiceArea.country.is_not(None))
        .group_by(ServiceArea.country)
    )
    terms = {NEEDS.term_id(code): code for code in NEEDS.codes}
    needs = (
        select(Attribute.taxonomy_term_id, func.count())
        .join(Service, Service.id == Attribute.link_id)
        .where(shown, Attribute.taxonomy_term_id.in_(list(terms)))
        .group_by(Attribute.taxonomy_term_id)
    )
    by_state: dict[str, int] = dict(map(tuple, session.execute(states)))
    by_need = {terms[term]: count for term, count in session.execute(needs)}
    return DirectoryStats(
        demonstration=is_demonstration(session),
        services=sum(by_state.values()),
        shown=session.execute(select(func.count(Service.id)).where(shown)).scalar() or 0,
        by_state=by_state,
        by_country=dict(sorted(map(tuple, session.execute(countries)))),
        by_need={code: by_need.get(code, 0) for code in NEEDS.codes},
    )


def answers_differ(session: Session, one: ServiceQuery, other: ServiceQuery) -> bool:
    """Whether the first three services of two queries are not the same three.

    The bot asks who help is for only when this is true (DESIGN 4).
    """
    first, second = (
        {found.id for found in search(session, replace(q, limit=FIRST_ANSWER, offset=0)).services}
        for q in (one, other)
    )
    return first != second
