"""Our own OpenAPI document (3.1), made from the tables of resources, parameters and records."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from admin.hsds.examples import EXAMPLES, PROBLEM
from admin.hsds.languages import DEFAULT
from admin.hsds.parameters import PARAMETERS
from admin.hsds.resources import RESOURCES, Resource
from admin.hsds.schemas import NOTICE, record_schemas

VERSION = "1.0.0"
"""The version of the API that the document describes; it grows with the API."""

_DESCRIPTION = """\
Support services for people affected by child sexual exploitation and abuse, from one directory, \
in the shape of the Human Services Data Specification (HSDS) 3.0. Only services that are \
verified, active and in date today are here, with their organizations and locations; nothing can \
be written. Programs on any web page may read it, without a key.

Answers may be kept for a minute. Their entity tag changes whenever their content does, also \
when a service leaves a list: ask again with If-None-Match. If-Modified-Since counts for single \
services only, since no date tells that something left a list.

Additions to HSDS 3.0 (our profile): `additional_urls` of a service and `additional_websites` of \
an organization as in HSDS 3.1; `slug`, `anonymous` (whether one may stay anonymous), `cost` \
(free or a standard charge) and `pair` (services that belong together, such as one for adults and \
one for children) of a service; `provenance`: where its facts were read; `country`, `e164` and \
`reachable_from_abroad` of a phone; `country` (ISO 3166-1, ZZ for everywhere), `region` (ISO \
3166-2) and `place` of a service area; `opening_hours` (OpenStreetMap syntax) and \
`timezone_name` of a schedule. A demonstration directory says so in the property `notice`.\
"""

_JSON = "application/json"
_TAXONOMIES = frozenset({"taxonomy", "taxonomy_term"})


def openapi_document(languages: Collection[str]) -> dict[str, Any]:
    """The document; `languages` are those in which our taxonomies have names, besides English."""
    paths: dict[str, Any] = {"/": {"get": _about()}}
    for resource in RESOURCES:
        paths[f"/{resource.name}"] = {"get": _list(resource)}
        paths[f"/{resource.name}/{{id}}"] = {"get": _one(resource)}
    paths["/openapi.json"] = {"get": _plain("openapi", "This document.", _JSON, {"type": "object"})}
    paths["/docs"] = {"get": _plain("docs", "This document for people.", "text/html", _TEXT)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Handrail directory: HSDS API",
            "version": VERSION,
            "summary": "Verified support services, read-only, as HSDS 3.0.",
            "description": _DESCRIPTION,
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "/hsds"}],
        "paths": paths,
        "components": {
            "parameters": {**_query_parameters(), **_other_parameters(languages)},
            "responses": {name: _problem(what) for name, what in _PROBLEMS.items()},
            "headers": _HEADERS,
            "schemas": {"Problem": _PROBLEM_SCHEMA, "Page": _PAGE, **record_schemas()},
        },
    }


_TEXT = {"type": "string"}

_PAGE: dict[str, Any] = {
    "type": "object",
    "description": "One page of a list.",
    "properties": {
        "total_items": {"type": "integer", "minimum": 0},
        "total_pages": {"type": "integer", "minimum": 0},
        "page_number": {"type": "integer", "minimum": 1},
        "size": {"type": "integer", "minimum": 0},
        "first_page": {"type": "boolean"},
        "last_page": {"type": "boolean"},
        "empty": {"type": "boolean"},
        "contents": {"type": "array"},
        "notice": NOTICE,
    },
    "required": [
        "total_items",
        "total_pages",
        "page_number",
        "size",
        "first_page",
        "last_page",
        "empty",
        "contents",
    ],
    "additionalProperties": False,
}

_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}

_PROBLEMS = {
    "BadParameter": "A parameter is not served here, or its value is not one that it may hold.",
    "Contradiction": "Parameters that are right by themselves contradict each other.",
    "NotFound": "There is nothing public with this id.",
    "Unavailable": "The directory cannot be read now; worth another try soon.",
}

_HEADERS = {
    "ETag": {"description": "Changes with the content.", "schema": _TEXT},
    "Last-Modified": {
        "description": "When the service, or the latest one of the page, was last modified.",
        "schema": _TEXT,
    },
    "Cache-Control": {"description": "How long the answer may be kept.", "schema": _TEXT},
    "Content-Language": {"description": "The language of our own taxonomies.", "schema": _TEXT},
}


def _query_parameters() -> dict[str, Any]:
    return {
        name: {
            "name": name,
            "in": "query",
            "required": False,
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
        for name, parameter in PARAMETERS.items()
    }


def _other_parameters(languages: Collection[str]) -> dict[str, Any]:
    told = ", ".join(sorted({DEFAULT, *languages}))
    return {
        "id": {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "The record's id.",
            "schema": {"type": "string", "minLength": 1},
        },
        "language": {
            "name": "Accept-Language",
            "in": "header",
            "required": False,
            "description": f"Our own taxonomies are named in the best of: {told}.",
            "schema": _TEXT,
        },
    }


def _reference(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _parameters(names: Collection[str], translated: bool) -> list[dict[str, str]]:
    language = ["language"] if translated else []
    return [_reference("parameters", name) for name in (*names, *language)]


def _list(resource: Resource) -> dict[str, Any]:
    contents = {"type": "array", "items": _items(resource)}
    page = {**_reference("schemas", "Page"), "properties": {"contents": contents}}
    content: dict[str, Any] = {
        _JSON: {"schema": page, "examples": {"page": {"value": EXAMPLES[resource.name]}}},
        "application/x-ndjson": {"schema": _TEXT},
    }
    return {
        "operationId": f"list_{resource.name}",
        "summary": f"A page of {resource.what}, or all of them.",
        "parameters": _parameters(resource.parameters, resource.translated),
        "responses": {
            "200": {
                **_success(resource, f"The {resource.what}.", content),
                "links": {"first": _link_to_first(resource)},
            },
            **_responses("304", "400"),
            **(_responses("422") if _can_contradict(resource) else {}),
            **_responses("503"),
        },
    }


def _link_to_first(resource: Resource) -> dict[str, Any]:
    return {
        "operationId": f"get_{resource.name}_by_id",
        "parameters": {"id": "$response.body#/contents/0/id"},
        "description": "The first of the list, with everything that belongs to it.",
    }


def _one(resource: Resource) -> dict[str, Any]:
    content = {_JSON: {"schema": _reference("schemas", resource.table)}}
    return {
        "operationId": f"get_{resource.name}_by_id",
        "summary": f"One of the {resource.what}, with everything that belongs to it.",
        "parameters": _parameters(("id", *resource.one_parameters), resource.translated),
        "responses": {
            "200": _success(resource, "The record.", content),
            **_responses("304", "400", "404", "503"),
        },
    }


def _items(resource: Resource) -> dict[str, Any]:
    """The schema of what the list holds, as the parameters want it."""
    full = _reference("schemas", resource.table)
    if resource.table in _TAXONOMIES:
        return full
    shapes = [_reference("schemas", f"listed_{resource.table}"), full]
    if "minimal" in resource.parameters:
        shapes.append(_reference("schemas", "minimal_service"))
    return {"anyOf": shapes}


def _about() -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {
            "version": {"type": "string", "description": "HSDS version of this API."},
            "profile": {"type": "string", "format": "uri"},
            "openapi_url": {"type": "string", "format": "uri"},
            "notice": NOTICE,
        },
        "required": ["version", "profile", "openapi_url"],
        "additionalProperties": False,
    }
    operation = _plain("about", "Which HSDS this is, and where it is described.", _JSON, schema)
    operation["responses"] |= _responses("503")
    return operation


def _plain(name: str, summary: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    success = {"description": summary, "content": {media_type: {"schema": schema}}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": success, **_responses("304", "400")},
    }


def _success(resource: Resource, what: str, content: dict[str, Any]) -> dict[str, Any]:
    names = ["ETag", "Cache-Control"]
    names += ["Last-Modified"] if resource.dated else []
    names += ["Content-Language"] if resource.translated else []
    headers = {name: _reference("headers", name) for name in names}
    return {"description": what, "headers": headers, "content": content}


def _responses(*statuses: str) -> dict[str, Any]:
    known = {
        "304": {"description": "The caller has it already."},
        "400": _reference("responses", "BadParameter"),
        "404": _reference("responses", "NotFound"),
        "422": _reference("responses", "Contradiction"),
        "503": _reference("responses", "Unavailable"),
    }
    return {status: known[status] for status in statuses}


def _can_contradict(resource: Resource) -> bool:
    return not {"minimal", "proximity"}.isdisjoint(resource.parameters)


def _problem(what: str) -> dict[str, Any]:
    example = {"example": {"value": PROBLEM}}
    schema = _reference("schemas", "Problem")
    content = {"application/problem+json": {"schema": schema, "examples": example}}
    return {"description": what, "content": content}
