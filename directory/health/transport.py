"""Calls to public addresses only: an imported web address must not reach into the own network.

The name is resolved once, its addresses are checked, and the call goes to the address that was
checked. So neither a redirect nor a name that changes its address between check and call gets
through (server-side request forgery, OWASP Top 10 A10:2021).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Collection

import httpx

from directory.health.politeness import Manners

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A name may have many addresses; a visitor's browser does not try all of them either.
TRIED_ADDRESSES = 3

# IPv4 addresses inside IPv6 ones, for networks without IPv4 (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NameNotFoundError(httpx.ConnectError):
    """The host name does not exist."""


class PrivateAddressError(httpx.ConnectError):
    """The host is in a network that is not public."""


class Resolver:
    """Finds the addresses of host names, as long as all of them are public."""

    def __init__(self, allowed_networks: Collection[str]) -> None:
        self._allowed = [ipaddress.ip_network(network) for network in allowed_networks]

    async def addresses(self, host: str, port: int) -> list[str]:
        """The host's IP addresses in the system's order of preference.

        Raises NameNotFoundError, PrivateAddressError if one of them is not public, and
        httpx.ConnectError if the name server does not answer.
        """
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno == socket.EAI_NONAME:
                raise NameNotFoundError("no such host name") from error
            raise httpx.ConnectError("the name server does not answer") from error
        except UnicodeError as error:
            raise NameNotFoundError("not a host name") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self._may_be_called(ipaddress.ip_address(each)) for each in addresses):
            raise PrivateAddressError("not a public address")
        return addresses

    def _may_be_called(self, address: Address) -> bool:
        if any(address in network for network in self._allowed):
            return True
        inner = _inner_addresses(address)
        return all(each.is_global and not each.is_multicast for each in inner)


class PublicTransport(httpx.AsyncBaseTransport):
    """Sends requests as httpx does, but to public addresses only."""

    def __init__(self, manners: Manners, resolver: Resolver) -> None:
        # A kept connection could be used for another host at the same IP address, without a look
        # at that host's certificate. A proxy of the environment would resolve names unchecked.
        self._sender = httpx.AsyncHTTPTransport(
            verify=manners.tls or True,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._resolver = resolver

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the first address that lets us connect."""
        host = request.url.raw_host.decode("ascii")
        addresses = await self._resolver.addresses(host, port_of(request.url))
        *others, last = addresses[:TRIED_ADDRESSES]
        for address in others:
            try:
                return await self._sender.handle_async_request(_redirected(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if tls_error(error) is not None:
                    raise
        return await self._sender.handle_async_request(_redirected(request, host, last))

    async def aclose(self) -> None:
        """Close what is open."""
        await self._sender.aclose()


def port_of(url: httpx.URL) -> int:
    """The port that an http or https address means."""
    return url.port or (443 if url.scheme == "https" else 80)


def tls_error(error: BaseException) -> ssl.SSLError | None:
    """The TLS error behind an error of httpx, if there is one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _redirected(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """The same request to this IP address; Host header and certificate stay the host's."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


def _inner_addresses(address: Address) -> list[Address]:
    """The address, or the addresses that it stands for on its way through a translator."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    return [address, *(address.teredo or ())]
