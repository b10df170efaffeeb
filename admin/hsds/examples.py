"""Example answers for the OpenAPI document: invented records, and no numbers that could ring."""

from __future__ import annotations

from typing import Any

from directory.vocabulary import NEEDS

_ORGANIZATION = {
    "id": "1f0c9a52-6a8e-4d0b-9c55-3b8f6f0a7d11",
    "name": "Example Trust",
    "description": "An invented organization.",
    "website": "https://example.org",
}

_SERVICE = {
    "id": "8c1d2f64-0b7a-4c11-8e6b-52a4a7d9e3f0",
    "name": "Example Helpline",
    "description": "Someone a child can talk to.",
    "url": "https://example.org/help",
    "status": "active",
    "maximum_age": 18,
    "assured_date": "2026-01-31",
    "last_modified": "2026-01-31T12:00:00Z",
    "anonymous": True,
    "cost": "free",
    "organization": _ORGANIZATION,
}

_LOCATION = {
    "id": "3f5b7a90-2c4d-4e8f-a1b2-c3d4e5f60718",
    "location_type": "physical",
    "name": "Example House",
    "latitude": 51.5,
    "longitude": -0.12,
}

_SERVICE_AT_LOCATION = {
    "id": "6d7e8f90-1a2b-4c3d-8e4f-5a6b7c8d9e0f",
    "location": _LOCATION,
    "service": _SERVICE,
}

_TERM = {**NEEDS.term_rows()[0], "taxonomy_detail": NEEDS.row()}
del _TERM["taxonomy_id"]


def _page(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "total_items": 1,
        "total_pages": 1,
        "page_number": 1,
        "size": 1,
        "first_page": True,
        "last_page": True,
        "empty": False,
        "contents": [record],
    }


EXAMPLES: dict[str, dict[str, Any]] = {
    "services": _page(_SERVICE),
    "organizations": _page(_ORGANIZATION),
    "service_at_locations": _page(_SERVICE_AT_LOCATION),
    "taxonomies": _page(dict(NEEDS.row())),
    "taxonomy_terms": _page(_TERM),
}
"""A page of each list, by the name of the resource."""

PROBLEM = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "page must be a whole number from 1 to 1000000.",
}
