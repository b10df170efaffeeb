"""How fast the directory imports and searches, from a thousand services to a million.

A made-up directory of each size is imported from HSDS tabular CSV, counted as verified, and asked
what the bot asks. PostgreSQL is started on loopback for it. Run by `make benchmark-directory`.
"""

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from statistics import quantiles
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from actions.needs import needs
from benchmarks.generated_directory import countries, write_directory
from directory.database import open_engine, open_session, open_transaction
from directory.exchange.files import import_file
from directory.search import ServiceQuery, search
from directory.search.index import rebuild
from tests.postgresql import postgresql_server

WARM_UP = 200
QUERIES = 2000
PLOT = Path(__file__).parent / "images" / "directory_search.png"

# database -> the size for which a goal holds and the p95 in milliseconds that is to be kept
GOALS = {"sqlite": (10_000, 5.0), "postgresql": (1_000_000, 15.0)}
IMPORT_GOAL = 5_000
"""Services a second into PostgreSQL, at its largest size."""

console = Console()


@dataclass(frozen=True)
class Figures:
    """Of one database at one size: services a second, milliseconds a search, megabytes."""

    database: str
    services: int
    import_rate: float
    p50: float
    p95: float
    memory: float


def main(
    sqlite: Annotated[list[int], typer.Option(help="Sizes on SQLite.")] = [1_000, 10_000],  # noqa: B006
    postgresql: Annotated[list[int], typer.Option(help="Sizes on PostgreSQL.")] = [  # noqa: B006
        1_000,
        10_000,
        100_000,
        1_000_000,
    ],
    plot: Annotated[Path, typer.Option(help="Where to draw the plot.")] = PLOT,
) -> None:
    """Measure, print and plot; exit status 1 if a goal is missed."""
    figures = []
    for database, sizes in (("sqlite", sqlite), ("postgresql", postgresql)):
        for services in sizes:
            with tempfile.TemporaryDirectory() as folder, _server(database, folder) as url:
                figures.append(measured(database, services, Path(folder), open_engine(url)))
            console.print(_table(figures[-1:]))
    console.print(_table(figures))
    draw(figures, plot)
    missed = [miss for one in figures for miss in _missed(one)]
    for miss in missed:
        console.print(f"[red]Goal missed:[/red] {miss}")
    raise typer.Exit(1 if missed else 0)


def measured(database: str, services: int, folder: Path, engine: Engine) -> Figures:
    """Import so many services and search among them."""
    with console.status(f"{database}, {services:,} services: writing the files"):
        write_directory(folder / "files", services)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{database}, {services:,} services: importing")
        start = time.perf_counter()
        import_file(engine, folder / "files", lambda done, total: progress.update(
            task, completed=done, total=total
        ))  # fmt: skip
        rate = services / (time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with console.status(f"{database}, {services:,} services: making them findable"):
        _count_as_verified(engine)
    with console.status(f"{database}, {services:,} services: searching"):
        took = _search_times(engine)
    engine.dispose()
    cuts = quantiles(took, n=100)
    return Figures(database, services, rate, cuts[49], cuts[94], memory)


@contextmanager
def _server(database: str, folder: str) -> Iterator[str]:
    """The address of an empty database."""
    if database == "sqlite":
        yield f"sqlite:///{folder}/directory.sqlite3"
        return
    # Half of what a small server would give; the rest is the operating system's cache.
    with postgresql_server(shared_buffers="1GB", max_wal_size="8GB") as address:
        engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT", future=True)
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE directory"))
        engine.dispose()
        yield f"{address}/directory"


def _count_as_verified(engine: Engine) -> None:
    today = datetime.now(timezone.utc).date()
    dates = {"day": today, "until": today + timedelta(days=90)}
    with open_transaction(engine) as connection:
        verified = "vetting_state = 'verified', assured_date = :day, valid_until = :until"
        connection.execute(text(f"UPDATE service SET {verified}"), dates)
        rebuild(connection)
    tidy = engine.execution_options(isolation_level="AUTOCOMMIT")
    with tidy.connect() as connection:
        # What PostgreSQL's autovacuum does on its own within minutes.
        command = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
        connection.execute(text(command))


def _search_times(engine: Engine) -> list[float]:
    """Milliseconds of each search, first row to last field, after some to warm up."""
    chance = random.Random(20261124)
    took = []
    for number in range(WARM_UP + QUERIES):
        query = _query(chance)
        start = time.perf_counter()
        with open_session(engine) as session:
            search(session, query)
        if number >= WARM_UP:
            took.append((time.perf_counter() - start) * 1000)
    return took


def _query(chance: random.Random) -> ServiceQuery:
    """What the bot asks for one of its needs, in a country by the square root of its population."""
    weights = countries()
    need = needs()[chance.choice(sorted(needs()))]
    audience = chance.choice((None, "child", "adult"))
    week = timedelta(minutes=chance.randrange(7 * 24 * 60))
    return ServiceQuery(
        country=chance.choices(list(weights), weights.values())[0],
        needs=need.services_for(audience),
        audience="adult_survivor" if audience == "adult" else audience,
        contact_way=chance.choice((None, None, None, "call", "chat")),
        language=chance.choice((None, "en", "fr", "es", "ar")),
        at=datetime.combine(date(2026, 11, 23), datetime.min.time(), timezone.utc) + week,
    )


def _missed(figures: Figures) -> Iterator[str]:
    size, most = GOALS[figures.database]
    name = f"{figures.database}, {figures.services:,} services"
    if figures.services == size and figures.p95 > most:
        yield f"{name}: p95 {figures.p95:.1f} ms, wanted {most} ms"
    at_scale = figures.database == "postgresql" and figures.services == size
    if at_scale and figures.import_rate < IMPORT_GOAL:
        yield f"{name}: {figures.import_rate:,.0f} services a second, wanted {IMPORT_GOAL:,}"


def _table(figures: list[Figures]) -> Table:
    table = Table("database", "services", "import, services/s", "p50, ms", "p95, ms", "memory, MB")
    for one in figures:
        table.add_row(
            one.database,
            f"{one.services:,}",
            f"{one.import_rate:,.0f}",
            f"{one.p50:.2f}",
            f"{one.p95:.2f}",
            f"{one.memory:,.0f}",
        )
    return table


def draw(figures: list[Figures], file: Path) -> None:
    """Draw p50 and p95 over the number of services, both logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.figure(figsize=(7, 4.5))
    for database in sorted({one.database for one in figures}):
        mine = [one for one in figures if one.database == database]
        sizes = [one.services for one in mine]
        pyplot.plot(sizes, [one.p95 for one in mine], marker="o", label=f"{database}, p95")
        pyplot.plot(sizes, [one.p50 for one in mine], marker=".", ls="--", label=f"{database}, p50")
    pyplot.xscale("log")
    pyplot.yscale("log")
    pyplot.xlabel("services in the directory")
    pyplot.ylabel("milliseconds a search")
    pyplot.grid(visible=True, which="both", alpha=0.3)
    pyplot.legend()
    file.parent.mkdir(exist_ok=True)
    pyplot.savefig(file, dpi=110, bbox_inches="tight")


if __name__ == "__main__":
    typer.run(main)
