"""``geofence``: an entity that is inside, or outside, a part of the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from haidang.alerts.rules.conditions import Plain, Surroundings
from haidang.alerts.rules.model import Fence, Geofence
from haidang.base.geometry import distance_m

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch


class Place(Plain):
    """Inside a fence, or outside of it."""

    def __init__(self, watch: Watch, place: int, body: Geofence, around: Surroundings) -> None:
        super().__init__(watch, place, body)
        self.wanted = body.inside is not None
        self.fence = body.inside or body.outside or Fence()
        codes = (self.fence.area,) if isinstance(self.fence.area, str) else self.fence.area or ()
        self.codes = frozenset(code for one in codes for code in around.below(one))
        self.attrs = (body.attr,)
        self._locate = around.locate

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Say whether the place is on the wrong side; None where it is no point, or nobody knows its area."""
        point = point_of(value)
        if point is None:
            return None
        inside = self._inside(entity, *point)
        return None if inside is None else inside is self.wanted

    def _inside(self, entity: Entity, lon: float, lat: float) -> bool | None:
        fence = self.fence
        if fence.circle is not None:
            return distance_m(lon, lat, fence.circle.lon, fence.circle.lat) <= fence.circle.radius_m
        if fence.polygon is not None:
            return in_polygon(lon, lat, fence.polygon)
        found = self._locate(lon, lat) or ([] if entity.area is None else [entity.area])
        return not self.codes.isdisjoint(found) if found else None


def point_of(value: Any) -> tuple[float, float] | None:
    """Return (lon, lat) of a GeoJSON point or a pair of numbers; None of anything else."""
    if isinstance(value, dict) and value.get("type") == "Point":
        value = value.get("coordinates")
    if (
        isinstance(value, list | tuple)
        and len(value) >= 2
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in value[:2])
    ):
        return float(value[0]), float(value[1])
    return None


def in_polygon(lon: float, lat: float, corners: Sequence[tuple[float, float]]) -> bool:
    """Say whether a point lies in a polygon (even-odd rule; sides are straight in degrees)."""
    inside = False
    before = corners[-1]
    for corner in corners:
        (x1, y1), (x2, y2) = before, corner
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
        before = corner
    return inside
