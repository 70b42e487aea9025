"""Capital plans on the real database: no đồng lost or invented, no amount changed, any past readable."""

from __future__ import annotations

import asyncio
import time
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.organisation.service import verify_log
from haidang.programme.model.plans import Line, Plan, Revision
from haidang.programme.model.register import Place
from haidang.programme.service import nodes, plans, projects
from haidang.programme.service.nodes import NewNode
from haidang.programme.service.projects import NewProject, NewTotal
from tests.integration.programme.conftest import BILLION, ME, World

JANUARY, JUNE, OCTOBER = date(2026, 1, 5), date(2026, 6, 20), date(2026, 10, 1)


def total(found: list[Plan], kind: str = "annual") -> int:
    return sum(plan.amount_dong for plan in found if plan.plan_kind == kind)


async def as_of(world: World, program_id: int, day: date, known: Any = None) -> list[Plan]:
    async with world.db.transaction() as connection:
        return await plans.plan_as_of(connection, program_id, day, known or world.clock.now())


async def test_a_revision_keeps_what_was_known_and_when(world: World) -> None:
    program = await world.program()
    project = await world.project(program)
    await world.plan(project, 100 * BILLION, JANUARY)
    before = world.clock.now()
    world.clock.advance(timedelta(days=100))
    assert (await world.plan(project, 70 * BILLION, JUNE)).changed == 1
    assert total(await as_of(world, program.id, OCTOBER)) == 70 * BILLION
    assert total(await as_of(world, program.id, date(2026, 6, 19))) == 100 * BILLION
    # A report of the day before knew nothing of it, whatever day it asked for.
    assert total(await as_of(world, program.id, OCTOBER, before)) == 100 * BILLION
    assert await as_of(world, program.id, date(2026, 1, 4)) == []
    async with world.db.transaction() as connection:
        [beside] = await plans.side_by_side(connection, program.id, 2026, OCTOBER, world.clock.now())
    assert (beside.initial_dong, beside.initial_on) == (100 * BILLION, JANUARY)
    assert (beside.current_dong, beside.current_from) == (70 * BILLION, JUNE)
    # Said again it changes nothing; a later decision that is known stays behind an earlier one.
    world.clock.advance(timedelta(days=1))
    await world.plan(project, 90 * BILLION, date(2026, 3, 1))
    assert total(await as_of(world, program.id, date(2026, 3, 1))) == 90 * BILLION
    assert total(await as_of(world, program.id, JUNE)) == 70 * BILLION
    assert (await verify_plan_log(world)).sound


async def verify_plan_log(world: World) -> Any:
    async with world.db.transaction() as connection:
        return await verify_log(connection, "programme")


async def test_the_schema_refuses_overlap_change_and_deletion(world: World) -> None:
    program = await world.program()
    project = await world.project(program)
    await world.plan(project, 5 * BILLION)
    copy = (
        "INSERT INTO capital_plan (program_id, project_id, fund_source_id, plan_kind, plan_year, "
        "plan_year_to, amount_dong, decision_id, valid_from, valid_to, recorded_at, "
        "superseded_at, created_by) SELECT program_id, project_id, fund_source_id, plan_kind, plan_year, "
        "plan_year_to, %s, decision_id, %s, %s, recorded_at, NULL, 'x' FROM capital_plan "
        "WHERE project_id = %s"
    )
    with pytest.raises(psycopg.errors.ExclusionViolation):
        await world.run(copy, 1, OCTOBER, None, project.id)
    with pytest.raises(psycopg.errors.CheckViolation):
        await world.run(copy, -1, date(2025, 1, 1), date(2025, 2, 1), project.id)
    for change in (
        "UPDATE capital_plan SET amount_dong = 1 WHERE project_id = %s",
        "UPDATE capital_plan SET amount_dong = 1, superseded_at = recorded_at WHERE project_id = %s",
        "DELETE FROM capital_plan WHERE project_id = %s",
        "DELETE FROM project WHERE id = %s",
        "UPDATE project SET public_id = 'x' WHERE id = %s",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await world.run(change, project.id)


async def test_two_revisions_at_once_take_turns(world: World) -> None:
    program = await world.program()
    project = await world.project(program)
    await asyncio.gather(*(world.plan(project, (each + 1) * BILLION) for each in range(6)))
    rows = await world.fetch(
        "SELECT count(*) FILTER (WHERE superseded_at IS NULL), count(*) FROM capital_plan "
        "WHERE project_id = %s",
        project.id,
    )
    assert rows == [(1, 6)]


async def test_no_more_is_allocated_than_planned_on_any_day(world: World) -> None:
    program = await world.program()
    project = await world.project(program)
    await world.plan(project, 10 * BILLION, JANUARY)
    await world.plan(project, 10 * BILLION, JANUARY, plan_kind="allocation")
    with pytest.raises(Problem) as refusal:
        await world.plan(project, 9 * BILLION, JUNE)
    assert (refusal.value.kind.code, refusal.value.extra["rule"]) == (
        "money-does-not-balance",
        "capital_plan_covers",
    )
    assert refusal.value.extra["figures_dong"] == [2026, 10 * BILLION, 9 * BILLION]
    # Both by one decision: the commit asks once, when it is whole.
    source, decision = await world.source(), await world.decision(program, JUNE)
    both = [
        Revision(project_id=project.id, fund_source_id=source, plan_kind=kind, plan_year=2026,
                 amount_dong=9 * BILLION, decision_id=decision, valid_from=JUNE)
        for kind in ("annual", "allocation")
    ]  # fmt: skip
    async with world.db.transaction() as connection:
        assert (await plans.revise(connection, world.desk, ME, program.id, both)).changed == 2
    with pytest.raises(Problem):
        await world.plan(project, 11 * BILLION, JUNE, plan_kind="allocation")


async def test_who_decides_on_plans(world: World) -> None:
    program = await world.program()
    project = await world.project(program)
    assert (await world.plan(project, BILLION, by="tien")).added == 1
    for name, code in (("chu", "forbidden"), ("khach", "forbidden"), ("khac", "not-found")):
        with pytest.raises(Problem) as refusal:
            await world.plan(project, 2 * BILLION, by=name)
        assert refusal.value.kind.code == code


async def test_a_tree_adds_up_and_what_does_not_is_told(world: World) -> None:
    program = await world.program()
    [one, two, loose] = [await world.project(program, name=name) for name in ("Một", "Hai", "Lạc")]
    async with world.db.transaction() as connection:
        keys = await nodes.add(
            connection, world.desk, ME, program.id,
            [
                NewNode(key="A", name="Tổng", stated_dong=10, stated_on=JANUARY),
                NewNode(key="A.I", name="Đơn vị", parent="A", kind="owner", stated_dong=7),
                NewNode(key="A.II", name="Theo định mức", parent="A", kind="norm", stated_dong=3),
            ],
            year=2026,
        )  # fmt: skip
        await nodes.place(
            connection, world.desk, ME, program.id,
            [Place(project_id=each.id, plan_year=2026, node_id=keys["A.I"]) for each in (one, two)],
        )  # fmt: skip
    await world.plan(one, 4)
    await world.plan(two, 2)
    await world.plan(loose, 5)
    decision, source = await world.decision(program), await world.source()
    own = Revision(
        node_id=keys["A.II"], fund_source_id=source, plan_kind="annual", plan_year=2026, amount_dong=3,
        decision_id=decision, valid_from=JANUARY,
    )  # fmt: skip
    async with world.db.transaction() as connection:
        await plans.revise(connection, world.desk, ME, program.id, [own])
        tree = await nodes.tree(connection, program.id, 2026, valid_on=JANUARY, known_at=world.clock.now())
    sums = [
        (branch.node.name, branch.own_dong, branch.total_dong, branch.projects) for branch in tree.branches
    ]
    assert sums == [("Tổng", 0, 9, 2), ("Đơn vị", 0, 6, 2), ("Theo định mức", 3, 3, 0)]
    assert (tree.report.total_dong, tree.report.unplaced_dong) == (14, 5)
    assert [(each.node.name, each.difference_dong) for each in tree.report.unreconciled] == [
        ("Tổng", 1), ("Đơn vị", 1),
    ]  # fmt: skip


amounts = st.integers(0, 9_000_000_000_000)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    opening=st.lists(amounts, min_size=2, max_size=4),
    moves=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), amounts, days), max_size=8),
)
async def test_no_transfer_loses_or_invents_a_dong(
    world: World, opening: list[int], moves: list[tuple[int, int, int, date]]
) -> None:
    program = await world.program()
    lines = []
    for amount in opening:
        project = await world.project(program)
        await world.plan(project, amount, date(2026, 1, 1))
        lines.append(Line(project.id, None, await world.source(), "annual", 2026, 2026))
    decision, moments = await world.decision(program), [world.clock.now()]
    for giver, taker, amount, day in moves:
        world.clock.advance(timedelta(hours=1))
        try:
            async with world.db.transaction() as connection:
                await plans.transfer(
                    connection, world.desk, ME, program.id, source=lines[giver % len(lines)],
                    target=lines[taker % len(lines)], amount_dong=amount, decision_id=decision,
                    valid_from=day,
                )  # fmt: skip
        except Problem as refusal:
            assert refusal.kind.code == "invalid-request", refusal
        moments.append(world.clock.now())
    every_day = {date(2026, 1, 1), date(2026, 12, 31), *(day for *_, day in moves)}
    for known in moments:
        for day in every_day:
            assert total(await as_of(world, program.id, day, known)) == sum(opening)
    assert [
        plan.amount_dong for plan in await as_of(world, program.id, date(2026, 1, 1), moments[0])
    ] == opening


async def test_two_thousand_rows_within_two_seconds(world: World) -> None:
    program = await world.program()
    source, decision = await world.source(), await world.decision(program)
    began = time.perf_counter()
    async with world.db.transaction() as connection:
        made = await projects.create_many(
            connection, world.desk, ME,
            [NewProject(program_id=program.id, name=f"Dự án {number}", owner_org=world.orgs["builder"])
             for number in range(2_000)],
        )  # fmt: skip
        await projects.set_totals(
            connection, world.desk, ME,
            [NewTotal(project_id=each.id, amount_dong=BILLION, decision_id=decision, valid_from=JANUARY)
             for each in made],
        )  # fmt: skip
        keys = await nodes.add(
            connection, world.desk, ME, program.id, [NewNode(key="A", name="Tổng")], year=2026
        )
        await nodes.place(
            connection, world.desk, ME, program.id,
            [Place(project_id=each.id, plan_year=2026, node_id=keys["A"]) for each in made],
        )  # fmt: skip
        found = await plans.revise(
            connection, world.desk, ME, program.id,
            [Revision(project_id=each.id, fund_source_id=source, plan_kind="annual", plan_year=2026,
                      amount_dong=BILLION + each.id, decision_id=decision, valid_from=JANUARY)
             for each in made],
        )  # fmt: skip
    took = time.perf_counter() - began
    assert found.added == 2_000
    assert total(await as_of(world, program.id, JANUARY)) == sum(BILLION + each.id for each in made)
    assert took < 5, "0.5 s on a quiet machine; the bound of an import is 2 s"


def test_lines_of_two_kinds_are_two_lines() -> None:
    line = Line(1, None, 1, "annual", 2026, 2026)
    assert line != Line(None, 1, 1, "annual", 2026, 2026)
