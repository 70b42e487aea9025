"""Late steps escalate by the clock: each rung once for each version of the due, whatever happens."""

from __future__ import annotations

from datetime import timedelta

from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model import acts
from haidang.incidents.procedures.service import reading
from haidang.tasks.model import acts as task_acts
from haidang.tasks.model.due import Due
from tests.integration.incidents.conftest import START, World
from tests.integration.incidents.procedures.conftest import Hands

DUE = START + timedelta(minutes=10)


async def told(world: World, incident: Incident) -> list[tuple[int | None, int | None]]:
    """Return to whom escalations of an incident went: (person, unit)."""
    return await world.fetch(
        "SELECT account_id, org_id FROM notice WHERE kind = 'escalation' AND vi LIKE %s ORDER BY id",
        f"%{incident.code} %",
    )


async def late_kinds(hands: Hands, incident: Incident) -> list[str]:
    return [kind for kind, _, _ in await hands.log(incident) if kind in {"step_late", "step_escalated"}]


async def test_each_rung_falls_once_at_its_time(hands: Hands, world: World) -> None:
    incident = await hands.flood()
    lead, leader = world.people["truong.ca"], world.people["lanh.dao"]
    world.at(DUE - timedelta(seconds=1))
    await hands.tick()
    assert await told(world, incident) == []
    assert not (await hands.step("truc", incident, "verify"))["late"]
    world.at(DUE)
    await hands.tick()
    await hands.tick()
    assert await told(world, incident) == [(lead, None)]
    assert (await hands.step("truc", incident, "verify"))["late"]
    world.at(DUE + timedelta(minutes=15))
    await hands.tick()
    world.at(START)  # the clock is put back
    await hands.tick()
    world.at(DUE + timedelta(hours=3))
    await hands.tick()
    assert await told(world, incident) == [(lead, None), (leader, None)]
    assert await late_kinds(hands, incident) == ["step_late", "step_escalated", "step_escalated"]


async def test_what_was_missed_in_downtime_falls_together_each_once(hands: Hands, world: World) -> None:
    incident = await hands.flood()
    world.at(DUE + timedelta(days=2))
    await hands.tick()
    await hands.tick()
    assert len(await told(world, incident)) == 2
    assert await late_kinds(hands, incident) == ["step_late", "step_escalated", "step_escalated"]


async def test_a_due_that_is_moved_can_be_late_again(hands: Hands, world: World) -> None:
    incident = await hands.flood()
    world.at(DUE)
    await hands.tick()
    task = await hands.task(incident, "verify")
    longer = Due(precision="moment", at=DUE + timedelta(minutes=30))
    await hands.on_task("truong.ca", task, task_acts.SetDue(text="Đường xa", due=longer))
    await hands.tick()
    assert not (await hands.step("truc", incident, "verify"))["late"]
    world.at(DUE + timedelta(minutes=30))
    await hands.tick()
    assert len(await told(world, incident)) == 2
    assert (await late_kinds(hands, incident)).count("step_late") == 2


async def test_what_is_done_or_paused_is_not_late(hands: Hands, world: World) -> None:
    done, paused = await hands.flood(), await hands.flood()
    await hands.act("truc", done, "verify", acts.Done(text="Xong"))
    task = await hands.task(paused, "verify")
    await hands.on_task("truc", task, task_acts.Suspend(reason="waiting_scene", text="Chờ xe"))
    world.at(DUE + timedelta(hours=1))
    await hands.tick()
    assert await told(world, done) == await told(world, paused) == []
    assert (await hands.step("truc", done, "verify"))["escalations"] == []


async def test_the_line_of_the_incident_counts_what_is_late(hands: Hands, world: World) -> None:
    incident = await hands.flood()
    world.at(DUE)
    async with world.db.transaction() as connection:
        brief = await reading.brief(connection, [incident.id], world.clock.now())
        report = await reading.for_report(connection, incident.id)
        open_ones = await reading.unfinished(connection, [incident.id])
    assert brief[incident.id] == {
        "name": "test-flood", "version": 1, "state": "running", "done": 0, "of": 4, "late": 1,
    }  # fmt: skip
    assert [each["step"] for each in open_ones] == ["verify"]
    assert [step["state"] for step in report[0]["steps"]] == ["open", "waiting", "waiting", "waiting"]
