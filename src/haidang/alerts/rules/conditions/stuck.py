"""``stuck``: a value that is reported again and again and never moves. Silence is not being stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haidang.alerts.rules.conditions import Plain, is_number
from haidang.alerts.rules.model import Stuck

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch


class Stillness(Plain):
    """The same value in ``at_least`` observations over ``for_us``."""

    def __init__(self, watch: Watch, place: int, body: Stuck) -> None:
        super().__init__(watch, place, None)
        self.for_us = int(body.for_)
        self.tolerance = body.tolerance
        self.at_least = body.at_least
        self.attrs = (body.attr,)

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Compare with the first of the observations that said the same."""
        note = entity.notes.get(self.no)
        if note is None or not self._same(note[0], value):
            # Value, since when, how often, when last: a repeated observation counts once.
            entity.notes[self.no] = [value, t, 1, t]
            return False
        if t > note[3]:
            note[2] += 1
            note[3] = t
        return bool(t - note[1] >= self.for_us and note[2] >= self.at_least)

    def _same(self, first: Any, value: Any) -> bool:
        if is_number(first) and is_number(value):
            return bool(abs(value - first) <= self.tolerance)
        return type(first) is type(value) and bool(first == value)
