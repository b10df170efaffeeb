"""Lets the trained assistant read texts, and keeps what it understood but not the texts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.privacy import configure_logging
from handrail.train import trained_model


@dataclass(frozen=True)
class Understood:
    """What was heard in one text; `milliseconds` of processor time.

    `risk` is suicide, danger, safe_word or None, and `risk_pattern` what fired; `language` is None
    where it is unclear.
    """

    intent: str
    confidence: float
    risk: str | None
    risk_pattern: str | None
    country: str | None
    audience: str | None
    contact_way: str | None
    language: str | None
    milliseconds: float


async def understand(texts: Iterable[str]) -> list[Understood]:
    """Return what the assistant understands of each text, training it first if need be.

    Raises:
        TrainingError: there is no model and none can be trained.
    """
    # Rasa's own logging would print the texts.
    configure_logging()
    # Imported here because it takes seconds, and the other commands do not need it.
    from rasa.core.agent import Agent

    agent = Agent.load(str(trained_model()))
    understood = []
    for text in texts:
        start = time.process_time()
        parsed = await agent.parse_message(text.lstrip("/"))
        understood.append(_understood(parsed, (time.process_time() - start) * 1000))
    return understood


def _understood(parsed: dict[str, Any], milliseconds: float) -> Understood:
    risk = parsed.get("risk") or {}
    entities = {entity["entity"]: entity["value"] for entity in parsed["entities"]}
    return Understood(
        intent=parsed["intent"]["name"],
        confidence=round(float(parsed["intent"]["confidence"]), 4),
        risk=risk.get("kind"),
        risk_pattern=risk.get("pattern"),
        country=entities.get("country"),
        audience=entities.get("audience"),
        contact_way=entities.get("contact_way"),
        language=parsed.get("language"),
        milliseconds=round(milliseconds, 2),
    )
