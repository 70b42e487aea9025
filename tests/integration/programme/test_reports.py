"""Reports of programmes and projects: figures of a period, missing things by name, frozen under a number."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest

from haidang.programme.model.payments import NewPayment
from haidang.programme.model.register import Program, Project
from haidang.programme.reports import gathering, issuing
from haidang.programme.reports.gathering import Wanted
from haidang.programme.reports.issuing import NewProgramReport, NewProjectReport
from haidang.programme.reports.model import Figures, Notes
from haidang.programme.service import payments
from tests.integration.programme.conftest import (
    BILLION,
    ME,
    START,
    World,
    add_contract,
    add_record,
    refused,
)


@pytest.fixture(autouse=True)
def begin(world: World) -> None:
    """Each test begins on the same Monday, 16 March 2026."""
    world.clock.advance(START - world.clock.now())


async def paid(world: World, project: Project, dong: int, day: date, **facts: Any) -> None:
    given: dict[str, Any] = {
        "fund_source_id": await world.source(), "plan_year": 2026, "kind": "volume", "confirmed_dong": dong,
        "paid_on": day, "treasury_ref": f"KB-{day:%d%m}",
    }  # fmt: skip
    new = NewPayment(**(given | facts))
    async with world.db.transaction() as connection:
        await payments.enter(connection, world.desk, ME, project.id, new)


async def monthly(world: World, program: Program, by: str = "phong", **facts: Any) -> Figures:
    given: dict[str, Any] = {"kind": "monthly", "period": "2026-03"}
    wanted = Wanted(**(given | facts))
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await gathering.of_program(
            connection, world.desk, who, program.id, wanted, issuer=who.org_id, province="24"
        )


async def supervision(world: World, project: Project, by: str = "chu", period: str = "2026-Q1") -> Figures:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await gathering.of_project(
            connection, world.desk, who, project.id, Wanted(kind="supervision", period=period), province="24"
        )


async def story(world: World) -> tuple[Program, Project, Project]:
    """One project with all that a report asks for, and one of which the register knows its name."""
    program = await world.program()
    known = await world.project(program, name="Trung tâm điều hành", project_group="B",
                                project_phase="transitional", start_on=date(2025, 1, 5),
                                finish_on=date(2026, 12, 31))  # fmt: skip
    bare = await world.project(program, owner="other", name="Camera giai đoạn II")
    await world.plan(known, 40 * BILLION)
    contract = await add_contract(world, known, 30 * BILLION, expires_on="2026-02-01")
    await add_record(world, known, "acceptance", contract_id=contract.id, volume_dong=9 * BILLION,
                     accepted_on="2026-03-02", minutes="03/BB-NT")  # fmt: skip
    await add_record(world, known, "milestone", kind="delivery", name="Giao thiết bị",
                     baseline_on="2026-02-10", forecast_on="2026-04-10")  # fmt: skip
    await add_record(world, known, "progress", plan_year=2026, period=2, physical_pct="12.5")
    await paid(world, known, 2 * BILLION, date(2026, 2, 10), contract_id=contract.id)
    await paid(world, known, 5 * BILLION, date(2026, 3, 5), contract_id=contract.id)
    return program, known, bare


async def test_a_month_adds_up_and_names_what_is_missing_and_whom_to_ask(world: World) -> None:
    program, known, bare = await story(world)
    found = await monthly(world, program)
    assert found.reconciles() and found.plan_dong["annual"] == 40 * BILLION
    lines = {line.id: line for line in found.lines}
    assert lines[known.id].paid_dong == 7 * BILLION and lines[known.id].paid_in_period_dong == 5 * BILLION
    assert lines[known.id].accepted_dong == 9 * BILLION and lines[known.id].contracts_over == 1
    assert lines[bare.id].paid_dong is None and lines[bare.id].current_dong is None, "never zero"
    [late] = found.milestones
    assert (late.days_late, late.project) == (59, "Trung tâm điều hành")
    asked = {(each.what, each.ask): each.projects for each in found.missing}
    assert asked["Tiến độ hiện trường", "Ban Quản lý Hai"] == 1
    assert asked["Chứng từ giải ngân của Kho bạc năm 2026", "Sở Nguồn lực"] == 1
    assert asked["Tổng mức đầu tư, quyết định đầu tư", "Ban Quản lý Một"] == 1
    assert ("Tiến độ hiện trường", "Ban Quản lý Một") not in asked
    [ratio] = [each for each in found.ratios if each.denominator_kind == "annual"]
    assert (ratio.numerator_dong, ratio.denominator_dong) == (7 * BILLION, 40 * BILLION)


async def test_a_past_month_is_of_its_own_last_day(world: World) -> None:
    program, known, _ = await story(world)
    found = await monthly(world, program, period="2026-02")
    [line] = [line for line in found.lines if line.id == known.id]
    assert (line.paid_dong, line.accepted_dong, found.plan_as_of) == (2 * BILLION, None, date(2026, 2, 28))
    await refused(monthly(world, program, period="2026-05"), "invalid-request")
    await refused(monthly(world, program, period="2026-03", plan_year=2020), "invalid-request")


async def test_the_owner_reports_on_its_project_alone_and_says_quality_itself(world: World) -> None:
    program, known, _ = await story(world)
    found = await supervision(world, known)
    assert found.agency.name == "Ban Quản lý Một" and [line.id for line in found.lines] == [known.id]
    assert any(each.what.startswith("Chất lượng") for each in found.missing)
    who = await world.who("chu")
    new = NewProjectReport(period="2026-Q1", notes=Notes(quality="Thiết bị đạt yêu cầu kỹ thuật."))
    async with world.db.transaction() as connection:
        row = await issuing.issue_project(connection, world.desk, who, known.id, new, province="24")
    async with world.db.transaction() as connection:
        _, kept = await issuing.issued(connection, who, row["id"])
    assert not any(each.what.startswith("Chất lượng") for each in kept.missing)
    [line] = (await monthly(world, program, kind="overview", period="2026-Q1")).lines[:1]
    assert line.reported == row["number"]


async def test_what_was_issued_stays_as_it_was_and_nobody_changes_it(world: World) -> None:
    program, known, _ = await story(world)
    who = await world.who("phong")
    new = NewProgramReport(kind="monthly", period="2026-03")
    async with world.db.transaction() as connection:
        row = await issuing.issue_program(connection, world.desk, who, program.id, new, province="24")
    await paid(world, known, BILLION, date(2026, 3, 16))
    async with world.db.transaction() as connection:
        shown, kept = await issuing.issued(connection, who, row["id"])
    assert issuing.frozen(kept)[1] == shown["sha256"] == row["sha256"]
    assert sum(line.paid_dong or 0 for line in kept.lines) == 7 * BILLION
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("UPDATE programme_report SET number = 'x' WHERE id = %s", row["id"])


async def test_who_sees_a_part_gets_no_report_of_the_whole(world: World) -> None:
    program, known, bare = await story(world)
    await refused(monthly(world, program, "chu"), "programme-report-partial")
    await refused(supervision(world, bare, "chu"), "not-found")
    who, other = await world.who("phong"), await world.who("khac")
    async with world.db.transaction() as connection:
        new = NewProgramReport(kind="overview", period="2026-Q1")
        row = await issuing.issue_program(connection, world.desk, who, program.id, new, province="24")
    async with world.db.transaction() as connection:
        await refused(issuing.issued(connection, other, row["id"]), "programme-report-partial")
        listed = await issuing.listed(connection, other, program.id, before=None, limit=10)
    assert listed["items"] == []
    viewer = await world.who("khach")
    async with world.db.transaction() as connection:
        mine = NewProjectReport(period="2026-Q1")
        await refused(
            issuing.issue_project(connection, world.desk, viewer, known.id, mine, province="24"), "forbidden"
        )
