"""Which telephone numbers work from which country: the one rule for what is found and shown.

A national number, above all a short one, does not dial from another country.
"""

from __future__ import annotations

from typing import Any

from directory.vocabulary import INTERNATIONAL


def works_within(phone: Any, country: str | None) -> bool:
    """Whether a person in `country` (ISO 3166-1) can use this number of that country.

    `phone` has the columns of Phone. WhatsApp knows full numbers only.
    """
    if country in (None, INTERNATIONAL) or phone.country != country:
        return False
    return phone.type != "whatsapp" or phone.e164 is not None


def works_from_abroad(phone: Any) -> bool:
    """Whether a person in any country can use this number."""
    return phone.e164 is not None and bool(phone.reachable_from_abroad)
