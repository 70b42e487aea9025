"""``expression``: a formula over the entity's attributes; what is not known neither fires nor clears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haidang.alerts.rules.conditions import Plain
from haidang.alerts.rules.expression import parse
from haidang.alerts.rules.model import Formula

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch


class Says(Plain):
    """An expression that holds."""

    def __init__(self, watch: Watch, place: int, body: Formula) -> None:
        super().__init__(watch, place, body)
        self.that = parse(body.that)
        self.clears = None if body.clears is None else parse(body.clears)
        self.kept = self.that.names | (self.clears.names if self.clears else frozenset())
        self.attrs = tuple(sorted(self.kept))

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Work it out over the newest values."""
        if held and self.clears is not None:
            over = self.clears.holds(entity.values)
            return None if over is None else not over
        return self.that.holds(entity.values)

    def detail(self, entity: Entity, value: Any) -> tuple[Any, float | None]:
        """Return the value where only one is looked at, else a text with all of them."""
        names = sorted(self.that.names)
        if len(names) == 1:
            return entity.values.get(names[0]), None
        return ", ".join(f"{name} = {entity.values.get(name, '?')}" for name in names), None
