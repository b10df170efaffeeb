"""The HSDS API as an application of its own, to be mounted by the admin process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.hsds.answers import answer, json_answer
from admin.hsds.endpoints import about, listing, single
from admin.hsds.openapi import openapi_document
from admin.hsds.parameters import read_query
from admin.hsds.public import ForEverybody
from admin.hsds.resources import RESOURCES
from directory.vocabulary_names import vocabulary_names

# Below this many bytes compression does not pay.
_WORTH_COMPRESSING = 1000


def create_api(
    engine: Engine, templates: Environment, exception_handlers: Mapping[Any, Callable[..., Any]]
) -> Starlette:
    """The API over the directory of `engine`; errors are answered by `exception_handlers`.

    Raises BadDataError if the names of the vocabulary in other languages are incomplete.
    """
    api = Starlette(
        routes=[
            Route("/", about),
            *(Route(f"/{resource.name}", listing(resource)) for resource in RESOURCES),
            *(Route(f"/{resource.name}/{{id}}", single(resource)) for resource in RESOURCES),
            Route("/openapi.json", openapi, name="openapi"),
            Route("/docs", docs, name="docs"),
        ],
        middleware=[
            Middleware(ForEverybody),
            Middleware(GZipMiddleware, minimum_size=_WORTH_COMPRESSING),
        ],
        exception_handlers=exception_handlers,
    )
    api.state.engine = engine
    api.state.templates = templates
    api.state.names = vocabulary_names()
    return api


def openapi(request: Request) -> Response:
    """GET /openapi.json: what this API has, for programs."""
    read_query(request.query_params, ())
    return json_answer(request, openapi_document(request.app.state.names))


def docs(request: Request) -> Response:
    """GET /docs: the same for people, and what our HSDS profile adds."""
    read_query(request.query_params, ())
    template = request.app.state.templates.get_template("hsds.html")
    page = template.render(document=openapi_document(request.app.state.names))
    return answer(request, page, "text/html")
