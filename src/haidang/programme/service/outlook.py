"""How a plan year of a programme will end: each project in sight with what the methods foresee."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.programme.analysis.backtest import Forecast, Foresight
from haidang.programme.analysis.curves import PERIODS, Open
from haidang.programme.analysis.methods import METHODS, Method
from haidang.programme.service import foreseeing
from haidang.programme.store import curves as store
from haidang.programme.store.curves import Course

REASONS: dict[str, tuple[str, str]] = {
    "not_enough_history": (
        "chưa đủ dữ liệu các năm trước để dự báo (cần ít nhất 8 dự án-năm tương tự)",
        "not enough history to foresee (8 comparable project-years are needed)",
    ),
    "not_begun": ("năm kế hoạch chưa qua kỳ nào", "no period of the plan year is over"),
    "over": ("năm kế hoạch đã kết thúc", "the plan year is over"),
    "no_plan": ("dự án không có kế hoạch vốn trong năm", "the project has no plan in the year"),
}


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """A project's year until now, and its end by the method that missed least before."""

    course: Course
    paid_dong: int
    """Confirmed until now, the period that runs included; what went back counts less."""
    forecast: Forecast | None = None

    def dong(self, share: float) -> int:
        """Return a foreseen share as đồng; never less than has been paid."""
        return max(round(share * self.course.plan_dong), self.paid_dong)


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """The year of many projects."""

    by_project: dict[int, Ahead]
    method: Method | None
    errors: dict[Method, float]
    """Mean absolute past error of each method at this period, in points of the plan."""
    reason: str | None
    """Why nothing is foreseen of any of them."""
    total: tuple[int, int, int] | None = None
    """P10, P50, P90 of all of them together."""


async def outlook(
    connection: Connection,
    *,
    program: int,
    year: int,
    today: date,
    projects: Collection[int],
    foresee: bool = True,
) -> Outlook:
    """Return the year of these projects, foreseen from the whole register's past, which is not named."""
    kept = set(projects)
    here = [
        course
        for course in await store.courses(connection, first=year, last=year, cutoff=today, program=program)
        if course.project_id in kept
    ]
    period = foreseeing.period_of(year, today)
    reason = "not_begun" if period == 0 else "over" if period >= PERIODS else None
    if reason is not None or not here or not foresee:
        return Outlook(by_project=_plain(here), method=None, errors={}, reason=reason)
    history = await foreseeing.history(connection, year=year, today=today)
    return await asyncio.to_thread(_ahead, here, history, period)


def _plain(here: Collection[Course]) -> dict[int, Ahead]:
    return {each.project_id: Ahead(course=each, paid_dong=sum(each.paid)) for each in here}


def _ahead(here: Collection[Course], foresight: Foresight, period: int) -> Outlook:
    errors = foresight.errors(period)
    order = sorted((method for method in errors if method != "linear"), key=errors.__getitem__)
    ones = {each.project_id: foreseeing.opened(each, period) for each in here}
    found = {
        number: msgspec.structs.replace(ahead, forecast=_first(foresight, ones[number], order))
        for number, ahead in _plain(here).items()
    }
    best = order[0] if order else None
    return Outlook(
        by_project=found,
        method=best,
        errors=errors,
        reason=None if order else "not_enough_history",
        total=None if best is None else foresight.total(list(ones.values()), best),
    )


def _first(foresight: Foresight, one: Open, order: Collection[Method]) -> Forecast | None:
    """Return the forecast of the method that missed least before, among those that say something."""
    return next((found for method in order if (found := foresight.forecast(one, method))), None)


def said(ahead: Ahead | None, errors: Mapping[Method, float], reason: str | None) -> dict[str, Any]:
    """Return a forecast as an answer says it, or why there is none."""
    found = ahead.forecast if ahead is not None else None
    if ahead is None or found is None:
        code = reason or ("no_plan" if ahead is None else "not_enough_history")
        vi, en = REASONS[code]
        return {
            "method": None,
            "p10_dong": None,
            "p50_dong": None,
            "p90_dong": None,
            "past_error_points": None,
            "reason": code,
            "reason_vi": vi,
            "reason_en": en,
        }
    vi, en = METHODS[found.method]
    return {
        "method": found.method,
        "method_vi": vi,
        "method_en": en,
        "p10_dong": ahead.dong(found.low),
        "p50_dong": ahead.dong(found.share),
        "p90_dong": ahead.dong(found.high),
        "past_error_points": errors.get(found.method),
        "comparable": found.comparable,
        "reason": None,
        "reason_vi": None,
        "reason_en": None,
    }
