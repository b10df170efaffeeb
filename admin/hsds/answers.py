"""Answers that anybody may keep for a minute, and need not be sent again when nothing changed.

The entity tag is made from the content, so that it changes whenever the content does: also when
a service leaves a list. A date alone does not tell that, and decides for single services only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from directory.exchange.documents import Document

# Short, because a number that was withdrawn must vanish.
CACHE_CONTROL = "public, max-age=60"

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def json_answer(
    request: Request,
    content: Mapping[str, Any],
    *,
    modified: datetime | None = None,
    single: bool = False,
    language: str | None = None,
) -> Response:
    """The content as JSON, or 304 if the caller has it.

    `modified` is when something of it was last changed; `single`: it is one service, which the
    date covers. `language` is that of the content if it follows Accept-Language.
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return answer(
        request, text, "application/json", modified=modified, single=single, language=language
    )


def answer(
    request: Request,
    text: str,
    media_type: str,
    *,
    modified: datetime | None = None,
    single: bool = False,
    language: str | None = None,
) -> Response:
    """Like `json_answer`, with text of any type."""
    body = text.encode("utf-8")
    # Weak: the same content may travel compressed.
    tag = f'W/"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    if modified is not None:
        headers["Last-Modified"] = _http_date(modified)
    if language is not None:
        headers |= {"Content-Language": language, "Vary": "Accept-Language"}
    if _is_known(request, tag, modified if single else None):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def last_modified(documents: Iterable[Document]) -> datetime | None:
    """The latest last_modified of services, also of those at locations; None without any."""
    texts = [
        service[name]
        for document in documents
        for service in (document, document.get("service", {}))
        for name in ("last_modified", "modified_date")
        if name in service
    ]
    moments = [datetime.fromisoformat(text.replace("Z", "+00:00")) for text in texts]
    return max(moments, default=None)


def _is_known(request: Request, tag: str, modified: datetime | None) -> bool:
    """Whether the caller has it; a tag, if one is sent, decides alone (RFC 9110, 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        own = _TAG.findall(tag)[0]
        return tags.strip() == "*" or own in _TAG.findall(tags)
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
    if moment.tzinfo is None:
        return False
    return modified.replace(microsecond=0) <= moment


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(timezone.utc), usegmt=True)
