"""How a plan year of a programme will end: each project with what the methods foresee.

The year is read for the whole programme and kept while the register is as it was, whoever asks; what an
answer names or adds up is limited to the projects in sight by those who call.
"""

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
from haidang.programme.service.remembered import by_project, remembered
from haidang.programme.service.scene import Scene
from haidang.programme.store import curves as store
from haidang.programme.store.curves import Course
from haidang.programme.store.stamp import stamp as stamped

REASONS: dict[str, tuple[str, str]] = {
    "not_enough_history": (
        "chưa đủ dữ liệu các năm trước để dự báo (cần ít nhất 8 dự án-năm tương tự)",
        "not enough history to foresee (8 comparable project-years are needed)",
    ),
    "not_begun": ("năm kế hoạch chưa qua kỳ nào", "no period of the plan year is over"),
    "over": ("năm kế hoạch đã kết thúc", "the plan year is over"),
    "no_plan": ("dự án không có kế hoạch vốn trong năm", "the project has no plan in the year"),
}
Total = tuple[int, int, int]


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
    method: Method | None = None
    errors: dict[Method, float] = {}
    """Mean absolute past error of each method at this period, in points of the plan."""
    reason: str | None = None
    """Why nothing is foreseen of any of them."""
    past: int | None = None
    """Number of the past that it was foreseen from."""

    def of(self, projects: Collection[int]) -> Outlook:
        """Return the year of those among these projects that have a plan."""
        kept = {number: each for number, each in self.by_project.items() if number in projects}
        return msgspec.structs.replace(self, by_project=kept)


async def courses(connection: Connection, at: Scene) -> dict[int, Ahead]:
    """Return the year until now of the projects in sight that have a plan, without its end."""
    return {
        number: each for number, each in (await _courses(connection, at)).items() if number in at.projects
    }


async def _courses(connection: Connection, at: Scene) -> dict[int, Ahead]:
    async def read(projects: Collection[int] | None) -> dict[int, Ahead]:
        return _plain(
            await store.courses(
                connection, first=at.year, last=at.year, cutoff=at.today, program=at.program.id,
                projects=projects,
            )
        )  # fmt: skip

    return await by_project(connection, at.stamp, at.key("courses"), read)


async def outlook(connection: Connection, at: Scene) -> Outlook:
    """Return the year of the projects in sight, foreseen from the whole register's unnamed past."""
    here = await _courses(connection, at)
    reason = _closed(at.period)
    if reason is not None:
        return Outlook(by_project=here, reason=reason).of(at.projects)
    foresight = await foreseeing.history(connection, year=at.year, today=at.today, stamp=at.stamp)

    async def read(projects: Collection[int] | None) -> dict[int, Ahead]:
        asked = here if projects is None else {each: here[each] for each in projects if each in here}
        return await asyncio.to_thread(_foreseen, asked, foresight, at.period)

    found = await by_project(connection, at.stamp, (*at.key("ahead"), foresight.number), read)
    return _outlook(found, foresight, at.period).of(at.projects)


async def of_project(
    connection: Connection, *, project: int, program: int, year: int, today: date
) -> Outlook:
    """Return the year of one project, without reading those beside it."""
    here = await store.courses(
        connection, first=year, last=year, cutoff=today, program=program, projects=[project]
    )
    period = foreseeing.period_of(year, today)
    reason = _closed(period)
    if reason is not None or not here:
        return Outlook(by_project=_plain(here), reason=reason)
    seen = await stamped(connection)
    foresight = await foreseeing.history(connection, year=year, today=today, stamp=seen)
    found = await asyncio.to_thread(_foreseen, _plain(here), foresight, period)
    return _outlook(found, foresight, period)


async def total(connection: Connection, at: Scene, ahead: Outlook) -> Total | None:
    """Return P10, P50, P90 of what all in sight together will have paid; None where one is not foreseen."""
    method = ahead.method
    if method is None:
        return None
    foresight = await foreseeing.history(connection, year=at.year, today=at.today, stamp=at.stamp)
    ones = [foreseeing.opened(each.course, at.period) for _, each in sorted(ahead.by_project.items())]

    async def read() -> Total | None:
        return await asyncio.to_thread(foresight.total, ones, method)

    return await (remembered(at.stamp, at.key("total"), read) if at.whole else read())


def _closed(period: int) -> str | None:
    return "not_begun" if period == 0 else "over" if period >= PERIODS else None


def _plain(here: Collection[Course]) -> dict[int, Ahead]:
    return {each.project_id: Ahead(course=each, paid_dong=sum(each.paid)) for each in here}


def _order(foresight: Foresight, period: int) -> list[Method]:
    errors = foresight.errors(period)
    return sorted((method for method in errors if method != "linear"), key=errors.__getitem__)


def _outlook(found: dict[int, Ahead], foresight: Foresight, period: int) -> Outlook:
    order = _order(foresight, period)
    return Outlook(
        by_project=found, method=order[0] if order else None, errors=foresight.errors(period),
        reason=None if order else "not_enough_history", past=foresight.number,
    )  # fmt: skip


def _foreseen(here: Mapping[int, Ahead], foresight: Foresight, period: int) -> dict[int, Ahead]:
    """Return the years with their ends: the method that missed least speaks first, then the next one."""
    found = dict(here)
    waiting: dict[int, Open] = {
        number: foreseeing.opened(each.course, period) for number, each in here.items()
    }
    for method in _order(foresight, period):
        said = foresight.forecasts(list(waiting.values()), method)
        for number, forecast in zip(tuple(waiting), said, strict=True):
            if forecast is not None:
                found[number] = msgspec.structs.replace(found[number], forecast=forecast)
                del waiting[number]
    return found


def said(ahead: Ahead | None, errors: Mapping[Method, float], reason: str | None) -> dict[str, Any]:
    """Return a forecast as an answer says it, or why there is none."""
    found = ahead.forecast if ahead is not None else None
    if ahead is None or found is None:
        code = reason or ("no_plan" if ahead is None else "not_enough_history")
        vi, en = REASONS[code]
        return {
            "method": None, "p10_dong": None, "p50_dong": None, "p90_dong": None, "past_error_points": None,
            "reason": code, "reason_vi": vi, "reason_en": en,
        }  # fmt: skip
    vi, en = METHODS[found.method]
    return {
        "method": found.method, "method_vi": vi, "method_en": en,
        "p10_dong": ahead.dong(found.low), "p50_dong": ahead.dong(found.share),
        "p90_dong": ahead.dong(found.high), "past_error_points": errors.get(found.method),
        "comparable": found.comparable, "reason": None, "reason_vi": None, "reason_en": None,
    }  # fmt: skip
