"""The command line: one start, one stop, clear refusals (real processes)."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

from handrail.settings import ROOT, Settings
from tests.conftest import settings_in

HANDRAIL = [sys.executable, "-m", "handrail"]


def environment(settings: Settings) -> dict[str, str]:
    values = asdict(settings)
    names = ("rasa_port", "action_port", "admin_port", "directory_url", "credentials")
    return {**os.environ, **{f"HANDRAIL_{n.upper()}": str(values[n]) for n in names}}


def run(*arguments: str, settings: Settings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HANDRAIL, *arguments],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def running(settings: Settings, tmp_path: Path, model: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (tmp_path / "out.log").open("wb") as log:
        process = subprocess.Popen(
            [*HANDRAIL, "run"],
            cwd=ROOT,
            env=environment(settings),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(condition: object, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_run_starts_all_says_so_and_one_signal_stops_all(
    running: subprocess.Popen[bytes], settings: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "out.log"
    wait_for(lambda: "Handrail is ready" in log.read_text() or running.poll() is not None)
    assert running.poll() is None, log.read_text()
    assert httpx.get(f"http://127.0.0.1:{settings.rasa_port}/").status_code == 200
    hsds = httpx.get(f"http://127.0.0.1:{settings.admin_port}/hsds/services").json()
    assert hsds["total_items"] > 200
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 0
    assert "One of the processes ended" not in log.read_text()
    assert all(is_free(port) for port in settings.ports.values())


def test_run_stops_all_when_one_process_dies(
    running: subprocess.Popen[bytes], settings: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "out.log"
    wait_for(lambda: "Handrail is ready" in log.read_text() or running.poll() is not None)
    subprocess.run(["pkill", "-f", f"admin.*--port {settings.admin_port}"], check=True)
    running.wait(60)
    assert running.returncode != 0
    assert "One of the processes ended" in log.read_text()
    assert all(is_free(port) for port in settings.ports.values())


def test_run_names_a_taken_port(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.action_port))
        taken.listen()
        result = run("run", settings=settings)
    assert result.returncode == 1
    assert str(settings.action_port) in result.stdout
    assert "actions" in result.stdout


def test_train_finds_the_matching_model_at_once(settings: Settings, model: Path) -> None:
    before = model.stat().st_mtime
    result = run("train", settings=settings)
    assert result.returncode == 0
    assert model.name in result.stdout
    assert model.stat().st_mtime == before


def test_evaluate_any_csv(settings: Settings, model: Path, tmp_path: Path) -> None:
    table = tmp_path / "texts.csv"
    table.write_text(
        "text,lang,label,extra\n"
        "I was raped,en,disclose_abuse,x\n"
        "i want to kill myself,en,suicidal,x\n"
        '"what a nice day, I live in Peru",en,,x\n'
    )
    report = tmp_path / "report.json"
    result = run("evaluate", str(table), "--out", str(report), settings=settings)
    assert result.returncode == 0, result.stdout + result.stderr
    content = json.loads(report.read_text())
    first, second, third = content["rows"]
    assert set(first) >= {"intent", "confidence", "risk", "language"}
    assert first["intent"] == "disclose_abuse"
    assert second["risk"] == "suicide" or second["intent"] == "suicidal"
    assert third["label"] is None and third["country"] == "PE"
    assert content["summary"]["en"]["acute_recall"] == 1.0
    assert "raped" not in report.read_text()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("a,b\n1,2\n", "column"), ("text,lang\n,en\n", "line 2"), (None, "No such file")],
)
def test_evaluate_refuses_a_bad_table(
    settings: Settings, tmp_path: Path, content: str | None, complaint: str
) -> None:
    table = tmp_path / "texts.csv"
    if content is not None:
        table.write_text(content)
    result = run("evaluate", str(table), "--out", str(tmp_path / "r.json"), settings=settings)
    assert result.returncode == 1
    assert complaint in result.stdout


def test_directory_import_export_and_stats(settings: Settings, tmp_path: Path) -> None:
    result = run("directory", "import", "data/services/services.csv", settings=settings)
    assert result.returncode == 0, result.stdout
    assert "new" in result.stdout
    again = run("directory", "import", "data/services/services.csv", settings=settings)
    assert "0 new" in again.stdout
    exported = tmp_path / "export.json"
    assert run("directory", "export", str(exported), settings=settings).returncode == 0
    assert len(json.loads(exported.read_text())) > 200
    stats = run("directory", "stats", settings=settings)
    assert "draft" in stats.stdout
    assert "0 of them may be shown" in stats.stdout


def test_directory_import_reports_a_bad_row_with_line_and_column(
    settings: Settings, tmp_path: Path
) -> None:
    lines = (ROOT / "data/services/services.csv").read_text().splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([lines[0], lines[1].replace(",free,", ",cheap,")]) + "\n")
    result = run("directory", "import", str(bad), settings=settings)
    assert result.returncode == 1
    assert "line 2" in result.stdout and "cost" in result.stdout
    assert "Nothing was changed" in result.stdout
