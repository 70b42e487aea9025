"""``rate``: a value that rises, or falls, by so much within a while.

Kept are only the observations that can still be the lowest (highest) of the window: each is lower than all
after it, so the first is the one to compare with.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from haidang.alerts.rules.conditions import Plain, is_number
from haidang.alerts.rules.model import Rate

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch


class Slope(Plain):
    """A change of ``least`` in one direction within ``within_us``."""

    def __init__(self, watch: Watch, place: int, body: Rate) -> None:
        super().__init__(watch, place, body)
        self.sign = 1 if body.rises is not None else -1
        self.least = float(body.rises if body.rises is not None else body.falls or 0.0)
        self.clears_under = self.least if body.clears_under is None else body.clears_under
        self.within_us = int(body.within)
        self.attrs = (body.attr,)

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Compare with the lowest (highest) value of the window before."""
        if not is_number(value):
            return None
        height = value * self.sign
        window: deque[tuple[int, float]] | None = entity.notes.get(self.no)
        if window is None:
            window = entity.notes[self.no] = deque()
        while window and window[0][0] < t - self.within_us:
            window.popleft()
        while window and (window[-1][1] >= height or window[-1][0] == t):
            window.pop()
        window.append((t, height))
        moved = height - window[0][1]
        return bool(moved >= self.clears_under if held else moved >= self.least)

    def detail(self, entity: Entity, value: Any) -> tuple[Any, float | None]:
        """Return by how much it has moved."""
        window = entity.notes.get(self.no)
        moved = 0.0 if not window else window[-1][1] - window[0][1]
        return round(moved, 9), self.least
