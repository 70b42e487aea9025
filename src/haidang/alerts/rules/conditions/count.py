"""``count``: so many entities in a commune, near each other, or anywhere, meet a condition within a while."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from haidang.alerts.rules.conditions import Holding, Part
from haidang.alerts.rules.model import Many, Nearby
from haidang.base.geometry import METRES_PER_DEGREE, distance_m
from haidang.city.times import ALWAYS

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch

Seen = dict[tuple[int, int], int]


class Crowd:
    """Different entities, each of which met the condition at some time within the last ``within_us``."""

    def __init__(self, watch: Watch, body: Many) -> None:
        self.delay_us = int(body.for_ or 0)
        self.clears_us = int(body.clears_after or 0)
        self.parts: list[Part] = []
        self.groups: dict[str, Seen] = {}
        self.at_least = body.at_least
        self.within_us = int(body.within)
        self.radius_m = body.in_.radius_m if isinstance(body.in_, Nearby) else None
        self._everywhere = body.in_ == "everywhere"
        self._watch = watch

    def group(self, entity: Entity) -> str | None:
        """Return the commune, or the cell of a grid as wide as the radius."""
        if self._everywhere:
            return "*"
        if self.radius_m is None:
            return entity.area
        if entity.lon is None or entity.lat is None:
            return None
        x, y = self._cell(entity.lon, entity.lat)
        return f"{x}:{y}"

    def _cell(self, lon: float, lat: float) -> tuple[int, int]:
        # Vietnam ends at 23.6° north: at 30° a degree of longitude is still 0.86 of one of latitude.
        size = (self.radius_m or 1.0) / METRES_PER_DEGREE / 0.86
        return math.floor(lon / size), math.floor(lat / size)

    def holding(self, group: str, entity: Entity, t: int) -> Holding:
        """Count those of the group, or around the entity, that were seen in time."""
        since = t - self.within_us
        if self.radius_m is None:
            seen = self.groups.get(group, {})
            _forget(seen, since)
            times = list(seen.values()) if len(seen) >= self.at_least else []
            count = len(seen)
        else:
            times = self._around(entity, since)
            count = len(times)
        full = count >= self.at_least
        until: int | None = None
        if full:
            last = sorted(times, reverse=True)[self.at_least - 1]
            until = None if last == ALWAYS else last + self.within_us + 1
        return Holding(full, count, self.at_least, until)

    def _around(self, entity: Entity, since: int) -> list[int]:
        if entity.lon is None or entity.lat is None or self.radius_m is None:
            return []
        x, y = self._cell(entity.lon, entity.lat)
        found: list[int] = []
        known = self._watch.entities
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                seen = self.groups.get(f"{x + dx}:{y + dy}")
                if not seen:
                    continue
                _forget(seen, since)
                for (_, eid), last in seen.items():
                    other = known.get(eid)
                    if other is None or other.lon is None or other.lat is None:
                        continue
                    if distance_m(entity.lon, entity.lat, other.lon, other.lat) <= self.radius_m:
                        found.append(last)
        return found


def _forget(seen: Seen, since: int) -> None:
    """Take out what is too old: what was seen last stands last, but for what is missing, which has no end."""
    while seen:
        first = next(iter(seen))
        if seen[first] == ALWAYS:
            for key in [key for key, last in seen.items() if last < since]:
                del seen[key]
        if seen[first] >= since:
            return
        del seen[first]
