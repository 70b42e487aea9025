"""Capital plans: revising many lines at once, and what held when by what was known when."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.model.plans import Line, Plan, PlanKind, Revision, revised, spans_of
from haidang.programme.model.register import Decision, FundSource, Node, Program
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, balanced, holds, record, require, wrong
from haidang.programme.store import plans, register, rows

MANY_MAX = 20_000


class Revised(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch of revisions came to."""

    added: int
    """Lines that had no amount before."""
    changed: int
    unchanged: int
    """Revisions that say what held already."""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """A line with the plan as first assigned and as it stands, each with its day and decision."""

    line: Line
    initial_dong: int | None
    initial_on: date | None
    current_dong: int | None
    current_from: date | None
    current_decision: int | None


async def revise(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    revisions: Sequence[Revision],
) -> Revised:
    """Let decisions set the amounts of many lines of a programme; all of them, or none.

    Nothing is updated: what they touch is superseded and stays readable. ``Problem`` (403) where the asker
    does not decide on a project's plan, (409) where more would be allocated than planned.
    """
    if len(revisions) > MANY_MAX:
        raise wrong("revisions", f"tối đa {MANY_MAX}", f"{MANY_MAX} at most")
    program = await programs.visible(connection, principal, program_id)
    await _check(connection, principal, program, revisions)
    lines = {revision.line for revision in revisions}
    await plans.hold(connection, lines)
    known = await plans.known(connection, lines)
    now = _after(desk.now(), known)
    gone: list[int] = []
    new: list[Plan] = []
    added = changed = 0
    for line, of_line in _by_line(revisions).items():
        before = spans_of(known.get(line, []))
        after = before
        for revision in of_line:
            after = revised(after, revision)
        if after == before:
            continue
        kept = {span.row for span in after}
        gone += [span.row for span in before if span.row is not None and span.row not in kept]
        new += [
            Plan(
                id=0, program_id=program_id, project_id=line.project_id, node_id=line.node_id,
                fund_source_id=line.fund_source_id, plan_kind=line.plan_kind, plan_year=line.plan_year,
                plan_year_to=line.plan_year_to, amount_dong=span.amount_dong, decision_id=span.decision_id,
                valid_from=span.since, valid_to=span.until, recorded_at=now, created_by=principal.id,
            )
            for span in after
            if span.row is None
        ]  # fmt: skip
        added, changed = added + (not before), changed + bool(before)
    result = Revised(added=added, changed=changed, unchanged=len(lines) - added - changed)
    if new:
        body = await _write(connection, gone, new, now)
        await record(
            connection, desk, principal.id, action="plan.revise", subject=f"program:{program.id}",
            about=program, body=body | msgspec.to_builtins(result),
        )  # fmt: skip
    return result


async def _write(connection: Connection, gone: list[int], new: list[Plan], now: datetime) -> dict[str, Any]:
    """Supersede and add rows; return what the log says of them."""
    ids = await rows.fresh_ids(connection, "capital_plan", len(new))
    new = [msgspec.structs.replace(plan, id=number) for plan, number in zip(new, ids, strict=True)]
    with balanced():
        await plans.supersede(connection, gone, now)
        await plans.insert(connection, new)
        await rows.settle(connection)
    return {
        "rows": len(new), "superseded": len(gone), "first": new[0].id, "last": new[-1].id,
        "sum_dong": sum(plan.amount_dong for plan in new),
        "sha256": hashlib.sha256(msgspec.json.encode(new)).hexdigest(),
        "decisions": sorted({plan.decision_id for plan in new})[:100],
    }  # fmt: skip


def _by_line(revisions: Sequence[Revision]) -> dict[Line, list[Revision]]:
    found: dict[Line, list[Revision]] = {}
    for revision in revisions:
        found.setdefault(revision.line, []).append(revision)
    return found


def _after(now: datetime, known: dict[Line, list[Plan]]) -> datetime:
    """Return the moment of recording: never before what it supersedes, even where a clock went back."""
    return max([now, *(plan.recorded_at for of_line in known.values() for plan in of_line)])


async def transfer(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    *,
    source: Line,
    target: Line,
    amount_dong: int,
    decision_id: int,
    valid_from: date,
) -> Revised:
    """Move an amount from one line to another from a day on; together they hold as much as before."""
    if source == target or amount_dong <= 0:
        raise wrong("amount_dong", "cần hai dòng khác nhau và số dương", "needs two lines and an amount")
    await plans.hold(connection, [source, target])
    known = await plans.known(connection, [source, target])
    revisions: list[Revision] = []
    for line, change in ((source, -amount_dong), (target, amount_dong)):
        spans = spans_of(known.get(line, []))
        days = {valid_from} | {span.since for span in spans if span.since > valid_from}
        for day in sorted(days):
            covering = next((span for span in spans if span.covers(day)), None)
            left = (covering.amount_dong if covering else 0) + change
            if left < 0:
                raise wrong("amount_dong", "lớn hơn kế hoạch của dòng chuyển", "more than the line has")
            revisions.append(
                Revision(
                    project_id=line.project_id, node_id=line.node_id, fund_source_id=line.fund_source_id,
                    plan_kind=line.plan_kind, plan_year=line.plan_year, plan_year_to=line.plan_year_to,
                    amount_dong=left, decision_id=decision_id, valid_from=day,
                )
            )  # fmt: skip
    return await revise(connection, desk, principal, program_id, revisions)


async def _check(
    connection: Connection, principal: Principal, program: Program, revisions: Sequence[Revision]
) -> None:
    """Raise ``Problem`` for lines, sources or decisions that are not of the programme, or not the asker's."""
    if any((each.project_id is None) == (each.node_id is None) for each in revisions):
        raise wrong("project_id", "một dự án hoặc một dòng", "either a project or a line")
    asked = {each.project_id for each in revisions if each.project_id is not None}
    projects = await register.of_program(connection, program.id, asked)
    for project in projects.values():
        if not principal.may("programme.plan", org_id=program.owner_org):
            require(principal, "programme.plan", project)
        if not holds(principal, "programme.read", project, *project.orgs):
            raise wrong("project_id", "không có dự án này", "there is no such project", str(project.id))
    wanted = {each.node_id for each in revisions if each.node_id is not None}
    if wanted:
        principal.require("programme.plan", org_id=program.owner_org)
    nodes = {
        node.id: node
        for node in await rows.where(
            connection, "plan_node", Node, program_id=program.id, id=sorted(wanted), limit=MANY_MAX
        )
    }
    _known("project_id", asked, set(projects))
    _known("node_id", wanted, set(nodes))
    sources = {each.id for each in await rows.where(connection, "fund_source", FundSource)}
    _known("fund_source_id", {each.fund_source_id for each in revisions}, sources)
    decisions = {each.decision_id for each in revisions}
    found = await rows.where(
        connection, "programme_decision", Decision, program_id=program.id, id=sorted(decisions)
    )
    _known("decision_id", decisions, {each.id for each in found})
    for each in revisions:
        if each.node_id is not None and nodes[each.node_id].plan_year != each.plan_year:
            raise wrong("plan_year", "khác năm của dòng", "is not the line's year", str(each.plan_year))
        until = each.line.plan_year_to
        if until < each.plan_year or (each.plan_kind != "medium" and until != each.plan_year):
            raise wrong("plan_year_to", "chỉ cho kế hoạch trung hạn", "is for a medium-term plan only")


def _known(field: str, asked: Collection[int], found: Collection[int]) -> None:
    unknown = set(asked) - set(found)
    if unknown:
        listed = ", ".join(str(number) for number in sorted(unknown)[:20])
        raise wrong(field, "không thuộc chương trình này", "is not of this programme", listed)


async def plan_as_of(
    connection: Connection,
    program_id: int,
    valid_on: date,
    known_at: datetime,
    *,
    year: int | None = None,
    projects: Collection[int] | None = None,
) -> list[Plan]:
    """Return the amounts that held on a day by what was known at a moment: any past report again."""
    return await plans.as_of(
        connection, program_id, valid_on=valid_on, known_at=known_at, year=year, projects=projects
    )


async def side_by_side(
    connection: Connection,
    program_id: int,
    year: int,
    valid_on: date,
    known_at: datetime,
    *,
    plan_kind: PlanKind = "annual",
    projects: Collection[int] | None = None,
) -> list[Beside]:
    """Return each line's plan as first assigned beside the one that held on a day, both with their days.

    First assigned is what the first decision of the year gave; a project that came later has none.
    """
    first = await plans.first_day(connection, program_id, year, plan_kind, known_at)
    if first is None:
        return []
    held = {
        name: {
            plan.line: plan
            for plan in await plans.as_of(
                connection,
                program_id,
                valid_on=day,
                known_at=known_at,
                year=year,
                kind=plan_kind,
                projects=projects,
            )
        }
        for name, day in (("initial", first), ("current", max(valid_on, first)))
    }
    found = []
    for line in dict.fromkeys((*held["initial"], *held["current"])):
        initial, current = held["initial"].get(line), held["current"].get(line)
        found.append(
            Beside(
                line=line, initial_dong=initial.amount_dong if initial else None,
                initial_on=initial.valid_from if initial else None,
                current_dong=current.amount_dong if current else None,
                current_from=current.valid_from if current else None,
                current_decision=current.decision_id if current else None,
            )
        )  # fmt: skip
    return found
