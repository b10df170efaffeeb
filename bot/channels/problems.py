"""Errors of the web channel, answered as problem+json (RFC 9457).

Their sentences come from the catalogue like all others, because the page shows them to people.
"""

from http import HTTPStatus

from sanic.response import HTTPResponse, json


class Problem(Exception):  # noqa: N818 - the standard's own name for it
    """An error that is answered with a problem document; it never carries a person's words."""

    def __init__(
        self,
        status: HTTPStatus,
        response: str,
        retry_after: int | None = None,
        **variables: str | int,
    ) -> None:
        """`response` names a sentence of the catalogue; `retry_after` is in seconds."""
        super().__init__(response)
        self.status = status
        self.response = response
        self.retry_after = retry_after
        self.variables = variables


def problem_document(problem: Problem, detail: str) -> HTTPResponse:
    """Return the HTTP answer with `detail` as its sentence."""
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": detail,
    }
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return json(
        body, problem.status.value, headers=headers, content_type="application/problem+json"
    )
