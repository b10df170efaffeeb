"""Which addresses belong to one site: the part of a host name that somebody registers."""

from __future__ import annotations

import ipaddress

# Labels under which ten or more countries register names for others, as in org.uk and com.br,
# counted in the ICANN section of the Public Suffix List (https://publicsuffix.org/list/) without
# the ambiguous tv, tm and me; and gouv, govt, ne and nhs, where helplines often are.
_SECOND_LEVEL = frozenset(
    {
        "ac",
        "asso",
        "biz",
        "co",
        "com",
        "edu",
        "go",
        "gob",
        "gouv",
        "gov",
        "govt",
        "info",
        "int",
        "mil",
        "name",
        "ne",
        "net",
        "nhs",
        "nom",
        "or",
        "org",
        "pro",
        "sch",
        "web",
    }
)


def registrable(host: str) -> str:
    """The domain that was registered: kids.example.org.uk and example.org.uk give example.org.uk.

    An IP address or a single label is returned as it is.
    """
    bare = host.rstrip(".").lower()
    labels = bare.split(".")
    if _is_ip_address(bare) or len(labels) < 3:
        return bare
    country_code = len(labels[-1]) == 2
    kept = 3 if country_code and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-kept:])


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
