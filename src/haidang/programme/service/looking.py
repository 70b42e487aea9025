"""Plans and money of a programme as one asker may see them: whole, or of the projects in sight."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.model.plans import PlanKind
from haidang.programme.service import money, nodes, plans, programs
from haidang.programme.service.desk import Desk, wrong
from haidang.programme.service.money import Cut
from haidang.programme.store import nodes as node_store
from haidang.programme.store import payments, register, rows, unspent

YEARS = (1990, 2100)


class When(msgspec.Struct, frozen=True, kw_only=True):
    """Of which year, and by which clocks; what is left out is today and now."""

    year: int
    valid_on: date | None = None
    known_at: datetime | None = None
    cutoff: date | None = None


async def _sight(
    connection: Connection, principal: Principal, program_id: int
) -> tuple[bool, dict[int, str]]:
    """Return whether the asker sees the whole programme, and the names of its projects in sight."""
    program = await programs.visible(connection, principal, program_id)
    names = await register.names_in_sight(connection, principal, program_id)
    whole = principal.may("programme.read", org_id=program.owner_org)
    return whole and len(names) == await register.count(connection, program_id), names


async def tree(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    when: When,
    *,
    plan_kind: PlanKind,
) -> dict[str, Any]:  # fmt: skip
    """Return a year's lines with their sums, over all of it or over the projects in sight.

    Who sees a part is shown the lines above it, with sums of that part, and no printed totals.
    """
    whole, names = await _sight(connection, principal, program_id)
    found = await nodes.tree(
        connection, program_id, when.year, valid_on=when.valid_on or desk.today(),
        known_at=when.known_at or desk.now(), plan_kind=plan_kind,
        only=None if whole else set(names),
    )  # fmt: skip
    return {
        "whole": whole, "year": when.year, "plan_kind": plan_kind, "valid_on": found.valid_on,
        "known_at": found.known_at, "years": await node_store.years(connection, program_id),
        "nodes": [
            {"id": each.node.id, "version": each.node.version, "parent_id": each.node.parent_id,
             "depth": each.depth, "kind": each.node.kind, "number": each.node.number, "name": each.node.name,
             "phase": each.node.phase, "own_dong": each.own_dong, "projects_dong": each.projects_dong,
             "total_dong": each.total_dong, "projects": each.projects, "stated_on": each.node.stated_on,
             "stated_dong": each.node.stated_dong if whole else None,
             "difference_dong": each.difference_dong if whole else None,
             "lines": [
                 {"project_id": line.project_id, "number": line.number, "name": names[line.project_id],
                  "amount_dong": line.amount_dong}
                 for line in found.projects.get(each.node.id, []) if line.project_id in names
             ]}
            for each in found.branches if whole or each.projects
        ],
        "report": nodes.report_of(found) if whole else None,
    }  # fmt: skip


async def beside(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    when: When,
    *,
    plan_kind: PlanKind,
) -> dict[str, Any]:
    """Return initial and current plan side by side, whole or of the projects in sight."""
    whole, names = await _sight(connection, principal, program_id)
    day, known = when.valid_on or desk.today(), when.known_at or desk.now()
    found = await plans.side_by_side(connection, program_id, when.year, day, known, plan_kind=plan_kind)
    seen = [each for each in found if whole or each.line.project_id in names]
    lines = await rows.names(
        connection, "plan_node", "name", [each.line.node_id for each in seen if each.line.node_id]
    )
    items = [
        dict(msgspec.to_builtins(each.line)) | {
            "name": names.get(each.line.project_id or 0) or lines.get(each.line.node_id or 0),
            "initial_dong": each.initial_dong, "initial_on": each.initial_on,
            "current_dong": each.current_dong, "current_from": each.current_from,
            "current_decision": each.current_decision,
        }
        for each in seen
    ]  # fmt: skip
    return {
        "whole": whole, "year": when.year, "plan_kind": plan_kind, "valid_on": day, "known_at": known,
        "items": items,
        "initial_dong": sum(each.initial_dong or 0 for each in seen),
        "current_dong": sum(each.current_dong or 0 for each in seen),
    }  # fmt: skip


async def money_of(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    when: When,
    *,
    by: str | None,
) -> dict[str, Any]:
    """Return plans, payments and rates of a programme, or of those of its projects that are in sight."""
    whole, names = await _sight(connection, principal, program_id)
    today = desk.today()
    cut = Cut(
        plan_year=when.year, plan_as_of=when.valid_on or today, cutoff=when.cutoff or today,
        known_at=when.known_at or desk.now(),
    )  # fmt: skip
    projects = None if whole else sorted(names)
    found = money.shown(await money.standing(connection, program_id, cut, projects=projects))
    found["whole"] = whole
    if by is not None:
        split = await payments.disbursed(
            connection, [by], program=program_id, projects=projects, year=when.year, cutoff=cut.cutoff,
            known_at=cut.known_at,
        )  # fmt: skip
        found["by"] = by
        found["split"] = [
            {"key": key, "disbursed": money.disbursed_shown(each)}
            for (key,), each in sorted(split.items(), key=lambda item: str(item[0][0]))
        ]
    return found


async def left_over(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, year: int
) -> dict[str, Any]:
    """Return what a year's plan has left: paid, carried over by a decision, and what lapses with 31 January.

    Before that day nothing has lapsed; ``lapsed_dong`` is then what would.
    """
    if not YEARS[0] <= year <= YEARS[1]:
        raise wrong("year", "từ {} đến {}".format(*YEARS), "{} to {}".format(*YEARS), str(year))
    whole, names = await _sight(connection, principal, program_id)
    found = await unspent.of_year(connection, program_id, year, desk.today(), None if whole else set(names))
    totals = {
        name: sum(each[name] for each in found)
        for name in ("plan_dong", "paid_dong", "unspent_dong", "carried_over_dong", "lapsed_dong")
    }
    closes = date(year + 1, 1, 31)
    return {
        "year": year, "closes_on": closes, "closed": desk.today() > closes, "whole": whole, "items": found,
        "totals": totals,
    }  # fmt: skip
