"""What a contractor's own past says: rates from evidence, shrunk towards all, never a bare score.

A contractor with one late contract of one is no contractor that is always late. Its rate is drawn towards
that of all (empirical Bayes: a beta prior whose mean and weight come from all contractors' own rates), and
stands with the number of contracts and its 90 % interval. Under :data:`RATED_FROM` contracts the list alone
is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

import msgspec
import numpy as np

RATED_FROM = 5
_WEIGHT = (2.0, 200.0)
"""Least and most contracts that the prior may weigh as much as."""
_GRID = 4_001


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A contract that is over, or whose end has passed: planned against actual."""

    contract: str
    contractor: str
    planned_on: date
    """The end as signed, before any extension."""
    actual_on: date | None
    """When it was accepted; None where it has not been, and its end has passed."""
    seen_on: date
    """The day on which this was looked at."""
    extensions: int = 0
    defects: int = 0
    penalties_dong: int = 0

    @property
    def slip_days(self) -> int:
        """Days from the end as signed to acceptance, or until now."""
        return ((self.actual_on or self.seen_on) - self.planned_on).days

    @property
    def late(self) -> bool:
        """Whether it ended, or still runs, after the end as signed."""
        return self.slip_days > 0


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A contractor's record; ``late_rate`` and its interval are None under :data:`RATED_FROM` contracts."""

    contractor: str
    contracts: tuple[str, ...]
    late: int
    late_rate: float | None
    """Shrunk towards all contractors."""
    late_low: float | None
    late_high: float | None
    """The middle 90 % of what the rate may be."""
    median_slip_days: float | None
    extensions: int
    defects: int
    penalties_dong: int


def records(contracts: Sequence[Done]) -> list[Record]:
    """Return each contractor's record, by name."""
    by_contractor: dict[str, list[Done]] = {}
    for each in sorted(contracts, key=lambda each: (each.contractor, each.planned_on, each.contract)):
        by_contractor.setdefault(each.contractor, []).append(each)
    counts = {name: (sum(each.late for each in own), len(own)) for name, own in by_contractor.items()}
    mean, weight = prior(counts)
    return [_record(name, own, mean, weight) for name, own in by_contractor.items()]


def record_of(name: str, own: Sequence[Done], mean: float, weight: float) -> Record | None:
    """Return one contractor's record against a prior found elsewhere; None where no contract is over."""
    return _record(name, own, mean, weight) if own else None


def prior(counts: Mapping[str, tuple[int, int]]) -> tuple[float, float]:
    """Return the mean rate of all and how many contracts it weighs as much as (method of moments).

    ``counts`` is (late, all) by contractor. Where contractors differ no more than chance makes them, the
    weight is the most it may be: everybody is like all.
    """
    late, total = (sum(column) for column in zip(*counts.values(), strict=True)) if counts else (0, 0)
    if not total:
        return 0.5, _WEIGHT[0]
    mean = late / total
    own = [(out / of, of) for out, of in counts.values() if of]
    spread = sum(of * (rate - mean) ** 2 for rate, of in own) / total
    chance = mean * (1 - mean) * len(own) / total
    between = spread - chance
    weight = mean * (1 - mean) / between - 1 if between > 0 else _WEIGHT[1]
    return mean, float(np.clip(weight, *_WEIGHT))


def _record(name: str, own: Sequence[Done], mean: float, weight: float) -> Record:
    late = sum(each.late for each in own)
    rated = len(own) >= RATED_FROM
    # A prior of exactly 0 or 1 would leave nobody a chance to be otherwise.
    a = float(np.clip(mean, 0.005, 0.995)) * weight + late
    b = float(np.clip(1 - mean, 0.005, 0.995)) * weight + len(own) - late
    low, high = _interval(a, b) if rated else (None, None)
    return Record(
        contractor=name, contracts=tuple(each.contract for each in own), late=late,
        late_rate=round(a / (a + b), 4) if rated else None, late_low=low, late_high=high,
        median_slip_days=float(median(each.slip_days for each in own)) if rated else None,
        extensions=sum(each.extensions for each in own), defects=sum(each.defects for each in own),
        penalties_dong=sum(each.penalties_dong for each in own),
    )  # fmt: skip


def _interval(a: float, b: float) -> tuple[float, float]:
    """Return the 5th and 95th percentile of a beta distribution, to a quarter of a thousandth."""
    grid = np.linspace(0, 1, _GRID)[1:-1]
    logs = (a - 1) * np.log(grid) + (b - 1) * np.log1p(-grid)
    mass = np.cumsum(np.exp(logs - logs.max()))
    low, high = np.interp((0.05, 0.95), mass / mass[-1], grid)
    return round(float(low), 4), round(float(high), 4)
