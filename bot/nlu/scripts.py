"""The script that a text is written in, as far as languages differ in it."""

import re
from collections import Counter

# Letters of the Arabic script that people type one for another, and the bar that only stretches:
# a table for `str.translate`.
ARABIC_ALIKE = str.maketrans("ةىیکھہٱ", "هييكهها", "ـ")

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_SCRIPTS = {
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "han": re.compile(rf"[{HAN}]"),
}


def script_of(text: str) -> str | None:
    """Return the script of most letters of a text: latin, cyrillic, arabic, han; None for others.

    A Chinese character says as much as several letters, and is counted so.
    """
    counts = Counter({name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()})
    counts["han"] *= 3
    name, most = counts.most_common(1)[0]
    return name if most else None
