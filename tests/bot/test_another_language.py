"""A ninth language is a matter of adding files (docs/adding-a-language.md): Swahili, very small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from ruamel.yaml import YAML

NLU = """
version: "3.1"
nlu:
  - intent: {greet}
    metadata: {{language: {language}}}
    examples: |
{greetings}
  - intent: ask_cost
    metadata: {{language: {language}}}
    examples: |
{questions}
"""

SAYS = {
    "en": (
        ["hello", "hi there", "good morning", "hey", "good evening to you", "hello my friend"],
        ["is it free", "how much is it", "do i pay", "what does a call cost", "is the call free",
         "do you want money"],
    ),
    "sw": (
        ["habari", "hujambo", "habari za asubuhi", "mambo", "shikamoo mama", "habari rafiki yangu"],
        ["ni bure", "bei gani", "nitalipa pesa", "kupiga simu ni pesa ngapi", "simu ni bure",
         "mnataka pesa"],
    ),
}  # fmt: skip

SAFETY = """
language: sw
safe_words: [msaada!]
typos: {shortest: 5}
patterns:
  - {id: suicide.die, kind: suicide, match: [nataka kufa], examples: [nataka kufa]}
"""

PERSON = """
language: sw
writer_hurt: [ananipiga]
audience:
  - {id: age, value: child, match: [nina miaka <5-17>], fires: [nina miaka 12], quiet: [miaka 12]}
contact_way:
  - {id: no_call, value: text, match: [siwezi kuongea], fires: [siwezi kuongea], quiet: [siwezi]}
"""

PLACES = """
demonyms: {KE: mkenya}
filler: "mimi, ni"
persons: {writer: [mimi, ninaishi]}
prepositions: "huku"
cues:
  - {id: i_live, role: lives, before: "ninaishi"}
"""

FILES = {"safety": SAFETY, "person": PERSON, "places": PLACES}


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    """An assistant trained on English and Swahili, whose rule files are Swahili only."""
    folder = tmp_path_factory.mktemp("languages")
    for language, (greetings, questions) in SAYS.items():
        content = NLU.format(
            greet="greet",
            language=language,
            greetings="\n".join(f"      - {text}" for text in greetings),
            questions="\n".join(f"      - {text}" for text in questions),
        )
        (folder / f"nlu-{language}.yml").write_text(content, encoding="utf-8")
    for name, content in FILES.items():
        (folder / name).mkdir()
        (folder / name / "sw.yml").write_text(content, encoding="utf-8")
    model = train_nlu(
        str(_config(folder)), nlu_data=str(folder), output=str(folder / "models"), domain=None
    )
    return Agent.load(model)


def _config(folder: Path) -> Path:
    """The assistant's own pipeline over other folders of rule files."""
    yaml = YAML()
    config = yaml.load(Path("bot/config.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        for name in FILES:
            if component["name"].endswith({"safety": "RiskDetector", "person": "PersonExtractor",
                                           "places": "PlaceExtractor"}[name]):  # fmt: skip
                component["folder"] = str(folder / name)
    path = folder / "config.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(config, file)
    return path


async def understood(agent: Agent, text: str) -> dict[str, Any]:
    parsed = await agent.parse_message(text)
    entities = {entity["entity"]: entity["value"] for entity in parsed["entities"]}
    risk = (parsed.get("risk") or {}).get("kind")
    heard = {"intent": parsed["intent"]["name"], "language": parsed.get("language"), "risk": risk}
    return {**heard, **entities}


async def test_given_a_question_in_the_new_language_then_it_is_understood(agent: Agent) -> None:
    assert await understood(agent, "kupiga simu ni bure") == {
        "intent": "ask_cost",
        "language": "sw",
        "risk": None,
    }


async def test_given_english_then_it_still_is_english(agent: Agent) -> None:
    heard = await understood(agent, "is a call free, how much is it")
    assert (heard["intent"], heard["language"]) == ("ask_cost", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nataka kufa", {"risk": "suicide"}),
        ("NATKA KUFA", {"risk": "suicide"}),
        ("msaada!", {"risk": "safe_word"}),
        ("ninaishi Kenya", {"country": "KE"}),
        ("nina miaka 12", {"audience": "child"}),
        ("siwezi kuongea", {"contact_way": "text"}),
    ],
)
async def test_given_the_rule_files_then_risk_place_and_person_are_found(
    agent: Agent, text: str, expected: dict[str, str]
) -> None:
    heard = await understood(agent, text)
    assert {name: heard.get(name) for name in expected} == expected
