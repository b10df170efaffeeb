"""Which addresses belong to one site: the part of a host name that somebody registers."""

from __future__ import annotations

import ipaddress
from functools import cache

from publicsuffixlist import PublicSuffixList


def registrable(host: str) -> str:
    """The domain that was registered: kids.example.org.uk and example.org.uk give example.org.uk.

    As the Public Suffix List has it (https://publicsuffix.org), its private part included: sites
    on a host such as wordpress.com are different ones. An IP address or a single label is
    returned as it is.
    """
    bare = host.rstrip(".").lower()
    if _is_ip_address(bare):
        return bare
    return _suffixes().privatesuffix(bare) or bare


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
