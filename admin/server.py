"""How the admin process is served."""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette


def server(app: Starlette, host: str, port: int) -> uvicorn.Server:
    """A server for the application; port 0 takes any free one.

    Nothing about visitors is logged, not even their address.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_level="warning",
            server_header=False,
            # No web sockets here; the installed library for them is older than uvicorn needs.
            ws="none",
        )
    )
