"""Fixtures shared by all tests: the model, and the whole of Handrail running for real."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest

from directory.database import open_engine
from directory.demonstration import create_demonstration
from handrail.run import commands, process_environment
from handrail.settings import ROOT, Settings
from handrail.train import trained_model

START_SECONDS = 180


@dataclass
class Stack:
    """The running processes, where they listen and where their output goes."""

    settings: Settings
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def rasa_url(self) -> str:
        """Address of the Rasa server, without a slash at its end."""
        return f"http://127.0.0.1:{self.settings.rasa_port}"

    @property
    def action_url(self) -> str:
        """Address of the action server."""
        return f"http://127.0.0.1:{self.settings.action_port}"

    @property
    def admin_url(self) -> str:
        """Address of the admin and API process."""
        return f"http://127.0.0.1:{self.settings.admin_port}"

    def start(self, *names: str) -> None:
        """Start the named processes (all without names) and wait until they answer."""
        for name in names or tuple(self.settings.ports):
            self.launch(name)
        for name in names or tuple(self.settings.ports):
            self._wait_for(name)

    def launch(self, name: str) -> None:
        """Start a process without waiting for it."""
        command = commands(self.settings, str(trained_model()))[name]
        environment = process_environment(self.settings)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self, *names: str) -> None:
        """Stop the named processes (all without names)."""
        for name in names or tuple(self.processes):
            process = self.processes.pop(name, None)
            if process is not None:
                process.terminate()
                process.wait(30)

    def log(self) -> str:
        """Return all that the processes have printed."""
        return "".join(file.read_text() for file in self.folder.glob("*.log"))

    def _wait_for(self, name: str) -> None:
        address = f"http://127.0.0.1:{self.settings.ports[name]}/health"
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.processes[name].poll() is not None:
                break
            try:
                if httpx.get(address, timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise RuntimeError(f"{name} did not start:\n{self.log()[-3000:]}")


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback interface that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]
    finally:
        for probe in sockets:
            probe.close()


def settings_in(folder: Path) -> Settings:
    """Return settings with free ports and an SQLite directory in the folder."""
    rasa, actions, admin = free_ports(3)
    # Hundreds of test sessions come from one address within the hour.
    credentials = (ROOT / "bot" / "credentials.yml").read_text()
    relaxed = credentials.replace("per_hour: 600", "per_hour: 100000")
    (folder / "credentials.yml").write_text(relaxed)
    return replace(
        Settings.from_environment(),
        host="127.0.0.1",
        rasa_port=rasa,
        action_port=actions,
        admin_port=admin,
        directory_url=f"sqlite:///{folder / 'directory.sqlite3'}",
        credentials=str(folder / "credentials.yml"),
        cors_origins=("https://ngo.example",),
    )


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model; trained once and found again by its fingerprint."""
    return trained_model()


@pytest.fixture(scope="session")
def stack(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Rasa, the action server and the admin process over a demonstration directory."""
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def own_stack(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack for one module of tests that break parts of it."""
    with running_stack(tmp_path_factory.mktemp("own-stack")) as running:
        yield running


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Start everything over a new demonstration directory, and stop it at the end."""
    settings = settings_in(folder)
    create_demonstration(open_engine(settings.directory_url), ROOT / "data" / "services")
    running = Stack(settings, folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()
