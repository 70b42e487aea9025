"""``baseline``: a value far from what is usual at this hour of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haidang.alerts.rules.conditions import Plain, Surroundings, is_number
from haidang.alerts.rules.model import Baseline

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch


class Unusual(Plain):
    """So many standard deviations from the mean, and at least ``least`` in the attribute's unit."""

    def __init__(self, watch: Watch, place: int, body: Baseline, around: Surroundings) -> None:
        super().__init__(watch, place, body)
        self.deviates = body.deviates
        self.clears_at = 0.8 * body.deviates if body.clears_at is None else body.clears_at
        self.direction = body.direction
        self.min_weeks = body.min_weeks
        self.least = body.least
        self.attrs = (body.attr,)
        self._band = around.band

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Judge by the band of the hour; where too few weeks are known nothing is said."""
        if not is_number(value):
            return None
        band = self._band(entity, self.attrs[0], t)
        if band is None or band.weeks < self.min_weeks:
            return None
        away = value - band.mean
        if self.direction == "below":
            away = -away
        elif self.direction == "both":
            away = abs(away)
        asked = self.clears_at if held else self.deviates
        entity.notes[self.no] = band.mean
        return bool(away > asked * band.deviation and away >= (0.0 if held else self.least) and away > 0)

    def detail(self, entity: Entity, value: Any) -> tuple[Any, float | None]:
        """Return the value, and the mean it is held against."""
        return value, entity.notes.get(self.no)
