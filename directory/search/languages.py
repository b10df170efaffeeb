"""One code for a language, whichever of its codes a record or a person uses."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pycountry


@lru_cache(maxsize=4096)
def main_code(code: str) -> str:
    """The ISO 639-1 code if the language has one, else ISO 639-3: "pt" for "pt-BR" and "por"."""
    bare = code.lower().replace("_", "-").split("-")[0]
    if len(bare) != 3:
        return bare
    language: Any = pycountry.languages.get(alpha_3=bare)
    return str(getattr(language, "alpha_2", bare))
