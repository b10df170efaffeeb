"""Everything the bot says, and its translations (gettext catalogues in bot/locale).

The English sentences lie in bot/domain/responses, where reviewers of a conversation look for them;
each is a message of the catalogue with the name of its response as context. Labels of choices have
the context "choice": the same label is translated once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"
LOCALE_FOLDER = Path(__file__).with_name("locale")
CHOICE = "choice"
_NORWEGIAN = {"nb": "no", "nn": "no"}

Responses = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Sentence:
    """A text of the catalogue: where it is used and what it says in English."""

    context: str
    english: str


def sentences(responses: Responses) -> Iterator[Sentence]:
    """Yield every text and every label of a choice, in the order of the domain; labels repeat."""
    for name, variations in responses.items():
        for variation in variations:
            if text := variation.get("text"):
                yield Sentence(name, text)
            for button in variation.get("buttons", ()):
                yield Sentence(CHOICE, button["title"])


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that the bot speaks, English first."""
    translated = sorted(file.parents[1].name for file in LOCALE_FOLDER.glob("*/LC_MESSAGES/*.po"))
    return (SOURCE_LANGUAGE, *translated)


def spoken_of(accepted: str) -> str | None:
    """Return the language of an Accept-Language header that the bot speaks, if there is one.

    Browsers write the header best first (RFC 9110, 12.5.4), so that its weights tell no more.
    """
    wanted = [part.partition(";")[0].strip().lower() for part in accepted.split(",")]
    codes = [_NORWEGIAN.get(tag.partition("-")[0], tag.partition("-")[0]) for tag in wanted]
    return next((code for code in codes if code in languages()), None)


def catalogue_file(language: str) -> Path:
    """Return where the translations into a language lie, or would lie."""
    return LOCALE_FOLDER / language / "LC_MESSAGES" / "handrail.po"


@cache
def catalogue(language: str) -> Catalog:
    """Return the translations into a language; read once a process."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def translated(sentence: Sentence, language: str) -> str:
    """Return the sentence in the language; in English where the translation is missing."""
    if language == SOURCE_LANGUAGE:
        return sentence.english
    message = catalogue(language).get(sentence.english, sentence.context)
    if message is None or message.fuzzy or not message.string:
        return sentence.english
    return str(message.string)


def translated_responses(responses: Responses, language: str) -> dict[str, list[dict[str, Any]]]:
    """Return all responses in the language, with the same conditions and choices."""
    return {
        name: [_translated_variation(name, variation, language) for variation in variations]
        for name, variations in responses.items()
    }


def _translated_variation(name: str, variation: dict[str, Any], language: str) -> dict[str, Any]:
    made = dict(variation)
    if text := variation.get("text"):
        made["text"] = translated(Sentence(name, text), language)
    if buttons := variation.get("buttons"):
        made["buttons"] = [
            {**button, "title": translated(Sentence(CHOICE, button["title"]), language)}
            for button in buttons
        ]
    return made
