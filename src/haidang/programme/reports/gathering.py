"""Reading the figures of a report from the register, for the whole of a programme or for one project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.organisation.permissions import Principal
from haidang.organisation.service.letterhead import letterhead
from haidang.programme.analysis.curves import PERIODS
from haidang.programme.model.money import Disbursed
from haidang.programme.model.register import Program, Project
from haidang.programme.reports import store
from haidang.programme.reports.beside import beside
from haidang.programme.reports.missing import missing
from haidang.programme.reports.model import (
    PROJECTS_MAX,
    Amount,
    Figures,
    Foresight,
    Kind,
    Line,
    Notes,
    summed,
)
from haidang.programme.reports.periods import Span, span_of
from haidang.programme.service import foreseeing, money, plans, programs
from haidang.programme.service.desk import Desk, visible, wrong
from haidang.programme.service.money import Cut, Standing
from haidang.programme.store import payments, register, rows
from haidang.programme.store import plans as plan_store

NOT_WHOLE = kind(
    "programme-report-partial",
    403,
    "Báo cáo chương trình cần xem được toàn bộ dự án",
    "A report of a programme needs sight of all its projects",
)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which report of which period."""

    kind: Kind
    period: str
    plan_year: int | None = None
    """Absent: the year of the period; of January also the year before may be reported."""
    deciding: int | None = None
    """Of an overview: only of projects that this authority decides."""
    notes: Notes = Notes()


async def of_program(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    wanted: Wanted,
    *,
    issuer: int | None,
    province: str | None,
) -> Figures:
    """Return the figures of a programme; ``Problem`` (403) where the asker does not see all of it."""
    program = await programs.visible(connection, principal, program_id)
    await all_of(connection, principal, program)
    found = list((await register.of_program(connection, program_id)).values())
    deciding = ""
    if wanted.deciding is not None:
        found = [each for each in found if each.deciding_org == wanted.deciding]
        names = await rows.names(connection, "org", "name", [wanted.deciding])
        if wanted.deciding not in names:
            raise wrong("deciding", "không có đơn vị này", "there is no such unit", str(wanted.deciding))
        deciding = names[wanted.deciding]
    figures = await _figures(
        connection, desk, program, found, wanted, whole=wanted.deciding is None, deciding=deciding,
        issuer=issuer or program.owner_org, province=province,
    )  # fmt: skip
    if wanted.kind == "monthly":
        ahead = await _foresight(connection, desk, principal, program_id, figures.plan_year)
        figures = msgspec.structs.replace(figures, foresight=ahead)
    return figures


async def of_project(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    project_id: int,
    wanted: Wanted,
    *,
    province: str | None,
) -> Figures:
    """Return the figures of the owner's report on a project."""
    project = await visible(connection, principal, project_id)
    program = await rows.get(connection, "program", Program, project.program_id)
    assert program is not None  # noqa: S101 - the schema holds it
    figures = await _figures(
        connection, desk, program, [project], wanted, whole=False, deciding="", issuer=project.owner_org,
        province=province,
    )  # fmt: skip
    return msgspec.structs.replace(figures, project=project.name)


async def all_of(connection: Connection, principal: Principal, program: Program) -> None:
    """Raise ``Problem`` (403) where the asker does not see every project of a programme."""
    names = await register.names_in_sight(connection, principal, program.id)
    whole = principal.may("programme.read", org_id=program.owner_org)
    if not whole or len(names) != await register.count(connection, program.id):
        raise Problem(NOT_WHOLE)


def period_of(desk: Desk, token: str) -> Span:
    """Return the period of a token that has begun; ``Problem`` otherwise."""
    span = span_of(token)
    if span is None:
        raise wrong(
            "period", "2026-03, 2026-Q1, 2026-H1 hoặc 2026", "2026-03, 2026-Q1, 2026-H1 or 2026", token[:20]
        )
    if span.first > desk.today():
        raise wrong("period", "kỳ báo cáo chưa bắt đầu", "the period has not begun", token)
    return span


async def _figures(
    connection: Connection,
    desk: Desk,
    program: Program,
    projects: Sequence[Project],
    wanted: Wanted,
    *,
    whole: bool,
    deciding: str,
    issuer: int,
    province: str | None,
) -> Figures:
    if len(projects) > PROJECTS_MAX:
        raise wrong("program_id", f"quá {PROJECTS_MAX} dự án", f"more than {PROJECTS_MAX} projects")
    span = period_of(desk, wanted.period)
    year = wanted.plan_year or span.first.year
    if year not in {span.first.year, span.first.year - 1}:
        raise wrong(
            "plan_year", "năm của kỳ hoặc năm trước", "the period's year or the one before", str(year)
        )
    now, until = desk.now(), min(span.last, desk.today())
    cut = Cut(plan_year=year, plan_as_of=until, cutoff=until, known_at=now)
    ids = None if whole else [each.id for each in projects]
    standing = await money.standing(connection, program.id, cut, projects=ids)
    asked = store.Asked(
        projects=tuple(each.id for each in projects), first=span.first, last=until, now=now, year=year,
        period=wanted.period, every=wanted.kind == "supervision", initial_on=standing.initial_on,
    )  # fmt: skip
    counts = await store.counts(connection, asked)
    amounts = await _amounts(connection, program, cut, standing, span, ids)
    orgs = await rows.names(connection, "org", "name", _orgs(projects, program))
    lines = tuple(
        _line(each, orgs, counts.get(each.id, {}), amounts.by_project.get(each.id, Amount(source="")))
        for each in projects
    )
    invested, finishes = await _totals(connection, asked)
    lines = tuple(
        msgspec.structs.replace(
            line, total_dong=invested.get(line.id), finish_on=finishes.get(line.id) or line.finish_on
        )
        for line in lines
    )
    told = any(line.paid_dong is not None for line in lines)
    return Figures(
        kind=wanted.kind, agency=await letterhead(connection, issuer, province), program=program.name,
        deciding=deciding, period=wanted.period, plan_year=year, plan_as_of=until, cut_off=now,
        plan_initial_on=standing.initial_on, plan_dong=dict[str, int | None](standing.plan_dong.items()),
        ratios=tuple(standing.ratios) if told else (), elsewhere=amounts.elsewhere, lines=lines,
        sources=tuple(amounts.by_source.values()), **await beside(connection, asked),
        missing=missing(
            wanted.kind, lines, year=year, keeper=orgs[program.owner_org], notes=wanted.notes,
            supervisors=await store.supervisors(connection, asked),
        ),
        notes=wanted.notes, simulated=program.simulated or any(line.simulated for line in lines),
    )  # fmt: skip


def _orgs(projects: Sequence[Project], program: Program) -> set[int]:
    deciding = {each.deciding_org for each in projects if each.deciding_org is not None}
    return {program.owner_org, *(each.owner_org for each in projects), *deciding}


def _line(project: Project, orgs: Mapping[int, str], counts: dict[str, Any], amount: Amount) -> Line:
    counts = dict(counts)
    paid_at_all = counts.pop("paid_at_all", False)
    year, period = counts.pop("plan_year", None), counts.pop("period", None)
    paid = amount.paid_dong or 0
    return Line(
        id=project.id, public_id=project.public_id, name=project.name, owner=orgs[project.owner_org],
        deciding=orgs.get(project.deciding_org or 0), group=project.project_group,
        phase=project.project_phase, start_on=project.start_on, finish_on=project.finish_on,
        initial_dong=amount.initial_dong, current_dong=amount.current_dong,
        carry_over_dong=amount.carry_over_dong, paid_dong=paid if paid_at_all else None,
        paid_carry_over_dong=(amount.paid_carry_over_dong or 0) if paid_at_all else None,
        paid_in_period_dong=(amount.paid_in_period_dong or 0) if paid_at_all else None,
        physical_of=f"{period}/{year}" if year else "", simulated=project.simulated, **counts,
    )  # fmt: skip


class _Amounts(msgspec.Struct):
    by_project: dict[int, Amount]
    by_source: dict[int, Amount]
    elsewhere: Amount | None = None


async def _amounts(  # noqa: PLR0917 - of what, by which days
    connection: Connection,
    program: Program,
    cut: Cut,
    standing: Standing,
    span: Span,
    ids: Sequence[int] | None,
) -> _Amounts:
    """Return plans and payments by project and by source, as they held at the end of the period."""
    sources = {each.id: each.name for each in await programs.fund_sources(connection)}
    found = _Amounts({}, {})
    if standing.initial_on is not None and standing.initial_on <= cut.plan_as_of:
        for each in await plans.side_by_side(
            connection, program.id, cut.plan_year, cut.plan_as_of, cut.known_at, projects=ids
        ):
            _add(found, sources, each.line.project_id, each.line.fund_source_id,
                 initial_dong=each.initial_dong, current_dong=each.current_dong)  # fmt: skip
    for plan in await plan_store.as_of(
        connection, program.id, valid_on=cut.plan_as_of, known_at=cut.known_at, year=cut.plan_year,
        kind="carry_over", projects=ids,
    ):  # fmt: skip
        _add(found, sources, plan.project_id, plan.fund_source_id, carry_over_dong=plan.amount_dong)
    before = span.first - timedelta(days=1)
    for cutoff, sign in ((cut.cutoff, 1), (before, -1)):
        paid = await payments.disbursed(
            connection, ["project", "source", "carry_over"], program=program.id, projects=ids,
            year=cut.plan_year, cutoff=cutoff, known_at=cut.known_at,
        )  # fmt: skip
        for (project, source, carried), out in paid.items():
            _add(found, sources, project, source, **_paid(out, sign, carried=carried))
    return found


def _paid(paid: Disbursed, sign: int, *, carried: bool) -> dict[str, int | None]:
    total = paid.total_dong
    whole = {"paid_carry_over_dong" if carried else "paid_dong": total} if sign > 0 else {}
    return {**whole, "paid_in_period_dong": sign * total}


def _add(
    found: _Amounts, sources: Mapping[int, str], project: int | None, source: int, **more: int | None
) -> None:
    of_source = found.by_source.get(source, Amount(source=sources[source]))
    found.by_source[source] = _more(of_source, more)
    if project is None:
        found.elsewhere = _more(found.elsewhere or Amount(source=""), more)
    else:
        found.by_project[project] = _more(found.by_project.get(project, Amount(source="")), more)


def _more(held: Amount, more: Mapping[str, int | None]) -> Amount:
    changed = {field: summed((getattr(held, field), amount)) for field, amount in more.items()}
    return msgspec.structs.replace(held, **changed)


async def _totals(connection: Connection, asked: store.Asked) -> tuple[dict[int, int], dict[int, date]]:
    """Return total investment and decided finish of each project, as they held at the end of the period."""
    found = await store.totals(connection, asked)
    return (
        {each["id"]: each["amount_dong"] for each in found},
        {each["id"]: each["finish_on"] for each in found if each["finish_on"]},
    )


async def _foresight(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, year: int
) -> Foresight | None:
    """Return what the year will have paid; None where it is over or nothing is comparable."""
    if not 1 <= foreseeing.period_of(year, desk.today()) < PERIODS:
        return None
    found = await foreseeing.forecast(connection, desk, principal, program_id=program_id, year=year)
    total = found["total"]
    if found["method"] is None or total["p50_dong"] is None:
        return None
    [method] = [each for each in found["methods"] if each["method"] == found["method"]]
    return Foresight(
        as_of=desk.today(), method=method["vi"], error_points=method["error_points"],
        p10_dong=total["p10_dong"], p50_dong=total["p50_dong"], p90_dong=total["p90_dong"],
    )  # fmt: skip
