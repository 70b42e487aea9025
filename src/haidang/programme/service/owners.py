"""An owner's page: its projects of a year, promises kept, what stands in the way, what it owes."""

from __future__ import annotations

from typing import Any

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.service import board, flags, rates
from haidang.programme.service.bottlenecks import CAUSES
from haidang.programme.service.desk import Desk
from haidang.programme.service.scene import scene
from haidang.programme.store import figures
from haidang.programme.store import parties as store

PROGRAMS_MAX = 20


async def owner(
    connection: Connection, desk: Desk, principal: Principal, org_id: int, year: int, *, program: int | None
) -> dict[str, Any]:
    """Return how a unit stands with the projects that it owns and the asker sees."""
    mine = await figures.briefs(connection, principal, owner=org_id, program=program)
    if not mine:
        raise missing("Không có chủ đầu tư này.", "There is no such owner.")
    items: list[dict[str, Any]] = []
    raised: list[dict[str, Any]] = []
    for number in sorted({each.program_id for each in mine.values()})[:PROGRAMS_MAX]:
        shown = await board.board(connection, desk, principal, number, year, owner=org_id)
        items += shown["items"]
        at = await scene(connection, desk, principal, number, year)
        tasks = await flags.follow_ups(connection, year)
        found = await flags.look(connection, desk, at)
        raised += [
            flags.told(at, each, tasks.get(flags.source_of(each.project, each.code, year)))
            for each in found.raised
            if each.project in mine
        ]
    promised = await store.promises(connection, mine, year, desk.today())
    blocks = await store.bottlenecks(connection, mine)
    owed = await store.owed(connection, principal, org_id, desk.now())
    first = next(iter(mine.values()))
    return {
        "owner": {"id": org_id, "name": first.owner},
        "year": year,
        "as_of": desk.today(),
        "programs": sorted({each.program_id for each in mine.values()}),
        "totals": _totals(items),
        "projects": items,
        "promises": _promises(promised, year, desk),
        "bottlenecks": [
            each
            | {
                "project": mine[each["project_id"]].named(),
                "cause_vi": CAUSES[each["cause"]][0],
                "cause_en": CAUSES[each["cause"]][1],
            }
            for each in blocks
        ],
        "flags": raised,
        "tasks": owed,
        "directives": [each for each in owed if each["source_kind"] == "directive"],
        "simulated": any(each.simulated for each in mine.values()),
    }


def _totals(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the rows come to; a sum whose every part is missing is missing."""
    sums: dict[str, Any] = {"projects": len(items)}
    for name in (
        "initial_dong",
        "current_dong",
        "paid_dong",
        "paid_carry_over_dong",
        "outstanding_advance_dong",
        "total_dong",
    ):
        known = [each[name] for each in items if each[name] is not None]
        sums[name] = sum(known) if known else None
        sums[name.replace("_dong", "_missing")] = len(items) - len(known)
    return sums


def _promises(found: list[tuple[int, int | None, int, int]], year: int, desk: Desk) -> dict[str, Any]:
    """Return promised against paid by month; a month that runs is neither kept nor broken."""
    today = desk.today()
    rows = []
    for period, promised, paid, projects in found:
        over = rates.period_days(year, period)[1] < today
        kept = None if promised is None or not over else paid >= promised
        rows.append(
            {
                "period": period,
                "promised_dong": promised,
                "paid_dong": paid,
                "projects": projects,
                "kept": kept,
                "over": over,
            }
        )
    judged = [row for row in rows if row["kept"] is not None]
    return {
        "rows": rows,
        "kept": sum(row["kept"] for row in judged),
        "broken": sum(not row["kept"] for row in judged),
        "promised_dong": sum(row["promised_dong"] for row in judged) if judged else None,
        "paid_dong": sum(row["paid_dong"] for row in judged) if judged else None,
    }
