"""A warning of an incident: its flag is the incident's, and the incident's log tells what becomes of it."""

from __future__ import annotations

import pytest

from haidang.actions import warnings
from haidang.alerts.cap.model.warning import CapWarning, Update
from haidang.alerts.cap.service import drafting, publishing
from haidang.base.problems import Problem
from haidang.incidents.service import desk as incident_desk
from haidang.incidents.service import opening
from haidang.incidents.service.opening import Born, NewIncident
from tests.integration.alerts.cap.conftest import World

MOVE = (
    "WITH moved AS (DELETE FROM event_inbox RETURNING *), base AS (SELECT seq FROM city_head), "
    "put AS (INSERT INTO change (seq, t, eid, k, kind, j) SELECT base.seq + row_number() OVER (ORDER BY id), "
    "at, 0, 0, 9, jsonb_build_object('topic', topic, 'kind', kind, 'ref', ref, 'body', body) "
    "FROM moved, base RETURNING seq) "
    "UPDATE city_head h SET seq = (SELECT max(seq) FROM put) RETURNING (SELECT seq FROM base), h.seq"
)
"""Lets the events into the log, as the writer does."""


async def opened(world: World, *, is_exercise: bool, simulated: bool = False) -> int:
    who = await world.who("truong")
    desk = incident_desk.desk_of(world.settings, world.clock)
    new = NewIncident(kind="flood", severity=2, title="Vỡ đê", is_exercise=is_exercise, procedure="")
    async with world.db.transaction() as connection:
        born = Born(simulated=simulated)
        return (await opening.open_incident(connection, desk, who, new, born)).id


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


async def test_a_simulated_incident_never_warns_in_earnest(world: World) -> None:
    incident = await opened(world, is_exercise=False, simulated=True)
    for earnest in ({"status": "Actual"}, {"scope": "Public"}):
        with pytest.raises(Problem):
            await drafted(world, "truc", incident, **earnest)
    made = await drafted(world, "truc", incident, note="Xem bản đồ")
    assert (made.status, made.scope, made.is_exercise) == ("Exercise", "Restricted", True)
    assert made.content.note == f"{drafting.SIMULATED_NOTE}\nXem bản đồ"
    assert made.content.restriction == drafting.SIMULATED_RESTRICTION
    who = await world.who("truc")
    async with world.db.transaction() as connection:  # and nobody takes the mark away
        anew = await drafting.rewrite(
            connection, world.desk, who, made.id, world.flood(note="khác"), version=made.version
        )
    assert anew.content.note == f"{drafting.SIMULATED_NOTE}\nkhác"
    sent = await world.sent(made)
    assert "DỮ LIỆU MÔ PHỎNG" in (sent.xml or "")
    update = await world.do("truc", sent, Update())
    assert (update.status, update.content.note) == ("Exercise", anew.content.note)
    async with world.db.transaction() as connection:
        with pytest.raises(Problem):
            await publishing.message(connection, sent.identifier)
