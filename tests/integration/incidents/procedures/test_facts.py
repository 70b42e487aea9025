"""What conditions are asked over: alerts and entities of an incident; what is old is not known any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from haidang.alerts.service.entering import NewAlert, by_hand
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model import acts
from haidang.incidents.procedures.service import facts, running
from haidang.incidents.procedures.store import runs
from haidang.tasks.model import acts as task_acts
from haidang.tasks.service import lists, sources
from haidang.tasks.store import inbox
from tests.integration.incidents.conftest import START, World
from tests.integration.incidents.procedures.conftest import ME, Hands

NAMES = (
    "incident.kind", "incident.minutes_open", "facts.depth_cm", "alert.priority", "alert.value",
    "alerts.count",
    "alerts.active", "entity.waterLevel", "max.waterLevel", "min.waterLevel", "entity.status", "entity.pump",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(world: World) -> AsyncIterator[City]:
    opened = await City.open(world.db, world.settings, world.clock)
    yield opened
    await opened.close()


async def gauge(city: City, world: World, name: str, level: float, **more: Any) -> str:
    """Make a gauge that was observed just now."""
    id_ = f"urn:ngsi-ld:FloodMonitoring:{name}"
    at = world.clock.now().isoformat().replace("+00:00", "Z")
    body = {
        "id": id_, "type": "FloodMonitoring",
        "waterLevel": {"type": "Property", "value": level, "observedAt": at},
    } | {name: {"type": "Property", "value": value} for name, value in more.items()}  # fmt: skip
    result = await city.upsert(ME, [body], origin=Origin(world.orgs["centre"], None, None, "test"))
    assert not result.failed
    return id_


async def known(world: World, incident: Incident) -> dict[str, Any]:
    async with world.db.transaction() as connection:
        row = await world.row(incident)
        return await facts.gather(connection, world.desk, row, NAMES)


async def test_alerts_and_entities_speak_and_what_is_not_there_is_not_known(
    hands: Hands, world: World, city: City
) -> None:
    first = await gauge(city, world, "F-1", 4.5, status="ok")
    second = await gauge(city, world, "F-2", 6.25)
    async with world.db.transaction() as connection:
        who = await world.who("truc")
        new = NewAlert(title="Nước lên", priority=2, entity_id=first)
        alert = await by_hand(connection, world.clock, who, new)
    incident = await hands.flood(
        alert_ids=(alert.id,), links=(LinkTo(kind="entity", ref=second),), facts={"depth_cm": 12}
    )
    found = await known(world, incident)
    assert found["entity.waterLevel"] == 4.5, "the gauge of the alert"
    assert (found["max.waterLevel"], found["min.waterLevel"]) == (6.25, 4.5)
    assert (found["alert.priority"], found["alerts.count"], found["alerts.active"]) == (2, 1, 1)
    assert (found["facts.depth_cm"], found["incident.kind"], found["incident.minutes_open"]) == (
        12, "landslide", 0,
    )  # fmt: skip
    assert "entity.pump" not in found
    assert "alert.value" not in found


async def test_a_value_older_than_three_of_its_periods_is_not_known_any_more(
    hands: Hands, world: World, city: City
) -> None:
    level = await gauge(city, world, "F-3", 5.0, status="ok")
    incident = await hands.flood(links=(LinkTo(kind="entity", ref=level),))
    assert (await known(world, incident))["entity.waterLevel"] == 5.0
    world.at(START + timedelta(days=2))
    found = await known(world, incident)
    assert "entity.waterLevel" not in found
    assert found["entity.status"] == "ok", "what is of no moment does not grow old"


async def test_many_at_once_neither_deadlock_nor_lose_anything(hands: Hands, world: World) -> None:
    """Acts on two tasks of one run, the clock and the end of the incident, all at the same time."""
    for _ in range(5):
        incident = await hands.flood(facts={"depth_cm": 50})
        await hands.act("truc", incident, "verify", acts.Done(text="x"))
        warn, close = await hands.task(incident, "warn"), await hands.task(incident, "close-road")

        async def end(one: Incident = incident) -> None:
            async with world.db.transaction() as connection:
                await connection.execute("SELECT FROM incident WHERE id = %s FOR UPDATE", (one.id,))
                await running.stop(connection, world.desk, "system:test", one.id, "Hết")

        results = await asyncio.gather(
            hands.on_task("truong.ca", warn, task_acts.Report(text="Đã soạn")),
            hands.on_task("truong.ca", close, task_acts.Cancel(text="Không cần")),
            hands.tick(),
            end(),
            return_exceptions=True,
        )
        told = [each for each in results if isinstance(each, BaseException)]
        assert not [each for each in told if "deadlock" in str(each).lower()], told
        run = await hands.run(incident)
        states = {row.step: row.state for row in run.steps}
        assert run.state in {"stopped", "finished"}
        assert states["verify"] == "done"
        assert {states["warn"], states["close-road"]} == {"skipped"}
        open_ones = await world.fetch(
            "SELECT count(*) FROM task t JOIN procedure_step s ON s.task_id = t.id WHERE s.run_id = %s "
            "AND t.state IN ('new', 'received', 'in_progress', 'reported')",
            run.id,
        )
        assert open_ones == [(0,)]


async def test_many_approvals_at_once_hold_their_runs_first(hands: Hands, world: World) -> None:
    """Two approve the same steps of two incidents at once, as a list does; neither waits in a circle."""
    incidents = [await hands.flood(), await hands.flood()]
    tasks = []
    for incident in incidents:
        await hands.act("truc", incident, "verify", acts.Done(text="x"))
        await hands.act("truong.ca", incident, "warn", acts.Done(text="x"))
        tasks.append(await hands.task(incident, "warn"))
    leader = await world.who("lanh.dao")

    async def approve() -> list[dict[str, Any]]:
        async with world.db.transaction() as connection:
            ids = [task.id for task in tasks]
            await inbox.lock(connection, ids)
            await sources.held(connection, ids)
            return [
                await lists.attempt(
                    connection, world.desk.tasks, leader, task.id, task_acts.Accept(), version=task.version
                )
                for task in tasks
            ]

    first, second, _, _ = await asyncio.gather(
        approve(),
        approve(),
        hands.tick(),
        hands.act("truc", incidents[1], "close-road", acts.Skip(reason="x")),
    )
    assert sorted("problem" in each for each in (*first, *second)) == [False, False, True, True]
    for incident in incidents:
        assert (await hands.states(incident))["warn"] == "done"


async def test_a_change_of_the_incident_looks_again_and_waits_for_nobody(hands: Hands, world: World) -> None:
    incident = await hands.flood(facts={"depth_cm": 10})
    await hands.act("truc", incident, "verify", acts.Done(text="x"))
    assert (await hands.states(incident))["close-road"] == "unneeded"
    deeper = "UPDATE incident SET facts = '{\"depth_cm\": 40}' WHERE id = %s"
    await world.run(deeper, incident.id)
    run = await hands.run(incident)
    async with world.db.transaction() as busy, world.db.transaction() as connection:
        await runs.get(busy, run.id, lock=True)
        await asyncio.wait_for(running.look(connection, world.desk, incident.id, "system:test"), 5)
    assert (await hands.states(incident))["close-road"] == "unneeded", "somebody else was at it"
    async with world.db.transaction() as connection:
        await running.look(connection, world.desk, incident.id, "system:test")
    assert (await hands.states(incident))["close-road"] == "open"
