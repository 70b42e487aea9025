"""``threshold``: a value above, or below, a limit, with a band in which an alert neither comes nor goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haidang.alerts.rules.conditions import Plain, is_number
from haidang.alerts.rules.model import Threshold

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch


class Level(Plain):
    """A threshold; ``sign`` is 1 above and -1 below, so that one comparison serves both."""

    def __init__(self, watch: Watch, place: int, body: Threshold) -> None:
        super().__init__(watch, place, body)
        self.sign = 1 if body.above is not None else -1
        limit = body.above if body.above is not None else body.below
        self.other = limit if isinstance(limit, str) else None
        """The attribute that holds the limit; None where it is a number."""
        self.limit = 0.0 if limit is None or isinstance(limit, str) else float(limit)
        clears = body.clears_below if body.above is not None else body.clears_above
        self.margin = body.margin or (0.0 if clears is None else abs(self.limit - clears))
        self.attrs = (body.attr,) if self.other is None else (body.attr, self.other)
        self.kept = frozenset() if self.other is None else frozenset(self.attrs)

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Hold the value against the limit, while it held against the level at which it clears."""
        limit = self.limit
        if self.other is not None:
            value, found = entity.values.get(self.attrs[0]), entity.values.get(self.other)
            if found is None or not is_number(found):
                return None
            limit = float(found)
        if not is_number(value):
            return None
        beyond = (value - limit) * self.sign
        # `clears_below: 5.4`: a value of 5.4 is not below it.
        return bool(beyond >= -self.margin if held and self.margin else beyond > 0)

    def detail(self, entity: Entity, value: Any) -> tuple[Any, float | None]:
        """Return the value and the limit, which may be the entity's own."""
        if self.other is None:
            return value, self.limit
        return entity.values.get(self.attrs[0]), entity.values.get(self.other)
