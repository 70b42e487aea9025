"""The S-curve of a project's plan year: promised, estimated and paid, cumulative, with its end foreseen."""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.analysis.curves import PERIODS
from haidang.programme.analysis.pace import GOAL
from haidang.programme.model.register import Decision
from haidang.programme.service import plans
from haidang.programme.service.desk import Desk, visible
from haidang.programme.service.outlook import of_project, said
from haidang.programme.store import course, rows


async def curve(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, year: int
) -> dict[str, Any]:
    """Return the year of a project by its 13 periods; what has not come yet is null, not zero.

    Estimated and paid stand beside each other and have no common sum.
    """
    project = await visible(connection, principal, project_id)
    today, now = desk.today(), desk.now()
    beside = await plans.side_by_side(connection, project.program_id, year, today, now, projects=[project_id])
    carried = await plans.side_by_side(
        connection, project.program_id, year, today, now, plan_kind="carry_over", projects=[project_id]
    )
    money = {each["period"]: each for each in await course.year_money(connection, project_id, year, today)}
    promised = {
        period: amount
        for (_, period), amount in (await course.promises(connection, project_id, year)).items()
    }
    told = [money.get(period, {}).get("estimate_dong") for period in range(1, PERIODS + 1)]
    last_told = max((number for number, amount in enumerate(told, 1) if amount is not None), default=0)
    begun = sum(_begins(year, period) <= today for period in range(1, PERIODS + 1))
    paid = list(accumulate((money.get(period, {}).get("paid_dong") or 0) for period in range(1, PERIODS + 1)))
    committed = list(accumulate(promised.get(period, 0) for period in range(1, PERIODS + 1)))
    estimated = list(accumulate(amount or 0 for amount in told))
    ahead = await of_project(
        connection, project=project_id, program=project.program_id, year=year, today=today
    )
    return {
        "project": {"id": project.id, "public_id": project.public_id, "name": project.name},
        "year": year,
        "plan": await _plan(connection, beside) | {"carry_over_dong": _held(carried)},
        "periods": [
            {
                "period": period,
                "label": label(year, period),
                "from": _begins(year, period),
                "committed_dong": committed[period - 1] if promised else None,
                "estimate_dong": estimated[period - 1] if period <= last_told else None,
                "paid_dong": paid[period - 1] if period <= begun else None,
            }
            for period in range(1, PERIODS + 1)
        ],
        "forecast": said(ahead.by_project.get(project_id), ahead.errors, ahead.reason),
        "goal_share": float(GOAL),
        "as_of": today,
        "simulated": project.simulated,
    }


def _held(found: list[plans.Beside]) -> int | None:
    """Return what lines come to now; None where no decision has set any."""
    known = [each.current_dong for each in found if each.current_dong is not None]
    return sum(known) if known else None


async def _plan(connection: Connection, beside: list[plans.Beside]) -> dict[str, Any]:
    """Return the plan as first assigned and as it stands over all sources, with its latest decision."""
    sums: dict[str, int | None] = {}
    for name in ("initial_dong", "current_dong"):
        known = [amount for each in beside if (amount := getattr(each, name)) is not None]
        sums[name] = sum(known) if known else None
    last = max(
        (each for each in beside if each.current_from),
        key=lambda each: each.current_from or date.min,
        default=None,
    )
    decision = None
    if last is not None and last.current_decision is not None:
        found = await rows.get(connection, "programme_decision", Decision, last.current_decision)
        decision = found and {"doc_number": found.doc_number, "signed_on": found.signed_on}
    return sums | {"decision": decision, "current_from": last.current_from if last else None}


def label(year: int, period: int) -> str:
    """Return the month of a period as people write it."""
    return f"{period:02}/{year}" if period < PERIODS else f"01/{year + 1}"


def _begins(year: int, period: int) -> date:
    return date(year, period, 1) if period < PERIODS else date(year + 1, 1, 1)
