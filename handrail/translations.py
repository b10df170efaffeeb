"""Keeps the translations in step with the English sentences: `handrail translations update`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from rasa.shared.core.domain import Domain
from rich.console import Console
from rich.table import Table

from bot.catalogue import LOCALE_FOLDER, Sentence, catalogue_file, languages, sentences
from handrail.settings import ROOT

TEMPLATE = LOCALE_FOLDER / "handrail.pot"
DOMAIN = ROOT / "bot" / "domain"

app = typer.Typer(no_args_is_help=True, help="Translations of everything the bot says.")
console = Console()


def template(said: Iterable[Sentence]) -> Catalog:
    """Return a catalogue without translations: each sentence once, with its context."""
    made = Catalog(
        project="Handrail",
        charset="utf-8",
        # A date of its own would change the file each time.
        creation_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    )
    for sentence in said:
        made.add(sentence.english, context=sentence.context)
    return made


@app.command()
def update(
    add: Annotated[list[str], typer.Option(help="A language to begin, such as sw.")] = [],  # noqa: B006
) -> None:
    """Write the template, and bring each language's file up to date with the English sentences."""
    fresh = template(sentences(Domain.load(DOMAIN).responses))
    _write(TEMPLATE, fresh)
    table = Table("language", "sentences", "translated", "to check", "missing")
    for language in sorted({*languages()[1:], *add}):
        table.add_row(language, *map(str, _brought_up_to_date(language, fresh)))
    console.print(table)


def _brought_up_to_date(language: str, fresh: Catalog) -> tuple[int, int, int, int]:
    file = catalogue_file(language)
    known = _catalogue(language, file)
    known.update(fresh, no_fuzzy_matching=True)
    known.obsolete.clear()
    _write(file, known)
    messages = [message for message in known if message.id]
    fuzzy = sum(message.fuzzy for message in messages)
    missing = sum(not message.string for message in messages)
    return len(messages), len(messages) - fuzzy - missing, fuzzy, missing


def _catalogue(language: str, file: Path) -> Catalog:
    if file.exists():
        with file.open("rb") as stream:
            return read_po(stream, locale=language)
    try:
        Locale.parse(language)
    except (ValueError, UnknownLocaleError) as error:
        raise typer.BadParameter(f"{language}: no language code that Babel knows") from error
    return Catalog(locale=language)


def _write(file: Path, content: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, content, width=100, sort_output=False, omit_header=False)
