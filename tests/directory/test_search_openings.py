"""The opening hours of a country are counted, so that a search need not look for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from directory.database import open_transaction
from directory.models import SearchOpening
from directory.search.index import refresh


def test_given_services_that_come_and_go_then_the_numbers_of_entries_by_opening_are_right(
    directory: Any,
) -> None:
    directory.add("one", needs=("child_helpline", "suicide_crisis"))
    id_ = directory.add("two", hours="Mo-Fr 09:00-17:00")
    with open_transaction(directory.engine) as connection:
        refresh(connection, [id_, id_])
        refresh(connection, [id_])
        counts = select(SearchOpening.opening, SearchOpening.entries)
        assert dict(connection.execute(counts).all()) == {
            "FR Europe/Paris 24/7": 2,
            "FR Europe/Paris Mo-Fr 09:00-17:00": 1,
        }
        connection.execute(text("UPDATE service SET vetting_state = 'withdrawn'"))
        refresh(connection, [id_])
        assert dict(connection.execute(counts).all())["FR Europe/Paris Mo-Fr 09:00-17:00"] == 0
