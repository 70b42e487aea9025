"""Who will miss the goal, what reaching it takes a month, and between whom money could move."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.analysis.curves import PERIODS
from haidang.programme.analysis.pace import GOAL, Budgeted, moves, pace
from haidang.programme.service import flag_words
from haidang.programme.service.desk import Desk
from haidang.programme.service.flags import Look, Raised, look
from haidang.programme.service.outlook import Ahead, courses, outlook, said, total
from haidang.programme.service.remembered import by_project
from haidang.programme.service.scene import Scene, scene
from haidang.programme.store import facts as store
from haidang.programme.store.figures import Brief

LIMIT_MAX = 500
ROWS, ROWS_MAX = 1_000, 10_000
"""Rows of the pace that one answer has; its total is of all."""
MOVES_MAX = 500
WHY: dict[str, tuple[str, str]] = {
    "reached": ("đã đạt mục tiêu", "the goal is reached"),
    "by_volume": (
        "khối lượng đã nghiệm thu đủ để thanh toán đạt mục tiêu",
        "what was accepted suffices to reach the goal",
    ),
    "needs_volume": (
        "khối lượng đã nghiệm thu chưa đủ, cần nghiệm thu thêm",
        "what was accepted does not suffice: more volume is needed",
    ),
    "too_late": ("không còn kỳ nào trong năm kế hoạch", "no period of the plan year is left"),
}
_ALLOWED = {"reached": True, "by_volume": True, "needs_volume": False, "too_late": False}


async def risks(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, year: int, *, limit: int
) -> dict[str, Any]:
    """Return the projects that are foreseen to miss the goal or are flagged, the largest shortfall first."""
    at = await scene(connection, desk, principal, program_id, year)
    found = await look(connection, desk, at)
    by_project: dict[int, list[Raised]] = {}
    for each in found.raised:
        by_project.setdefault(each.project, []).append(each)
    lines = []
    for number, ahead in found.outlook.by_project.items():
        short = _shortfall(ahead)
        reasons = by_project.get(number, [])
        if short or reasons:
            lines.append((-(short or 0), -len(reasons), -ahead.course.plan_dong, number))
    lines.sort()
    shown = [number for *_, number in lines[:limit]]
    tasks = await store.open_bottlenecks(connection, shown)
    items = [
        _risk(at, found, found.outlook.by_project[number], by_project.get(number, []), tasks.get(number))
        for number in shown
    ]
    foreseen = [short for short, *_ in lines if short]
    ends = await total(connection, at, found.outlook)
    return at.head() | {
        "goal_share": float(GOAL), "count": len(lines),
        "items": [item | {"rank": number} for number, item in enumerate(items, 1)],
        "method": found.outlook.method, "reason": found.outlook.reason,
        "total": {
            **_sums(found.outlook.by_project.values()),
            "shortfall_dong": None if found.outlook.method is None else -sum(foreseen),
            "p10_dong": ends and ends[0], "p50_dong": ends and ends[1], "p90_dong": ends and ends[2],
        },
    }  # fmt: skip


def _shortfall(ahead: Ahead) -> int | None:
    """Return what P50 lacks to the goal; None where nothing is foreseen."""
    if ahead.forecast is None:
        return None
    return max(0, _goal(ahead.course.plan_dong, GOAL) - ahead.dong(ahead.forecast.share))


def _risk(
    at: Scene, found: Look, ahead: Ahead, raised: Collection[Raised], task: int | None
) -> dict[str, Any]:
    """Return a project of the late-risk list."""
    plan = ahead.course.plan_dong
    foreseen = said(ahead, found.outlook.errors, found.outlook.reason)
    reasons = []
    for each in raised:
        vi, en = flag_words.titles(each.code)
        seen_vi, seen_en = flag_words.found_words(each.code, each.value, each.limit)
        reasons.append({"code": each.code, "vi": f"{vi}: {seen_vi}", "en": f"{en}: {seen_en}"})
    brief = at.projects[ahead.course.project_id]
    return {
        "project": brief.named(),
        "owner": brief.named()["owner"],
        "plan_dong": plan,
        "paid_dong": ahead.paid_dong,
        "rate": at.ratio(ahead.paid_dong, plan),
        "goal_dong": _goal(plan, GOAL),
        "p10_dong": foreseen["p10_dong"],
        "p50_dong": foreseen["p50_dong"],
        "p90_dong": foreseen["p90_dong"],
        "forecast": foreseen,
        "shortfall_dong": _shortfall(ahead),
        "reasons": reasons,
        "task_id": task,
    }


def _goal(plan: int, goal: Decimal) -> int:
    aim = Decimal(plan) * goal
    return int(aim) + (aim > int(aim))


def _sums(found: Iterable[Ahead]) -> dict[str, int]:
    rows = list(found)
    return {
        "plan_dong": sum(each.course.plan_dong for each in rows),
        "paid_dong": sum(each.paid_dong for each in rows),
    }


async def paces(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    year: int,
    *,
    goal: Decimal = GOAL,
    by: Literal["project", "owner"] = "project",
    limit: int = ROWS,
) -> dict[str, Any]:
    """Return what each project or owner must pay a month to reach a goal, and whether volume allows it."""
    at = await scene(connection, desk, principal, program_id, year)
    ahead = await courses(connection, at)

    async def read(projects: Collection[int] | None) -> dict[int, int]:
        return await store.unpaid(connection, program_id, at.today, projects)

    unpaid = await by_project(connection, at.stamp, at.key("unpaid"), read)
    lines = [
        _Line(at.projects[number], each, unpaid.get(number, 0), at.period, goal)
        for number, each in ahead.items()
    ]
    groups: dict[int, list[_Line]] = {}
    for line in lines:
        groups.setdefault(line.brief.owner_org if by == "owner" else line.brief.id, []).append(line)
    ordered = sorted(
        groups.values(), key=lambda of: (-sum(each.pace.monthly_dong or 0 for each in of), of[0].brief.id)
    )
    return at.head() | {
        "goal_share": float(goal), "by": by, "left_months": PERIODS - at.period, "count": len(ordered),
        "rows": [_named(of[0].brief, by) | _paced(of, at.period) for of in ordered[:limit]],
        "total": _paced(lines, at.period),
    }  # fmt: skip


def _named(brief: Brief, by: str) -> dict[str, Any]:
    named = brief.named()
    return {"owner": named["owner"]} if by == "owner" else {"project": named, "owner": named["owner"]}


class _Line:
    """A project's year as far as its pace is concerned."""

    def __init__(self, brief: Brief, ahead: Ahead, unpaid: int, period: int, goal: Decimal) -> None:
        self.brief = brief
        self.plan = ahead.course.plan_dong
        self.paid = ahead.paid_dong
        self.unpaid = unpaid
        # A year that gave more back than it paid begins from zero.
        paid = max(0, self.paid)
        self.pace = pace(
            plan_dong=self.plan, paid_dong=paid, accepted_dong=paid + unpaid, period=period, goal=goal
        )


def _paced(lines: Collection[_Line], period: int) -> dict[str, Any]:
    """Return the pace of projects together: sums of their own, since volume of one does not pay another."""
    found = [line.pace for line in lines]
    codes = {each.allowed for each in found}
    code = next(
        (name for name in ("too_late", "needs_volume", "by_volume", "reached") if name in codes), None
    )
    vi, en = WHY[code] if code else (None, None)
    monthly = [each.monthly_dong for each in found]
    return {
        "plan_dong": sum(line.plan for line in lines),
        "paid_dong": sum(line.paid for line in lines),
        "goal_dong": sum(each.goal_dong for each in found),
        "lacking_dong": sum(each.lacking_dong for each in found),
        "needed_per_month_dong": None if None in monthly else sum(each or 0 for each in monthly),
        "usual_per_month_dong": sum(each.usual_dong or 0 for each in found) if period else None,
        "accepted_unpaid_dong": sum(line.unpaid for line in lines),
        "volume_needed_dong": sum(each.volume_dong for each in found),
        "allowed": None if code is None else _ALLOWED[code],
        "code": code,
        "why_vi": vi,
        "why_en": en,
    }


_Sources = tuple[list[dict[str, Any]], int]
"""A project's year by source, and what its contracts and its total leave to be paid."""


async def proposals(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, year: int
) -> dict[str, Any]:
    """Propose what could move between projects in sight within one source; no money moves by itself."""
    at = await scene(connection, desk, principal, program_id, year)
    ahead = await outlook(connection, at)
    known = {number: each for number, each in ahead.by_project.items() if each.forecast is not None}

    async def read(projects: Collection[int] | None) -> dict[int, _Sources]:
        asked = at.projects if projects is None else projects
        room = await store.room(connection, asked, at.today)
        told: dict[int, list[dict[str, Any]]] = {}
        for each in await store.by_source(connection, asked, year=year, on=at.today):
            told.setdefault(each["project_id"], []).append(each)
        return {number: (lines, room.get(number, 0)) for number, lines in told.items()}

    found_of = await (by_project(connection, at.stamp, at.key("sources"), read) if at.whole else read(None))
    lines = [each for number in sorted(known) for each in found_of.get(number, ([], 0))[0]]
    room = {number: left for number, (_, left) in found_of.items()}
    sources = {each["code"]: each["name"] for each in lines}
    budgets = _budgets(known, lines, room)
    found = moves(budgets)
    by_line = {(each.project, each.fund_source): each for each in budgets}
    items = [
        {
            "from": {
                "project": at.projects[int(each.giver)].named(),
                "frees_dong": _frees(by_line[each.giver, each.fund_source]),
            }
            | _gives(by_line[each.giver, each.fund_source]),
            "to": {
                "project": at.projects[int(each.taker)].named(),
                "takes_dong": by_line[each.taker, each.fund_source].absorbable_dong,
            }
            | _takes(by_line[each.taker, each.fund_source]),
            "amount_dong": each.amount_dong,
            "fund_source": {"code": each.fund_source, "name": sources[each.fund_source]},
        }
        for each in found[:MOVES_MAX]
    ]
    return at.head() | {
        "items": items,
        "count": len(found),
        "total_dong": sum(each.amount_dong for each in found),
        "reason": ahead.reason,
        "foreseen": len(known),
        "projects": len(at.projects),
        "note_vi": "Chỉ là đề xuất; điều chuyển vốn cần quyết định của cấp có thẩm quyền.",
        "note_en": "A proposal only; capital moves by a decision of the competent authority.",
    }


def _frees(each: Budgeted) -> int:
    return max(0, each.plan_dong - max(each.certain_dong, each.foreseen_dong))


def _gives(each: Budgeted) -> dict[str, str]:
    return {
        "why_vi": "kể cả khi thuận lợi (P90) cũng không giải ngân hết phần này trước 31/01",
        "why_en": "even at best (P90) this part will not be paid before 31 January",
    }


def _takes(each: Budgeted) -> dict[str, str]:
    return {
        "why_vi": "dự báo giải ngân hết kế hoạch; hợp đồng và tổng mức đầu tư còn cho phép thanh toán thêm",
        "why_en": "foreseen to pay its whole plan; its contracts and decided total leave more to be paid",
    }


def _budgets(
    known: Mapping[int, Ahead], lines: Collection[Mapping[str, Any]], room: Mapping[int, int]
) -> list[Budgeted]:
    """Return each project's year by source: what is foreseen falls evenly on what each has left."""
    own: dict[int, list[Mapping[str, Any]]] = {}
    for line in lines:
        own.setdefault(line["project_id"], []).append(line)
    found: list[Budgeted] = []
    for number, of in own.items():
        ahead = known[number]
        assert ahead.forecast is not None  # noqa: S101 - those without one are not among them
        paid, plan = ahead.paid_dong, ahead.course.plan_dong
        left = max(0, plan - paid)
        likely, most = ahead.dong(ahead.forecast.share), ahead.dong(ahead.forecast.high)
        full = likely >= _goal(plan, GOAL)
        more = max(0, room.get(number, 0) - left) if full else 0
        for line in of:
            if line["carried"]:
                continue
            rest = max(0, line["plan_dong"] - line["paid_dong"])
            found.append(
                Budgeted(
                    project=str(number),
                    fund_source=line["code"],
                    plan_dong=line["plan_dong"],
                    foreseen_dong=line["paid_dong"] + _part(likely - paid, rest, left),
                    certain_dong=line["paid_dong"] + _part(most - paid, rest, left),
                    absorbable_dong=more * line["plan_dong"] // plan,
                )
            )
    return found


def _part(amount: int, of: int, whole: int) -> int:
    """Return the part of an amount that falls on one of several, rounded up: nothing is freed by rounding."""
    return 0 if whole <= 0 else -(-amount * of // whole)
