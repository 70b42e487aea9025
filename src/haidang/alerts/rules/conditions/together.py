"""``together``: several conditions, each met at some time within the last while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from haidang.alerts.rules.conditions import Holding, Part
from haidang.alerts.rules.model import Together
from haidang.city.times import ALWAYS, NEVER

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity


class Meeting:
    """All parts, of one entity or of entities of one commune."""

    def __init__(self, body: Together) -> None:
        self.delay_us = int(body.for_ or 0)
        self.clears_us = int(body.clears_after or 0)
        self.parts: list[Part] = []
        self.groups: dict[str, dict[tuple[int, int], int]] = {}
        self.within_us = int(body.within)
        self._by_area = body.same == "area"
        self._count = len(body.all_)

    def group(self, entity: Entity) -> str | None:
        """Return the entity itself, or its commune."""
        return entity.area if self._by_area else str(entity.eid)

    def holding(self, group: str, entity: Entity, t: int) -> Holding:
        """Say which parts were met in time; where all were, it ends with the first that is too old."""
        seen = self.groups.get(group, {})
        since = t - self.within_us
        for key in [key for key, last in seen.items() if last < since]:
            del seen[key]
        newest = [NEVER] * self._count
        for (place, _), last in seen.items():
            newest[place] = max(newest[place], last)
        met = sum(last > NEVER for last in newest)
        full = met == self._count
        first = min(newest)
        until = first + self.within_us + 1 if full and first < ALWAYS else None
        return Holding(full, met, self._count, until)
