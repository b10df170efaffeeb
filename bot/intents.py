"""Intents that more than one part must know by name."""

ACUTE_INTENTS = frozenset({"suicidal", "immediate_danger", "safe_word"})
"""They call for the safety answer by themselves (DESIGN S1, S3)."""
