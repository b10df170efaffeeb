"""Finds out, from what a person wrote, who the help is for and how they can be in contact.

Hand-written patterns in `data/person/<lang>.yml`, one file per language, say what counts.
"""

from bot.nlu.person.definition import PersonDefinitionError
from bot.nlu.person.model import Finding, PersonModel

__all__ = ["Finding", "PersonDefinitionError", "PersonModel"]
