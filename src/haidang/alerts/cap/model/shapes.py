"""How shapes of warnings lie to a unit's outline. Pure; whoever calls for others' shapes does it in a thread.

Others draw what they like: nothing here repairs a shape, for that takes minutes of a ring that crosses itself
a few hundred times. A ring that is no area, or has very many points, stands for the hull around it, so that
an answer errs to "it touches".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import shapely

from haidang.alerts.cap.model.message import Area, Circle, Point
from haidang.base.geometry import METRES_PER_DEGREE

POINTS_MAX = 2_000
"""Points of a ring that is looked at as it is drawn."""
SHAPES_MAX = 200
"""Shapes that are looked at one by one; those after them as one box around all."""


def touch(outline: str, areas: Iterable[Area]) -> bool:
    """Say whether a shape of areas of others touches an outline (GeoJSON)."""
    unit = shapely.from_geojson(outline)
    shapely.prepare(unit)
    left = _shapes(areas)
    if any(shapely.intersects(unit, shape) for shape in islice(left, SHAPES_MAX)):
        return True
    rest = list(left)
    return bool(rest) and bool(shapely.intersects(unit, shapely.box(*shapely.total_bounds(rest))))


def lie_within(outline: str, areas: Iterable[Area]) -> bool:
    """Say whether no shape of areas of ours goes beyond an outline (GeoJSON)."""
    unit = shapely.from_geojson(outline)
    shapely.prepare(unit)
    return all(shapely.covers(unit, shape) for shape in _shapes(areas))


def _shapes(areas: Iterable[Area]) -> Iterator[shapely.Geometry]:
    for area in areas:
        yield from (_ring(ring) for ring in area.polygons if ring)
        yield from (_disc(circle) for circle in area.circles)


def _ring(ring: tuple[Point, ...]) -> shapely.Geometry:
    places = [(point.lon, point.lat) for point in ring]
    if 4 <= len(places) <= POINTS_MAX:
        found = shapely.Polygon(places)
        if shapely.is_valid(found):
            return found
    return shapely.convex_hull(shapely.MultiPoint(places))


def _disc(circle: Circle) -> shapely.Geometry:
    """Return a circle in degrees; it is wider from west to east by what a degree of longitude is shorter."""
    radius = max(circle.radius_km * 1000 / METRES_PER_DEGREE, 1e-6)
    return shapely.Point(circle.centre.lon, circle.centre.lat).buffer(radius)
