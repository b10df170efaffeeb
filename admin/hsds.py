"""The public HSDS API: services that may be shown today, read-only (contract W4).

Paths, parameters and page envelope are those of the HSDS 3.0 OpenAPI document. A parameter that
is not served yet is refused rather than ignored.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from directory.database import open_session
from directory.exchange.documents import Document, full_services, listed_services
from directory.info import DEMONSTRATION_NOTICE, is_demonstration
from directory.models import Service
from directory.models.base import now
from directory.vetting.shown import may_be_shown

HSDS_VERSION = "3.0"
PER_PAGE = 50
MOST_PER_PAGE = 100
# Far above any real page; keeps the offset within what databases count with.
LAST_PAGE = 1_000_000


def about(request: Request) -> JSONResponse:
    """GET /hsds/: which HSDS this is."""
    with open_session(request.app.state.engine) as session:
        return JSONResponse({"version": HSDS_VERSION, **_notice(session)})


def services(request: Request) -> JSONResponse:
    """GET /hsds/services: a page of services, flat, or nested with full=true."""
    _refuse_unknown(request, {"page", "per_page", "full"})
    page = _whole_number(request, "page", 1, LAST_PAGE)
    per_page = _whole_number(request, "per_page", PER_PAGE, MOST_PER_PAGE)
    full = _true_or_false(request, "full")
    shown = may_be_shown(now().date())
    with open_session(request.app.state.engine) as session:
        total = session.execute(select(func.count(Service.id)).where(shown)).scalar() or 0
        start = (page - 1) * per_page
        query = select(Service.id).where(shown).order_by(Service.id).offset(start).limit(per_page)
        ids = session.execute(query).scalars().all()
        contents = full_services(session, ids) if full else listed_services(session, ids)
        return JSONResponse({**_page(contents, total, page, per_page), **_notice(session)})


def service(request: Request) -> JSONResponse:
    """GET /hsds/services/{id}: one service, fully nested."""
    _refuse_unknown(request, set())
    with open_session(request.app.state.engine) as session:
        query = select(Service.id).where(
            Service.id == request.path_params["id"], may_be_shown(now().date())
        )
        ids = session.execute(query).scalars().all()
        if not ids:
            raise HTTPException(404, "There is no verified service with this id.")
        return JSONResponse({**full_services(session, ids)[0], **_notice(session)})


ROUTES = [
    Route("/", about),
    Route("/services", services),
    Route("/services/{id}", service),
]


def _page(contents: list[Document], total: int, page: int, per_page: int) -> dict[str, Any]:
    """The envelope of HSDS's OpenAPI (components.schemas.Page)."""
    pages = ceil(total / per_page)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": contents,
    }


def _notice(session: Session) -> dict[str, str]:
    return {"notice": DEMONSTRATION_NOTICE} if is_demonstration(session) else {}


def _refuse_unknown(request: Request, known: set[str]) -> None:
    if set(request.query_params) - known:
        served = ", ".join(sorted(known)) or "none"
        raise HTTPException(400, f"A query parameter is not served here. Served are: {served}.")


def _whole_number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        raise HTTPException(400, f"{name} must be a whole number from 1 to {most}.")
    return int(text)


def _true_or_false(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        raise HTTPException(400, f"{name} must be true or false.")
    return text == "true"
