"""The query parameters of the HSDS API: what each may hold, and how it is read.

The same table is the source of the OpenAPI document. A parameter that a path does not have, or
a value that it may not hold, is refused rather than ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from http import HTTPStatus
from typing import Any

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

PER_PAGE = 50
MOST_PER_PAGE = 100
# Far above any real page; keeps the offset within what databases count with.
LAST_PAGE = 1_000_000
# A thousand kilometres: whoever needs more than that does not look for what is near.
FARTHEST_METRES = 1_000_000

_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?(?:([Zz])|([+ -]\d{2}:\d{2}))?)?"
)


@dataclass(frozen=True)
class Query:
    """What is asked of a list. `modified_after` is aware; `proximity` is in metres.

    `per_page` is None when nothing is said about it.
    """

    search: str | None = None
    page: int = 1
    per_page: int | None = None
    format: str = "json"
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    postcode: str | None = None
    proximity: int | None = None
    top_only: bool = False
    parent_id: str | None = None


@dataclass(frozen=True)
class Parameter:
    """A parameter, its JSON schema, and how it is read; `read` raises ValueError for what it
    may not hold."""

    name: str
    description: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]


def read_query(given: QueryParams, names: Collection[str]) -> Query:
    """The query. Raises HTTPException: 400 for a parameter not among `names`, given twice, or
    with a value that it may not hold; 422 for parameters that contradict each other."""
    if set(given) - set(names):
        served = ", ".join(names) or "none"
        raise HTTPException(400, f"A query parameter is not served here. Served are: {served}.")
    values: dict[str, Any] = {}
    for name in given:
        texts = given.getlist(name)
        if len(texts) > 1:
            raise HTTPException(400, f"{name} may be given once only.")
        try:
            values[name] = PARAMETERS[name].read(texts[0])
        except ValueError as error:
            raise HTTPException(400, f"{name} must be {error}.") from None
    query = Query(**values)
    _refuse_contradictions(query)
    return query


def _refuse_contradictions(query: Query) -> None:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if query.minimal and query.full:
        raise HTTPException(status, "minimal and full cannot both be true.")
    if query.proximity is not None and query.postcode is None:
        raise HTTPException(status, "proximity needs a postcode to be measured from.")


def _whole_number(most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        digits = value.isascii() and value.isdecimal() and len(value) < 10
        if not digits or not 1 <= int(value) <= most:
            raise ValueError(f"a whole number from 1 to {most}")
        return int(value)

    return read


def _true_or_false(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError("true or false")
    return value == "true"


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    whole = re.compile(pattern)

    def read(value: str) -> str:
        if not whole.fullmatch(value):
            raise ValueError(what)
        return value

    return read


def _moment(value: str) -> datetime:
    """A day or a moment; what has no offset is in UTC. A + that arrived as a space counts."""
    found = _MOMENT.fullmatch(value)
    try:
        if found is None or not value.isascii():
            raise ValueError
        day, clock, fraction, _, offset = found.groups()
        text = f"{day}T{clock or '00:00'}{_microseconds(fraction)}"
        moment = datetime.fromisoformat(text + (offset or "+00:00").replace(" ", "+"))
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError("a date (2026-01-31) or a date and time (2026-01-31T12:00:00Z)") from None


def _microseconds(fraction: str | None) -> str:
    return f"{fraction:0<7}"[:7] if fraction else ""


_ID = r"[0-9A-Za-z._:-]{1,100}"


def _id(name: str, description: str) -> Parameter:
    schema = {"type": "string", "pattern": f"^{_ID}$"}
    return Parameter(name, description, schema, _matching(_ID, "an id of this API"))


def _switch(name: str, description: str) -> Parameter:
    return Parameter(name, description, {"type": "boolean", "default": False}, _true_or_false)


def _number(name: str, description: str, most: int, **more: Any) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": most, **more}
    return Parameter(name, description, schema, _whole_number(most))


_ALL = (
    Parameter(
        "search",
        "Full text search: all words must be there, the last one perhaps only begun; services"
        " with similar words are found when none has these.",
        {"type": "string", "minLength": 1, "maxLength": 200},
        _matching(r"(?s).{1,200}", "a text of 1 to 200 characters"),
    ),
    _number("page", "Number of the page, from 1.", LAST_PAGE, default=1),
    _number("per_page", "Results in one page.", MOST_PER_PAGE, default=PER_PAGE),
    Parameter(
        "format",
        "json gives a page; ndjson gives all results, one JSON document a line, and page and"
        " per_page mean nothing then.",
        {"type": "string", "enum": ["json", "ndjson"], "default": "json"},
        _matching("json|ndjson", "json or ndjson"),
    ),
    _id("taxonomy_term_id", "Services with this taxonomy term."),
    _id("taxonomy_id", "Services with any term of this taxonomy; terms of this taxonomy."),
    _id("organization_id", "Services that this organization provides."),
    Parameter(
        "modified_after",
        "Services modified on or after this moment, or this day in UTC.",
        {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]},
        _moment,
    ),
    _switch(
        "minimal",
        "Only id and modified_date of each service, of all services in one page unless per_page"
        " says otherwise.",
    ),
    _switch("full", "Everything that belongs to the record, nested."),
    _switch("full_service", "Services in full within the organization; includes full."),
    Parameter(
        "postcode",
        "Services at locations that cover this postcode by their service areas (by country and,"
        " where an area names one, town). A postcode is known by the addresses of the locations in"
        " this directory; one that is not among them finds nothing.",
        {"type": "string", "minLength": 1, "maxLength": 20, "pattern": "^[0-9A-Za-z -]*$"},
        _matching("[0-9A-Za-z -]{1,20}", "a postcode of letters, digits, spaces and hyphens"),
    ),
    _number(
        "proximity",
        "Only locations within so many metres of the postcode's centroid, the nearest first. The"
        " centroid is that of the known locations with this postcode, in each country where there"
        " are any.",
        FARTHEST_METRES,
    ),
    _switch("top_only", "Only terms that have no parent."),
    _id("parent_id", "Terms that have this parent."),
)

PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _ALL}
