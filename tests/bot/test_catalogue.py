"""The catalogue: simple, short, complete, and never asking for what we must not ask for."""

import re
from pathlib import Path

import pytest
import textstat
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from ruamel.yaml import YAML

from bot.nlg import CatalogueNLG
from handrail.settings import ROOT

RESPONSES = {
    name: variations
    for file in sorted((ROOT / "bot" / "domain" / "responses").glob("*.yml"))
    for name, variations in YAML(typ="safe").load(file.read_text())["responses"].items()
}
TEXTS = [
    (f"{name}[{number}]", variation["text"])
    for name, variations in RESPONSES.items()
    for number, variation in enumerate(variations)
]
SENTENCES = [(name, text) for name, text in TEXTS if not name.startswith("utter_part_")]

# Words that name a child as an offender, or an abuse as if it were work or a film
# (Luxembourg guidelines, https://ecpat.org/luxembourg-guidelines/), and questions we never ask.
FORBIDDEN = re.compile(
    r"child (porn|prostitut)|kiddie|child sex worker|your (full )?name\?|your address|"
    r"what (exactly )?happened\?|why did you|are you sure|calm down|promise",
    re.IGNORECASE,
)


def spoken(text: str) -> str:
    """The text as a reader sees it, with placeholders filled by plain words."""
    filled = {"country_name": "Peru", "limit": "1000", "name": "country", "expected": "a code"}
    return re.sub(r"\{(\w+)\}", lambda match: filled.get(match[1], ""), text)


@pytest.mark.parametrize(("name", "text"), SENTENCES, ids=[name for name, _ in SENTENCES])
def test_a_ten_year_old_can_read_it(name: str, text: str) -> None:
    assert textstat.flesch_kincaid_grade(spoken(text)) <= 6


@pytest.mark.parametrize(("name", "text"), SENTENCES, ids=[name for name, _ in SENTENCES])
def test_it_fits_two_text_messages(name: str, text: str) -> None:
    assert len(spoken(text)) <= 320


@pytest.mark.parametrize(("name", "text"), TEXTS, ids=[name for name, _ in TEXTS])
def test_it_uses_no_word_that_blames_or_asks_too_much(name: str, text: str) -> None:
    assert not FORBIDDEN.search(text)


def test_every_button_leads_to_an_intent_and_known_entities() -> None:
    domain = Domain.load(str(ROOT / "bot" / "domain"))
    payloads = [
        button["payload"].replace("{{", "{").replace("}}", "}")
        for variations in RESPONSES.values()
        for variation in variations
        for button in variation.get("buttons", [])
    ]
    assert payloads
    for payload in payloads:
        intent, _, rest = payload.lstrip("/").partition("{")
        assert intent in domain.intents
        assert set(re.findall(r'"(\w+)":', rest)) <= set(domain.entities)


def test_every_response_is_said_somewhere() -> None:
    sources = [
        *(ROOT / "data" / "rules").glob("*.yml"),
        *(ROOT / "actions").glob("*.py"),
        *(ROOT / "bot").rglob("*.py"),
    ]
    code = "\n".join(file.read_text() for file in sources)
    said_by_pattern = re.compile(r"utter_(part_|safety_|support_|restart$)")
    unsaid = [n for n in RESPONSES if n not in code and not said_by_pattern.match(n)]
    assert unsaid == []


async def generated(name: str, country: str | None) -> dict[str, object]:
    domain = Domain.load(str(ROOT / "bot" / "domain"))
    nlg = CatalogueNLG(None, domain)
    tracker = DialogueStateTracker.from_events("a", [], domain.slots)
    message = await nlg.generate(name, tracker, "webchat", country=country)
    assert message is not None
    return message


async def test_given_a_country_when_danger_then_its_number_is_named_and_attached() -> None:
    message = await generated("utter_safety_danger", "PE")
    assert "Call 105 (police)" in str(message["text"])
    (card,) = message["custom"]["services"]  # type: ignore[index]
    assert {"number": "105", "display": "105 (police)"} in card["phones"]


async def test_given_no_country_when_danger_then_it_says_how_to_find_the_number() -> None:
    message = await generated("utter_safety_danger", None)
    assert "Tell me your country" in str(message["text"])
    assert message["custom"] == {"kind": "emergency", "services": []}


def test_the_catalogue_lies_in_one_folder() -> None:
    others = [
        f for f in Path(ROOT / "bot" / "domain").glob("*.yml") if "responses:" in f.read_text()
    ]
    assert others == []
