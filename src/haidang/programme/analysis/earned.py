"""Earned value and earned schedule: how far a project is for its money and its time.

PV is what was planned to be earned by the end of each period, EV the accepted volume at the approved price,
AC what was disbursed less the advance still outstanding, BAC the current total. Money is whole đồng; ratios
are exact to 1e-6. What cannot be divided is None, and the reason stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

PERIODS_MAX = 600
_MICRO = 1_000_000
REASONS: dict[str, tuple[str, str]] = {
    "no_plan": ("chưa có kế hoạch khối lượng đến kỳ này", "no volume is planned until this period"),
    "no_cost": ("chưa có chi phí thực tế", "there is no actual cost yet"),
    "nothing_earned": ("chưa có khối lượng nghiệm thu", "no volume has been accepted"),
    "budget_spent": ("chi phí thực tế đã bằng tổng mức", "the actual cost has come to the total"),
    "no_time": ("chưa qua kỳ nào", "no period has passed"),
}
"""Why a figure is missing, in both languages."""


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a project at the end of a period."""

    planned_dong: tuple[int, ...]
    """PV, cumulative, at the end of each period of the plan; the last one is what the plan comes to."""
    budget_dong: int
    """BAC: the current total."""
    elapsed: int
    """AT: periods that have passed."""
    earned_dong: int
    """EV: accepted volume at the approved price, cumulative."""
    cost_dong: int
    """AC: disbursed less the outstanding advance, cumulative."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for what no project can have."""
        if not 1 <= len(self.planned_dong) <= PERIODS_MAX:
            raise ValueError(f"a plan has 1 to {PERIODS_MAX} periods")
        if any(
            later < earlier
            for earlier, later in zip((0, *self.planned_dong), self.planned_dong, strict=False)
        ):
            raise ValueError("a cumulative plan never falls, and begins at zero or above")
        if min(self.budget_dong, self.earned_dong, self.elapsed) < 0:
            raise ValueError("budget, earned value and elapsed periods are not below zero")


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    """The measures; ``reasons`` says why one is None."""

    planned_dong: int
    """PV at the end of the last period that has passed."""
    earned_dong: int
    cost_dong: int
    budget_dong: int
    elapsed: int
    schedule_variance_dong: int
    """SV = EV - PV: below zero is behind."""
    cost_variance_dong: int
    """CV = EV - AC: below zero costs more than it is worth."""
    spi: Decimal | None
    """EV / PV."""
    cpi: Decimal | None
    """EV / AC."""
    estimates_dong: tuple[int, int | None, int | None]
    """EAC: the rest as planned; the rest at the cost until now; the same, and late as until now."""
    variance_at_completion_dong: tuple[int, int | None, int | None]
    """VAC = BAC - EAC, one for each estimate."""
    tcpi: Decimal | None
    """(BAC - EV) / (BAC - AC): what each đồng left must earn."""
    earned_schedule: Decimal
    """ES: the period at whose end the plan would have earned this."""
    schedule_variance_periods: Decimal
    """SV(t) = ES - AT."""
    spi_t: Decimal | None
    """SPI(t) = ES / AT; unlike SPI it does not go to one at the end."""
    finish_periods: Decimal | None
    """Planned duration / SPI(t)."""
    reasons: dict[str, str]


def measure(inputs: Inputs) -> Earned:
    """Return the measures at the end of the last period that has passed."""
    planned = _planned(inputs.planned_dong, inputs.elapsed)
    earned, cost, budget = inputs.earned_dong, inputs.cost_dong, inputs.budget_dong
    reasons: dict[str, str] = {}

    def share(name: str, over: Fraction | int, under: Fraction | int, reason: str) -> Fraction | None:
        if under == 0:
            reasons[name] = reason
            return None
        return Fraction(over) / Fraction(under)

    spi = share("spi", earned, planned, "no_plan")
    cpi = share("cpi", earned, cost, "no_cost")
    at_cost = share("estimate_at_cost", budget, cpi, "nothing_earned") if cpi is not None else None
    if cpi is None:
        reasons["estimate_at_cost"] = "no_cost"
    both = (
        None
        if cpi is None or spi is None
        else share("estimate_at_both", budget - earned, cpi * spi, "nothing_earned")
    )
    if cpi is None or spi is None:
        reasons["estimate_at_both"] = "no_cost" if cpi is None else "no_plan"
    estimates = (cost + budget - earned, _dong(at_cost), None if both is None else _dong(cost + both))
    schedule = _earned_schedule(inputs.planned_dong, earned)
    spi_t = share("spi_t", schedule, inputs.elapsed, "no_time")
    finish = share("finish", len(inputs.planned_dong), spi_t, "nothing_earned") if spi_t is not None else None
    if spi_t is None:
        reasons["finish"] = "no_time"
    return Earned(
        planned_dong=planned, earned_dong=earned, cost_dong=cost, budget_dong=budget, elapsed=inputs.elapsed,
        schedule_variance_dong=earned - planned, cost_variance_dong=earned - cost,
        spi=_ratio(spi), cpi=_ratio(cpi), estimates_dong=estimates,
        variance_at_completion_dong=(
            budget - estimates[0],
            None if estimates[1] is None else budget - estimates[1],
            None if estimates[2] is None else budget - estimates[2],
        ),
        tcpi=_ratio(share("tcpi", budget - earned, budget - cost, "budget_spent")),
        earned_schedule=_sure(schedule), schedule_variance_periods=_sure(schedule - inputs.elapsed),
        spi_t=_ratio(spi_t), finish_periods=_ratio(finish), reasons=reasons,
    )  # fmt: skip


def _planned(planned: Sequence[int], elapsed: int) -> int:
    """Return PV after so many periods; past the plan's end it stays at what the plan comes to."""
    return 0 if elapsed == 0 else planned[min(elapsed, len(planned)) - 1]


def _earned_schedule(planned: Sequence[int], earned: int) -> Fraction:
    """Return ES = C + (EV - PV_C) / (PV_C+1 - PV_C), C the last period whose PV is reached."""
    reached = sum(1 for amount in planned if amount <= earned)
    if reached == len(planned):
        # Periods at the end in which nothing more is planned are not earned by waiting for them.
        return Fraction(next(number for number, amount in enumerate(planned, 1) if amount == planned[-1]))
    before = planned[reached - 1] if reached else 0
    return reached + Fraction(earned - before, planned[reached] - before)


def _dong(amount: Fraction | int | None) -> int | None:
    """Return whole đồng, halves away from zero."""
    if amount is None:
        return None
    sign = -1 if amount < 0 else 1
    return sign * int((abs(Fraction(amount)) * 2 + 1) // 2)


def _sure(value: Fraction) -> Decimal:
    sign = -1 if value < 0 else 1
    return Decimal(sign * int((abs(value) * _MICRO * 2 + 1) // 2)).scaleb(-6)


def _ratio(value: Fraction | None) -> Decimal | None:
    return None if value is None else _sure(value)
