"""A PostgreSQL server of our own on loopback, for as long as it is needed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

START_SECONDS = 60

# Where Debian and others put the programs that are not on the path.
_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


@contextmanager
def postgresql_server(**settings: str) -> Iterator[str]:
    """Start a server with an empty cluster; yields its address without a database name.

    `settings` are configuration parameters. Everything is removed at the end.
    """
    folder = Path(tempfile.mkdtemp(prefix="handrail-postgresql-"))
    account = _account()
    if account:
        shutil.chown(folder, account, account)
    try:
        _run("initdb", folder, account, "--auth=trust", "--username=handrail", "--encoding=UTF8")
        port = _free_port()
        with _serving(folder, account, port, settings):
            yield f"postgresql+psycopg2://handrail@127.0.0.1:{port}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(
    folder: Path, account: str | None, port: int, settings: dict[str, str]
) -> Iterator[None]:
    values = {"port": str(port), "listen_addresses": "127.0.0.1", "fsync": "off", **settings}
    options = [f"--{name}={value}" for name, value in values.items()]
    command = [_program("postgres"), "-D", str(folder), "-k", str(folder), *options]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, user=account, stdout=log, stderr=log)
        try:
            _wait_for(server, port, folder / "server.log")
            yield
        finally:
            # "Fast" shutdown: does not wait for clients to leave.
            server.send_signal(signal.SIGINT)
            server.wait(timeout=START_SECONDS)


def _run(program: str, folder: Path, account: str | None, *options: str) -> None:
    command = [_program(program), "-D", str(folder), *options]
    subprocess.run(command, user=account, check=True, capture_output=True)


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(place / name) for place in _PLACES if (place / name).exists()), None
    )
    if found is None:
        raise RuntimeError(f"{name} is missing: install PostgreSQL (Debian: postgresql)")
    return found


def _account() -> str | None:
    """PostgreSQL does not run as root: then it gets an account with fewer rights."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        # It listens a moment before it lets anybody in.
        with suppress(psycopg2.OperationalError):
            psycopg2.connect(
                host="127.0.0.1", port=port, user="handrail", dbname="postgres"
            ).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-500:]}")
