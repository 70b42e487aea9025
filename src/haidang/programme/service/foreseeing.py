"""What the year will have paid by 31 January, by every method, each beside its own past error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.analysis.backtest import Foresight
from haidang.programme.analysis.curves import PERIODS, Curve, Open, size_of
from haidang.programme.analysis.methods import METHODS, Method
from haidang.programme.analysis.pace import pace
from haidang.programme.service.desk import Desk, wrong
from haidang.programme.service.remembered import unless
from haidang.programme.store import curves as store
from haidang.programme.store.curves import Course
from haidang.programme.store.stamp import Stamp, past_touched
from haidang.programme.store.stamp import stamp as stamped

PAST_YEARS = 10
ASKED_MAX = 2_000
"""Projects that one answer foresees."""


def period_of(year: int, on: date) -> int:
    """Return how many periods of a plan year are over on a day: 0 before February, 13 after January."""
    months = (on.year - year) * 12 + on.month - 1
    return max(0, min(PERIODS, months))


async def years_over(connection: Connection, principal: Principal, on: date) -> list[Curve]:
    """Return the curves of every plan year that is over, of the projects that the asker may see."""
    last = on.year - 1 if on.month > 1 else on.year - 2
    found = await store.courses(connection, first=last - PAST_YEARS + 1, last=last, cutoff=on)
    return [_curve(course) for course in _told(found) if _sees(principal, course)]


async def forecast(
    connection: Connection, desk: Desk, principal: Principal, *, program_id: int | None, year: int
) -> dict[str, Any]:
    """Return each project's year as the methods foresee it at the end of the last period that is over.

    The past that it is compared with is the whole register's: shares of plans, by class; no project of
    another unit is named. Raises ``Problem`` where the year has not begun, is over, or has too many projects.
    """
    today = desk.today()
    period = period_of(year, today)
    if not 1 <= period < PERIODS:
        raise wrong("year", "chưa hết kỳ nào, hoặc đã hết các kỳ", "no period is over, or all are", str(year))
    here = await store.courses(connection, first=year, last=year, cutoff=today, program=program_id)
    seen = [course for course in here if _sees(principal, course)]
    if len(seen) > ASKED_MAX:
        raise wrong("program", f"hơn {ASKED_MAX} dự án", f"more than {ASKED_MAX} projects")
    foresight = await history(connection, year=year, today=today)
    body = await asyncio.to_thread(_foreseen, seen, foresight, period)
    return {"year": year, "period": period, "as_of": today.isoformat()} | body


async def history(connection: Connection, *, year: int, today: date, stamp: Stamp | None = None) -> Foresight:
    """Return the methods over the years before a year that are over on a day, of the whole register."""
    over = min(year - 1, today.year - 1 if today.month > 1 else today.year - 2)
    first = year - PAST_YEARS

    seen = stamp or await stamped(connection)

    async def read() -> Foresight:
        sample = await store.sample(connection, first=first, last=over)
        past = await store.courses(connection, first=first, last=over, cutoff=today, projects=sample)
        return Foresight([_curve(course) for course in _told(past)])

    async def touched(since: Stamp) -> bool:
        return await past_touched(connection, since, over + 1)

    return await unless(seen, ("past", first, over), read, touched)


def _foreseen(seen: Sequence[Course], foresight: Foresight, period: int) -> dict[str, Any]:
    best = foresight.best(period)
    ones = [opened(course, period) for course in seen]
    projects = []
    for course, one in zip(seen, ones, strict=True):
        projects.append({
            "id": course.project_id, "public_id": course.public_id, "name": course.name,
            "owner_org": course.owner_org,
            "plan_dong": course.plan_dong, "paid_dong": one.paid_dong[-1],
            "forecasts": [_row(foresight, one, method) for method in METHODS],
            "pace": msgspec.to_builtins(
                pace(
                    plan_dong=course.plan_dong, paid_dong=max(0, sum(course.paid)),
                    accepted_dong=course.accepted_dong, period=period,
                )
            ),
        })  # fmt: skip
    total = None if best is None else foresight.total(ones, best)
    return {
        "method": best,
        "methods": [_method(foresight, method, period) for method in METHODS],
        "past": {
            "project_years": len(foresight.past.curves),
            "years": sorted({curve.year for curve in foresight.past.curves}),
        },
        "total": {
            "plan_dong": sum(course.plan_dong for course in seen),
            "paid_dong": sum(one.paid_dong[-1] for one in ones),
            "p10_dong": total and total[0], "p50_dong": total and total[1], "p90_dong": total and total[2],
        },
        "projects": projects,
    }  # fmt: skip


def _row(foresight: Foresight, one: Open, method: Method) -> dict[str, Any]:
    found = foresight.forecast(one, method)
    if found is None:
        return {"method": method, "missing": "not_enough_history"}
    shares = {"p10": found.low, "p50": found.share, "p90": found.high}
    return {"method": method} | {
        f"{name}_dong": round(share * one.plan_dong) for name, share in shares.items()
    }


def _method(foresight: Foresight, method: Method, period: int) -> dict[str, Any]:
    """Return a method's words and its own past error at this period."""
    vi, en = METHODS[method]
    values = [abs(float(value)) for found in foresight.residuals(method, period).values() for value in found]
    return {
        "method": method, "vi": vi, "en": en, "comparable": len(values),
        "error_points": round(100 * sum(values) / len(values), 2) if values else None,
    }  # fmt: skip


def _told(past: Sequence[Course]) -> list[Course]:
    """Return the years whose payments the register was told of: missing is not zero.

    A plan sheet of a past year brings plans alone; where nothing at all was paid of an owner's plans of a
    year, its payments were never entered.
    """
    told = {(course.owner_org, course.year) for course in past if any(course.paid)}
    return [course for course in past if (course.owner_org, course.year) in told]


def _curve(course: Course) -> Curve:
    return Curve(
        project=course.public_id, year=course.year, plan_dong=course.plan_dong,
        paid_dong=tuple(accumulate(course.paid)), promised_dong=course.promised, owner=str(course.owner_org),
        sector=course.sector, phase=course.phase, size=size_of(course.plan_dong),
    )  # fmt: skip


def opened(course: Course, period: int) -> Open:
    """Return a project's year as it stood at the end of a period."""
    return Open(
        project=course.public_id, plan_dong=course.plan_dong,
        paid_dong=tuple(accumulate(course.paid))[:period], promised_dong=course.promised,
        owner=str(course.owner_org), sector=course.sector, phase=course.phase, size=size_of(course.plan_dong),
    )  # fmt: skip


def _sees(principal: Principal, course: Course) -> bool:
    return any(
        principal.may("programme.read", org_id=org, area_code=course.area_code, sector=course.sector or None)
        for org in course.orgs
    )
