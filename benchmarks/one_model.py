"""Measures one trained model in this process, and prints the figures as one line of JSON.

Arguments: the model, and `forgetful` or `default` for the tracker store.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from bot.privacy import configure_logging
from bot.tracker_store import ForgetfulTrackerStore

MESSAGES = [
    "hello",
    "i need someone to talk to",
    "someone is threatening to share my photos, i live in peru",
    "my dad hits us when he is drunk and i am scared to go home",
    "is it my fault",
    "what do you keep",
    "thanks",
]
ROUNDS = 30


async def answer_all(agent: object, rounds: int) -> float:
    """Return CPU seconds for a message with one answer: understanding it, and two predictions.

    Rasa predicts once for the answer and once more to learn that it should listen again.
    """
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    assert isinstance(agent, Agent)
    start = time.process_time()
    for number in range(rounds):
        for text in MESSAGES:
            sender = f"sender-{number}"
            await agent.log_message(UserMessage(text, sender_id=sender))
            await agent.predict_next_for_sender_id(sender)
            await agent.predict_next_for_sender_id(sender)
    return (time.process_time() - start) / (rounds * len(MESSAGES))


def resident_megabytes() -> float:
    """Return this process's resident memory now."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main(model: str, store: str) -> None:
    """Measure and print."""
    configure_logging()
    start = time.process_time()
    from rasa.core.agent import Agent

    imported = time.process_time()
    agent = Agent.load(model)
    if store == "forgetful":
        # Handrail's own way of keeping conversations is part of what is compared.
        agent.tracker_store = ForgetfulTrackerStore(agent.domain)
        agent.processor.tracker_store = agent.tracker_store
    loaded = time.process_time()
    asyncio.run(answer_all(agent, 2))
    per_message = asyncio.run(answer_all(agent, ROUNDS))
    figures = {
        "cpu_ms_per_message": per_message * 1000,
        "load_cpu_s": loaded - imported,
        "import_and_load_cpu_s": loaded - start,
        "rss_mb": resident_megabytes(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
