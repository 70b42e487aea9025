"""The programme board: every project in sight with its plans, what was paid, and what asks for attention."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.model.money import DenominatorKind, Disbursed, Ratio
from haidang.programme.model.plans import PlanKind
from haidang.programme.model.register import Decision, Program
from haidang.programme.service import money, plans, programs, reading
from haidang.programme.service.desk import Desk
from haidang.programme.service.money import Cut
from haidang.programme.service.plans import Beside
from haidang.programme.service.remembered import by_project, remembered
from haidang.programme.store import board as store
from haidang.programme.store import figures, payments, register, rows
from haidang.programme.store import plans as plan_store
from haidang.programme.store.stamp import stamp as stamped

QUIET: dict[str, Any] = {
    "overdue_contracts": 0, "contract_days": None, "milestones": 0, "milestones_met": 0,
    "late_milestones": 0, "milestone_days": None, "bottlenecks": 0,
}  # fmt: skip


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a board was asked for."""

    cut: Cut
    of: DenominatorKind
    source: int | None
    owner: int | None


async def board(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    year: int,
    *,
    of: DenominatorKind = "annual",
    source: int | None = None,
    owner: int | None = None,
) -> dict[str, Any]:
    """Return the projects of a programme that the asker sees, and the total that they come to.

    The plan is the year's, as it holds today; ``elsewhere`` is what stands on lines without a project, so
    that rows and elsewhere together are the total. Who sees a part is shown the total of that part. ``of``
    is what each row's share is a share of; with ``source`` every amount is of that fund source alone, with
    ``owner`` every row is of that unit.
    """
    program = await programs.visible(connection, principal, program_id)
    today, now = desk.today(), desk.now()
    cut = Cut(plan_year=year, plan_as_of=today, cutoff=today, known_at=now)
    asked = Asked(cut=cut, of=of, source=source, owner=owner)

    async def read(projects: Collection[int] | None) -> dict[int, dict[str, Any]]:
        return await _lines(connection, desk, principal, program, asked, only=projects)

    async def rest() -> dict[str, Any]:
        return await _rest(connection, principal, program, asked)

    stamp = await stamped(connection)
    key = (program_id, year, today, of, source, owner, tuple(principal.scopes))
    lines = await by_project(connection, stamp, ("board", *key), read)
    found = await remembered(stamp, ("board's rest", *key), rest)
    # Bottlenecks are their tasks', which change beside the register.
    stuck = await store.bottlenecks(connection, lines)
    return found | {
        "program": msgspec.to_builtins(program), "known_at": now,
        "may_plan": principal.may("programme.plan", org_id=program.owner_org),
        "items": [lines[each] | {"bottlenecks": stuck.get(each, 0)} for each in sorted(lines)],
        "money": found["money"] | {"known_at": now},
    }  # fmt: skip


async def _lines(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program: Program,
    asked: Asked,
    *,
    only: Collection[int] | None,
) -> dict[int, dict[str, Any]]:
    """Return what the board says of each project in sight, or of those of these numbers that are."""
    cut = asked.cut
    names = await register.names_in_sight(connection, principal, program.id) if only is None else only
    projects = {
        number: each for number, each in (await register.in_sight(connection, principal, names)).items()
        if each.program_id == program.id and asked.owner in {None, each.owner_org}
    }  # fmt: skip
    orgs = await rows.names(connection, "org", "name", [each.owner_org for each in projects.values()])
    lines = await reading.lines(
        connection, desk, [(each, orgs[each.owner_org]) for each in projects.values()]
    )
    beside = [
        each for each in await plans.side_by_side(
            connection, program.id, cut.plan_year, cut.plan_as_of, cut.known_at, projects=sorted(projects)
        )
        if asked.source is None or each.line.fund_source_id == asked.source
    ]  # fmt: skip
    decisions = await register.decisions(connection, principal, program.id, None)
    planned = _planned(beside, {each.id: each for each in decisions})
    paid = await payments.disbursed(
        connection, ["project", "carry_over"], program=program.id, projects=sorted(projects),
        year=cut.plan_year, cutoff=cut.cutoff, known_at=cut.known_at, source=asked.source,
    )  # fmt: skip
    bases = await _bases(connection, program.id, cut, planned, of=asked.of, source=asked.source)
    asks = await store.attention(connection, projects, cut.plan_as_of)
    return {
        line["id"]: line | planned.get(line["id"], _planned_nothing())
        | _paid(line["id"], bases.get(line["id"]), paid, cut, asked.of) | QUIET | asks.get(line["id"], {})
        for line in lines
    }  # fmt: skip


async def _rest(
    connection: Connection, principal: Principal, program: Program, asked: Asked
) -> dict[str, Any]:
    """Return what the board says beside its rows: the total that they come to, lines without a project."""
    cut, source = asked.cut, asked.source
    names = await register.names_in_sight(connection, principal, program.id)
    whole = principal.may("programme.read", org_id=program.owner_org)
    whole = whole and asked.owner is None and len(names) == await register.count(connection, program.id)
    if asked.owner is not None:
        projects = await register.in_sight(connection, principal, names)
        names = {number: each.name for number, each in projects.items() if each.owner_org == asked.owner}
    sources, bare = await store.sources(connection, program.id, cut.plan_year, None if whole else names)
    planned: dict[int | None, dict[str, Any]] = {}
    bases: dict[int | None, int | None] = {}
    if whole and bare:
        elsewhere = [
            each for each in await plans.side_by_side(
                connection, program.id, cut.plan_year, cut.plan_as_of, cut.known_at
            )
            if each.line.project_id is None and source in {None, each.line.fund_source_id}
        ]  # fmt: skip
        decisions = await register.decisions(connection, principal, program.id, None)
        planned = _planned(elsewhere, {each.id: each for each in decisions})
        bases = await _bases(connection, program.id, cut, planned, of=asked.of, source=source)
    standing = await money.standing(
        connection, program.id, cut, projects=None if whole else sorted(names), source=source
    )
    paid, _ = await figures.recorded(connection, program.id, cut.plan_year)
    return {
        "payments_recorded": paid,
        "whole": whole, "year": cut.plan_year, "as_of": cut.plan_as_of,
        "years": await store.years(connection, program.id),
        "of": asked.of, "source": source, "sources": sources,
        "elsewhere": planned.get(None, _planned_nothing()) | {"base_dong": bases.get(None)},
        "money": money.shown(standing),
    }  # fmt: skip


def _planned_nothing() -> dict[str, Any]:
    return {"initial_dong": None, "initial_on": None, "current_dong": None, "current_from": None,
            "decision": None}  # fmt: skip


def _planned(beside: list[Beside], decisions: dict[int, Decision]) -> dict[int | None, dict[str, Any]]:
    """Return each project's initial and current plan over all sources, with the latest decision of it."""
    found: dict[int | None, dict[str, Any]] = {}
    for each in beside:
        sums = found.setdefault(each.line.project_id, _planned_nothing())
        for name, amount in (("initial_dong", each.initial_dong), ("current_dong", each.current_dong)):
            if amount is not None:
                sums[name] = (sums[name] or 0) + amount
        if each.initial_on is not None:
            sums["initial_on"] = each.initial_on
        if each.current_from is not None and (
            sums["current_from"] is None or each.current_from >= sums["current_from"]
        ):
            sums["current_from"] = each.current_from
            known = decisions.get(each.current_decision or 0)
            sums["decision"] = known and {"doc_number": known.doc_number, "signed_on": known.signed_on}
    return found


async def _bases(
    connection: Connection,
    program_id: int,
    cut: Cut,
    planned: dict[int | None, dict[str, Any]],
    *,
    of: DenominatorKind,
    source: int | None,
) -> dict[int | None, int | None]:
    """Return what each project's share is a share of; None where no decision has set it."""
    if of == "annual":
        return {project: sums["current_dong"] for project, sums in planned.items()}
    held: dict[int | None, dict[PlanKind, int]] = defaultdict(dict)
    for kind in _kinds_of(of):
        for plan in await plan_store.as_of(
            connection, program_id, valid_on=cut.plan_as_of, known_at=cut.known_at, year=cut.plan_year,
            kind=kind,
        ):  # fmt: skip
            if source is None or plan.fund_source_id == source:
                of_project = held[plan.project_id]
                of_project[kind] = of_project.get(kind, 0) + plan.amount_dong
    found: dict[int | None, int | None] = {}
    for project in {*planned, *held}:
        sums = planned.get(project, _planned_nothing())
        current: dict[PlanKind, int] = {**held[project]}
        if sums["current_dong"] is not None:
            current["annual"] = sums["current_dong"]
        initial: dict[PlanKind, int] = {}
        if sums["initial_dong"] is not None:
            initial["annual"] = sums["initial_dong"]
        found[project] = money.denominators(current, initial)[of]
    return found


def _kinds_of(of: DenominatorKind) -> Collection[PlanKind]:
    """Return the kinds of plan that a denominator needs beside the year's own plan."""
    kinds: tuple[PlanKind, ...] = ("prime_minister", "allocation", "carry_over")
    return [kind for kind in kinds if kind in of]


def _paid(
    project: int,
    base: int | None,
    paid: dict[tuple[Any, ...], Disbursed],
    cut: Cut,
    of: DenominatorKind,
) -> dict[str, Any]:
    """Return what was paid of the year's own plan, the rest beside it, and the share of what is asked."""
    own = paid.get((project, False), Disbursed())
    carried = paid.get((project, True), Disbursed())
    ratio = None
    if base is not None:
        ratio = money.ratio_shown(
            Ratio(numerator_dong=money.numerator(of, own, carried).total_dong, denominator_dong=base,
                  denominator_kind=of, plan_as_of=cut.plan_as_of, cutoff=cut.cutoff)
        )  # fmt: skip
    return {
        "paid_dong": own.total_dong, "paid_carry_over_dong": carried.total_dong, "base_dong": base,
        "outstanding_advance_dong": (own + carried).outstanding_advance_dong, "ratio": ratio,
    }  # fmt: skip
