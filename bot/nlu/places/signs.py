"""Reads countries written without words: telephone prefixes ("+51 ...") and flags.

Of a telephone number only the country is kept.
"""

import re
from collections.abc import Iterator

from phonenumbers import (
    NumberParseException,
    parse,
    region_code_for_country_code,
    region_code_for_number,
)

from bot.nlu.places.gazetteer import Mention, Word, mention
from bot.nlu.places.language_file import COUNTRY_CODES
from bot.nlu.places.stored_names import Meaning, NameKind

_NUMBER = re.compile(r"(?<![\w+])\+\s?\d(?:[\s().-]{0,2}\d)*")
# Codes of several large countries, of which the number's next digits choose.
_SHARED = {"1": ("US", "CA"), "7": ("RU", "KZ")}
_LONGEST_CODE = 3
# A flag is two "regional indicators", one for each letter of the country's code.
_FIRST_INDICATOR = 0x1F1E6
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


def signs(text: str, words: list[Word]) -> Iterator[Mention]:
    """Yield the telephone numbers and flags of `text` as mentions of their countries."""
    for match in _NUMBER.finditer(text):
        yield from _sign(text, words, match, NameKind.PHONE, countries_of_number(match.group()))
    for match in _FLAG.finditer(text):
        code = "".join(chr(ord(char) - _FIRST_INDICATOR + ord("A")) for char in match.group())
        countries = (code,) if code in COUNTRY_CODES else ()
        yield from _sign(text, words, match, NameKind.COUNTRY, countries)


def countries_of_number(number: str) -> tuple[str, ...]:
    """Return the countries (ISO 3166-1) of an international number, or of a bare prefix."""
    digits = re.sub(r"\D", "", number)
    try:
        region = region_code_for_number(parse(f"+{digits}"))
    except NumberParseException:
        region = None
    if region:
        return (region,)
    # +76 and +77 are Kazakhstan, every other +7x is Russia; a bare "+7" stays open.
    if len(digits) > 1 and digits[0] == "7":
        return ("KZ",) if digits[1] in "67" else ("RU",)
    if shared := _SHARED.get(digits[:1]):
        return shared
    for length in range(1, _LONGEST_CODE + 1):
        region = region_code_for_country_code(int(digits[:length]))
        if region in COUNTRY_CODES:
            return (region,)
    return ()


def _sign(
    text: str,
    words: list[Word],
    match: re.Match[str],
    kind: NameKind,
    countries: tuple[str, ...],
) -> Iterator[Mention]:
    inside = [i for i, word in enumerate(words) if match.start() <= word.start < match.end()]
    if inside and countries:
        yield mention(text, words, inside[0], inside[-1] + 1, Meaning(kind, countries))
