"""The link check as a whole: what it opens, keeps, skips and forgets, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from directory.database import open_engine, open_session, open_transaction
from directory.errors import DirectoryUnavailable
from directory.health.addresses import Selection, due_addresses
from directory.health.links import KEPT_TOGETHER, LinkReport, check_links
from directory.health.outcome import LinkResult
from directory.health.results import keep, needing_attention, outcome_counts
from directory.models import LinkCheck, Organization, Provenance, Service, Url
from directory.models.base import now
from directory.vocabulary import derived_id
from tests.directory.conftest import Directory
from tests.directory.link_site import Site, html, quick_manners, redirect, running_site, status

ALL = Selection(max_age=timedelta(0))


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        running.pages["/"] = html()
        yield running


def check(directory: Directory, selection: Selection | None = None, **options: Any) -> LinkReport:
    return check_links(directory.engine, selection, quick_manners(), **options)


def rows(directory: Directory) -> dict[str, Any]:
    """The stored results by address."""
    with open_session(directory.engine) as session:
        found = session.execute(select(LinkCheck.__table__)).mappings()
        return {row["url"]: dict(row) for row in found}


def write(directory: Directory, *statements: Any) -> None:
    with open_transaction(directory.engine) as connection:
        for statement in statements:
            connection.execute(statement)


def facts(directory: Directory) -> list[Any]:
    """Everything the services say."""
    with open_session(directory.engine) as session:
        return [tuple(row) for row in session.execute(select(Service.__table__))]


def test_given_every_kind_of_address_then_each_is_checked_and_stored(
    directory: Directory, site: Site
) -> None:
    for path in ("/site", "/chat", "/source", "/organization", "/organization/more"):
        site.pages[path] = html()
    id_ = directory.add("helpline", url=site.address("/site"), chat=site.address("/chat"))
    write(
        directory,
        insert(Provenance).values(id="p", service_id=id_, source_url=site.address("/source")),
        update(Organization).values(website=site.address("/organization")),
        insert(Url).values(
            id="u", organization_id=derived_id("org"), url=site.address("/organization/more")
        ),
    )
    report = check(directory)
    assert (dict(report.outcomes), report.skipped, report.checked) == ({"ok": 5}, 0, 5)
    stored = rows(directory)
    assert set(stored) == {
        site.address(path)
        for path in ("/site", "/chat", "/source", "/organization", "/organization/more")
    }
    assert {row["service_id"] for row in stored.values()} == {id_}
    assert {row["status"] for row in stored.values()} == {200}


def test_given_services_that_share_an_address_then_it_is_opened_once_for_all(
    directory: Directory, site: Site
) -> None:
    first, second = (directory.add(slug, url=site.address("/")) for slug in ("one", "two"))
    assert check(directory).checked == 1
    assert [method for method, _ in site.calls] == ["HEAD", "GET"]
    with open_session(directory.engine) as session:
        owners = session.execute(select(LinkCheck.service_id)).scalars().all()
    assert sorted(owners) == sorted([first, second])


def test_given_a_withdrawn_service_then_its_address_is_not_opened(
    directory: Directory, site: Site
) -> None:
    directory.add("gone", url=site.address("/"), vetting_state="withdrawn")
    assert check(directory).checked == 0
    assert site.calls == []


@pytest.mark.parametrize("state", ["draft", "in_review", "expired"])
def test_given_a_service_in_any_other_state_then_its_address_is_opened(
    directory: Directory, site: Site, state: str
) -> None:
    directory.add("helpline", url=site.address("/"), vetting_state=state)
    assert check(directory).checked == 1


def test_given_a_second_run_within_a_week_then_nothing_is_asked(
    directory: Directory, site: Site
) -> None:
    directory.add("helpline", url=site.address("/"))
    check(directory)
    before = len(site.calls)
    report = check(directory)
    assert (report.checked, report.skipped) == (0, 1)
    assert len(site.calls) == before


@pytest.mark.parametrize(("days", "asked"), [(6, 0), (8, 1)])
def test_given_a_result_of_some_days_ago_then_a_week_decides(
    directory: Directory, site: Site, days: int, asked: int
) -> None:
    directory.add("helpline", url=site.address("/"))
    check(directory)
    write(directory, update(LinkCheck).values(checked=now() - timedelta(days=days)))
    assert check(directory).checked == asked


def test_given_all_are_wanted_then_addresses_checked_just_now_are_opened_again(
    directory: Directory, site: Site
) -> None:
    directory.add("helpline", url=site.address("/"))
    check(directory)
    assert check(directory, ALL).checked == 1
    assert len(rows(directory)) == 1


def test_given_a_country_then_only_its_services_are_checked(
    directory: Directory, site: Site
) -> None:
    site.pages["/fr"] = site.pages["/pe"] = html()
    directory.add("fr", country="FR", url=site.address("/fr"))
    directory.add("pe", country="PE", url=site.address("/pe"))
    check(directory, Selection(country="PE"))
    assert set(rows(directory)) == {site.address("/pe")}


def test_given_a_limit_then_those_that_wait_longest_come_first(
    directory: Directory, site: Site
) -> None:
    for path in ("/a", "/b", "/c"):
        site.pages[path] = html()
        directory.add(path.strip("/"), url=site.address(path))
    check(directory)
    for path, days in (("/a", 20), ("/b", 40)):
        older = update(LinkCheck).where(LinkCheck.url == site.address(path))
        write(directory, older.values(checked=now() - timedelta(days=days)))
    write(directory, delete(LinkCheck).where(LinkCheck.url == site.address("/c")))
    with open_session(directory.engine) as session:
        due = due_addresses(session, Selection(limit=2), now())
    assert list(due.owners) == [site.address("/c"), site.address("/b")]


def test_given_a_failing_address_then_it_keeps_since_when_until_it_works(
    directory: Directory, site: Site
) -> None:
    directory.add("helpline", url=site.address("/help"))
    check(directory)
    url = site.address("/help")
    since = rows(directory)[url]["failing_since"]
    assert since == rows(directory)[url]["checked"]

    site.pages["/help"] = status(500)
    check(directory, ALL)
    again = rows(directory)[url]
    assert (again["outcome"], again["failing_since"]) == ("server_error", since)
    assert again["checked"] > since

    site.pages["/help"] = html()
    check(directory, ALL)
    assert (rows(directory)[url]["outcome"], rows(directory)[url]["failing_since"]) == ("ok", None)

    site.pages["/help"] = status(410)
    check(directory, ALL)
    assert rows(directory)[url]["failing_since"] > since


def test_given_a_site_that_refuses_programs_then_it_does_not_count_as_failing(
    directory: Directory, site: Site
) -> None:
    site.pages["/"] = status(403)
    directory.add("helpline", url=site.address("/"))
    check(directory)
    stored = rows(directory)[site.address("/")]
    assert (stored["outcome"], stored["failing_since"]) == ("refused", None)
    with open_session(directory.engine) as session:
        assert needing_attention(session) == []


def test_given_an_address_that_no_service_has_any_more_then_its_result_is_forgotten(
    directory: Directory, site: Site
) -> None:
    site.pages["/new"] = html()
    id_ = directory.add("helpline", url=site.address("/"), chat=site.address("/new"))
    check(directory)
    write(directory, update(Service).where(Service.id == id_).values(url=None))
    report = check(directory)
    assert report.forgotten == 1
    assert set(rows(directory)) == {site.address("/new")}


def test_given_broken_addresses_then_no_service_is_changed(
    directory: Directory, site: Site
) -> None:
    directory.add("missing", url=site.address("/missing"))
    directory.add("unsafe", url="http://169.254.169.254/", chat="not an address")
    before = facts(directory)
    check(directory)
    outcomes = {row["outcome"] for row in rows(directory).values()}
    assert outcomes == {"not_found", "unreachable"}
    assert facts(directory) == before
    assert len(directory.names()) == 2


def test_given_many_pages_of_one_host_then_it_is_never_asked_twice_at_once(
    directory: Directory, site: Site
) -> None:
    for number in range(6):
        site.pages[f"/{number}"] = html()
        directory.add(f"h{number}", url=site.address(f"/{number}"))
    # A second host, opened by another worker, sends its visitors to the first one.
    with running_site() as other:
        for number in range(6):
            other.pages[f"/{number}"] = redirect(site.address(f"/{number}"))
            directory.add(f"o{number}", url=other.address(f"/{number}", host="localhost"))
        check(directory)
    assert len(site.calls) > 12
    assert site.most_at_once == 1
    assert other.most_at_once == 1
    assert site.names == {quick_manners().user_agent}


def test_given_a_pause_then_it_is_kept_between_requests(directory: Directory, site: Site) -> None:
    site.pages["/b"] = html()
    directory.add("a", url=site.address("/"), chat=site.address("/b"))
    check_links(directory.engine, None, quick_manners(pause=0.1))
    gaps = [after - before for before, after in zip(site.times, site.times[1:], strict=False)]
    assert len(gaps) == 3
    # The site notes when a request arrives; the way there may take a little less another time.
    assert min(gaps) >= 0.09


@pytest.mark.parametrize("stopped_after", [1, KEPT_TOGETHER + 3])
def test_given_an_interrupted_run_then_what_was_done_is_kept_and_the_next_run_does_the_rest(
    directory: Directory, site: Site, stopped_after: int
) -> None:
    total = KEPT_TOGETHER + 5
    for number in range(total):
        site.pages[f"/{number}"] = html()
        directory.add(f"h{number}", url=site.address(f"/{number}"))

    def stop(done: int, total: int) -> None:
        if done == stopped_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(directory, progress=stop)
    assert len(rows(directory)) == stopped_after

    site.calls.clear()
    report = check(directory)
    assert (report.checked, report.skipped) == (total - stopped_after, stopped_after)
    assert len(site.calls) == 2 * (total - stopped_after)


def test_progress_counts_addresses_up_to_their_total(directory: Directory, site: Site) -> None:
    seen: list[tuple[int, int]] = []
    directory.add("a", url=site.address("/"), chat=site.address("/missing"))
    check(directory, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_given_results_then_those_to_look_at_come_with_the_worst_first(
    directory: Directory,
) -> None:
    id_ = directory.add("helpline")
    at = datetime(2026, 11, 24, tzinfo=timezone.utc)
    results = [
        LinkResult("http://a.example/", at, "ok", 200),
        LinkResult("http://b.example/", at, "ok", 200, detail="the certificate ends soon"),
        LinkResult("http://c.example/", at, "moved", 200, "http://d.example/"),
        LinkResult("http://e.example/", at, "refused", 403),
        LinkResult("http://f.example/", at, "not_found", 404),
        LinkResult("http://g.example/", at, "parked", 200, "http://x/" + "y" * 9000),
    ]
    with open_transaction(directory.engine) as connection:
        keep(connection, results, {result.url: [id_] for result in results})
    with open_session(directory.engine) as session:
        found = needing_attention(session, "FR")
        assert needing_attention(session, "PE") == []
        assert outcome_counts(session) == {
            "ok": 2,
            "moved": 1,
            "not_found": 1,
            "parked": 1,
            "refused": 1,
        }
    assert [each.outcome for each in found] == ["parked", "not_found", "moved", "ok"]
    assert [each.failing_since for each in found] == [at, at, None, None]
    assert {(each.service, each.slug) for each in found} == {("helpline", "helpline")}


def test_given_a_service_that_vanishes_during_the_run_then_the_rest_is_kept(
    directory: Directory,
) -> None:
    id_ = directory.add("helpline")
    result = LinkResult("http://a.example/", now(), "ok", 200)
    with open_transaction(directory.engine) as connection:
        keep(connection, [result], {result.url: ["no-such-service", id_]})
    assert rows(directory)[result.url]["service_id"] == id_


def test_given_a_hint_then_it_is_stored_beside_ok(directory: Directory, site: Site) -> None:
    site.pages["/deep/page"] = redirect("/")
    directory.add("helpline", url=site.address("/deep/page"))
    check(directory)
    stored = rows(directory)[site.address("/deep/page")]
    assert (stored["outcome"], stored["final_url"]) == ("ok", site.address("/"))
    assert "home page" in stored["detail"]


def test_given_no_database_then_the_check_says_so() -> None:
    engine = open_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    with pytest.raises(DirectoryUnavailable):
        check_links(engine, None, quick_manners())


def test_given_a_database_that_fails_during_the_run_then_the_check_says_so(
    directory: Directory, site: Site
) -> None:
    directory.add("helpline", url=site.address("/"))

    def break_it(done: int, total: int) -> None:
        write(directory, text("DROP TABLE link_check"))

    with pytest.raises(DirectoryUnavailable):
        check(directory, progress=break_it)
