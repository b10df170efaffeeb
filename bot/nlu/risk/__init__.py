"""Acute-risk detection by hand-written multi-word patterns, one YAML file per language.

It is the second, independent means beside the intent classifier (DESIGN S1): it needs no
training, and each answer names the pattern that fired.
"""

from bot.nlu.risk.definition import RiskDefinitionError
from bot.nlu.risk.model import Risk, RiskDetectorModel
from bot.nlu.risk.normaliser import fold

__all__ = ["Risk", "RiskDefinitionError", "RiskDetectorModel", "fold"]
