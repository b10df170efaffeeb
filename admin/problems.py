"""Errors of the admin process as problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from directory.errors import DirectoryUnavailable


class ProblemResponse(JSONResponse):
    """A problem document with its status and a sentence for the caller."""

    media_type = "application/problem+json"

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        content = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        super().__init__(content, status_code=status, headers=headers)


def http_problem(request: Request, error: Exception) -> ProblemResponse:
    """A refusal, by a route or because there is none."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return ProblemResponse(error.status_code, error.detail, headers)


def directory_problem(request: Request, error: Exception) -> ProblemResponse:
    """The database does not answer; worth another try soon."""
    assert isinstance(error, DirectoryUnavailable)
    detail = f"The directory cannot be read now: {error}."
    return ProblemResponse(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": "30"})


def unexpected_problem(request: Request, error: Exception) -> ProblemResponse:
    """A fault of ours; the answer gives nothing away."""
    return ProblemResponse(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.")
