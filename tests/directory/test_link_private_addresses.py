"""An address in the directory must never make us call into the own network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from directory.health.fetch import Answer, NoAnswer, open_fetcher
from directory.health.politeness import Manners
from directory.health.transport import PrivateAddressError, Resolver
from tests.directory.link_site import Site, html, quick_manners, redirect, running_site

REFUSED = "leads into a network that is not public; it was not called"


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        running.pages["/"] = html()
        yield running


def fetch(url: str, manners: Manners) -> Answer | NoAnswer:
    async def run() -> Answer | NoAnswer:
        async with open_fetcher(manners) as fetcher:
            return await fetcher.fetch(url)

    return asyncio.run(run())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0.0.0.0"])
def test_given_loopback_by_number_or_name_then_it_is_not_called(site: Site, host: str) -> None:
    found = fetch(site.address("/", host=host), quick_manners(allowed_networks=()))
    assert isinstance(found, NoAnswer)
    assert (found.kind, found.detail) == ("unreachable", REFUSED)
    assert site.calls == []


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://[::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://224.0.0.1/",
    ],
)
def test_given_a_redirect_to_a_private_address_then_it_is_not_followed(
    site: Site, target: str
) -> None:
    site.pages["/"] = redirect(target)
    manners = quick_manners(allowed_networks=("127.0.0.1/32",))
    found = fetch(site.address("/"), manners)
    assert isinstance(found, NoAnswer)
    assert found.detail == REFUSED
    assert found.url == target


def test_given_a_host_with_one_private_address_among_public_ones_then_all_are_refused() -> None:
    """The system resolver stands in for a name server that mixes them in."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        real = loop.getaddrinfo

        async def mixed(host: str, port: int, **options: object) -> list[object]:
            public = await real("8.8.8.8", port)
            return [*public, *await real("10.0.0.1", port)]

        loop.getaddrinfo = mixed  # type: ignore[method-assign, assignment]
        with pytest.raises(PrivateAddressError):
            await Resolver(()).addresses("mixed.example", 80)

    asyncio.run(run())


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_given_a_public_address_then_it_may_be_called(address: str) -> None:
    assert asyncio.run(Resolver(()).addresses(address, 443)) == [address]


def test_given_a_name_then_the_checked_address_is_called_and_the_host_header_is_the_name(
    site: Site,
) -> None:
    found = fetch(site.address("/", host="localhost"), quick_manners())
    assert isinstance(found, Answer)
    assert found.url == str(httpx.URL(site.address("/", host="localhost")))
    assert site.hosts == {f"localhost:{site.port}"}


def test_given_a_proxy_in_the_environment_then_it_is_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.address("/proxy"))
    monkeypatch.setenv("ALL_PROXY", site.address("/proxy"))
    found = fetch("http://10.0.0.1/", quick_manners(allowed_networks=()))
    assert isinstance(found, NoAnswer)
    assert site.calls == []
