"""What else the Rasa port serves: health for load balancers (W1) and the chat page (W4)."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, Sanic
from sanic.response import HTTPResponse, file, json

PAGE = Path(__file__).resolve().parent / "page"
PAGE_FILES = {"chat.js": "text/javascript; charset=utf-8", "chat.css": "text/css; charset=utf-8"}
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SiteInput(InputChannel):
    """Not a way to talk: a Rasa channel only because channels are how Rasa serves more routes."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name."""
        return "site"

    def url_prefix(self) -> str:
        """Return the root: Rasa joins this to /webhooks/, and an absolute path replaces it."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes of the page and of the health check."""
        routes = Blueprint("site")
        routes.add_route(health, "/health", methods=["GET"])
        routes.add_route(page_file, "/page/<name:str>", methods=["GET"])
        routes.listener("before_server_start")(_serve_page_at_root)
        return routes


async def health(request: Request) -> HTTPResponse:
    """Answer 200 once the bot can answer people, 503 with the reasons before that (W1).

    A failing action server is no reason: people then still get emergency numbers (S4), which a
    load balancer that takes the bot away would keep from them.
    """
    reasons = _reasons(request.app)
    status = {"status": "unavailable", "reasons": reasons} if reasons else {"status": "ok"}
    return json(status, 503 if reasons else 200, headers={"Cache-Control": "no-store"})


async def page_file(request: Request, name: str) -> HTTPResponse:
    """Answer with a script or style of the page, 404 for any other name."""
    if name not in PAGE_FILES:
        return json({"title": "Not Found", "status": 404}, 404)
    return await file(PAGE / name, mime_type=PAGE_FILES[name], headers=SECURITY_HEADERS)


async def _serve_page_at_root(app: Sanic, _: Any) -> None:
    # Rasa already has a route at `/`, and Sanic takes no second one: so it is answered before.
    app.register_middleware(_page_at_root, "request")


async def _page_at_root(request: Request) -> HTTPResponse | None:
    if request.path != "/" or request.method not in ("GET", "HEAD"):
        return None
    return await file(
        PAGE / "index.html", mime_type="text/html; charset=utf-8", headers=SECURITY_HEADERS
    )


def _reasons(app: Sanic) -> list[str]:
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return ["The model is not loaded yet, or none was found: run `handrail train`."]
    return []
