"""What an answer means for an address: works, moved, gone, parked, or not to be reached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from directory.health.domains import registrable
from directory.health.fetch import Answer, NoAnswer
from directory.health.parked import ParkingSigns

FAILING = ("parked", "not_found", "certificate", "unreachable", "server_error")
"""Outcomes that mean a person who follows the address finds nothing, the worst first.

"moved" still leads somewhere, and "refused" says only that the site does not answer programs.
"""

EXPIRES_SOON = timedelta(days=14)

_GONE = frozenset({404, 410})

# The first page of a site or of one of its languages.
_HOME = re.compile(r"/?([a-z]{2}(-[a-z]{2})?/?)?((index|home|default)(\.\w+)?/?)?", re.IGNORECASE)


@dataclass(frozen=True)
class LinkResult:
    """The result for one address, with the fields of LinkCheck."""

    url: str
    checked: datetime
    outcome: str
    status: int | None = None
    final_url: str | None = None
    certificate_expires: datetime | None = None
    detail: str | None = None


def judge(url: str, found: Answer | NoAnswer, signs: ParkingSigns, checked: datetime) -> LinkResult:
    """Say what was found at an address; `checked` is when, as an aware datetime."""
    final = found.url if _is_other(url, found.url) else None
    if isinstance(found, NoAnswer):
        where = f"{_host(found.url)}: {found.detail}" if final else found.detail
        expires = found.certificate_expires
        return LinkResult(url, checked, found.kind, None, final, expires, where)
    outcome, detail = _judge_answer(url, found, signs)
    return LinkResult(
        url=url,
        checked=checked,
        outcome=outcome,
        status=found.status,
        final_url=final,
        certificate_expires=found.certificate_expires,
        detail=detail or _ends_soon(found.certificate_expires, checked),
    )


def _judge_answer(url: str, answer: Answer, signs: ParkingSigns) -> tuple[str, str | None]:
    """Outcome and detail."""
    parked = signs.in_address(answer.url) or signs.in_page(answer.page)
    if parked:
        return "parked", parked
    if not 200 <= answer.status < 300:
        return _judge_status(answer.status), None
    if registrable(_host(answer.url)) != registrable(_host(url)):
        return "moved", f"leads to {_host(answer.url)} now"
    if _is_home(answer.url) and not _is_home(url):
        return "ok", "leads to the home page; the page itself may be gone"
    return "ok", None


def _judge_status(status: int) -> str:
    if status in _GONE:
        return "not_found"
    # A redirect that names no target is the server's mistake.
    if 500 <= status < 600 or 300 <= status < 400:
        return "server_error"
    return "refused"


def _ends_soon(expires: datetime | None, at: datetime) -> str | None:
    if expires is None or expires - at > EXPIRES_SOON:
        return None
    return f"the certificate ends on {expires.date().isoformat()}"


def _is_other(url: str, final: str) -> bool:
    try:
        return httpx.URL(url.strip()) != httpx.URL(final)
    except httpx.InvalidURL:
        return False


def _host(url: str) -> str:
    return httpx.URL(url.strip()).host


def _is_home(url: str) -> bool:
    """Whether an address is a site's first page; one with a query may be any page."""
    parts = httpx.URL(url.strip())
    return not parts.query and _HOME.fullmatch(parts.path) is not None
