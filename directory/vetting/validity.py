"""How long a verification holds, by what the service is for (DESIGN 7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

VALIDITY = timedelta(days=182)
"""Six months."""

VALIDITY_IN_CRISIS = timedelta(days=91)
"""Crisis lines: three months."""

CRISIS_NEEDS = frozenset({"suicide_crisis"})


def valid_until(verified_on: date, needs: Collection[str]) -> date:
    """The last day on which a service for these needs (codes) counts as verified."""
    crisis = not CRISIS_NEEDS.isdisjoint(needs)
    return verified_on + (VALIDITY_IN_CRISIS if crisis else VALIDITY)
