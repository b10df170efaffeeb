"""The schema of `data/safety/<lang>.yml` and its loader.

Every fault in a file is reported when it is loaded, with the file and the entry that holds it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, constr, root_validator, validator

from bot.nlu.data_file import read_checked

RiskKind = Literal["suicide", "danger"]
GuardScope = Literal["overlap", "sentence", "message"]
EntryId = constr(regex=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")


class RiskDefinitionError(ValueError):
    """A risk file cannot be used; the message names the file and the entry."""


class _Entry(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_mutation = False


class PatternEntry(_Entry):
    """Multi-word patterns that mean one acute risk.

    `examples` are sentences on which this entry must fire; the tests run all of them.
    """

    id: EntryId  # type: ignore[valid-type]
    kind: RiskKind
    third_person: bool = False
    match: list[str] = Field(min_items=1)
    examples: list[str] = Field(min_items=1)


class GuardEntry(_Entry):
    """Wording that shows that a pattern does not mean what it says.

    `scope` says which patterns it silences: those that share a word with it (`overlap`), those
    in its sentence, or all in the message. `cancels` narrows that to pattern ids with one of
    these beginnings. A message that has one of the `unless` patterns lifts the guard.
    `examples` are sentences on which nothing may fire.
    """

    id: EntryId  # type: ignore[valid-type]
    scope: GuardScope
    cancels: list[EntryId] = Field(min_items=1)  # type: ignore[valid-type]
    match: list[str] = Field(min_items=1)
    unless: list[str] = []
    examples: list[str] = Field(min_items=1)


class Typos(_Entry):
    """How misspelt words are recognised.

    A word that no pattern uses is read as the nearest pattern word of at least `shortest`
    letters, one edit away (two from eight letters on), unless it is one of `real_words`.
    """

    shortest: int = Field(ge=2)
    real_words: str = ""


class Affixes(_Entry):
    """What a language writes together with a word: articles, prepositions, pronouns.

    A word that no pattern uses is read without them when at least `shortest_stem` letters are left
    and are a word of the patterns. Each stands with the words it is read as, or with none. Behind a
    prefix only those further down may follow; the letters in brackets after it are those that a
    word must begin with ("s[aty]"). `joined` are whole words, for those too short to take apart.
    """

    shortest_stem: int = Field(default=3, ge=2)
    prefixes: dict[str, str] = {}
    suffixes: dict[str, str] = {}
    joined: dict[str, str] = {}


class RiskDefinition(_Entry):
    """All of one language's file. Word lists are strings with commas between the entries.

    `safe_words` call for the safety answer by themselves. `spellings` turns short forms into the
    words that patterns use ("dont" to "do not"); `words` names lists that patterns refer to as
    `<name>`. A suicide pattern is about someone else when a `third_person` pattern reaches it and
    it holds no `first_person` word.
    """

    language: constr(regex=r"^[a-z]{2,3}$")  # type: ignore[valid-type]
    safe_words: list[str] = []
    spellings: dict[str, str] = {}
    affixes: Affixes = Field(default_factory=Affixes)
    words: dict[str, str] = {}
    first_person: str = ""
    third_person: list[str] = []
    typos: Typos
    patterns: list[PatternEntry] = Field(min_items=1)
    guards: list[GuardEntry] = []

    @validator("patterns", "guards")
    def _ids_are_unique(cls, entries: list[Any]) -> list[Any]:  # noqa: N805
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                raise ValueError(f"the id '{entry.id}' is used twice")
            seen.add(entry.id)
        return entries

    @root_validator(skip_on_failure=True)
    def _cancels_name_patterns(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        ids = [pattern.id for pattern in values["patterns"]]
        for guard in values["guards"]:
            for prefix in guard.cancels:
                if not any(is_within(pattern_id, prefix) for pattern_id in ids):
                    raise ValueError(f"guard '{guard.id}' cancels '{prefix}': no such pattern")
        return values


def is_within(pattern_id: str, prefix: str) -> bool:
    """Says whether a dotted pattern id is `prefix` itself or lies below it."""
    return pattern_id == prefix or pattern_id.startswith(f"{prefix}.")


def load_definition(path: Path) -> RiskDefinition:
    """Reads one language's risk file.

    Raises:
        RiskDefinitionError: the file is missing, is not YAML, or an entry breaks the schema.
    """
    return read_checked(path, RiskDefinition, RiskDefinitionError)
