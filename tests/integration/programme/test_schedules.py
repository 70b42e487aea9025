"""A schedule into the milestones of a project: new ones, days that moved, baselines that stay."""

from __future__ import annotations

from datetime import date

import pytest

from haidang.base.problems import Problem
from haidang.programme.sheets.schedules import service
from haidang.programme.sheets.schedules.reading import read
from haidang.programme.sheets.schedules.service import Approved, Line
from tests.integration.programme.conftest import World
from tests.unit.programme.sheets.test_schedules import mspdi, task


async def compared(world: World, project_id: int, content: bytes, by: str = "chu") -> list[Line]:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await service.compared(connection, who, project_id, read(content))


async def take(world: World, project_id: int, lines: list[Line]) -> dict[str, int]:
    rows = tuple(
        Approved(
            name=line.name, milestone_kind=line.milestone_kind, id=line.id, version=line.version, **line.after
        )
        for line in lines
    )
    async with world.db.transaction() as connection:
        return await service.apply(connection, world.desk, await world.who("chu"), project_id, rows)


async def test_milestones_follow_a_schedule_but_for_their_baseline(world: World) -> None:
    project = await world.project(await world.program())
    content = mspdi(task(1, "Khởi công", "2026-02-10"), task(2, "Nghiệm thu"), task(3, "Việc", milestone=0))
    lines = await compared(world, project.id, content)
    assert [(line.kind, line.milestone_kind) for line in lines] == [
        ("added", "start"),
        ("added", "acceptance"),
    ]
    assert await take(world, project.id, lines) == {"added": 2, "changed": 0}
    assert [line.kind for line in await compared(world, project.id, content)] == ["unchanged", "unchanged"]
    baseline = "<Baseline><Number>0</Number><Finish>2026-06-30T17:00:00</Finish></Baseline>"
    later = mspdi(task(1, "Khởi công", "2026-03-01"), task(2, "Nghiệm thu", "2026-08-15", more=baseline))
    start, acceptance = await compared(world, project.id, later)
    assert (start.kind, acceptance.kind) == ("conflict", "changed")
    assert acceptance.after == {"forecast_on": date(2026, 8, 15)}
    assert await take(world, project.id, [acceptance]) == {"added": 0, "changed": 1}
    with pytest.raises(Problem, match="version-conflict"):
        await take(world, project.id, [acceptance])
    found = await world.fetch(
        "SELECT name, baseline_on, forecast_on FROM milestone WHERE project_id = %s ORDER BY id", project.id
    )
    assert found == [
        ("Khởi công", date(2026, 2, 10), date(2026, 2, 10)),
        ("Nghiệm thu", date(2026, 6, 30), date(2026, 8, 15)),
    ]


async def test_names_that_repeat_are_refused_and_others_projects_stay_out_of_reach(world: World) -> None:
    project = await world.project(await world.program())
    twice = await compared(world, project.id, mspdi(task(1, "Họp"), task(2, "Họp"), task(3, "Nghiệm thu")))
    assert [line.kind for line in twice] == ["refused", "refused", "added"]
    with pytest.raises(Problem):
        await compared(world, project.id, mspdi(task(1, "Họp")), by="khac")
