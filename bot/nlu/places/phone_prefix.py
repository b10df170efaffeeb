"""Reads the country from an international phone number ("+51 ..."); the number is not kept."""

import re

from phonenumbers import (
    NumberParseException,
    parse,
    region_code_for_country_code,
    region_code_for_number,
)

NUMBER = re.compile(r"(?<![\w+])\+\s?\d(?:[\s().-]{0,2}\d)*")
# Country codes of several large countries, of which the number's next digits choose.
_SHARED = {"1": ("US", "CA"), "7": ("RU", "KZ")}
_LONGEST_PREFIX = 3


def countries_of_number(number: str) -> tuple[str, ...]:
    """Return the countries (ISO 3166-1) of an international number, or of a bare prefix."""
    digits = re.sub(r"\D", "", number)
    try:
        region = region_code_for_number(parse(f"+{digits}"))
    except NumberParseException:
        region = None
    if region:
        return (region,)
    if shared := _SHARED.get(digits[:1]):
        return shared
    for length in range(1, _LONGEST_PREFIX + 1):
        region = region_code_for_country_code(int(digits[:length]))
        if region not in ("ZZ", "001"):
            return (region,)
    return ()
