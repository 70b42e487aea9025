"""Folding the queue: it is shown in few lines, whatever there is, and every alert stands in exactly one.

Alerts are counted in *cells* (same priority, rule, area, sector, source, type). A fold puts cells together
into groups, by the finest level that is coarse enough; what is left of the lines goes to single alerts, the
most urgent first. A group's key says what its alerts have in common, and a list can be asked for by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from haidang.alerts.model.alert import Alert
from haidang.base.problems import INVALID, Fault, Problem

LINES_MAX = 49
"""Lines of a queue that is folded: under fifty."""
SAMPLE = 3


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Queued alerts that nothing but the entity tells apart."""

    priority: int
    group_by: str
    rule: str
    area: str | None = None
    sector: str | None = None
    source: str = ""
    type: str | None = None
    count: int = 1
    new: int = 0
    first: float = 0.0
    """When the oldest of them was first observed, in seconds of the epoch."""
    rationale_id: int = 0
    sample: tuple[int, ...] = ()

    @staticmethod
    def of(alert: Alert) -> Cell:
        """Return the cell of one alert."""
        return Cell(
            priority=alert.priority, group_by=alert.group_by, rule=alert.rule, area=alert.area_code,
            sector=alert.sector, source=alert.source, type=alert.entity_type,
        )  # fmt: skip


class Line(msgspec.Struct, kw_only=True):
    """A group: what its cells have in common, and how many alerts they are."""

    key: str
    priority: int
    count: int = 0
    new: int = 0
    first: float = float("inf")
    rules: set[str] = set()
    areas: set[str | None] = set()
    sectors: set[str | None] = set()
    sources: set[str] = set()
    types: set[str | None] = set()
    rationale_id: int = 0
    sample: list[int] = []

    @property
    def first_at(self) -> datetime:
        """When the oldest of them was first observed."""
        return datetime.fromtimestamp(self.first, UTC)

    @property
    def order(self) -> tuple[Any, ...]:
        """Priority, unacknowledged, oldest."""
        return (self.priority, self.new == 0, self.first, self.key)


class Fold(msgspec.Struct, frozen=True):
    """How a queue is shown."""

    folded: tuple[Line, ...]
    single: tuple[Line, ...]
    """Groups whose alerts stand one by one."""
    level: int


def _common(cell: Cell) -> tuple[tuple[str, str | None], ...]:
    match cell.group_by:
        case "type":
            return (("by", "type"), ("type", cell.type))
        case "cause":
            return (("by", "cause"), ("rule", cell.rule), ("source", cell.source))
        case _:
            return (("by", "area"), ("rule", cell.rule), ("area", cell.area))


LEVELS: tuple[Callable[[Cell], tuple[tuple[str, str | None], ...]], ...] = (
    _common,
    lambda cell: (("rule", cell.rule),),
    lambda cell: (("sector", cell.sector),),
    lambda _: (),
)
"""What alerts of a group have in common beside the priority, from fine to coarse."""
FIELDS = {"by": "group_by", "rule": "rule", "area": "area_code", "sector": "sector", "source": "source",
          "type": "entity_type"}  # fmt: skip
"""Words of a key → columns of the alert."""


def key_of(cell: Cell, level: int) -> str:
    """Return the key of the group that a cell belongs to."""
    parts = [
        f"{name}={'' if value is None else quote(value, safe=':/')}" for name, value in LEVELS[level](cell)
    ]
    return "|".join((str(cell.priority), *parts))


def read_key(key: str) -> dict[str, str | int | None]:
    """Return what a key asks for, by column; ``Problem`` where it is none of ours."""
    priority, *parts = key.split("|")
    found: dict[str, str | int | None] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if name not in FIELDS or not equals or FIELDS[name] in found:
            raise _unknown(key)
        found[FIELDS[name]] = unquote(value) or (None if name != "source" else "")
    if priority not in {"1", "2", "3", "4"}:
        raise _unknown(key)
    return {"priority": int(priority)} | found


def _unknown(key: str) -> Problem:
    return Problem(
        INVALID, faults=(Fault("group", "không phải khóa nhóm", "not a key of a group", key[:80]),)
    )


def fold(cells: Sequence[Cell], *, flood: bool = False, lines_max: int = LINES_MAX) -> Fold:
    """Return how to show a queue in at most ``lines_max`` lines (at least four).

    Without a flood a queue that fits is shown alert by alert. In a flood what is of low priority folds first,
    however few lines there are.
    """
    if not flood and sum(cell.count for cell in cells) <= lines_max:
        return Fold((), tuple(_merged(cells, 0)), 0)
    level = 0
    lines = _merged(cells, level)
    while len(lines) > lines_max and level + 1 < len(LEVELS):
        level += 1
        lines = _merged(cells, level)
    left = lines_max - len(lines)
    single, folded = [], []
    # The most urgent alerts get lines of their own first; of one priority the small groups, which are many.
    for line in sorted(lines, key=lambda each: (each.priority, each.count, each.order)):
        more = line.count - 1
        if more <= left and not (flood and line.priority >= 3 and more):
            left -= more
            single.append(line)
        else:
            folded.append(line)
    return Fold(tuple(sorted(folded, key=lambda each: each.order)), tuple(single), level)


def _merged(cells: Iterable[Cell], level: int) -> list[Line]:
    lines: dict[str, Line] = {}
    for cell in cells:
        key = key_of(cell, level)
        line = lines.get(key)
        if line is None:
            line = lines[key] = Line(
                key=key, priority=cell.priority, rationale_id=cell.rationale_id, rules=set(), areas=set(),
                sectors=set(), sources=set(), types=set(), sample=[],
            )  # fmt: skip
        line.count += cell.count
        line.new += cell.new
        line.first = min(line.first, cell.first)
        line.rules.add(cell.rule)
        line.areas.add(cell.area)
        line.sectors.add(cell.sector)
        line.sources.add(cell.source)
        line.types.add(cell.type)
        line.sample = (line.sample + list(cell.sample))[:SAMPLE]
    return list(lines.values())
