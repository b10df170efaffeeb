"""In which language the names of our taxonomies are told: the caller's, where there is one."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from directory.exchange.documents import Document
from directory.vocabulary_names import Names

DEFAULT = "en"

_RANGE = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*"
    r"(?:;\s*[qQ]\s*=\s*(?P<q>[01](?:\.[0-9]{0,3})?)\s*)?"
)
# Written Norwegian is asked for under these codes too.
_SAME = {"no": "nb", "nn": "nb"}


def negotiated(header: str, available: Collection[str]) -> str:
    """The language of `available` that an Accept-Language header prefers; otherwise English.

    Quality values count (RFC 9110, 12.5.4), and a language stands in for its regional forms.
    What cannot be read in the header is passed over.
    """
    wanted: dict[str, float] = {}
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        if found is not None:
            base = found["tag"].lower().split("-")[0]
            language = DEFAULT if base == "*" else _SAME.get(base, base)
            quality = float(found["q"] or 1)
            wanted[language] = max(quality, wanted.get(language, 0))
    usable = [language for language in wanted if wanted[language] and language in available]
    return max(usable, key=lambda language: wanted[language], default=DEFAULT)


def in_language(document: Document, language: str, names: Names) -> Document:
    """A copy of a taxonomy or term with our name and description for it in the language."""
    naming = names.get(language, {})
    copy: dict[str, Any] = dict(document)
    own = naming.get(document["id"])
    if own is not None:
        copy |= {"name": own.name, "description": own.description}
        if "taxonomy_detail" in document:
            copy["language"] = language
    if "taxonomy_detail" in document:
        detail = in_language(document["taxonomy_detail"], language, names)
        copy["taxonomy_detail"] = detail
        if "taxonomy" in document and detail["id"] in naming:
            copy["taxonomy"] = detail["name"]
    return copy
