"""Recognises sites that nobody runs any more: their domain is for sale or only advertises.

The signs are in parked.yml beside this file. They are hints for a person who then looks.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError
from ruamel.yaml import YAML

from directory.errors import BadDataError, Problem
from directory.search.text import words

SIGNS_FILE = Path(__file__).with_name("parked.yml")

# Parked pages say little; a page with more words than this says something of its own.
FEW_WORDS = 300

_UNSEEN = frozenset({"script", "style", "template"})


class _HostSign(BaseModel):
    host: str = Field(min_length=4)
    reason: str = Field(min_length=3)


class _PhraseSign(BaseModel):
    phrase: str = Field(min_length=4)
    reason: str = Field(min_length=3)


class _Signs(BaseModel):
    hosts: list[_HostSign]
    phrases: list[_PhraseSign]


class ParkingSigns:
    """Hosts and phrases of parked sites, each with the reason why it is a sign."""

    def __init__(self, hosts: dict[str, str], phrases: dict[str, str]) -> None:
        self._hosts = hosts
        self._phrases = {_spaced(words(phrase)): reason for phrase, reason in phrases.items()}

    @classmethod
    def load(cls, path: Path = SIGNS_FILE) -> ParkingSigns:
        """Read the list. Raises BadDataError if an entry lacks something."""
        content: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        try:
            signs = _Signs.parse_obj(content)
        except ValidationError as error:
            faults = [
                Problem(path.name, "/".join(map(str, fault["loc"])), None, fault["msg"])
                for fault in error.errors()
            ]
            raise BadDataError(faults) from error
        return cls(
            {sign.host: sign.reason for sign in signs.hosts},
            {sign.phrase: sign.reason for sign in signs.phrases},
        )

    def in_address(self, url: str) -> str | None:
        """The reason why this address is a parking or selling one; None if it is not."""
        labels = _host(url).rstrip(".").split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self._hosts[name] for name in parents if name in self._hosts), None)

    def in_page(self, html: str) -> str | None:
        """The reason why this page (HTML, perhaps cut off) looks parked; None if it does not."""
        page = _Page()
        page.feed(html)
        said = words(" ".join(page.texts))
        title = _spaced(words(" ".join(page.titles)))
        text = _spaced(said) if len(said) <= FEW_WORDS else ""
        for phrase, reason in self._phrases.items():
            if phrase in title or phrase in text:
                return reason
        if not text:
            return None
        return next(filter(None, map(self.in_address, page.addresses)), None)


class _Page(HTMLParser):
    """Title, visible words and the addresses from which a page loads frames and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.texts: list[str] = []
        self.addresses: list[str] = []
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" or tag in _UNSEEN:
            self._inside = tag
        if tag in ("script", "iframe", "frame"):
            self.addresses += [value for name, value in attrs if name == "src" and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.titles.append(data)
        elif self._inside is None:
            self.texts.append(data)


def _host(url: str) -> str:
    """The host of an address in a page, where anything may stand; empty if there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _spaced(said: list[str]) -> str:
    """Words between spaces, so that a phrase is found as whole words only."""
    return f" {' '.join(said)} "
