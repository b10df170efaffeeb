"""The words of the directory: needs, audiences and ways of contact, with codes that never change.

All three are HSDS taxonomies; their ids are derived from the codes, so that every
Handrail directory in the world uses the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID, uuid5

ContactWay = Literal["call", "text", "chat", "email", "whatsapp"]

CONTACT_WAYS: tuple[ContactWay, ...] = get_args(ContactWay)

ContactWish = ContactWay | Literal["write"]
"""How a person wants to be in contact; "write" is any way without a voice and at once."""

WAYS_OF_WISH: dict[ContactWish, tuple[ContactWay, ...]] = {
    **{way: (way,) for way in CONTACT_WAYS},
    "write": ("text", "chat", "whatsapp"),
}

# Fixed for ever: every derived id hangs on it.
NAMESPACE = UUID("5f0f2c1e-58b6-4b0e-9a55-6a9c6f3b7d21")

INTERNATIONAL = "ZZ"
"""Country code of services for everyone (user-assigned code of ISO 3166-1)."""

WEB_CHAT = "Web chat"
"""Label of the HSDS url record at which a service chats."""


def derived_id(*parts: str) -> str:
    """A UUID (version 5) that is the same for the same parts, everywhere."""
    return str(uuid5(NAMESPACE, "\x1f".join(parts)))


@dataclass(frozen=True)
class Term:
    """A taxonomy term: stable code, English name, what it means."""

    code: str
    name: str
    description: str


@dataclass(frozen=True)
class Taxonomy:
    """A closed list of terms; `code` is also the HSDS link_type of its attributes."""

    code: str
    name: str
    description: str
    terms: tuple[Term, ...]

    @property
    def id(self) -> str:
        """The taxonomy's HSDS id."""
        return derived_id("taxonomy", self.code)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all terms, in the order of the list."""
        return tuple(term.code for term in self.terms)

    def term_id(self, code: str) -> str:
        """HSDS id of the term with this code. Raises ValueError for a code not on the list."""
        if code not in self.codes:
            known = ", ".join(self.codes)
            raise ValueError(f"{code!r} is not a code of the taxonomy {self.code}: {known}")
        return derived_id("taxonomy_term", self.code, code)

    def row(self) -> dict[str, str]:
        """The taxonomy as an HSDS record."""
        return {"id": self.id, "name": self.name, "description": self.description}

    def term_rows(self) -> list[dict[str, str]]:
        """The terms as HSDS records."""
        return [
            {
                "id": self.term_id(term.code),
                "code": term.code,
                "name": term.name,
                "description": term.description,
                "taxonomy": self.name,
                "taxonomy_id": self.id,
                "language": "en",
            }
            for term in self.terms
        ]


NEEDS = Taxonomy(
    code="need",
    name="Needs",
    description="What a person looks for when they contact a service.",
    terms=(
        Term("child_helpline", "Child helpline", "Someone a child or young person can talk to."),
        Term(
            "sexual_violence_support",
            "Support after sexual violence",
            "Help for anyone who lived through sexual violence, recently or long ago.",
        ),
        Term(
            "report_abuse_material",
            "Report abuse material",
            "Where to report pictures or videos of child sexual abuse without spreading them.",
        ),
        Term("image_removal", "Have pictures removed", "Help to take pictures of you offline."),
        Term(
            "own_behaviour_support",
            "Help with own thoughts or behaviour",
            "Help for people worried about their own thoughts or behaviour toward children.",
        ),
        Term("suicide_crisis", "Crisis line", "Someone to talk to when life feels unbearable."),
        Term("missing_child", "Missing child", "What to do when a child is missing."),
        Term("victim_support", "Victim support", "Practical and emotional help after a crime."),
        Term("domestic_violence", "Violence at home", "Help when someone is hurt at home."),
        Term("online_safety_advice", "Online safety advice", "Advice about trouble online."),
        Term("legal_or_police_report", "Police or legal advice", "Reporting to authorities."),
        Term("directory", "List of services", "A list in which more services can be found."),
    ),
)

AUDIENCES = Taxonomy(
    code="audience",
    name="Audiences",
    description="Whom a service is for.",
    terms=(
        Term("child", "Child", "A child, for themselves."),
        Term("young_person", "Young person", "A teenager or young adult, for themselves."),
        Term("adult_survivor", "Adult survivor", "An adult who lived through abuse."),
        Term("parent_carer", "Parent or carer", "Someone who looks after a child."),
        Term("bystander", "Bystander", "Someone who saw or heard of something."),
        Term("worried_about_self", "Worried about self", "Someone worried about what they may do."),
        Term("professional", "Professional", "Someone who works with children or survivors."),
    ),
)

WAYS = Taxonomy(
    code="contact_way",
    name="Ways of contact",
    description="How a person can reach a service.",
    terms=(
        Term("call", "Call", "Talk on the telephone."),
        Term("text", "Text message", "Write an SMS."),
        Term("chat", "Chat", "Write in a chat on the web."),
        Term("email", "E-mail", "Write an e-mail."),
        Term("whatsapp", "WhatsApp", "Write on WhatsApp."),
    ),
)

TAXONOMIES: tuple[Taxonomy, ...] = (NEEDS, AUDIENCES, WAYS)
