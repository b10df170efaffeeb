"""The admin process: status page, health, and the public HSDS API, on one Starlette app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from admin.headers import SecurityHeaders
from admin.hsds import create_api
from admin.problems import directory_problem, http_problem, unexpected_problem
from admin.settings import AdminSettings
from directory.coverage import stats
from directory.database import open_engine, open_session
from directory.errors import DirectoryUnavailable
from directory.info import DEMONSTRATION_NOTICE
from directory.vocabulary import NEEDS

_TEMPLATES = Environment(
    loader=PackageLoader("admin"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def create_app(settings: AdminSettings) -> Starlette:
    """The application; it opens the database only when asked something.

    Raises DirectoryUnavailable if the database address cannot be understood.
    """
    engine = open_engine(settings.directory_url)

    @asynccontextmanager
    async def closing(app: Starlette) -> AsyncIterator[None]:
        yield
        engine.dispose()

    problems = {
        HTTPException: http_problem,
        DirectoryUnavailable: directory_problem,
        Exception: unexpected_problem,
    }
    api = create_api(engine, _TEMPLATES, problems)
    app = Starlette(
        routes=[Route("/", status), Route("/health", health), Mount("/hsds", app=api)],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers=problems,
        lifespan=closing,
    )
    app.state.engine = engine
    return app


def status(request: Request) -> Response:
    """GET /: what the directory holds, for a person's eyes."""
    template = _TEMPLATES.get_template("status.html")
    names = {term.code: term.name for term in NEEDS.terms}
    try:
        with open_session(request.app.state.engine) as session:
            counts = stats(session)
    except DirectoryUnavailable as error:
        page = template.render(counts=None, problem=str(error), names=names, notice=None)
        return HTMLResponse(page, status_code=503)
    notice = DEMONSTRATION_NOTICE if counts.demonstration else None
    return HTMLResponse(template.render(counts=counts, problem=None, names=names, notice=notice))


def health(request: Request) -> Response:
    """GET /health: 200 when the directory can be read, otherwise 503 with the reasons."""
    try:
        with open_session(request.app.state.engine) as session:
            counts = stats(session)
    except DirectoryUnavailable as error:
        return JSONResponse({"status": "unavailable", "reasons": [str(error)]}, status_code=503)
    return JSONResponse(
        {"status": "ok", "services": counts.shown, "demonstration": counts.demonstration}
    )
