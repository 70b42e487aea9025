"""The year's end foreseen from the register: its own past, what may be seen, what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from haidang.base.clock import FixedClock
from haidang.base.problems import Problem
from haidang.programme.analysis.curves import PERIODS
from haidang.programme.model.register import Project
from haidang.programme.service import foreseeing
from haidang.programme.service.desk import desk_of
from tests.integration.programme.conftest import BILLION, ME, World

AUGUST = datetime(2026, 8, 10, 3, tzinfo=UTC)
PAID = """
INSERT INTO payment (project_id, fund_source_id, plan_year, period, kind, state, confirmed_dong, paid_on,
                     treasury_ref, owner_org, confirmed_by, confirmed_at, created_by, recorded_at, changed_at)
VALUES (%s, %s, %s, %s, %s, 'confirmed', %s, %s, %s, %s, 'account:1', now(), 'account:1', now(), now())
"""


async def paid(
    world: World, project: Project, year: int, amounts: dict[int, int], kind: str = "volume"
) -> None:
    source = await world.source()
    for period, billions in amounts.items():
        on = date(year, period, 15) if period < PERIODS else date(year + 1, 1, 15)
        await world.run(
            PAID,
            project.id,
            source,
            year,
            period,
            kind,
            billions * BILLION,
            on,
            f"KB-{year}-{period}",
            project.owner_org,
        )


async def years(world: World) -> list[Project]:
    """Nine projects that were paid 40 of 100 billion by July and 80 by January in 2024 and 2025."""
    program = await world.program(period_from=2021)
    found = []
    for number in range(9):
        project = await world.project(program, "builder" if number % 2 else "other")
        found.append(project)
        for year in (2024, 2025, 2026):
            await world.plan(project, 100 * BILLION, date(year, 1, 5), plan_year=year)
        for year in (2024, 2025):
            await paid(world, project, year, {3: 10, 7: 30, 12: 30, 13: 10})
        await paid(world, project, 2026, {2: 20, 7: 20})
    return found


async def test_a_year_is_foreseen_from_the_registers_own_past(world: World) -> None:
    projects = await years(world)
    desk = desk_of(world.settings, FixedClock(AUGUST))
    async with world.db.transaction() as connection:
        found = await foreseeing.forecast(connection, desk, ME, program_id=projects[0].program_id, year=2026)
        over = await foreseeing.years_over(connection, ME, date(2026, 8, 10))
    assert found["period"] == 7
    assert found["past"]["years"] == [2024, 2025]
    mine = [curve for curve in over if curve.project in {project.public_id for project in projects}]
    assert {curve.paid_dong[-1] for curve in mine} == {80 * BILLION}
    row = found["projects"][0]
    assert (row["plan_dong"], row["paid_dong"]) == (100 * BILLION, 40 * BILLION)
    by_method = {each["method"]: each for each in row["forecasts"]}
    for method in ("nearest", "reference"):
        assert by_method[method]["p50_dong"] == 80 * BILLION
    assert by_method["committed"] == {"method": "committed", "missing": "not_enough_history"}
    assert row["pace"]["monthly_dong"] == -(-55 * BILLION // 6)
    assert row["pace"]["allowed"] == "needs_volume"
    assert found["method"] in ("nearest", "reference")
    total = found["total"]
    assert total["paid_dong"] == 9 * 40 * BILLION
    assert total["p10_dong"] <= total["p50_dong"] == 9 * 80 * BILLION <= total["p90_dong"]


async def test_a_past_year_whose_payments_were_never_entered_is_missing_and_not_zero(world: World) -> None:
    program = await world.program()
    for number in range(9):
        project = await world.project(program, "builder" if number % 2 else "other")
        for year in (2023, 2026):
            await world.plan(project, 100 * BILLION, date(year, 1, 5), plan_year=year)
    async with world.db.transaction() as connection:
        over = await foreseeing.years_over(connection, ME, date(2026, 8, 10))
    assert 2023 not in {curve.year for curve in over}


async def test_an_owner_sees_only_its_own_projects(world: World) -> None:
    projects = await years(world)
    owner = await world.who("chu")
    desk = desk_of(world.settings, FixedClock(AUGUST))
    async with world.db.transaction() as connection:
        found = await foreseeing.forecast(
            connection, desk, owner, program_id=projects[0].program_id, year=2026
        )
        over = await foreseeing.years_over(connection, owner, date(2026, 8, 10))
    assert {row["owner_org"] for row in found["projects"]} == {world.orgs["builder"]}
    assert {curve.owner for curve in over} == {str(world.orgs["builder"])}


@pytest.mark.parametrize("year", [2027, 2024])
async def test_a_year_that_has_not_begun_or_is_over_is_refused(world: World, year: int) -> None:
    desk = desk_of(world.settings, FixedClock(AUGUST))
    async with world.db.transaction() as connection:
        with pytest.raises(Problem, match="invalid"):
            await foreseeing.forecast(connection, desk, ME, program_id=None, year=year)


def test_periods_of_a_year() -> None:
    days = {
        date(2026, 1, 31): 0,
        date(2026, 2, 1): 1,
        date(2026, 12, 31): 11,
        date(2027, 1, 31): 12,
        date(2027, 2, 1): 13,
    }
    assert {day: foreseeing.period_of(2026, day) for day in days} == days
