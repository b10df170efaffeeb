"""The translations: complete, checked, with the same places to fill, and chosen by language."""

import re

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.catalogue import (
    CHOICE,
    Sentence,
    catalogue,
    languages,
    sentences,
    spoken_of,
    translated,
)
from bot.channels.turn import is_long_enough
from bot.nlg import CatalogueNLG
from handrail.settings import ROOT
from handrail.translations import TEMPLATE

DOMAIN = Domain.load(str(ROOT / "bot" / "domain"))
ENGLISH = set(sentences(DOMAIN.responses))
TRANSLATED = [language for language in languages() if language != "en"]
LONGEST_MESSAGE = 320
LONGEST_LABEL = 45


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def filled(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_the_bot_speaks_every_language_that_it_understands() -> None:
    understood = {folder.name for folder in (ROOT / "data" / "nlu").iterdir() if folder.is_dir()}
    assert set(languages()) == understood


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_none_is_in_doubt(language: str) -> None:
    known = {Sentence(m.context, m.id): m for m in messages(language)}
    assert {sentence for sentence in ENGLISH if sentence not in known} == set()
    assert {sentence for sentence in known if sentence not in ENGLISH} == set()
    assert [s for s, message in known.items() if message.fuzzy or not message.string] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_translation_fills_the_same_places_in_as_many_lines(language: str) -> None:
    for message in messages(language):
        assert filled(message.string) == filled(message.id), message.id
        assert message.string.count("\n") == message.id.count("\n"), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_translation_is_short(language: str) -> None:
    for message in messages(language):
        longest = LONGEST_LABEL if message.context == CHOICE else LONGEST_MESSAGE
        assert len(message.string) <= longest, (len(message.string), message.string)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_the_english_sentence(language: str) -> None:
    # Single words may be the same: "police" is French too.
    assert [m.id for m in messages(language) if " " in m.id and m.string == m.id] == []


def test_the_template_for_translators_is_up_to_date() -> None:
    with TEMPLATE.open("rb") as file:
        template = [message for message in read_po(file) if message.id]
    found = {Sentence(message.context, message.id) for message in template}
    assert found == ENGLISH, "run `handrail translations update`"


async def test_a_choice_keeps_the_language_in_which_it_is_offered() -> None:
    nlg = CatalogueNLG(None, DOMAIN)
    tracker = DialogueStateTracker.from_events("a", [SlotSet("language", "es")], DOMAIN.slots)
    erased = await nlg.generate("utter_erase", tracker, "webchat")
    asked = await nlg.generate("utter_ask_audience", tracker, "webchat")
    assert erased is not None and asked is not None
    assert [b["payload"] for b in erased["buttons"]] == ['/greet{"language": "es"}']
    assert asked["buttons"][0]["payload"] == (
        '/inform_audience{"audience": "child", "language": "es"}'
    )


async def test_the_generator_speaks_what_rasa_gives_it_later() -> None:
    nlg = CatalogueNLG(None, Domain.empty())
    nlg.responses = DOMAIN.responses
    tracker = DialogueStateTracker.from_events("a", [SlotSet("language", "es")], DOMAIN.slots)
    found = await nlg.generate("utter_thank", tracker, "webchat")
    assert found is not None
    english = Sentence("utter_thank", DOMAIN.responses["utter_thank"][0]["text"])
    assert found["text"] == translated(english, "es") != english.english


def test_a_missing_translation_is_said_in_english() -> None:
    unknown = Sentence("utter_greet", "A sentence that nobody translated.")
    assert translated(unknown, "es") == unknown.english


@pytest.mark.parametrize(
    ("language", "country", "number"),
    [("es", "Perú", "105"), ("ar", "بيرو", "105"), ("no", "Peru", "105"), ("zh", "秘鲁", "105")],
)
async def test_everything_in_a_message_is_in_the_conversations_language(
    language: str, country: str, number: str
) -> None:
    nlg = CatalogueNLG(None, DOMAIN)
    tracker = DialogueStateTracker.from_events("a", [SlotSet("language", language)], DOMAIN.slots)
    found = await nlg.generate("utter_services_international", tracker, "webchat", country="PE")
    assert found is not None
    assert country in found["text"] and number in found["text"]
    labels = [button["title"] for button in found["buttons"]]
    assert labels and not set(labels) & {sentence.english for sentence in ENGLISH}


async def test_the_question_for_the_language_offers_each_in_its_own_name() -> None:
    nlg = CatalogueNLG(None, DOMAIN)
    tracker = DialogueStateTracker.from_events("a", [], DOMAIN.slots)
    found = await nlg.generate("utter_ask_language", tracker, "webchat")
    assert found is not None
    labels = [button["title"] for button in found["buttons"]]
    assert len(labels) == len(languages())
    assert {"English", "Español", "العربية", "Русский", "中文"} <= set(labels)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("nb-NO,nb;q=0.9", "no"),
        ("sw,fr;q=0.5", "fr"),
        ("zh-Hans-CN", "zh"),
        ("tlh", None),
        ("", None),
        ("*", None),
    ],
)
def test_the_browser_says_which_language_to_begin_with(header: str, language: str | None) -> None:
    assert spoken_of(header) == language


@pytest.mark.parametrize("text", ["ok", "no", "hola", "thank you", "好的", "Perú 12", "👍 👍"])
def test_a_short_message_does_not_change_the_language(text: str) -> None:
    assert not is_long_enough(text)


@pytest.mark.parametrize("text", ["necesito hablar con alguien", "我需要有人帮帮我"])
def test_a_sentence_does(text: str) -> None:
    assert is_long_enough(text)
