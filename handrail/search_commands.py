"""`handrail directory`: show what a person would be told of, and renew what searches read."""

from datetime import datetime
from typing import Annotated

import pycountry
import typer
from rich.markup import escape
from rich.table import Table

from directory.database import open_session, open_transaction
from directory.info import DEMONSTRATION_NOTICE, is_demonstration
from directory.models.base import now
from directory.search import FoundService, SearchResult, ServiceQuery
from directory.search import search as find
from directory.search.index import rebuild
from directory.search.nearby import search_nearby
from handrail.terminal import console, open_directory, reporting, watched


def search(
    country: Annotated[
        str | None,
        typer.Option(metavar="CC", help="Where the person is (ISO 3166-1); left out: unknown."),
    ] = None,
    need: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="May be repeated, the main one first.")
    ] = None,
    audience: Annotated[
        str | None, typer.Option(metavar="CODE", help="For whom, such as child.")
    ] = None,
    age: Annotated[int | None, typer.Option(min=0, max=120, help="In years.")] = None,
    way: Annotated[
        str | None, typer.Option(metavar="WAY", help="How to be in touch, such as call or chat.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="What the person speaks (ISO 639).")
    ] = None,
    open_now: Annotated[
        bool, typer.Option("--open-now", help="Only what is known to be open.")
    ] = False,
    free: Annotated[bool, typer.Option("--free", help="Only what is known to be free.")] = False,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Only what is known to be anonymous.")
    ] = False,
    round_the_clock: Annotated[
        bool, typer.Option("--round-the-clock", help="Only what is always open.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Such as 2026-11-24T18:00+01:00; left out: now."),
    ] = None,
    nearby: Annotated[
        bool,
        typer.Option(
            "--nearby",
            help="Services of neighbouring countries that answer from abroad; the assistant never "
            "shows these on its own.",
        ),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 3,
) -> None:
    """Show which services a person would be told of, best first."""
    with reporting("Nothing was looked for."):
        query = ServiceQuery(
            country=_country(country),
            needs=tuple(need or ()),
            audience=audience,
            age=age,
            contact_way=way,  # type: ignore[arg-type]  # it says so if the way is unknown
            language=language,
            open_now=open_now,
            free=free,
            anonymous=anonymous,
            round_the_clock=round_the_clock,
            at=_moment(at),
            limit=limit,
        )
        with open_session(open_directory()) as session:
            result = (search_nearby if nearby else find)(session, query)
            demonstration = is_demonstration(session)
    _show(result, demonstration)


def reindex() -> None:
    """Make anew what searches read, from the services; needed after an upgrade only."""
    with (
        reporting(),
        watched("Reading services") as progress,
        open_transaction(open_directory()) as connection,
    ):
        count = rebuild(connection, progress)
    console.print(f"{count} services can be found, as long as they are in date.")


def _country(code: str | None) -> str | None:
    """The code itself, if there is such a country."""
    if code is not None and pycountry.countries.get(alpha_2=code) is None:
        raise ValueError(
            f"{code!r} is not the code of a country (ISO 3166-1, two capital letters), such as "
            "NE for Niger"
        )
    return code


def _moment(text: str | None) -> datetime:
    if text is None:
        return now()
    try:
        # Z is ISO 8601, but Python 3.10 does not know it.
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"{text!r} is not a time with its offset, as in 2026-11-24T18:00+01:00")
    return moment


def _show(result: SearchResult, demonstration: bool) -> None:
    if demonstration:
        console.print(f"[bold]{DEMONSTRATION_NOTICE.capitalize()}.[/bold]")
    if not result.services:
        console.print("No service was found.")
        return
    table = Table("Service", "Country", "Contact", "Open", "Languages", "Verified")
    for service in result.services:
        table.add_row(*map(escape, _cells(service)), end_section=True)
    console.print(table)
    if result.more:
        console.print("There are more; --limit shows them.")


def _cells(service: FoundService) -> tuple[str, ...]:
    return (
        f"{service.name}\n{service.organization}",
        service.country,
        "\n".join(_contacts(service)),
        _opening(service),
        ", ".join(service.languages),
        str(service.verified_on or ""),
    )


def _contacts(service: FoundService) -> list[str]:
    """Numbers as they are dialled where the person is, and addresses."""
    ways = (
        *(("Call", phone.display) for phone in service.phones),
        ("SMS", service.sms),
        ("WhatsApp", service.whatsapp),
        ("Chat", service.chat_url),
        ("E-mail", service.email),
        ("Web", service.website),
    )
    return [f"{name} {value}" for name, value in ways if value]


def _opening(service: FoundService) -> str:
    if service.open_now:
        return "open now"
    if service.open_now is None:
        return "unknown"
    if service.opens_at is None:
        return "closed"
    return f"opens {service.opens_at:%Y-%m-%d %H:%M %Z}"
