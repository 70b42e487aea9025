"""What an answer about evolutions is made of: whose, which instances of it, and how much fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from haidang.city.query.problems import complex_
from haidang.city.query.temporal import TemporalQuery
from haidang.city.represent import Stored
from haidang.city.store.read import Row
from haidang.city.times import ALWAYS, NEVER

EFFORT_MAX = 100_000
"""Rows of history that one question may look at."""
INSTANT_MAX = 10_000
"""Instances of one instant in one answer."""
SCOPE = 0
"""Stands for the scope where attributes have their numbers."""
Keep = Callable[[Stored], Stored | None]
"""An instance as the asker wants to see it (language); None where not at all (datasetId)."""


class Life(msgspec.Struct):
    """Whose evolution: an entity in all its lives that the asker may see."""

    id: str
    type_id: int
    eids: tuple[int, ...]
    row: Row | None
    """The entity as it is; None where it is no more."""
    ended: tuple[tuple[int, int, datetime], ...] = ()
    """(eid, number in the log, when) of each deletion."""


class Point(NamedTuple):
    """One instance at the time that was asked about."""

    at_us: int
    attr: int
    """``SCOPE`` for the scope."""
    seq: int
    value: Any
    """None where the attribute was deleted then."""
    kind: str
    stored: Stored
    observed_us: int | None
    dataset: str | None
    corrected_us: int | None
    """When the instance was last corrected."""


class Effort:
    """How much of history one question may still look at."""

    def __init__(self) -> None:
        self._left = EFFORT_MAX

    def spend(self, rows: int) -> None:
        """Count rows that were looked at; raise ``Problem`` (query-too-complex) where they are too many."""
        self._left -= rows
        if self._left < 0:
            raise complex_(
                f"Câu hỏi chạm quá {EFFORT_MAX} dòng lịch sử; hãy thu hẹp thời gian hay số thực thể.",
                f"The question touches over {EFFORT_MAX} rows of history; narrow its time or entities.",
            )


class Wish(NamedTuple):
    """What of each entity is wanted."""

    span: TemporalQuery
    attrs: tuple[int, ...] | None
    """None: all."""
    keep: Keep
    effort: Effort
    filters: bool = False
    """Whether ``keep`` leaves instances out."""


class Cut:
    """Collects the instances of an answer, at most so many; what does not fit shortens the range of time."""

    def __init__(self, most: int, *, backwards: bool) -> None:
        self._most = most
        self._backwards = backwards
        self._points: list[tuple[int, Point]] = []
        self._overfull = False
        self.edge = NEVER if backwards else ALWAYS
        """Instants from here on (backwards: up to here) are left out."""

    @property
    def was(self) -> bool:
        """Whether something was left out."""
        return self.edge not in (NEVER, ALWAYS)

    def add(self, place: int, points: Sequence[Point], edge: int | None) -> None:
        """Add an entity's instances; ``edge`` is where their reading stopped."""
        if edge is not None:
            self._shorten(edge)
        self._points += [(place, one) for one in points if self._inside(one.at_us)]
        if len(self._points) <= self._most:
            return
        times = sorted((one.at_us for _, one in self._points), reverse=self._backwards)
        first, over = times[0], times[self._most]
        self._overfull = len(times) > INSTANT_MAX and times[INSTANT_MAX] == first
        step = -1 if self._backwards else 1
        # The first instant comes whole, however much it holds: else nobody would ever get past it.
        self._shorten(over if over != first else first + step)
        self._points = [pair for pair in self._points if self._inside(pair[1].at_us)]

    def of(self, place: int) -> list[Point]:
        """Return an entity's instances, oldest first."""
        if self._overfull:
            raise complex_(
                f"Quá {INSTANT_MAX} giá trị cùng một thời điểm; hãy thu hẹp thực thể hay thuộc tính.",
                f"Over {INSTANT_MAX} instances have the same time; please narrow entities or attributes.",
            )
        return sorted(
            (one for mine, one in self._points if mine == place and self._inside(one.at_us)),
            key=lambda one: (one.at_us, one.attr, one.seq),
        )

    def range(self) -> tuple[int, int] | None:
        """Return the least and the most recent instant of the answer; None where there is nothing.

        Where what was looked at held nothing that is wanted, its end is returned, so that one gets past it.
        """
        times = [one.at_us for _, one in self._points if self._inside(one.at_us)]
        if not times and self.was:
            times = [self.edge + (1 if self._backwards else -1)]
        return (min(times), max(times)) if times else None

    def _inside(self, at_us: int) -> bool:
        return at_us > self.edge if self._backwards else at_us < self.edge

    def _shorten(self, edge: int) -> None:
        self.edge = max(self.edge, edge) if self._backwards else min(self.edge, edge)
