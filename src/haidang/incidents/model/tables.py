"""Decision tables: rows of conditions, the first that matches wins; examples stand beside them as tests.

``when`` names facts: a plain value must be equal, a list holds the allowed ones, ``{at_least: n}`` and
``{at_most: n}`` compare numbers. A fact that is not known matches no condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from haidang.incidents.model.incident import ClockName, Severity, Word

Scalar = str | int | float | bool


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range of numbers, both ends included."""

    at_least: float | None = None
    at_most: float | None = None

    def holds(self, value: Any) -> bool:
        """Say whether a number lies within; what is no number does not."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


Condition = Scalar | list[Scalar] | Bounds
When = dict[str, Condition]


Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Grade = Annotated[int, msgspec.Meta(ge=1, le=4)]


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the severity is decided by, beside the kind; what is not known stays out."""

    casualties: Count | None = None
    """Dead, injured or missing."""
    trapped: Count | None = None
    people_affected: Count | None = None
    communes: Count | None = None
    """How many communes it reaches."""
    critical_site: bool | None = None
    """A hospital, school, power or water works, an arterial road is hit."""
    spreading: bool | None = None
    depth_cm: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None
    """Of water on a street."""
    priority: Grade | None = None
    """Of the gravest alert that it was opened from, 1–4."""
    share_down: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """Of a node or sector, 0–1."""
    suggested: Grade | None = None
    """Severity that the alert's rule names."""


class SeverityRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the severity table."""

    row: Word
    when: When
    severity: Severity
    vi: str
    en: str


class SeverityExample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case and what the table must say of it."""

    facts: dict[str, Any]
    row: str


class SeverityTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Kind and facts → severity."""

    table: Literal["severity"]
    rows: tuple[SeverityRow, ...]
    examples: tuple[SeverityExample, ...]


class ReactionRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By when what must have happened, in minutes from the report; absent: no clock."""

    row: Word
    when: When
    acknowledge: int | None = None
    dispatch: int | None = None
    on_scene: int | None = None
    contain: int | None = None
    close: int | None = None

    def target(self, name: ClockName) -> timedelta | None:
        """Return how long a clock allows."""
        minutes: int | None = getattr(self, name)
        return None if minutes is None else timedelta(minutes=minutes)


class ReactionExample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case and the row that must hold for it."""

    facts: dict[str, Any]
    row: str


class ReactionTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Kind and severity → times to react (SLA); and how long a handover may stay unsigned."""

    table: Literal["reaction"]
    handover_sign_minutes: int = 30
    rows: tuple[ReactionRow, ...]
    examples: tuple[ReactionExample, ...]


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which further alerts belong to an incident that is open already."""

    by: Literal["area", "place", "entity"]
    """The same commune; within ``metres``; the same entity."""
    minutes: int
    """How long after the report alerts still join by themselves."""
    metres: int = 0


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of incident."""

    kind: Word
    vi: str
    en: str
    sector: str | None = None
    join: Join = Join(by="entity", minutes=360)
    down: bool = False
    """Its alerts say that something is silent: many of a node or sector at once are one outage."""


class KindTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All kinds."""

    table: Literal["kinds"]
    kinds: tuple[Kind, ...]


Row = TypeVar("Row", SeverityRow, ReactionRow)


def matches(when: Mapping[str, Condition], facts: Mapping[str, Any]) -> bool:
    """Say whether every condition holds."""
    return all(_holds(condition, facts.get(name)) for name, condition in when.items())


def _holds(condition: Condition, value: Any) -> bool:
    if value is None:
        return False
    if isinstance(condition, Bounds):
        return condition.holds(value)
    if isinstance(condition, list):
        return value in condition
    return bool(value == condition)


def decide(rows: tuple[Row, ...], facts: Mapping[str, Any]) -> Row | None:
    """Return the first row that matches."""
    return next((row for row in rows if matches(row.when, facts)), None)
