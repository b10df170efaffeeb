"""Certificates of sites: expired, for another host, self-signed, about to expire (real TLS)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from directory.health.fetch import Answer, NoAnswer, open_fetcher
from directory.health.outcome import LinkResult, judge
from directory.health.parked import ParkingSigns
from directory.models.base import now
from tests.directory.link_site import Authority, html, quick_manners, redirect, running_site


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def in_days(days: int) -> datetime:
    return (datetime.now(timezone.utc) + timedelta(days=days)).replace(microsecond=0)


def look(url: str, authority: Authority | None) -> LinkResult:
    """Open an address, trusting the test's authority or else the usual ones."""

    async def run() -> LinkResult:
        manners = quick_manners(tls=authority.trusting() if authority else None)
        async with open_fetcher(manners) as fetcher:
            return judge(url, await fetcher.fetch(url), ParkingSigns.load(), now())

    return asyncio.run(run())


def test_given_a_good_certificate_then_it_is_ok_and_its_end_is_known(authority: Authority) -> None:
    ends = in_days(50)
    with running_site(authority.certificate("good", ends)) as site:
        site.pages["/"] = html()
        found = look(site.address("/"), authority)
    assert (found.outcome, found.certificate_expires, found.detail) == ("ok", ends, None)


def test_given_a_certificate_for_the_name_then_the_name_is_compared_not_the_ip_address(
    authority: Authority,
) -> None:
    files = authority.certificate("named", in_days(50), hosts=("localhost",))
    with running_site(files) as site:
        site.pages["/"] = html()
        assert look(site.address("/", host="localhost"), authority).outcome == "ok"


@pytest.mark.parametrize(("days", "warned"), [(13, True), (15, False)])
def test_given_a_certificate_that_ends_soon_then_it_is_ok_with_a_warning(
    authority: Authority, days: int, warned: bool
) -> None:
    ends = in_days(days)
    with running_site(authority.certificate(f"ends-in-{days}", ends)) as site:
        site.pages["/"] = html()
        found = look(site.address("/"), authority)
    expected = f"the certificate ends on {ends.date().isoformat()}" if warned else None
    assert (found.outcome, found.detail) == ("ok", expected)


def test_given_an_expired_certificate_then_it_is_reported_with_its_end(
    authority: Authority,
) -> None:
    ends = in_days(-3)
    with running_site(authority.certificate("expired", ends)) as site:
        site.pages["/"] = html()
        found = look(site.address("/"), authority)
        assert site.calls == []
    assert (found.outcome, found.status) == ("certificate", None)
    assert found.detail == "the certificate has expired"
    assert found.certificate_expires == ends


def test_given_a_certificate_for_another_host_then_it_is_reported(authority: Authority) -> None:
    files = authority.certificate("other", in_days(50), hosts=("other.example",))
    with running_site(files) as site:
        by_name = look(site.address("/", host="localhost"), authority)
        by_address = look(site.address("/"), authority)
    assert (by_name.outcome, by_name.detail) == (
        "certificate",
        "the certificate is for another host name",
    )
    assert by_address.outcome == "certificate"


def test_given_two_hosts_at_one_ip_address_then_each_has_to_show_its_own_certificate(
    authority: Authority,
) -> None:
    files = authority.certificate("one-of-two", in_days(50), hosts=("localhost",))
    with running_site(files) as site:
        site.pages["/"] = html()

        async def run() -> list[Answer | NoAnswer]:
            async with open_fetcher(quick_manners(tls=authority.trusting())) as fetcher:
                hosts = ("localhost", "127.0.0.1", "localhost")
                return [await fetcher.fetch(site.address("/", host=host)) for host in hosts]

        good, bad, good_again = asyncio.run(run())
    assert isinstance(good, Answer)
    assert isinstance(bad, NoAnswer)
    assert bad.kind == "certificate"
    assert isinstance(good_again, Answer)


def test_given_a_certificate_that_nobody_vouches_for_then_it_is_reported(
    authority: Authority,
) -> None:
    ends = in_days(50)
    with running_site(authority.certificate("own", ends, self_signed=True)) as site:
        for trusted in (authority, None):
            found = look(site.address("/"), trusted)
            assert (found.outcome, found.detail) == (
                "certificate",
                "the certificate is self-signed",
            )
            assert found.certificate_expires == ends


def test_given_a_redirect_to_a_bad_certificate_then_the_host_is_named(
    authority: Authority,
) -> None:
    files = authority.certificate("behind", in_days(-3))
    with running_site() as site, running_site(files) as secure:
        site.pages["/"] = redirect(secure.address("/", host="localhost"))
        found = look(site.address("/"), authority)
    assert found.outcome == "certificate"
    assert found.detail is not None
    assert found.detail.startswith("localhost: the certificate")
    assert found.final_url == secure.address("/", host="localhost")


def test_given_https_asked_of_a_plain_site_then_it_is_unreachable(authority: Authority) -> None:
    with running_site() as site:
        url = site.address("/").replace("http:", "https:")
        found = look(url, authority)
    assert (found.outcome, found.detail) == ("unreachable", "no secure connection can be made")
