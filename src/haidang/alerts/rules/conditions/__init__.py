"""The kinds of condition, one file each: what it looks at, and whether it holds.

A *part* (:class:`Part`) judges one observation of one entity. ``count`` and ``together`` join parts
(:class:`Joint`): they say for a group of sightings whether it is full.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from haidang.alerts.rules.entity import Entity
    from haidang.alerts.rules.index import Watch

_numbers = itertools.count(1)


class Band(NamedTuple):
    """What is usual in one hour of the week."""

    mean: float
    deviation: float
    """Standard deviation of single observations."""
    weeks: int
    """Weeks of which there are data."""


class Surroundings(NamedTuple):
    """What conditions must know that is not in an observation."""

    period_us: Callable[[str], int]
    """How often an entity of a type is expected to speak."""
    band: Callable[[Entity, str, int], Band | None]
    """What is usual for an attribute of an entity at an instant; None where nobody knows."""
    locate: Callable[[float, float], Collection[str]]
    """Codes of the areas that hold a point; empty where there are no outlines."""
    below: Callable[[str], Collection[str]]
    """Codes of an area and all below it."""


class Part(Protocol):
    """A condition on single observations."""

    no: int
    """Unique in the process: whatever it remembers in an entity stands under it."""
    watch: Watch
    place: int
    """Its place among the parts of a joint; -1 where it is the whole condition."""
    attrs: tuple[str, ...]
    """Attributes whose observations it judges."""
    kept: frozenset[str]
    """Attributes whose newest values it looks at."""
    delay_us: int
    clears_us: int

    def judge(self, entity: Entity, t: int, value: Any, held: bool) -> bool | None:
        """Say whether it holds as of an observation at ``t``; ``held``: as of the one before, it did.

        None: this observation says nothing about it.
        """
        ...

    def detail(self, entity: Entity, value: Any) -> tuple[Any, float | None]:
        """Return the value that counts, and the limit it is held against."""
        ...


class Plain:
    """What parts have in common."""

    attrs: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()

    def __init__(self, watch: Watch, place: int, body: Any) -> None:
        self.no = next(_numbers)
        self.watch = watch
        self.place = place
        self.delay_us = int(getattr(body, "for_", None) or 0)
        self.clears_us = int(getattr(body, "clears_after", None) or 0)

    def detail(self, entity: Entity, value: Any) -> tuple[Any, float | None]:
        """Return the value as it is; there is no limit."""
        return value, None


class Holding(NamedTuple):
    """Whether a group is full."""

    full: bool
    value: float
    limit: float
    until: int | None
    """While full: when it may cease to be, µs; None: not by time alone."""


class Joint(Protocol):
    """A condition over the sightings of its parts."""

    delay_us: int
    clears_us: int
    parts: list[Part]
    groups: dict[str, dict[tuple[int, int], int]]
    """Group → (place of the part, entity) → when it was last seen to hold; ``ALWAYS`` while it is missing."""

    def group(self, entity: Entity) -> str | None:
        """Return the group an entity belongs to; None where it belongs to none."""
        ...

    def holding(self, group: str, entity: Entity, t: int) -> Holding:
        """Say how full a group is as of ``t``."""
        ...


def is_number(value: Any) -> bool:
    """Say whether a value can be held against a limit."""
    kind = type(value)
    return kind is float or kind is int
