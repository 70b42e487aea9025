"""The clock on the real database: each step falls once, through restarts, jumps and two processes at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from haidang.base.clock import LOCAL
from haidang.base.jobs import make_jobs, working
from haidang.organisation.calendar import Calendar, SpecialDay, load_calendar
from haidang.tasks import JOBS
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due, end_of
from haidang.tasks.model.task import Task
from haidang.tasks.service import clockwork
from tests.integration.tasks.conftest import START, World

DAY = timedelta(days=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


async def fallen(world: World, task: Task) -> dict[str, str | None]:
    rows = await world.fetch(
        "SELECT step, collapsed FROM reminder WHERE task_id = %s ORDER BY due_at", task.id
    )
    return dict(rows)


async def told(world: World, task: Task) -> list[tuple[str, int | None, int | None]]:
    return await world.fetch(
        "SELECT kind, account_id, org_id FROM notice WHERE task_id = %s ORDER BY id", task.id
    )


async def test_the_ladder_of_a_directive(world: World) -> None:
    task = await world.give(assignee=world.people["binh"])
    await world.run(
        "INSERT INTO task_role (org_id, role, rank, account_id) VALUES (%s, 'head', 1, %s) ON "
        "CONFLICT DO NOTHING",
        world.orgs["north"], world.people["bac"],
    )  # fmt: skip
    assert (await world.row(task)).next_action_at == local("2026-04-10 07:30")
    for moment in (
        "2026-04-10 07:29",
        "2026-04-10 07:30",
        "2026-04-10 07:31",
        "2026-04-14 08:00",
        "2026-04-18 00:00",
    ):
        world.at(local(moment))
        await world.tick()
    assert await fallen(world, task) == {"before-5": None, "before-3": None, "due": None}
    binh, bac, desk, north = *(world.people[name] for name in ("binh", "bac", "desk")), world.orgs["north"]
    assert await told(world, task) == [
        ("given", binh, None),
        ("ladder", binh, None), ("ladder", None, north),  # nobody is the focal point: the unit's inbox
        ("ladder", binh, None), ("ladder", None, north),
        ("ladder", bac, None), ("ladder", desk, None),
    ]  # fmt: skip


async def test_an_absent_role_falls_to_the_deputy_then_to_the_units_inbox(world: World) -> None:
    south = world.orgs["south"]
    await world.person("pho", "south", "department_officer")
    for rank, name, away in ((1, "nam", START + 30 * DAY), (2, "pho", None)):
        await world.run(
            "INSERT INTO task_role (org_id, role, rank, account_id, away_until) VALUES (%s, 'focal', "
            "%s, %s, %s)",
            south, rank, world.people[name], away,
        )  # fmt: skip
    task = await world.give(to="south")
    assert await told(world, task) == [("given", world.people["pho"], None)]
    await world.run("DELETE FROM task_role WHERE org_id = %s", south)
    task = await world.give(to="south")
    assert await told(world, task) == [("given", None, south)]


async def test_two_processes_and_a_clock_that_jumps_back_tell_once(world: World) -> None:
    given = [await world.give(Due(precision="working_days", count=2)) for _ in range(30)]
    for moment in (local("2026-04-30 08:00"), local("2026-03-20 08:00"), local("2026-04-30 08:00")):
        world.at(moment)
        await asyncio.gather(*(world.tick() for _ in range(4)))
    for task in given:
        assert await fallen(world, task) == {
            "due": "after-15", "after-5": "after-15", "after-15": None
        }  # fmt: skip
        assert [kind for kind, _, _ in await told(world, task)].count("ladder") == 2


async def test_a_process_that_dies_in_the_middle_has_told_nothing_and_the_next_one_all(world: World) -> None:
    task = await world.give(Due(precision="working_days", count=2))
    world.at(local("2026-03-19 08:00"))
    with pytest.raises(ZeroDivisionError):
        async with world.db.transaction() as connection:
            await clockwork._look(connection, world.desk, await world.row(task))
            raise ZeroDivisionError  # what kill -9 leaves of an open transaction: nothing
    assert await fallen(world, task) == {}
    await world.tick()
    assert await fallen(world, task) == {"due": None}


async def test_a_silent_assigner_is_reminded_and_a_return_lets_the_ladder_go_on(world: World) -> None:
    task = await world.give()
    await world.do("binh", task, acts.Report(text="Xong"))
    world.at(local("2026-03-23 07:30"))
    await world.tick()
    assert await fallen(world, task) == {"silence": None}
    world.at(local("2026-04-13 09:00"))
    await world.do("desk", task, acts.Return(text="Chưa đạt"))
    await world.tick()
    assert await fallen(world, task) == {"silence": None, "before-5": None}


async def test_an_accepted_task_is_closed_by_the_clock(world: World) -> None:
    task = await world.give()
    await world.do("binh", task, acts.Report(text="Xong"))
    await world.do("desk", task, acts.Accept())
    world.clock.advance(30 * DAY)
    await world.tick()
    closed = await world.row(task)
    assert (closed.state, closed.closed_at, closed.next_action_at) == ("closed", world.clock.now(), None)
    await world.tick()
    assert (await world.row(task)).version == closed.version


async def test_each_period_of_a_recurring_task_has_its_child_also_after_downtime(world: World) -> None:
    task = await world.give(Due(precision="recurring", every="month"), title="Báo cáo tháng")
    await world.tick()
    world.at(local("2026-06-02 08:00"))
    await world.tick()
    await world.tick()
    found = await world.fetch("SELECT title, due_end FROM task WHERE parent_id = %s ORDER BY id", task.id)
    assert [title for title, _ in found] == [f"Báo cáo tháng (tháng {month}/2026)" for month in (3, 4, 5, 6)]
    assert found[-1][1] == end_of(date(2026, 6, 30))
    assert (await world.row(task)).next_action_at == local("2026-07-01 00:00")


async def test_a_suspended_task_is_left_alone_and_goes_on_where_it_was(world: World) -> None:
    task = await world.give(Due(precision="working_days", count=6))
    await world.do("binh", task, acts.Suspend(reason="waiting_reporter"))
    world.at(local("2026-04-20 08:00"))
    await world.tick()
    assert await fallen(world, task) == {}
    task = await world.do("binh", task, acts.Resume())
    assert task.due_end == end_of(load_calendar().add_working_days(date(2026, 4, 20), 6))


async def test_a_review_that_has_come_tells_the_assigner(world: World) -> None:
    task = await world.give(Due(precision="urgent"))
    world.at(local("2026-03-31 00:00"))
    await world.tick()
    assert ("review", world.people["desk"], None) in await told(world, task)


async def test_a_changed_calendar_moves_open_tasks_and_says_so(world: World) -> None:
    await clockwork.recount(world.db, world.desk)
    task = await world.give(Due(precision="working_days", count=5))
    assert task.due_end == end_of(date(2026, 3, 23))
    free = SpecialDay(date(2026, 3, 18), "Nghỉ thêm", "Free", "test")
    year = world.desk.calendar.years[2026]
    changed = Calendar(
        [world.desk.calendar.years[2025], msgspec.structs.replace(year, holidays=(*year.holidays, free))]
    )
    desk = msgspec.structs.replace(world.desk, calendar=changed)
    world.clock.advance(DAY)
    assert await clockwork.recount(world.db, desk) >= 1
    assert await clockwork.recount(world.db, desk) == 0
    moved = await world.row(task)
    assert (moved.due_end, moved.due_original, moved.due_version) == (
        end_of(date(2026, 3, 24)), end_of(date(2026, 3, 24)), 2
    )  # fmt: skip
    [(kind,)] = await world.fetch("SELECT kind FROM due_change WHERE task_id = %s", task.id)
    assert kind == "calendar"
    await clockwork.recount(world.db, world.desk)


async def test_the_calendar_of_the_next_year_is_missed_once(world: World) -> None:
    for moment, count in (("2026-10-31 08:00", 0), ("2026-11-01 08:00", 1), ("2026-11-02 08:00", 1)):
        world.at(local(moment))
        await clockwork.warn_of_calendar(world.db, world.desk)
        rows = await world.fetch("SELECT org_id FROM notice WHERE key = 'calendar:2027'")
        assert len(rows) == count


async def test_a_digest_comes_once_on_a_working_morning(world: World) -> None:
    await world.run(
        "INSERT INTO task_preference (account_id, email, channels, digest) VALUES (%s, 'nam@x.vn', "
        "'{email}', true)",
        world.people["nam"],
    )  # fmt: skip
    await world.give(to="south")
    for moment, count in (
        ("2026-03-20 07:00", 0), ("2026-03-20 07:30", 1), ("2026-03-20 09:00", 1), ("2026-03-21 09:00", 1),
        ("2026-03-23 12:00", 2),
    ):  # fmt: skip
        world.at(local(moment))
        await clockwork.digests(world.db, world.desk)
        rows = await world.fetch(
            "SELECT vi FROM notice WHERE kind = 'digest' AND account_id = %s", world.people["nam"]
        )
        assert len(rows) == count
    assert "mới" in rows[0][0]
    await world.run("DELETE FROM task_preference WHERE account_id = %s", world.people["nam"])


async def test_the_job_of_the_server_lets_fall_what_is_due(world: World) -> None:
    task = await world.give(Due(precision="minutes", count=30), source_kind="alert")
    world.clock.advance(timedelta(minutes=26))
    jobs = make_jobs(world.db.url, {"tasks": JOBS})
    async with working(jobs, db=world.db, settings=world.settings, clock=world.clock):
        await jobs.tasks["tasks:tick"].defer_async(timestamp=int(datetime.now(UTC).timestamp()))
        async with asyncio.timeout(30):
            while not await fallen(world, task):
                await asyncio.sleep(0.1)
    assert await fallen(world, task) == {"before-5m": None}
