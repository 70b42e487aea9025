"""The year of a project: what had been paid of its plan at the end of each of 13 periods.

Period 13 is January of the next year, in which the plan's money may still be paid. A curve is cumulative;
money that goes back to the Treasury lets it fall.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

PERIODS = 13
Shares = NDArray[np.float64]
"""Of each curve (rows) the share of its plan that was paid by the end of each period (columns)."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A project in a plan year that is over."""

    project: str
    year: int
    plan_dong: int
    """What could be paid in the year, carried-over capital included; above zero."""
    paid_dong: tuple[int, ...]
    """Cumulative, at the end of periods 1 to 13."""
    promised_dong: tuple[int, ...] = ()
    """What the owner had promised for each period alone; empty where nothing was promised."""
    owner: str = ""
    sector: str = ""
    phase: str = ""
    size: str = ""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for what is no year of a plan."""
        if self.plan_dong <= 0:
            raise ValueError("a curve needs a plan above zero")
        if len(self.paid_dong) != PERIODS or len(self.promised_dong) not in (0, PERIODS):
            raise ValueError(f"a year has {PERIODS} periods")


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A project in a plan year that still runs: its end is to be foreseen."""

    project: str
    plan_dong: int
    paid_dong: tuple[int, ...]
    """Cumulative, at the end of the periods that are over: 1 to 12 of them."""
    promised_dong: tuple[int, ...] = ()
    """For each of the 13 periods; empty where nothing was promised."""
    owner: str = ""
    sector: str = ""
    phase: str = ""
    size: str = ""

    @property
    def period(self) -> int:
        """The last period that is over."""
        return len(self.paid_dong)


def opened(curve: Curve, period: int) -> Open:
    """Return a year as it stood at the end of a period, its end unknown."""
    return Open(
        project=curve.project, plan_dong=curve.plan_dong, paid_dong=curve.paid_dong[:period],
        promised_dong=curve.promised_dong, owner=curve.owner, sector=curve.sector, phase=curve.phase,
        size=curve.size,
    )  # fmt: skip


def shares(curves: Sequence[Curve]) -> Shares:
    """Return the shares of their plans that were paid, a row a curve."""
    if not curves:
        return np.empty((0, PERIODS))
    paid = np.array([curve.paid_dong for curve in curves], dtype=np.float64)
    return np.asarray(paid / np.array([[curve.plan_dong] for curve in curves], dtype=np.float64))


def size_of(plan_dong: int) -> str:
    """Return the class of size of a year's plan: under 5, under 30, under 100 billion đồng, or above."""
    billions = plan_dong / 1_000_000_000
    return next((name for name, most in (("s", 5), ("m", 30), ("l", 100)) if billions < most), "xl")
