"""One spelling for every way to type a name: lower case, no accents, straight apostrophes.

Names and messages pass through the same function, so that they can be compared by equality.
"""

import re
import unicodedata

from bot.nlu.scripts import ARABIC_ALIKE, HAN

# Apostrophes of all sorts, and letters that Unicode does not take apart.
_LETTERS = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ`´", "'"),
        **{"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"},
    }
)
# Chinese has no spaces between words: each character is a word, which begins and ends anywhere.
WORD_START = rf"(?<![^\W{HAN}])"
WORD_END = rf"(?![^\W{HAN}])"
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")


def normalise(text: str) -> str:
    """Return `text` in lower case, without accents, with straight apostrophes.

    The result may be shorter or longer than `text`: never use its offsets on the original.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare).translate(ARABIC_ALIKE)


def name_key(name: str) -> str:
    """Return the words of `name`, normalised and joined by one space ("St. John's": st john s)."""
    return " ".join(_WORD.findall(normalise(name)))
