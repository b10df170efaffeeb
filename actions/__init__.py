"""Handrail's custom actions, served by the Rasa action server.

Each action is thin: read the situation, ask the directory, say sentences of the catalogue.
"""

from actions.help import (
    ActionChangeCountry,
    ActionChangeLanguage,
    ActionFallback,
    ActionHelp,
    ActionMoreServices,
    ActionOtherWay,
)

__all__ = [
    "ActionChangeCountry",
    "ActionChangeLanguage",
    "ActionFallback",
    "ActionHelp",
    "ActionMoreServices",
    "ActionOtherWay",
]
