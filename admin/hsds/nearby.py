"""Services at locations by postcode, known only from the addresses in this directory.

There is no geocoder offline: a postcode is where the locations with it are. The same postcode may
exist in several countries; each has its own centroid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt
from typing import Any

from sqlalchemy import and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from admin.hsds.visibility import shown_locations
from directory.models import Address, Location, Service, ServiceArea, ServiceAtLocation
from directory.vocabulary import INTERNATIONAL

# Mean radius of the earth (IUGG), in metres.
EARTH_RADIUS = 6_371_008.8


@dataclass(frozen=True)
class Point:
    """A place in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Postcode:
    """What the directory knows of a postcode: towns by country, and a centroid a country."""

    towns: frozenset[tuple[str, str]]
    centroids: tuple[Point, ...]


def known_postcode(session: Session, text: str, day: date) -> Postcode:
    """What the addresses of shown locations say; empty for a postcode that none of them has."""
    code = text.replace(" ", "").replace("-", "").upper()
    column = func.upper(func.replace(func.replace(Address.postal_code, " ", ""), "-", ""))
    query = (
        select(Address.country, Address.city, Location.latitude, Location.longitude)
        .join(Location, Location.id == Address.location_id)
        .where(column == code, shown_locations(day))
        .order_by(Address.country, Address.id)
    )
    rows = session.execute(query).all()
    points: dict[str, list[Point]] = {}
    for row in rows:
        if row.latitude is not None and row.longitude is not None:
            points.setdefault(row.country, []).append(Point(row.latitude, row.longitude))
    towns = frozenset((row.country, row.city) for row in rows)
    return Postcode(towns, tuple(centroid(some) for some in points.values()))


def covers(postcode: Postcode) -> Any:
    """The condition on Service that its areas cover the postcode; a service without areas does.

    An area that names a part of a country counts for all of it: no postcode says which part it
    is in.
    """
    if not postcode.towns:
        return false()
    areas = ServiceArea.service_id == Service.id
    countries = sorted({country for country, _ in postcode.towns})
    here = or_(
        ServiceArea.country == INTERNATIONAL,
        and_(ServiceArea.country.in_(countries), ServiceArea.place.is_(None)),
        *(
            and_(ServiceArea.country == country, ServiceArea.place == town)
            for country, town in sorted(postcode.towns)
        ),
    )
    known = exists().where(areas, ServiceArea.country.is_not(None))
    return or_(~known, exists().where(areas, here))


def within(session: Session, query: Any, points: Iterable[Point], metres: int) -> list[str]:
    """Ids of the services at locations that `query` selects and that are near one of the points.

    The nearest come first. `query` joins Location and ServiceAtLocation.
    """
    distances: dict[str, float] = {}
    places = query.with_only_columns(
        ServiceAtLocation.id, Location.latitude, Location.longitude
    ).order_by(None)
    for point in points:
        for row in session.execute(places.where(*_box(point, metres))):
            away = distance(point, Point(row.latitude, row.longitude))
            if away <= metres:
                distances[row.id] = min(away, distances.get(row.id, away))
    return sorted(distances, key=lambda id_: (distances[id_], id_))


def distance(one: Point, other: Point) -> float:
    """The great-circle distance in metres (haversine)."""
    one_latitude, other_latitude = radians(one.latitude), radians(other.latitude)
    across = sin((other_latitude - one_latitude) / 2) ** 2
    along = sin(radians(other.longitude - one.longitude) / 2) ** 2
    part = across + cos(one_latitude) * cos(other_latitude) * along
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, max(0.0, part))))


def centroid(points: Sequence[Point]) -> Point:
    """The middle of points, on either side of the 180th meridian too."""
    x = sum(cos(radians(p.latitude)) * cos(radians(p.longitude)) for p in points)
    y = sum(cos(radians(p.latitude)) * sin(radians(p.longitude)) for p in points)
    z = sum(sin(radians(p.latitude)) for p in points)
    return Point(degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x)))


def _box(point: Point, metres: int) -> list[Any]:
    """Conditions on Location that no place within the distance fails."""
    # A little wider than needed, so that no rounding leaves out a place on the edge.
    reach = degrees(metres / EARTH_RADIUS) * 1.001 + 1e-6
    north, south = point.latitude + reach, point.latitude - reach
    conditions = [Location.latitude.between(south, north), Location.longitude.is_not(None)]
    if north >= 90 or south <= -90:
        return conditions
    sideways = degrees(asin(min(1.0, sin(radians(reach)) / cos(radians(point.latitude)))))
    east, west = point.longitude + sideways, point.longitude - sideways
    if west >= -180 and east <= 180:
        conditions.append(Location.longitude.between(west, east))
    return conditions
