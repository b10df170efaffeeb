"""Canaries: marked messages go through the running system, and nothing that it writes holds them.

The stack has files of its own (database, logs, working directory of Rasa): all are searched, and
so is the memory of conversations that Rasa keeps (P2, P3).
"""

import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from handrail.settings import ROOT
from tests.conftest import Stack
from tests.conversations.conftest import Person

SHAPES = [
    "my uncle hurts me {}",
    "i want to kill myself {}",
    "{}",
    '/inform_country{{"country": "{}"}}',
    "EXTERNAL: {}",
    "I live in {}",
    "{} \x00\x07 \U0001f600",
    "/{}",
]


def files_written_since(start: float, *folders: Path) -> Iterator[Path]:
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and file.stat().st_mtime >= start:
                yield file


@pytest.fixture
def canary() -> str:
    return f"canary{secrets.token_hex(8)}"


def test_no_word_of_a_message_is_written_anywhere(
    stack: Stack, person: Person, canary: str, tmp_path: Path
) -> None:
    marker = tmp_path / "start"
    marker.touch()
    for shape in SHAPES:
        person.writes(shape.format(canary))
    person.post(text=canary * 200)
    person.post(choice=canary)
    person.post(text=canary, choice=canary)
    person.client.post(
        "/webhooks/webchat/messages",
        content=f'{{"text": "{canary}'.encode(),
        headers={"Authorization": f"Bearer {person.token}"},
    )
    person.client.post("/webhooks/webchat/session", json={"entry": canary})
    person.client.get(f"/page/{canary}.js")

    assert canary not in stack.log()
    written = files_written_since(
        marker.stat().st_mtime, stack.folder, ROOT / "var", ROOT / ".rasa", ROOT / "models"
    )
    for file in written:
        assert canary.encode() not in file.read_bytes(), file
    assert canary not in "".join(f.name for f in stack.folder.rglob("*"))


def test_no_word_is_written_when_the_action_server_is_down(own_stack: Stack, canary: str) -> None:
    own_stack.stop("actions")
    with httpx.Client(base_url=own_stack.rasa_url, timeout=20) as client:
        Person(client).opens().writes(f"i was raped {canary}").writes(f"peru {canary}")
    own_stack.start("actions")
    assert "action_help" in own_stack.log(), "the failure itself must be on record"
    assert canary not in own_stack.log()
