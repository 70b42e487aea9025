"""What opens by itself, what joins, and how hundreds of silent devices are one incident."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from haidang.alerts.model.signal import Rationale, Signal
from haidang.alerts.service import raising
from haidang.base.problems import Problem
from haidang.incidents.model import acts
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.incident import Incident
from haidang.incidents.service import automatic
from tests.integration.incidents.conftest import START, World

BASE: dict[str, Any] = {
    "version": 1, "title_vi": "Mực nước trên báo động III", "title_en": "Water above alarm III",
    "priority": 1, "respond_within_s": 300, "cause_vi": "x", "cause_en": "x", "consequence_vi": "x",
    "consequence_en": "x", "action_vi": "x", "action_en": "x", "incident_open": "auto",
}  # fmt: skip
RULES: dict[str, dict[str, Any]] = {
    "water-3": {"incident_kind": "flood", "incident_severity": 2},
    "suggested": {"incident_kind": "flood", "incident_open": "suggest"},
    "crash": {"incident_kind": "traffic_accident", "title_vi": "Va chạm"},
    "camera-lost": {"incident_kind": "camera_loss", "common_cause": True, "title_vi": "Mất camera"},
    "odd": {"incident_kind": "volcano"},
}


class Book:
    def rationale(self, rule: str) -> Rationale | None:
        return Rationale(rule=rule, **(BASE | RULES[rule]))


class Line:
    """The log's end, moved on by each look."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def tell(self, *signals: Signal) -> list[Incident]:
        """Raise alerts, let their events into the log as the writer does, and run the step over them."""
        world = self.world
        async with world.db.transaction() as connection:
            await raising.apply(connection, world.clock, Book(), signals, desk=world.desk.tasks)
        async with world.db.transaction() as connection:
            cursor = await connection.execute(
                "WITH moved AS (DELETE FROM event_inbox RETURNING *), base AS (SELECT seq FROM city_head), "
                "put AS (INSERT INTO change (seq, t, eid, k, kind, j) SELECT base.seq + row_number() OVER "
                "(ORDER BY id), at, 0, 0, 9, jsonb_build_object('topic', topic, 'kind', kind, 'ref', ref, "
                "'body', body) FROM moved, base RETURNING seq) "
                "UPDATE city_head h SET seq = (SELECT max(seq) FROM put) "
                "RETURNING (SELECT seq FROM base), h.seq"
            )
            [(after, last)] = await cursor.fetchall()
        async with world.db.transaction() as connection:
            found = await automatic.run(connection, world.desk, after, last)
        async with world.db.transaction() as connection:
            again = await automatic.run(connection, world.desk, after, last)
        assert again == [], "seeing the same events again does nothing"
        return found

    def signal(self, entity: str, rule: str = "water-3", **facts: Any) -> Signal:
        given: dict[str, Any] = {
            "kind": "raise", "rule": rule, "entity": entity, "entity_type": "FloodMonitoring",
            "at": self.world.clock.now(), "entity_name": f"Trạm {entity}", "area_code": "22",
            "owner_org": self.world.orgs["works"], "sector": "environment", "source": "feed:x", "value": 5.7,
        }  # fmt: skip
        return Signal(**given | facts)

    async def incident_of(self, entity: str) -> int | None:
        [(number,)] = await self.world.fetch(
            "SELECT incident_id FROM alert WHERE subject = %s ORDER BY id DESC LIMIT 1", entity
        )
        return number if number is None else int(number)


@pytest_asyncio.fixture(loop_scope="session")
async def line(world: World) -> AsyncIterator[Line]:
    await world.run("DELETE FROM event_inbox")
    await world.run("UPDATE incident SET join_key = NULL WHERE is_open")
    await world.run("UPDATE alert SET closed_at = now() WHERE is_open")
    yield Line(world)


async def test_auto_opens_once_for_a_commune_and_further_alerts_join(world: World, line: Line) -> None:
    [flood] = await line.tell(line.signal("a"), line.signal("b"), line.signal("s", "suggested"))
    assert (flood.kind, flood.severity, flood.area_code, flood.owner_org) == (
        "flood", 2, "22", world.orgs["works"]
    )  # fmt: skip
    assert flood.acknowledged_at is None, "the house opens, people acknowledge"
    assert await line.incident_of("a") == await line.incident_of("b") == flood.id
    assert await line.incident_of("s") is None, "what is suggested waits for somebody"
    world.at(START + timedelta(hours=2))
    [same] = await line.tell(line.signal("c"))
    assert same.id == flood.id
    [other] = await line.tell(line.signal("d", area_code="25"))
    assert other.id != flood.id
    world.at(START + timedelta(hours=13))
    [later] = await line.tell(line.signal("e"))
    assert later.id not in {flood.id, other.id}, "nothing joins after its time"
    links = (await world.read("truc", flood))["links"]
    assert len([each for each in links if each["kind"] == "alert"]) == 3


async def test_a_flood_of_alerts_of_a_commune_is_one_incident_with_a_short_log(
    world: World, line: Line
) -> None:
    [flood] = await line.tell(*(line.signal(f"many:{number}", area_code="26") for number in range(1_500)))
    row = await world.read("truc", flood)
    assert row["link_counts"] == {"alert": 1_500}
    assert len(row["links"]) == 50, "the latest; the rest is counted"
    log = await world.log("truc", flood)
    assert [(each["kind"], each["detail"]["count"]) for each in log if each["kind"] in {"open", "link"}] == [
        ("open", 1), ("link", 1_499)
    ]  # fmt: skip


async def test_accidents_join_by_place_and_an_unknown_kind_is_other(world: World, line: Line) -> None:
    here = {"lon": 106.10, "lat": 20.60, "rule": "crash"}
    found = await line.tell(
        line.signal("x1", **here), line.signal("x2", **here | {"lat": 20.601}),
        line.signal("x3", **here | {"lat": 20.61}),
    )  # fmt: skip
    assert len(found) == 2
    assert await line.incident_of("x1") == await line.incident_of("x2") != await line.incident_of("x3")
    [odd] = await line.tell(line.signal("v", "odd"))
    assert odd.kind == "other"


async def test_real_simulated_and_exercise_never_mix(world: World, line: Line) -> None:
    [real] = await line.tell(line.signal("r", simulated=False))
    [told] = await line.tell(line.signal("t", simulated=True))
    assert (real.simulated, told.simulated) == (False, True)
    assert real.id != told.id
    drill = await world.plain(by="truong.ca", is_exercise=True)
    [number] = [int(n) for (n,) in await world.fetch("SELECT id FROM alert WHERE subject = 's2'")] or [
        await _suggested(line, "s2")
    ]
    with pytest.raises(Problem) as found:
        await world.do("truong.ca", drill, acts.Link(links=(LinkTo(kind="alert", ref=str(number)),)))
    assert found.value.kind.code == "invalid-request"
    played = await _suggested(line, "s3", simulated=True)
    for doing in (
        world.do("truc", real, acts.Link(links=(LinkTo(kind="alert", ref=str(played)),))),
        world.do("truc", told, acts.Link(links=(LinkTo(kind="alert", ref=str(number)),))),
        world.plain(alert_ids=(number, played)),
    ):
        with pytest.raises(Problem, match="invalid-request"):
            await doing
    assert (await world.plain(alert_ids=(played,))).simulated


async def _suggested(line: Line, entity: str, **facts: Any) -> int:
    await line.tell(line.signal(entity, "suggested", **facts))
    [(number,)] = await line.world.fetch("SELECT max(id) FROM alert WHERE subject = %s", entity)
    return int(number)


async def test_an_alert_opens_by_hand_with_its_place_units_and_gravity(world: World, line: Line) -> None:
    number = await _suggested(line, "h1")
    flood = await world.plain(alert_ids=(number,))
    assert (flood.source, flood.area_code, flood.severity_rule) == ("alert", "22", "alert-1")
    assert world.orgs["works"] in flood.orgs, "whose alert it is sees what becomes of it"
    with pytest.raises(Problem) as found:
        await world.plain(alert_ids=(number,))
    assert (found.value.kind.code, found.value.extra["incident_id"]) == ("alert-in-incident", flood.id)
    await world.do("truc", flood, acts.Unlink(links=(LinkTo(kind="alert", ref=str(number)),)))
    assert await line.incident_of("h1") is None
    with pytest.raises(Problem):
        await world.plain(by="cong.an", alert_ids=(number,))


async def test_most_of_a_sector_down_within_two_minutes_is_one_incident(world: World, line: Line) -> None:
    names = [f"cam:{number}" for number in range(10)]
    await world.run(
        "INSERT INTO type (iri, name) VALUES ('urn:t:Camera', 'Camera') ON CONFLICT (iri) DO NOTHING"
    )
    for number, name in enumerate(names):
        await world.run(
            "INSERT INTO entity (eid, type_id, seq, created, mod, tenant_id, version, owner_org, simulated, "
            "id, sector, source, doc) SELECT %s, id, 1, now(), now(), 0, 1, %s, false, %s, 'transport', %s, "
            "'{}' FROM type WHERE name = 'Camera'",
            1000 + number, world.orgs["police"], name, f"feed:{number}",
        )  # fmt: skip
    cameras = [
        line.signal(
            name, "camera-lost", entity_type="Camera", sector="transport", source=f"feed:{number}",
            owner_org=world.orgs["police"],
        )
        for number, name in enumerate(names)
    ]  # fmt: skip
    few = await line.tell(*cameras[:4])
    assert [each.kind for each in few] == ["camera_loss"] * 4, "fewer are told one by one"
    await world.do("truc", few[0], acts.Acknowledge())
    world.at(START + timedelta(minutes=1))
    [outage] = await line.tell(*cameras[4:8])
    assert (outage.kind, outage.severity_rule, outage.facts["share_down"]) == ("outage", "outage-most", 0.8)
    assert outage.title == "8/10 thiết bị của lĩnh vực transport mất tín hiệu"
    states = [(await world.row(each)).state for each in few]
    assert states == ["reported", "merged", "merged", "merged"], "what somebody has taken on stays"
    [same] = await line.tell(cameras[8])
    assert same.id == outage.id
    assert await line.incident_of("cam:8") == outage.id


async def test_most_of_a_source_down_is_one_incident(world: World, line: Line) -> None:
    signals = []
    for number in range(6):
        name = f"node:{number}"
        await world.run(
            "INSERT INTO entity (eid, type_id, seq, created, mod, tenant_id, version, owner_org, simulated, "
            "id, source, doc) SELECT %s, id, 1, now(), now(), 0, 1, %s, false, %s, 'feed:node', '{}' "
            "FROM type WHERE name = 'Camera'",
            2000 + number, world.orgs["police"], name,
        )  # fmt: skip
        signals.append(
            line.signal(name, "camera-lost", entity_type="Camera", sector=None, source="feed:node")
        )
    [outage] = await line.tell(*signals)
    assert (outage.kind, outage.title) == ("outage", "Mất tín hiệu hàng loạt: feed:node")
    assert {await line.incident_of(f"node:{number}") for number in range(6)} == {None}, (
        "one alert stands for all"
    )
