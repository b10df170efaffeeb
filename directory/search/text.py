"""The words of free text: the same in what is stored, in what is asked, and on every database."""

from __future__ import annotations

import re
import unicodedata

_NO_WORD = re.compile(r"[\W_]+")


def words(text: str) -> list[str]:
    """The words of a text without capitals, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return [word for word in _NO_WORD.split(bare) if word]
