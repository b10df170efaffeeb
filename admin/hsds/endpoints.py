"""What the paths of the HSDS API answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from admin.hsds.answers import CACHE_CONTROL, json_answer, last_modified
from admin.hsds.languages import DEFAULT, negotiated
from admin.hsds.parameters import PER_PAGE, Query, read_query
from admin.hsds.resources import Resource
from admin.hsds.selection import Asked
from directory.batches import batches
from directory.database import open_session
from directory.exchange.documents import Document
from directory.info import DEMONSTRATION_NOTICE, is_demonstration
from directory.models.base import now

HSDS_VERSION = "3.0"
NDJSON = "application/x-ndjson"

Endpoint = Callable[[Request], Response]


def about(request: Request) -> Response:
    """GET /: which HSDS this is, and where it is described."""
    read_query(request.query_params, ())
    with open_session(request.app.state.engine) as session:
        content = {
            "version": HSDS_VERSION,
            "profile": str(request.url_for("docs")),
            "openapi_url": str(request.url_for("openapi")),
            **_notice(session),
        }
    return json_answer(request, content)


def listing(resource: Resource) -> Endpoint:
    """GET /{name}: a page of records, or all of them one a line."""

    def endpoint(request: Request) -> Response:
        query = read_query(request.query_params, resource.parameters)
        with open_session(request.app.state.engine) as session:
            asked = _asked(request, session, query, resource)
            language = asked.language if resource.translated else None
            if query.format == "ndjson":
                ids = list(resource.select(asked).some(0, None))
                return _lines(request, resource, asked, ids, language)
            content = _page(resource, asked)
        modified = last_modified(content["contents"]) if resource.dated else None
        return json_answer(request, content, modified=modified, language=language)

    return endpoint


def single(resource: Resource) -> Endpoint:
    """GET /{name}/{id}: one record with everything that belongs to it."""

    def endpoint(request: Request) -> Response:
        query = replace(read_query(request.query_params, resource.one_parameters), full=True)
        with open_session(request.app.state.engine) as session:
            asked = _asked(request, session, query, resource)
            document = _one(resource, asked, request.path_params["id"])
            content = {**document, **_notice(session)}
        return json_answer(
            request,
            content,
            modified=last_modified([document]) if resource.dated else None,
            # What else a record consists of may have changed since its service was modified.
            single=resource.table == "service",
            language=asked.language if resource.translated else None,
        )

    return endpoint


def _asked(request: Request, session: Session, query: Query, resource: Resource) -> Asked:
    names = request.app.state.names
    header = request.headers.get("accept-language", "") if resource.translated else ""
    language = negotiated(header, {DEFAULT, *names})
    return Asked(session, query, now().date(), language, names)


def _one(resource: Resource, asked: Asked, id_: str) -> Document:
    # PostgreSQL has no text with this character in it.
    if "\x00" not in id_:
        condition = (resource.id_column == id_, resource.shown(asked.day))
        if asked.session.execute(select(resource.id_column).where(*condition)).first():
            return resource.write(asked, [id_])[0]
    raise HTTPException(404, f"There is nothing with this id among the {resource.what}.")


def _page(resource: Resource, asked: Asked) -> dict[str, Any]:
    """The envelope of HSDS's OpenAPI (components.schemas.Page)."""
    query, selected = asked.query, resource.select(asked)
    total = selected.count()
    per_page = query.per_page or (max(1, total) if query.minimal else PER_PAGE)
    pages = ceil(total / per_page)
    ids = selected.some((query.page - 1) * per_page, per_page)
    contents = resource.write(asked, ids)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": query.page,
        "size": len(contents),
        "first_page": query.page == 1,
        "last_page": query.page >= pages,
        "empty": not contents,
        "contents": contents,
        **_notice(asked.session),
    }


def _lines(
    request: Request, resource: Resource, asked: Asked, ids: list[str], language: str | None
) -> Response:
    """All records as they are read, each with the notice; no tag is known before the end."""
    headers = {"Cache-Control": CACHE_CONTROL}
    if language is not None:
        headers |= {"Content-Language": language, "Vary": "Accept-Language"}
    if request.method == "HEAD":
        return Response(media_type=NDJSON, headers=headers)
    lines = _read_lines(request.app.state.engine, resource, asked, ids)
    return StreamingResponse(lines, media_type=NDJSON, headers=headers)


def _read_lines(engine: Engine, resource: Resource, asked: Asked, ids: list[str]) -> Iterator[str]:
    for some in batches(ids):
        with open_session(engine) as session:
            notice = _notice(session)
            documents = resource.write(replace(asked, session=session), some)
        for document in documents:
            yield json.dumps({**document, **notice}, ensure_ascii=False) + "\n"


def _notice(session: Session) -> dict[str, str]:
    return {"notice": DEMONSTRATION_NOTICE} if is_demonstration(session) else {}
