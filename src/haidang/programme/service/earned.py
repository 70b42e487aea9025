"""Earned value of a project month by month, from its plans, accepted volume and confirmed payments."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import accumulate
from math import ceil
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.analysis.earned import REASONS, Earned, Inputs, measure
from haidang.programme.service.desk import Desk, visible, wrong
from haidang.programme.store import course, totals

MONTHS_MAX = 480
NO_TOTAL = ("chưa có tổng mức đầu tư", "no total investment is set")
NO_PERIODS = ("chưa có kế hoạch năm nào", "no year has a plan")
SOURCES = {
    "pv": (
        "kế hoạch vốn năm đang có hiệu lực, chia theo cam kết từng tháng hoặc chia đều, không quá tổng mức",
        "the annual plans that hold, by month as promised or else evenly, not above the total investment",
    ),
    "ev": ("khối lượng nghiệm thu theo giá được duyệt", "accepted volume at the approved price"),
    "ac": (
        "đã giải ngân trừ tạm ứng chưa thu hồi (Kho bạc xác nhận)",
        "disbursed less the outstanding advance, as the Treasury confirmed",
    ),
    "bac": ("tổng mức đầu tư theo quyết định mới nhất", "total investment by the latest decision"),
}
Month = tuple[int, int]


async def earned(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, *, on: date | None = None
) -> dict[str, Any]:
    """Return PV, EV and AC by month and what follows from them at the end of the last month that is over."""
    project = await visible(connection, principal, project_id)
    day = on or desk.today()
    budget = (await totals.on(connection, [project_id], day, desk.now())).get(project_id)
    plans = await course.yearly_plans(connection, project_id, day)
    promised = await course.promises(connection, project_id)
    volume = await course.accepted(connection, project_id, day)
    spent = await course.spent(connection, project_id, day)
    months = _months(plans, promised, volume, spent)
    planned = _planned(months, plans, promised, budget)
    elapsed = sum(_last(month) < day or _last(month) == day for month in months)
    ev, ac = (list(accumulate(found.get(month, 0) for month in months)) for found in (volume, spent))
    running = sum(_first(month) <= day for month in months)
    return {
        "project": {"id": project.id, "public_id": project.public_id, "name": project.name},
        "bac_dong": budget,
        "periods": [
            {
                "year": month[0],
                "period": month[1],
                "label": f"{month[1]:02}/{month[0]}",
                "from": _first(month),
                "to": _last(month),
                "pv_dong": planned[number],
                "ev_dong": ev[number] if number < running else None,
                "ac_dong": ac[number] if number < running else None,
            }
            for number, month in enumerate(months)
        ],
        "at": _at(
            months, planned, elapsed, budget, (ev[elapsed - 1], ac[elapsed - 1]) if elapsed else (0, 0)
        ),
        "measured_at": _last(months[elapsed - 1]) if elapsed else None,
        "sources": {name: {"vi": vi, "en": en} for name, (vi, en) in SOURCES.items()},
        "as_of": day,
        "simulated": project.simulated,
    }


def _at(
    months: list[Month], planned: list[int], elapsed: int, budget: int | None, done: tuple[int, int]
) -> dict[str, Any]:
    """Return each measure with its value, or why it has none."""
    if budget is None or not months:
        why = NO_TOTAL if budget is None else NO_PERIODS
        names = (
            "pv",
            "ev",
            "ac",
            "sv_dong",
            "cv_dong",
            "spi",
            "cpi",
            "eac1_dong",
            "eac2_dong",
            "eac3_dong",
            "vac1_dong",
            "vac2_dong",
            "vac3_dong",
            "tcpi",
            "es",
            "sv_t",
            "spi_t",
            "finish",
        )
        return {name: _value(None, why) for name in names}
    # Months after the plan is all planned are no part of its duration.
    planned = planned[: planned.index(planned[-1]) + 1]
    found = measure(
        Inputs(
            planned_dong=tuple(planned),
            budget_dong=budget,
            elapsed=elapsed,
            earned_dong=done[0],
            cost_dong=done[1],
        )
    )
    return _measures(found, months)


def _measures(found: Earned, months: list[Month]) -> dict[str, Any]:
    def why(name: str) -> tuple[str, str] | None:
        return REASONS.get(found.reasons.get(name, ""))

    estimates = [None, why("estimate_at_cost"), why("estimate_at_both")]
    measures: dict[str, Any] = {
        "pv": _value(found.planned_dong),
        "ev": _value(found.earned_dong),
        "ac": _value(found.cost_dong),
        "sv_dong": _value(found.schedule_variance_dong),
        "cv_dong": _value(found.cost_variance_dong),
        "spi": _value(found.spi, why("spi")),
        "cpi": _value(found.cpi, why("cpi")),
    }
    for number in range(3):
        measures[f"eac{number + 1}_dong"] = _value(found.estimates_dong[number], estimates[number])
        measures[f"vac{number + 1}_dong"] = _value(
            found.variance_at_completion_dong[number], estimates[number]
        )
    finish = found.finish_periods
    return measures | {
        "tcpi": _value(found.tcpi, why("tcpi")),
        "es": _value(found.earned_schedule),
        "sv_t": _value(found.schedule_variance_periods),
        "spi_t": _value(found.spi_t, why("spi_t")),
        "finish": _value(None if finish is None else _after(months[0], finish), why("finish"))
        | {"periods": None if finish is None else float(finish)},
    }


def _value(value: Any, why: tuple[str, str] | None = None) -> dict[str, Any]:
    plain = float(value) if isinstance(value, Decimal) else value
    reason = why if value is None else None
    return {
        "value": plain,
        "reason_vi": reason[0] if reason else None,
        "reason_en": reason[1] if reason else None,
    }


def _planned(
    months: list[Month], plans: Mapping[int, int], promised: Mapping[Month, int], budget: int | None
) -> list[int]:
    """Return PV at the end of each month: no month earns more than the total."""
    by_month: dict[Month, int] = {}
    for year, amount in plans.items():
        told = {period: promised.get((year, period), 0) for period in range(1, 14)}
        weights = told if sum(told.values()) else dict.fromkeys(range(1, 13), 1)
        before = 0
        for period, upto in zip(weights, accumulate(weights.values()), strict=True):
            share = amount * upto // sum(weights.values())
            month = (year, period) if period < 13 else (year + 1, 1)
            by_month[month] = by_month.get(month, 0) + share - before
            before = share
    found = list(accumulate(by_month.get(month, 0) for month in months))
    return found if budget is None else [min(amount, budget) for amount in found]


def _months(plans: Mapping[int, int], *others: Mapping[Month, int]) -> list[Month]:
    """Return the calendar months from the first that anything is of to the last that is planned."""
    years = [year for year, amount in plans.items() if amount]
    promised = [
        (year, period) if period < 13 else (year + 1, 1) for year, period in others[0] if year in years
    ]
    ends = [(year, 12) for year in years] + promised
    known = [(year, 1) for year in years] + [month for found in others[1:] for month in found]
    if not ends:
        return []
    first, last = min(known), max([*ends, *known])
    count = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    if count > MONTHS_MAX:
        raise wrong("project", f"hơn {MONTHS_MAX} tháng", f"more than {MONTHS_MAX} months")
    start = first[0] * 12 + first[1] - 1
    return [((start + number) // 12, (start + number) % 12 + 1) for number in range(count)]


def _first(month: Month) -> date:
    return date(*month, 1)


def _last(month: Month) -> date:
    return date(*month, monthrange(*month)[1])


def _after(first: Month, periods: Decimal) -> date | None:
    """Return the last day of the month in which so many periods are over."""
    whole = ceil(periods)
    number = first[0] * 12 + first[1] - 1 + max(0, whole - 1)
    return _last((number // 12, number % 12 + 1)) if number < 9_999 * 12 else None
