"""Checks the web addresses of all services and keeps what was found; never changes a service.

The addresses of one host are opened one after the other, several hosts at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx
from sqlalchemy.engine import Engine

from directory.batches import Progress, no_progress
from directory.database import open_session, open_transaction
from directory.health.addresses import Selection, due_addresses, remove_outdated
from directory.health.fetch import Fetcher, open_fetcher
from directory.health.outcome import LinkResult, judge
from directory.health.parked import ParkingSigns
from directory.health.politeness import Manners
from directory.health.results import keep
from directory.models.base import now

# So many results are stored together; an interrupted run loses no more than a killed process.
KEPT_TOGETHER = 20


@dataclass(frozen=True)
class LinkReport:
    """What a run did, in different addresses: checked by outcome, and skipped as checked lately.

    `forgotten` is how many results were removed because no service has the address any more.
    """

    outcomes: Mapping[str, int]
    skipped: int
    forgotten: int

    @property
    def checked(self) -> int:
        """How many addresses were opened."""
        return sum(self.outcomes.values())


def check_links(
    engine: Engine,
    selection: Selection | None = None,
    manners: Manners | None = None,
    progress: Progress = no_progress,
) -> LinkReport:
    """Open every address that is due and store what was found, some results at a time.

    `progress` gets addresses done and total. Whatever ends a run early, the results until then
    are kept. Raises DirectoryUnavailable.
    """
    signs = ParkingSigns.load()
    with open_transaction(engine) as connection:
        forgotten = remove_outdated(connection)
    with open_session(engine) as session:
        due = due_addresses(session, selection or Selection(), now())
    notebook = _Notebook(engine, due.owners, progress)
    try:
        asyncio.run(_check_all(list(due.owners), signs, manners or Manners(), notebook))
    finally:
        notebook.save()
    return LinkReport(dict(notebook.outcomes), due.skipped, forgotten)


class _Notebook:
    """Takes results down and stores them when there are enough."""

    def __init__(
        self, engine: Engine, owners: Mapping[str, Sequence[str]], progress: Progress
    ) -> None:
        self.outcomes: Counter[str] = Counter()
        self._engine = engine
        self._owners = owners
        self._progress = progress
        self._unsaved: list[LinkResult] = []

    def note(self, result: LinkResult) -> None:
        """Take a result down."""
        self.outcomes[result.outcome] += 1
        self._unsaved.append(result)
        if len(self._unsaved) >= KEPT_TOGETHER:
            self.save()
        self._progress(self.outcomes.total(), len(self._owners))

    def save(self) -> None:
        """Store what is not stored yet."""
        results, self._unsaved = self._unsaved, []
        if results:
            with open_transaction(self._engine) as connection:
                keep(connection, results, self._owners)


async def _check_all(
    urls: Sequence[str], signs: ParkingSigns, manners: Manners, notebook: _Notebook
) -> None:
    hosts = iter(_by_host(urls))
    async with open_fetcher(manners) as fetcher:
        workers = [
            asyncio.create_task(_work(hosts, fetcher, signs, notebook))
            for _ in range(manners.together)
        ]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()


async def _work(
    hosts: Iterator[list[str]], fetcher: Fetcher, signs: ParkingSigns, notebook: _Notebook
) -> None:
    """Take one host after the other, as long as there are any."""
    for urls in hosts:
        for url in urls:
            notebook.note(judge(url, await fetcher.fetch(url), signs, now()))


def _by_host(urls: Sequence[str]) -> list[list[str]]:
    """The addresses of each host; hosts with many come first, because they take longest."""
    groups: dict[str, list[str]] = {}
    for url in urls:
        groups.setdefault(_host(url), []).append(url)
    return sorted(groups.values(), key=len, reverse=True)


def _host(url: str) -> str:
    try:
        return httpx.URL(url.strip()).host
    except httpx.InvalidURL:
        return ""
