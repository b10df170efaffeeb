"""People write in their own language, and are answered in it (C9)."""

import httpx
import pytest

from bot.catalogue import Sentence, languages, translated
from tests.conversations.conftest import Person

# A first message in each language with what the answer to it contains, in that language.
DISCLOSURES = {
    "es": "mi tío me toca y quiero que pare",
    "fr": "mon oncle me touche et je veux que ça s'arrête",
    "pt": "meu tio me toca e eu quero que isso pare",
    "ar": "عمي يلمسني وأريد أن يتوقف ذلك",
    "ru": "мой дядя меня трогает, я хочу, чтобы это прекратилось",
    "zh": "我叔叔摸我，我想让他停下来",
    "no": "onkelen min tar på meg og jeg vil at det skal stoppe",
}
COUNTRY_QUESTION = Sentence(
    "utter_ask_country", "Which country are you in? Then I can show help near you."
)


def test_there_is_a_message_for_each_language() -> None:
    assert set(DISCLOSURES) == set(languages()) - {"en"}


@pytest.mark.parametrize(("language", "text"), DISCLOSURES.items())
def test_a_disclosure_is_answered_in_its_own_language(
    person: Person, language: str, text: str
) -> None:
    person.writes(text)
    assert translated(COUNTRY_QUESTION, language) in person.text


def test_a_short_word_of_another_language_changes_nothing(person: Person) -> None:
    person.writes(DISCLOSURES["es"]).writes("ok")
    assert "Which" not in person.text and "country" not in person.text


def test_country_names_are_those_of_the_language(person: Person) -> None:
    person.writes("quelqu'un menace de publier mes photos, j'habite en Belgique")
    assert "Belgique" in person.text
    assert person.services


def test_the_browsers_language_opens_the_chat(client: httpx.Client) -> None:
    client.headers["Accept-Language"] = "ru-RU,ru;q=0.9,en;q=0.5"
    assert "программа" in Person(client).opens().text


def test_the_page_may_ask_for_a_language_of_its_own(client: httpx.Client) -> None:
    client.headers["Accept-Language"] = "ru-RU,ru;q=0.9"
    assert "programa" in Person(client).opens(language="es").text


def test_given_a_tapped_language_then_the_talk_goes_on_in_it(person: Person) -> None:
    person.writes("my uncle touches me and I want it to stop").writes(
        "can we use another language please"
    )
    assert "العربية" in person.choices
    person.taps("العربية")
    assert translated(COUNTRY_QUESTION, "ar") in person.text


def test_acute_risk_is_answered_in_the_language_of_the_message(person: Person) -> None:
    person.writes("ya no quiero vivir, estoy en México")
    assert person.kinds[0] == "emergency"
    assert "vida" in person.heard[0]["text"]
    assert "911" in person.text


def test_to_start_again_or_to_erase_does_not_change_the_language(person: Person) -> None:
    start_again = translated(Sentence("choice", "Start again"), "es")
    person.writes(DISCLOSURES["es"]).writes("gracias por tu ayuda").taps(start_again)
    person.taps(translated(Sentence("choice", "I am worried about someone"), "es"))
    assert translated(COUNTRY_QUESTION, "es") in person.text
    person.writes("borra todo lo que te dije").taps(start_again)
    assert "programa" in person.text
