"""Geographic conditions (clause 4.10): read here, a box for the index in SQL, the exact relation in shapely.

Coordinates are WGS84 longitude, latitude. Distances are metres on a local plane at the
reference (longitude shrunk by the cosine of its latitude): a few metres of error over a city, far below the
devices' own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from haidang.city.query.problems import bad, complex_

METRES_PER_DEGREE = 111_194.93
"""Length of one degree on a sphere of 6,371,008.8 m."""

POSITIONS_MAX = 10_000
COORDINATES_LENGTH_MAX = 200_000

Relation = Literal["near", "within", "contains", "intersects", "equals", "disjoint", "overlaps"]
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_NEAR = re.compile(r"near;(maxDistance|minDistance)(==|=)(\d{1,8}(?:\.\d{1,6})?)")


class Box(msgspec.Struct, frozen=True):
    """A rectangle in degrees: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float


class GeoQuery(msgspec.Struct, frozen=True):
    """One geographic condition on one GeoProperty."""

    relation: Relation
    geometry: dict[str, Any]
    distance_max_m: float | None = None
    distance_min_m: float | None = None
    geoproperty: str = "location"

    @property
    def box(self) -> Box | None:
        """Return the rectangle outside of which nothing can match; None where all of the world can."""
        if self.relation == "disjoint" or (self.relation == "near" and self.distance_max_m is None):
            return None
        west, south, east, north = shape(self.geometry).bounds
        if self.distance_max_m is None:
            return Box(west, south, east, north)
        # One per cent and a metre more than asked: the exact test follows, the box may only be too large.
        up = (self.distance_max_m * 1.01 + 1) / METRES_PER_DEGREE
        shrink = max(0.01, math.cos(math.radians(min(89.0, max(abs(south), abs(north)) + up))))
        return Box(west - up / shrink, south - up, east + up / shrink, north + up)


def parse_geo(
    *, georel: str | None, geometry: str | None, coordinates: str | list[Any] | None, geoproperty: str | None
) -> GeoQuery | None:
    """Return the condition the four parameters state (or None); ``Problem`` where they do not fit."""
    if georel is None:
        if geometry is not None or coordinates is not None:
            raise bad("Thiếu georel cho truy vấn địa lý.", "georel is missing for the geographic query.")
        return None
    if geometry is None or coordinates is None:
        raise bad("georel cần cả geometry và coordinates.", "georel needs both geometry and coordinates.")
    relation, longest, shortest = _relation(georel)
    parsed = geometry_of(geometry, coordinates)
    return GeoQuery(relation, parsed, longest, shortest, geoproperty or "location")


def _relation(text: str) -> tuple[Relation, float | None, float | None]:
    near = _NEAR.fullmatch(text)
    if near is not None:
        metres = float(near.group(3))
        return ("near", metres, None) if near.group(1) == "maxDistance" else ("near", None, metres)
    for relation in ("within", "contains", "intersects", "equals", "disjoint", "overlaps"):
        if text == relation:
            return relation, None, None
    raise bad(
        f"georel không hợp lệ: “{text[:60]}”.",
        f"georel is not valid: “{text[:60]}”; expected near;maxDistance==metres, "
        "near;minDistance==metres, within, contains, intersects, equals, disjoint or overlaps.",
    )


def geometry_of(kind: str, coordinates: str | list[Any]) -> dict[str, Any]:
    """Return a GeoJSON geometry; ``Problem`` where the coordinates are none of its kind."""
    if kind not in _DEPTH:
        raise bad(f"geometry không hợp lệ: “{kind[:40]}”.", f"geometry is not valid: “{kind[:40]}”.")
    if isinstance(coordinates, str):
        if len(coordinates) > COORDINATES_LENGTH_MAX:
            raise complex_("coordinates quá dài.", "coordinates are too long.")
        try:
            coordinates = msgspec.json.decode(coordinates)
        except (msgspec.DecodeError, RecursionError) as cause:
            raise bad("coordinates không phải mảng JSON.", "coordinates are not a JSON array.") from cause
    if _positions(coordinates, _DEPTH[kind]) > POSITIONS_MAX:
        raise complex_(f"coordinates có quá {POSITIONS_MAX} điểm.", f"More than {POSITIONS_MAX} positions.")
    geometry = {"type": kind, "coordinates": coordinates}
    _check_lines(kind, coordinates)
    try:
        read = shape(geometry)
    except (ValueError, TypeError, shapely.errors.ShapelyError) as cause:
        raise bad("coordinates không khớp với geometry.", "coordinates do not fit the geometry.") from cause
    if read.is_empty:
        raise bad("coordinates rỗng.", "coordinates are empty.")
    return geometry


def _check_lines(kind: str, coordinates: Any) -> None:
    """Refuse a line of one position and an outline that does not come back to where it began (RFC 7946)."""
    lines: list[Any] = []
    if kind in ("LineString", "MultiLineString"):
        lines = [coordinates] if kind == "LineString" else coordinates
        if any(len(line) < 2 for line in lines):
            raise bad("Một đường cần ít nhất hai điểm.", "A line has at least two positions.")
    if kind in ("Polygon", "MultiPolygon"):
        lines = coordinates if kind == "Polygon" else [ring for polygon in coordinates for ring in polygon]
        if any(len(ring) < 4 or ring[0] != ring[-1] for ring in lines):
            raise bad(
                "Một vòng cần ít nhất bốn điểm và kết thúc ở điểm đầu.",
                "A ring has at least four positions and ends where it begins.",
            )


def _positions(value: Any, depth: int) -> int:
    """Count the positions of an array nested as its geometry asks; ``Problem`` where it is not."""
    wrong = bad("coordinates không khớp với geometry.", "coordinates do not fit the geometry.")
    if not isinstance(value, list):
        raise wrong
    if depth:
        return sum(_positions(one, depth - 1) for one in value)
    if len(value) not in (2, 3) or not all(
        isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= 1e6 for one in value
    ):
        raise wrong
    if abs(value[0]) > 180 or abs(value[1]) > 90:
        raise bad(
            "Tọa độ ngoài phạm vi: cần kinh độ trước, vĩ độ sau.",
            "A position is out of range: longitude comes first, then latitude.",
        )
    return 1


class Matcher:
    """The exact test of one condition, prepared once and asked per entity."""

    def __init__(self, query: GeoQuery) -> None:
        self._query = query
        self._reference = _mended(shape(query.geometry))
        middle = self._reference.centroid.y
        self._scale = (METRES_PER_DEGREE * max(0.01, math.cos(math.radians(middle))), METRES_PER_DEGREE)
        if query.relation == "near":
            self._metric = self._metres(self._reference)
        else:
            shapely.prepare(self._reference)

    def matches(self, geometry: dict[str, Any]) -> bool:
        """Say whether an entity's GeoJSON geometry meets the condition; an unreadable one does not."""
        try:
            target = _mended(shape(geometry))
        except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
            return False
        return not target.is_empty and self._meets(target)

    def points(self, points: Sequence[tuple[float, float]]) -> list[bool]:
        """Answer for many points at once, in their order; points are most of a city."""
        if not points:
            return []
        found = shapely.points(np.asarray(points, dtype=float))
        return [bool(one) for one in np.atleast_1d(self._meet(found))]

    def _meets(self, target: BaseGeometry) -> bool:
        return bool(np.all(self._meet(target)))

    def _meet(self, target: Any) -> Any:
        """Return the answer for one geometry or an array of them."""
        relation, reference = self._query.relation, self._reference
        if relation == "near":
            distance = shapely.distance(self._metres(target), self._metric)
            longest, shortest = self._query.distance_max_m, self._query.distance_min_m
            return (distance <= longest) if longest is not None else (distance >= shortest)
        # The edge counts as inside, as clients expect.
        exact = {
            "within": shapely.covers,
            "contains": shapely.covered_by,
            "intersects": shapely.intersects,
            "equals": shapely.equals,
            "disjoint": shapely.disjoint,
            "overlaps": shapely.overlaps,
        }[relation]
        return exact(reference, target)

    def _metres(self, geometry: Any) -> Any:
        east, north = self._scale
        return shapely.transform(geometry, lambda pairs: pairs * (east, north))


def _mended(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry the relations can be asked of: a self-crossing outline becomes its parts."""
    flat = shapely.force_2d(geometry)
    return flat if flat.is_valid else shapely.make_valid(flat)
