"""Services at locations by postcode, as far as the directory's own addresses know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from math import isclose
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from admin.hsds.nearby import Point, centroid, distance
from directory.database import open_engine, open_transaction
from directory.models import metadata
from directory.preparation import prepare
from tests.admin.hsds_directory import LYON, PARIS, service_row, uid

Serve = Callable[[str], AbstractContextManager[httpx.Client]]

# Name: country, postcode, town, place, and areas of the service (country and town).
PLACES: dict[
    str, tuple[str, str, str, tuple[float, float] | None, list[tuple[str, str | None]]]
] = {
    "paris": ("FR", "75001", "Paris", PARIS, [("FR", None)]),
    "lyon": ("FR", "69 001", "Lyon", LYON, [("FR", "Lyon")]),
    "everywhere": ("FR", "69-001", "Lyon", None, [("ZZ", None)]),
    "brussels": ("BE", "1000", "Bruxelles", (50.846, 4.352), [("BE", None)]),
    "lausanne": ("CH", "1000", "Lausanne", (46.52, 6.63), []),
    "fiji east": ("FJ", "999", "Taveuni", (-16.8, 179.99), [("FJ", None)]),
    "fiji west": ("FJ", "999", "Taveuni", (-16.8, -179.99), [("FJ", None)]),
}


@pytest.fixture(scope="module")
def places(new_url: Callable[[], str], serve: Serve) -> Iterator[httpx.Client]:
    """The places above, each with a service of its own, on each database."""
    url = new_url()
    engine = open_engine(url)
    prepare(engine)
    with open_transaction(engine) as connection:
        organization = {"id": uid("organization", "open"), "name": "Org", "description": "-"}
        connection.execute(insert(metadata.tables["organization"]).values(organization))
        for name in PLACES:
            for table, row in rows(name):
                connection.execute(insert(metadata.tables[table]).values(row))
    engine.dispose()
    with serve(url) as client:
        yield client


def rows(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A service, its areas, its location with an address, and what joins them."""
    country, postcode, town, place, areas = PLACES[name]
    service, location = {"service_id": uid("service", name)}, {"location_id": uid("place", name)}
    yield service_row(name, name=name)
    for area_country, area_town in areas:
        area = {"id": uid("area", name), "country": area_country, "place": area_town}
        yield "service_area", {**area, **service}
    latitude, longitude = place or (None, None)
    yield (
        "location",
        {
            "id": location["location_id"],
            "location_type": "physical",
            "latitude": latitude,
            "longitude": longitude,
        },
    )
    yield (
        "address",
        {
            "id": uid("address", name),
            **location,
            "address_1": "-",
            "city": town,
            "state_province": "-",
            "postal_code": postcode,
            "country": country,
            "address_type": "physical",
        },
    )
    yield "service_at_location", {"id": uid("at", name), **service, **location}


def found(client: httpx.Client, query: str) -> list[str]:
    """Names of the services in the order of the answer."""
    answer = client.get(f"/hsds/service_at_locations?{query}")
    assert answer.status_code == 200, answer.text
    page = answer.json()
    names = [record["service"]["name"] for record in page["contents"]]
    assert page["total_items"] == len(names)
    return names


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("postcode=75001", {"paris", "everywhere", "lausanne"}),
        ("postcode=69001", {"paris", "lyon", "everywhere", "lausanne"}),
        ("postcode=69%20001", {"paris", "lyon", "everywhere", "lausanne"}),
        ("postcode=1000", {"brussels", "everywhere", "lausanne"}),
        ("postcode=12345", set()),
        ("postcode=-", set()),
    ],
)
def test_given_a_postcode_then_services_whose_areas_cover_it_are_found(
    places: httpx.Client, query: str, expected: set[str]
) -> None:
    assert set(found(places, query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("postcode=75001&proximity=1", ["paris"]),
        ("postcode=69001&proximity=1", ["lyon"]),
        # Paris and Lyon are about 392 km apart.
        ("postcode=69001&proximity=300000", ["lyon", "lausanne"]),
        ("postcode=69001&proximity=400000", ["lyon", "lausanne", "paris"]),
        # The same postcode in two countries has two centroids, not one between them.
        ("postcode=1000&proximity=1000", ["brussels", "lausanne"]),
        ("postcode=999&proximity=2000", ["fiji east", "fiji west"]),
        ("postcode=999&proximity=1000", []),
        ("postcode=12345&proximity=1000", []),
    ],
)
def test_given_a_distance_then_only_locations_within_it_are_found_the_nearest_first(
    places: httpx.Client, query: str, expected: list[str]
) -> None:
    names = found(places, query)
    ties = {"brussels", "lausanne"}, {"fiji east", "fiji west"}
    if set(expected) in ties:
        names, expected = sorted(names), sorted(expected)
    assert names == expected


def test_given_a_distance_then_pages_hold_every_location_once(places: httpx.Client) -> None:
    query = "postcode=69001&proximity=1000000&per_page=1&page={}"
    path = "/hsds/service_at_locations?" + query
    pages = [places.get(path.format(number)).json() for number in (1, 2, 3, 4, 5)]
    names = [record["service"]["name"] for page in pages for record in page["contents"]]
    assert names == ["lyon", "lausanne", "paris"]
    assert [page["last_page"] for page in pages] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("proximity=1000", 422),
        ("postcode=75001&proximity=0", 400),
        ("postcode=75001&proximity=1000001", 400),
        ("postcode=75001&proximity=near", 400),
        ("postcode=", 400),
        ("postcode=%25", 400),
        ("postcode=%00", 400),
    ],
)
def test_given_what_cannot_be_measured_then_it_is_refused(
    places: httpx.Client, query: str, status: int
) -> None:
    assert places.get(f"/hsds/service_at_locations?{query}").status_code == status


def test_given_two_towns_then_the_distance_is_that_of_the_map() -> None:
    """Paris to Lyon; the length of a degree is that of a sphere of the earth's mean radius."""
    assert isclose(distance(Point(*PARIS), Point(*LYON)), 391_500, rel_tol=0.005)
    assert isclose(distance(Point(0, 0), Point(0, 1)), 111_195, rel_tol=0.0001)
    assert isclose(distance(Point(0, 179.5), Point(0, -179.5)), 111_195, rel_tol=0.0001)
    assert isclose(distance(Point(90, 0), Point(-90, 0)), 20_015_115, rel_tol=0.0001)


POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(POINTS, POINTS)
def test_given_any_two_points_then_the_distance_is_the_same_both_ways(
    one: Point, other: Point
) -> None:
    assert 0 <= distance(one, other) <= 20_015_200
    assert isclose(distance(one, other), distance(other, one), abs_tol=0.01)
    assert distance(one, one) == 0


def test_given_points_on_both_sides_of_the_date_line_then_their_middle_is_there() -> None:
    middle = centroid([Point(-16, 179), Point(-16, -179)])
    assert isclose(abs(middle.longitude), 180, abs_tol=0.001)
    assert isclose(middle.latitude, -16, abs_tol=0.01)
