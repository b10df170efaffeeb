"""The service card: how one service is handed to a person, on every channel (contract W2).

Both the actions (live search) and the Rasa process (fallback numbers, S4) make cards here.
"""

from typing import TypedDict

from directory.emergency import EmergencyNumber
from directory.search import FoundService


class PhoneCard(TypedDict):
    """`number` is what a tel: link dials; `display` is what is read."""

    number: str
    display: str


class ServiceCard(TypedDict):
    """The fields of W2's `services[]`; `verified_on` is an ISO date."""

    id: str
    name: str
    organization: str
    description: str
    country: str
    phones: list[PhoneCard]
    sms: str | None
    whatsapp: str | None
    chat_url: str | None
    website: str | None
    email: str | None
    open_now: bool | None
    opens_at: str | None
    hours: str | None
    languages: list[str]
    free: bool | None
    anonymous: bool | None
    verified_on: str | None
    demo: bool


def service_card(found: FoundService) -> ServiceCard:
    """Return the card of a service that a search found."""
    return ServiceCard(
        id=found.id,
        name=found.name,
        organization=found.organization,
        description=found.description,
        country=found.country,
        phones=[PhoneCard(number=p.number, display=p.display) for p in found.phones],
        sms=found.sms,
        whatsapp=found.whatsapp,
        chat_url=found.chat_url,
        website=found.website,
        email=found.email,
        open_now=found.open_now,
        opens_at=found.opens_at.isoformat() if found.opens_at else None,
        hours=found.hours,
        languages=list(found.languages),
        free=found.free,
        anonymous=found.anonymous,
        verified_on=found.verified_on.isoformat() if found.verified_on else None,
        demo=found.demo,
    )


def emergency_card(
    country: str,
    numbers: tuple[EmergencyNumber, ...],
    name: str,
    reaches: dict[str, str],
    demo: bool,
) -> ServiceCard:
    """Return the card of a country's emergency numbers.

    `name` is the card's title and `reaches` the words for police, ambulance and all, both in the
    person's language. Emergency numbers come from one sourced file, not from the vetted
    directory, so that the card carries no date of verification.
    """
    return ServiceCard(
        id=f"emergency-{country.lower()}",
        name=name,
        organization="",
        description="",
        country=country,
        phones=[
            PhoneCard(number=entry.number, display=f"{entry.number} ({reaches[entry.what]})")
            for entry in numbers
        ],
        sms=None,
        whatsapp=None,
        chat_url=None,
        website=None,
        email=None,
        open_now=None,
        opens_at=None,
        hours=None,
        languages=[],
        free=None,
        anonymous=None,
        verified_on=None,
        demo=demo,
    )
