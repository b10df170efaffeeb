"""Runs the admin process: python -m admin [--host HOST] [--port PORT]."""

from __future__ import annotations

from argparse import ArgumentParser

from admin.app import create_app
from admin.server import server
from admin.settings import from_environment


def main() -> None:
    """Serve until stopped."""
    parser = ArgumentParser(prog="python -m admin", description="Status page and HSDS API.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    arguments = parser.parse_args()
    server(create_app(from_environment()), arguments.host, arguments.port).run()


if __name__ == "__main__":
    main()
