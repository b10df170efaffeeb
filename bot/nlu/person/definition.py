"""The schema of `data/person/<lang>.yml` and its loader.

Every fault in a file is reported when it is loaded, with the file and the entry that holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, constr, root_validator, validator

from bot.nlu.data_file import read_checked
from directory.vocabulary import ContactWish

Audience = Literal["child", "adult", "parent_carer", "bystander", "worried_about_self"]


class PersonDefinitionError(ValueError):
    """A person file cannot be used; the message names the file and the entry."""


class Entry(BaseModel):
    """Patterns that mean one value of an entity, unless they overlap one of the `except` masks.

    `fires` are sentences in which this entry must decide, `quiet` ones in which it must not; the
    tests run all of them.
    """

    id: constr(regex=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")  # type: ignore[valid-type]
    value: str
    match: list[str] = Field(min_items=1)
    masks: list[str] = Field([], alias="except")
    fires: list[str] = Field(min_items=1)
    quiet: list[str] = Field(min_items=1)

    class Config:
        extra = Extra.forbid
        allow_mutation = False


class AudienceEntry(Entry):
    """An entry for who it is for.

    `if_hurt` is what it means when the message says that the writer is the one who is hurt (a
    mother whose husband hits her asks for herself): another value, or nothing.
    """

    value: Audience
    if_hurt: Audience | Literal["nothing"] | None = None


class ContactEntry(Entry):
    """An entry for how the person can be in contact."""

    value: ContactWish


class PersonDefinition(BaseModel):
    """All of one language's file.

    `numbers` are the words for numbers, `spellings` turn short forms into the words that patterns
    use, `attached` are words written together with the next one ("and", "for" in Arabic) and what
    they are read as, `words` are lists (with commas) that patterns refer to as `<name>`, `masks`
    are named lists of patterns for an entry's `except`. The entries stand in order of precedence.
    """

    language: constr(regex=r"^[a-z]{2,3}$")  # type: ignore[valid-type]
    numbers: dict[str, int] = {}
    spellings: dict[str, str] = {}
    attached: dict[str, str] = {}
    words: dict[str, str] = {}
    masks: dict[str, list[str]] = {}
    writer_hurt: list[str] = Field(min_items=1)
    audience: list[AudienceEntry] = Field(min_items=1)
    contact_way: list[ContactEntry] = Field(min_items=1)

    class Config:
        extra = Extra.forbid
        allow_mutation = False

    @validator("audience", "contact_way")
    def _ids_are_unique(cls, entries: Sequence[Any]) -> Sequence[Any]:  # noqa: N805
        ids = [entry.id for entry in entries]
        for entry_id in ids:
            if ids.count(entry_id) > 1:
                raise ValueError(f"the id '{entry_id}' is used twice")
        return entries

    @root_validator(skip_on_failure=True)
    def _masks_exist(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        for entry in (*values["audience"], *values["contact_way"]):
            for name in entry.masks:
                if name not in values["masks"]:
                    raise ValueError(f"entry '{entry.id}' excepts '{name}': no such mask")
        return values


def load_definition(path: Path) -> PersonDefinition:
    """Read one language's person file.

    Raises:
        PersonDefinitionError: the file is missing, is not YAML, or an entry breaks the schema.
    """
    return read_checked(path, PersonDefinition, PersonDefinitionError)
