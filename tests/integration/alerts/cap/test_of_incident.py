"""A warning of an incident: its flag is the incident's, and the incident's log tells what becomes of it."""

from __future__ import annotations

import pytest
from tests.integration.alerts.cap.conftest import World

from haidang.actions import warnings
from haidang.alerts.cap.model.warning import CapWarning
from haidang.base.problems import Problem
from haidang.incidents.service import desk as incident_desk
from haidang.incidents.service import opening
from haidang.incidents.service.opening import NewIncident

MOVE = (
    "WITH moved AS (DELETE FROM event_inbox RETURNING *), base AS (SELECT seq FROM city_head), "
    "put AS (INSERT INTO change (seq, t, eid, k, kind, j) SELECT base.seq + row_number() OVER (ORDER BY id), "
    "at, 0, 0, 9, jsonb_build_object('topic', topic, 'kind', kind, 'ref', ref, 'body', body) "
    "FROM moved, base RETURNING seq) "
    "UPDATE city_head h SET seq = (SELECT max(seq) FROM put) RETURNING (SELECT seq FROM base), h.seq"
)
"""Lets the events into the log, as the writer does."""


async def opened(world: World, *, is_exercise: bool) -> int:
    who = await world.who("truong")
    desk = incident_desk.desk_of(world.settings, world.clock)
    new = NewIncident(kind="flood", severity=2, title="Vỡ đê", is_exercise=is_exercise, procedure="")
    async with world.db.transaction() as connection:
        return (await opening.open_incident(connection, desk, who, new)).id


async def drafted(world: World, by: str, incident_id: int, **facts: object) -> CapWarning:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await warnings.draft_of(connection, world.desk, who, incident_id, world.flood(**facts))


@pytest.mark.parametrize("is_exercise", [True, False])
async def test_its_flag_is_the_incidents_and_the_log_tells_of_it(world: World, is_exercise: bool) -> None:
    incident = await opened(world, is_exercise=is_exercise)
    with pytest.raises(Problem) as told:
        await drafted(world, "truc", incident, status="Actual" if is_exercise else "Exercise")
    assert told.value.faults[0].field == "status"
    made = await drafted(world, "truc", incident)
    assert (made.is_exercise, made.status) == (is_exercise, "Exercise" if is_exercise else "Actual")
    sent = await world.sent(made)
    [(after, last)] = await world.run(MOVE)
    desk = incident_desk.desk_of(world.settings, world.clock)
    async with world.db.transaction() as connection:
        await warnings.tell(connection, desk, after, last)
    entries = await world.run(
        "SELECT actor, body::json->>'text' FROM chain WHERE log = %s AND action = 'incident.warning' "
        "ORDER BY no",
        f"incident:{incident}",
    )
    name = f"{sent.identifier}: {sent.headline}"
    writer, head = f"account:{world.people['truc']}", f"account:{world.people['truong']}"
    assert entries == [
        (writer, f"Soạn bản tin cảnh báo {name}"),
        (head, f"Duyệt bản tin cảnh báo {name}"),
        (writer, f"Phát bản tin cảnh báo {name}"),
    ]
    links = await world.run("SELECT kind, ref FROM incident_link WHERE incident_id = %s", incident)
    assert links == [("warning", str(made.id))]


async def test_nobody_warns_of_an_incident_out_of_sight(world: World) -> None:
    incident = await opened(world, is_exercise=False)
    with pytest.raises(Problem) as told:
        await drafted(world, "bac", incident)
    assert told.value.kind.code == "not-found"
