"""Rules made ready: which of them look at an entity, and at which of its attributes.

For a type without selections and overrides all entities share one :class:`Slots`; in it thresholds with a
fixed limit stand sorted, so that an ordinary value is known to concern none of them after two bisections.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from haidang.alerts.rules.conditions import Joint, Part, Surroundings
from haidang.alerts.rules.conditions.baseline import Unusual
from haidang.alerts.rules.conditions.count import Crowd
from haidang.alerts.rules.conditions.formula import Says
from haidang.alerts.rules.conditions.geofence import Place
from haidang.alerts.rules.conditions.missing import Silence
from haidang.alerts.rules.conditions.rate import Slope
from haidang.alerts.rules.conditions.stuck import Stillness
from haidang.alerts.rules.conditions.threshold import Level
from haidang.alerts.rules.conditions.together import Meeting
from haidang.alerts.rules.entity import Entity, Phase
from haidang.alerts.rules.model import Condition, Rule


class Override(NamedTuple):
    """What differs for one entity."""

    set: Mapping[str, Any]
    """Fields of the condition that have another value."""
    off: bool = False
    """The rule does not look at this entity."""
    until_us: int | None = None


Overrides = Mapping[tuple[str, str], Override]
"""By rule and id of the entity."""


class Watch:
    """A rule made ready."""

    def __init__(self, rule: Rule, around: Surroundings, entities: Mapping[int, Entity]) -> None:
        self.rule = rule
        self.name = rule.rule
        self.entities = entities
        self.around = around
        self.joint: Joint | None = None
        self.phases: dict[str, Phase] = {}
        """Of a joint, by group."""
        self.areas = frozenset(code for one in rule.only.areas for code in around.below(one))
        self.parts: list[tuple[str, Part]] = []
        """(type, part)."""
        kind, body = rule.when.kind, rule.when.body
        if kind == "count":
            self.joint = Crowd(self, body)
            self.parts = [(rule.type, part_of(self, 0, body.of, rule.type))]
        elif kind == "together":
            self.joint = Meeting(body)
            for place, one in enumerate(body.all_):
                type_ = one.type or rule.type
                self.parts.append((type_, part_of(self, place, one, type_)))
        else:
            self.parts = [(rule.type, part_of(self, -1, rule.when, rule.type))]
        if self.joint is not None:
            self.joint.parts = [part for _, part in self.parts]

    @property
    def attr(self) -> str | None:
        """The attribute whose label and unit stand beside the value, where one condition has one."""
        attrs = self.parts[0][1].attrs if self.joint is None else ()
        return attrs[0] if attrs else None

    def concerns(self, entity: Entity) -> bool:
        """Say whether the rule's selection takes the entity in."""
        only = self.rule.only
        if self.areas and entity.area not in self.areas:
            return False
        if entity.type != self.rule.type:
            return True
        if only.entities and entity.id not in only.entities:
            return False
        return not only.sources or entity.source in only.sources

    def changed(self, override: Override) -> Part:
        """Return the one part as an override wants it."""
        body = overridden(self.rule, override.set)
        return part_of(self, -1, body, self.rule.type)


def overridden(rule: Rule, changes: Mapping[str, Any]) -> Condition:
    """Return a rule's condition with other values; ``msgspec.ValidationError`` where they do not fit."""
    from haidang.alerts.rules.reading import converted, written  # noqa: PLC0415 - it checks what it reads

    kind, plain = rule.when.kind, written(rule.when.body)
    # What is changed to null is as if the rule did not say it.
    said = {name: value for name, value in (plain | dict(changes)).items() if value is not None}
    found: Condition = converted({kind: said}, Condition)
    return found


def part_of(watch: Watch, place: int, condition: Condition, type_: str) -> Part:
    """Make a condition ready."""
    body, around = condition.body, watch.around
    makers: dict[str, Callable[[], Part]] = {
        "threshold": lambda: Level(watch, place, body),
        "rate": lambda: Slope(watch, place, body),
        "stuck": lambda: Stillness(watch, place, body),
        "missing": lambda: Silence(watch, place, body, type_, around),
        "baseline": lambda: Unusual(watch, place, body, around),
        "geofence": lambda: Place(watch, place, body, around),
        "expression": lambda: Says(watch, place, body),
    }
    return makers[condition.kind]()


class Slot:
    """Who looks at one attribute."""

    __slots__ = (
        "bottom",
        "fast",
        "high_parts",
        "highs",
        "kept",
        "low_parts",
        "lows",
        "others",
        "shared",
        "top",
    )

    def __init__(self, attr: str, parts: Iterable[Part]) -> None:
        highs: list[tuple[float, Level]] = []
        lows: list[tuple[float, Level]] = []
        others: list[Part] = []
        shared: list[Part] = []
        self.kept = False
        self.fast: dict[str, Level] = {}
        """Thresholds with a fixed limit, by rule."""
        for part in parts:
            self.kept = self.kept or attr in part.kept or attr == part.watch.rule.parent
            if attr not in part.attrs:
                continue
            if isinstance(part, Level) and part.other is None and part.place < 0:
                (highs if part.sign > 0 else lows).append((part.limit * part.sign, part))
                self.fast[part.watch.name] = part
            else:
                (others if len(part.attrs) == 1 else shared).append(part)
        highs.sort(key=lambda one: one[0])
        lows.sort(key=lambda one: one[0])
        self.highs = [limit for limit, _ in highs]
        self.high_parts = [part for _, part in highs]
        self.lows = [limit for limit, _ in lows]
        self.low_parts = [part for _, part in lows]
        self.top = self.highs[0] if highs else math.inf
        self.bottom = -self.lows[0] if lows else -math.inf
        """Between them a value is beyond no fixed limit."""
        self.others = tuple(others)
        self.shared = {part.no: part for part in shared}
        """Parts that look at several attributes: judged once for all that came at one instant."""

    def passed(self, value: float) -> list[Level]:
        """Return the thresholds whose fixed limit the value is beyond."""
        return (
            self.high_parts[: bisect_left(self.highs, value)]
            + self.low_parts[: bisect_left(self.lows, -value)]
        )


class Slots:
    """Everything that looks at an entity."""

    __slots__ = ("by_attr", "names", "numbers", "parts", "silences", "window_us")

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = tuple(parts)
        self.names = frozenset(part.watch.name for part in self.parts)
        self.numbers = frozenset(part.no for part in self.parts)
        spans = [
            part.within_us if isinstance(part, Slope) else part.for_us
            for part in self.parts
            if isinstance(part, Slope | Stillness)
        ]
        self.window_us = max(spans, default=0)
        """How far back an entity's past matters to windows."""
        self.silences = tuple(part for part in self.parts if isinstance(part, Silence))
        attrs = {attr for part in self.parts for attr in (*part.attrs, *part.kept)}
        attrs |= {part.attr for part in self.silences if part.attr is not None}
        attrs |= {part.watch.rule.parent for part in self.parts if part.watch.rule.parent is not None}
        self.by_attr = {attr: Slot(attr, self.parts) for attr in sorted(attrs)}


class Index:
    """All rules by the types they look at."""

    def __init__(self, watches: Mapping[str, Watch], overrides: Overrides) -> None:
        self.watches = dict(watches)
        self.overrides = overrides
        self._overridden = {id_ for _, id_ in overrides}
        self._by_type: dict[str, list[tuple[Watch, Part]]] = {}
        for watch in self.watches.values():
            for type_, part in watch.parts:
                self._by_type.setdefault(type_, []).append((watch, part))
        self._named = self._overridden | {
            id_ for watch in self.watches.values() for id_ in watch.rule.only.entities
        }
        """Entities that a rule or an override names: each has slots of its own."""
        self._shared: dict[tuple[str, str | None, str], Slots] = {}
        """By type, area and source, which is all that a selection of the others looks at."""
        self._attrs: dict[str, frozenset[str]] = {}

    @property
    def types(self) -> frozenset[str]:
        """Types that any rule looks at."""
        return frozenset(self._by_type)

    @property
    def silent_types(self) -> frozenset[str]:
        """Types whose silence counts: all their entities must be known."""
        return frozenset(
            type_
            for type_, parts in self._by_type.items()
            if any(isinstance(part, Silence) for _, part in parts)
        )

    def attrs(self, type_: str) -> frozenset[str]:
        """Return the attributes of a type that any rule looks at."""
        found = self._attrs.get(type_)
        if found is None:
            parts = [part for _, part in self._by_type.get(type_, ())]
            found = self._attrs[type_] = frozenset(Slots(parts).by_attr)
        return found

    def slots(self, entity: Entity) -> Slots:
        """Return what looks at an entity."""
        if entity.id in self._named:
            return Slots(self._parts(entity))
        key = (entity.type, entity.area, entity.source)
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = Slots(self._parts(entity))
        return found

    def _parts(self, entity: Entity) -> Iterator[Part]:
        for watch, part in self._by_type.get(entity.type, ()):
            if not watch.concerns(entity):
                continue
            override = self.overrides.get((watch.name, entity.id))
            if override is None:
                yield part
            elif not override.off:
                yield part if watch.joint is not None or not override.set else watch.changed(override)
