"""Starts everything on one machine: the assistant, its actions, and the admin and API process.

The three are supervised together: one Ctrl-C stops all, and when one ends, all end.
"""

import shlex
import socket
import sys
import threading
import time
from typing import Annotated

import httpx
import typer
from honcho.manager import Manager
from rich.console import Console

from directory.database import open_engine
from directory.demonstration import create_demonstration
from handrail.settings import ROOT, Settings
from handrail.train import TrainingError, rasa_environment, trained_model

console = Console()

# Rasa needs about ten seconds to load; a slow machine may need minutes.
START_SECONDS = 300

# What honcho reports after Ctrl-C, and after SIGTERM from a service manager.
STOPPED_BY_HAND = (130, 143)


def run(
    demo: Annotated[
        bool, typer.Option(help="Create and use the demonstration directory if there is none.")
    ] = True,
) -> None:
    """Start Handrail on this machine; Ctrl-C stops it."""
    try:
        settings = Settings.from_environment()
        _refuse_taken_ports(settings)
        model = trained_model()
    except (ValueError, OSError) as error:
        raise _stop(str(error)) from None
    except TrainingError as error:
        raise _stop(f"Training failed. The end of Rasa's output:\n{error}") from None
    if demo:
        _prepare_demonstration(settings)
    manager = Manager()
    environment = process_environment(settings)
    for name, command in commands(settings, str(model)).items():
        manager.add_process(name, shlex.join(command), cwd=str(ROOT), env=environment)
    threading.Thread(target=_announce, args=(settings,), daemon=True).start()
    manager.loop()
    if manager.returncode in STOPPED_BY_HAND:
        console.print("Handrail stopped.")
    elif manager.returncode:
        raise _stop("One of the processes ended, so all were stopped. Its last words are above.")


def commands(settings: Settings, model: str) -> dict[str, list[str]]:
    """Return the command line of each process, by name."""
    python = [sys.executable, "-m"]
    rasa = [
        *(*python, "bot.server", "--model", model, "--host", settings.host),
        *("--port", str(settings.rasa_port), "--credentials", settings.credentials),
    ]
    if settings.cors_origins:
        rasa += ["--cors", *settings.cors_origins]
    admin = [*python, "admin", "--host", settings.host, "--port", str(settings.admin_port)]
    actions = [*python, "rasa_sdk", "--actions", "actions", "--port", str(settings.action_port)]
    return {"rasa": rasa, "actions": actions, "admin": admin}


def process_environment(settings: Settings) -> dict[str, str]:
    """Return the environment that all processes share."""
    return {
        **rasa_environment(),
        "HANDRAIL_ACTION_URL": f"http://127.0.0.1:{settings.action_port}/webhook",
        "HANDRAIL_DIRECTORY_URL": settings.directory_url,
        "SANIC_HOST": "127.0.0.1",
        "SANIC_ACCESS_LOG": "false",
        "PYTHONUNBUFFERED": "1",
    }


def _refuse_taken_ports(settings: Settings) -> None:
    for name, port in settings.ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
            except OSError:
                raise ValueError(
                    f"Port {port} is taken, but {name} needs it. Stop what uses it, or set "
                    f"HANDRAIL_{'ACTION' if name == 'actions' else name.upper()}_PORT."
                ) from None


def _prepare_demonstration(settings: Settings) -> None:
    with console.status("Preparing the demonstration directory"):
        create_demonstration(open_engine(settings.directory_url), ROOT / "data" / "services")


def _announce(settings: Settings) -> None:
    """Print the addresses once everything answers."""
    rasa, actions, admin = (f"http://{settings.host}:{port}" for port in settings.ports.values())
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if all(_answers(f"{address}/health") for address in (rasa, actions, admin)):
            console.print(
                f"\n[bold]Handrail is ready.[/bold]\n"
                f"  Chat               {rasa}/\n"
                f"  Public directory   {admin}/hsds/docs\n"
                f"  Status             {admin}/\n"
                "Ctrl-C stops everything.\n"
            )
            return
        time.sleep(0.5)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _stop(message: str) -> typer.Exit:
    console.print(f"[red]Handrail stopped.[/red] {message}", highlight=False)
    return typer.Exit(1)
