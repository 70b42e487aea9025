"""``missing``: nothing came for a while. Only the clock finds it, an observation ends it.

Silence counts from the newest observation, but not before the time from which we listened: a checker that was
away has not checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haidang.alerts.rules.conditions import Plain, Surroundings
from haidang.alerts.rules.model import Missing
from haidang.city.times import NEVER

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch


class Silence(Plain):
    """No observation, or none of one attribute, for ``for_us``."""

    def __init__(self, watch: Watch, place: int, body: Missing, type_: str, around: Surroundings) -> None:
        super().__init__(watch, place, None)
        periods = body.periods or 0.0
        self.for_us = int(body.for_) if body.for_ is not None else round(periods * around.period_us(type_))
        self.attr = body.attr

    def newest(self, entity: Entity) -> int:
        """Return when it was last heard of, µs; ``NEVER`` where it was not."""
        return entity.heard if self.attr is None else entity.last.get(self.attr, NEVER)

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Say whether it is silent as of ``t``."""
        return t - self.newest(entity) >= self.for_us

    def detail(self, entity: Entity, value: Any) -> tuple[Any, float | None]:
        """Return no value; the limit is the silence allowed, in seconds."""
        return None, self.for_us / 1_000_000
