"""What a project's money is told in: works, decisions of a year, acceptances, payments, promises. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from haidang.demo.programme.calendar import Month
from haidang.programme.model.payments import PaymentKind
from haidang.programme.model.plans import PlanKind

MILLION = 1_000_000
BILLION = 1_000 * MILLION
Source = Literal["provincial", "central"]
Act = Literal["plan", "allocation", "allocation_late", "adjust", "late", "carry"]
"""Which decision of a year sets an amount."""
DAYS: dict[Act, tuple[int, int, int]] = {
    "plan": (-1, 12, 10), "allocation": (0, 1, 20), "allocation_late": (0, 4, 5), "adjust": (0, 7, 15),
    "late": (0, 11, 12), "carry": (0, 2, 25),
}  # fmt: skip
"""When it is signed: years after the plan year, month, day."""


def decided_on(act: Act, year: int) -> date:
    """Return the day on which a decision of a plan year is signed."""
    years, month, day = DAYS[act]
    return date(year + years, month, day)


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A contract as its building goes."""

    value: int
    begin: Month
    months: int
    pace: float
    advance: float = 0.25
    stops: Month | None = None
    """The month in which its contractor is sent away."""
    least: float = 0.04
    """Part of the value under which nothing is accepted."""

    @property
    def planned_end(self) -> Month:
        """The month in which it was to be done."""
        return self.begin + self.months

    @property
    def real_end(self) -> Month:
        """The month in which it is done, at its pace."""
        return self.begin + max(1, round(self.months / self.pace))

    def planned(self, month: Month) -> float:
        """Return what part was to be built by the end of a month."""
        return _grown((month + 1 - self.begin) / self.months)

    def built(self, month: Month) -> float:
        """Return what part is built by the end of a month."""
        until = month if self.stops is None else min(month, self.stops)
        return _grown((until + 1 - self.begin) / max(1, self.real_end - self.begin))


def _grown(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


class Planned(msgspec.Struct, frozen=True):
    """An amount that a decision sets."""

    year: int
    kind: PlanKind
    source: Source
    dong: int
    act: Act


class Accepted(msgspec.Struct, frozen=True):
    """Volume that was accepted."""

    on: date
    work: int
    dong: int


class Paid(msgspec.Struct, frozen=True):
    """A payment of the Treasury, with what the owner had expected beside it."""

    on: date
    work: int
    kind: PaymentKind
    dong: int
    year: int
    source: Source
    carried: bool
    expected: int | None


class Promised(msgspec.Struct, frozen=True):
    """What the owner promised on a day for a period."""

    told: date
    year: int
    period: int
    dong: int


class Expected(msgspec.Struct, frozen=True):
    """What the owner expects and nobody has paid."""

    year: int
    period: int
    work: int
    dong: int
    source: Source


class Course(msgspec.Struct):
    """All that became of a project's money until today."""

    plans: list[Planned] = []
    accepted: list[Accepted] = []
    paid: list[Paid] = []
    promised: list[Promised] = []
    expected: list[Expected] = []
    built: list[tuple[Month, float]] = []
