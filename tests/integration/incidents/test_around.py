"""What stands around an incident: clocks, resources, cameras, shifts, statistics, the chained log."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from haidang.actions import handover
from haidang.alerts.service.entering import NewAlert, by_hand
from haidang.base.problems import Problem
from haidang.feeds import store as feeds
from haidang.feeds.model.reading import read
from haidang.incidents.model import acts, resources
from haidang.incidents.model.incident import Incident
from haidang.incidents.service import around, clockwork, journal, reading, shifts, statistics
from haidang.incidents.service import resources as service
from haidang.incidents.service.resources import NewResource, ResourcePatch
from haidang.incidents.service.shifts import NewHandover
from haidang.incidents.store.lists import Filter
from haidang.organisation.service.audit import verify_every, verify_log
from tests.integration.incidents.conftest import START, World
from tests.integration.incidents.test_acts import a_resource, clocks, minutes, refused


async def act(world: World, name: str, number: int, doing: resources.ResourceAct) -> resources.Resource:
    who = await world.who(name)
    [(version,)] = await world.fetch("SELECT version FROM resource WHERE id = %s", number)
    async with world.db.transaction() as connection:
        return await service.act(connection, world.desk, who, number, doing, version=version)


async def test_the_clock_says_once_what_is_late(world: World) -> None:
    flood = await world.plain()
    await world.run("UPDATE incident SET acknowledged_at = NULL WHERE id = %s", flood.id)
    await world.run("UPDATE incident_clock SET met_at = NULL WHERE incident_id = %s", flood.id)
    world.at(START + minutes(16))
    for _ in range(2):
        await clockwork.tick(world.db, world.desk)
    said = [each["detail"]["clock"] for each in await world.log("truc", flood) if each["kind"] == "late"]
    assert said == ["acknowledge"]
    notices = await world.fetch(
        "SELECT vi FROM notice WHERE key = %s", f"incident-late:{flood.id}:acknowledge"
    )
    assert notices == [(f"Quá thời hạn tiếp nhận: {flood.code} Ngập đường Trần Phú",)]
    assert clocks(await world.read("truc", flood))["acknowledge"] == "late"
    world.at(START + minutes(3_000))
    await world.do("truc", flood, acts.Verify(text="x"))
    await clockwork.tick(world.db, world.desk)
    assert clocks(await world.read("truc", flood)) == {"acknowledge": "met_late"} | dict.fromkeys(
        ("dispatch", "on_scene", "contain"), "late"
    ) | {"close": "running"}
    worse = acts.Classify(severity=1, text="Lan rộng")
    await world.do("truong.ca", flood, worse)
    [(target,)] = await world.fetch(
        "SELECT target_at FROM incident_clock WHERE incident_id = %s AND name = 'dispatch'", flood.id
    )
    assert target == START + minutes(60), "what was missed keeps the target it was held against"


async def test_resource_acts_lead_where_the_table_says(world: World) -> None:
    truck = await a_resource(world, "Xe 01", location=(106.1, 20.6))
    assert (await act(world, "cong.an", truck, resources.Out(note="Hỏng"))).status == "out"
    flood = await world.plain()
    await refused("resource-taken", world.do("truc", flood, acts.Dispatch(resource_ids=(truck,))))
    assert (await act(world, "cong.an", truck, resources.Back())).status == "free"
    await world.do("truc", flood, acts.Dispatch(resource_ids=(truck,)))
    await refused("resource-act-refused", act(world, "cong.an", truck, resources.Out(note="x")))
    assert (await act(world, "truc", truck, resources.OnWay())).status == "on_way"
    world.at(START + minutes(9))
    assert (await act(world, "cong.an", truck, resources.OnScene())).status == "on_scene"
    row = await world.read("truc", flood)
    assert row["on_scene_at"] == "2026-03-16T02:39:00Z", "the unit's word is the incident's"
    moved = await act(world, "cong.an", truck, resources.Position(location=(106.2, 20.7)))
    assert (moved.lon, moved.position_at) == (106.2, START + minutes(9))
    assert (await act(world, "truc", truck, resources.Release())).incident_id is None
    kinds = [each["kind"] for each in await world.log("truc", flood)]
    assert kinds == ["open", "dispatch", "resource-on_way", "resource-on_scene", "resource-release"]
    await refused("not-found", act(world, "xay.dung", truck, resources.Out(note="x")))


async def test_two_agencies_resources_stay_apart_and_versions_hold(world: World) -> None:
    theirs = await a_resource(world, "Xe 02", "works")
    police = await world.who("cong.an")
    async with world.db.transaction() as connection:
        seen = await service.listed(connection, police)
    assert {each["org"]["id"] for each in seen["items"]} == {world.orgs["police"]}
    patch = ResourcePatch(call_sign="X2")
    head = await world.who("truong.ca")
    async with world.db.transaction() as connection:
        renamed = await service.change(connection, world.desk, head, theirs, patch, version=1)
    assert (renamed.call_sign, renamed.version) == ("X2", 2)

    async def late() -> None:
        async with world.db.transaction() as connection:
            await service.change(connection, world.desk, head, theirs, patch, version=1)

    await refused("version-conflict", late())
    again = await a_resource(world, "Xe 02", "works")
    assert again == theirs, "one of that name is returned as it is"


async def test_nearest_cameras_and_free_resources(world: World) -> None:
    near = await a_resource(world, "Gần", location=(106.101, 20.6))
    far = await a_resource(world, "Xa", location=(106.2, 20.6))
    await world.thing("urn:x:car", lon=106.1002)
    tracked = await a_resource(world, "Theo dõi", entity_id="urn:x:car")
    await world.thing("cam:a", lon=106.1001, of="Camera")
    await world.thing("cam:b", lon=106.104, of="Camera")
    flood = await world.plain(location=(106.1, 20.6))
    duty = await world.who("truc")
    async with world.db.transaction() as connection:
        found = await around.nearest(connection, duty, flood.id, 10)
    assert [(each["id"], each["distance_m"]) for each in found["cameras"]] == [("cam:a", 10), ("cam:b", 416)]
    placed = [each["id"] for each in found["resources"] if each["distance_m"] is not None]
    assert placed[0] == tracked, "a tracked one is where its entity is"
    assert [each for each in placed if each in {near, far}] == [near, far]


async def test_who_may_not_see_a_thing_has_nothing_that_tracks_it(world: World) -> None:
    car = await world.thing("urn:x:police-car", "police")
    own = await world.thing("urn:x:works-lorry", "works")
    head = await world.who("xay.dung")

    async def keep(name: str, entity: str) -> resources.Resource:
        new = NewResource(name=name, kind="repair_team", org_id=world.orgs["works"], entity_id=entity)
        async with world.db.transaction() as connection:
            return await service.keep(connection, world.desk, head, new)

    async def change(number: int, entity: str | None, version: int) -> resources.Resource:
        patch = ResourcePatch(entity_id=entity)
        async with world.db.transaction() as connection:
            return await service.change(connection, world.desk, head, number, patch, version=version)

    foreign = await refused("invalid-request", keep("Xe dò", car))
    nothing = await refused("invalid-request", keep("Xe dò", "urn:x:none"))
    assert [(f.field, f.vi) for f in foreign.faults] == [(f.field, f.vi) for f in nothing.faults]
    lorry = await keep("Xe tải", own)
    await refused("invalid-request", change(lorry.id, car, 1))
    await world.run("UPDATE resource SET entity_id = %s WHERE id = %s", car, lorry.id)
    assert (await change(lorry.id, car, 1)).entity_id == car, "what others had it track stays"
    assert (await change(lorry.id, None, 2)).entity_id is None


async def test_a_handover_is_frozen_and_signed_by_both(world: World) -> None:
    head, other = await world.who("truong.ca"), await world.who("hai")
    centre = world.orgs["centre"]
    items = {"incidents": [{"code": "2026-1"}]}

    async def hand(incoming: str) -> shifts.Handover:
        async with world.db.transaction() as connection:
            new = NewHandover(incoming=world.people[incoming], note="Chú ý cầu số 3")
            return await shifts.hand_over(connection, world.desk, head, new, items)

    async def sign(who: Any, handover: shifts.Handover, version: int) -> shifts.Handover:
        async with world.db.transaction() as connection:
            return await shifts.sign(connection, world.desk, who, handover.id, version=version)

    await refused("no-shift", hand("hai"))
    async with world.db.transaction() as connection:
        first = await shifts.take(connection, world.desk, head, None)
    assert (first.org_id, first.lead) == (centre, world.people["truong.ca"])

    async def again() -> None:
        async with world.db.transaction() as connection:
            await shifts.take(connection, world.desk, other, centre)

    await refused("shift-on", again())
    await refused("invalid-request", hand("truong.ca"))
    await refused("invalid-request", hand("cong.an"))
    made = await hand("hai")
    await refused("handover-waiting", hand("truc"))
    await refused("handover-not-yours", sign(await world.who("truc"), made, 1))
    await refused("not-found", sign(await world.who("cong.an"), made, 1))
    half = await sign(head, made, 1)
    await refused("handover-done", sign(head, made, 2))
    await refused("version-conflict", sign(other, made, 1))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("UPDATE handover SET items = '{}' WHERE id = %s", made.id)
    world.at(START + minutes(31))
    for _ in range(2):
        await clockwork.tick(world.db, world.desk)
    [(count,)] = await world.fetch(
        "SELECT count(*) FROM notice WHERE key = %s", f"handover-unsigned:{made.id}"
    )
    assert count == 1, "the leader is told once"
    async with world.db.transaction() as connection:
        waiting = (await shifts.current(connection, world.desk, await world.who("truc")))["unsigned"]
    assert [(each["id"], each["late"], each["acts"]) for each in waiting] == [(made.id, True, [])]
    both = await sign(other, made, 2)
    assert (half.signed, both.signed, both.items) == (False, True, items)
    assert both.items_sha256 == shifts.digest(items, "Chú ý cầu số 3")
    async with world.db.transaction() as connection:
        [now] = (await shifts.current(connection, world.desk, other))["items"]
        verdict = await verify_log(connection, shifts.LOG)
    assert (now["lead"]["name"], now["mine"]) == ("Hai", True)
    assert verdict.sound
    assert verdict.entries == 5, "begun, made, signed, told, signed"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("DELETE FROM handover")


async def test_what_is_handed_over_is_listed_by_the_house(world: World) -> None:
    truck = await a_resource(world, "Xe 77")
    flood = await world.open(title="Ngập cầu số 3")
    await world.do("truc", flood, acts.Dispatch(resource_ids=(truck,)))
    declared = read(
        "{feed: tram-im, title: {vi: Trạm im, en: Silent}, kind: file, owner: root, period: 10m, "
        "source: {path: x.csv}, mapping: {type: WeatherObserved, id: '{station}', observed_at: {from: time}, "
        "fields: {temperature: {from: temp, type: number}}}}"
    )
    async with world.db.transaction() as connection:
        new = NewAlert(title="Gọi báo ngập", priority=2, owner_org=world.orgs["centre"])
        alert = await by_hand(connection, world.clock, await world.who("truc"), new, desk=world.desk.tasks)
        await feeds.declare(
            connection, declared, owner_org=world.orgs["centre"], declared_in="", at=world.clock.now()
        )
        await connection.execute("UPDATE feed SET last_accepted_at = %s", (START - timedelta(days=1),))
    world.at(START + minutes(130))
    async with world.db.transaction() as connection:
        found = await handover.listed(connection, world.desk, await world.who("truong.ca"))
        theirs = await handover.listed(connection, world.desk, await world.who("xay.dung"))
    mine = next(each for each in found["incidents"] if each["id"] == flood.id)
    assert "on_scene" in mine["late_clocks"]
    assert alert.id in {each["id"] for each in found["alerts_unacknowledged"]}
    assert {each["incident_id"] for each in found["steps"]} >= {flood.id}, "its procedure runs"
    assert (truck, flood.id) in {(each["id"], each["incident_id"]) for each in found["resources"]}
    assert [(each["name"], each["state"]) for each in found["feeds"]] == [("tram-im", "dead")]
    assert flood.id not in {each["id"] for each in theirs["incidents"]}
    assert (theirs["alerts_unacknowledged"], theirs["feeds"]) == ([], [])


async def test_statistics_read_sums_without_exercises(world: World) -> None:
    await world.run("DELETE FROM incident_day")
    world.at(START + timedelta(days=30))
    begun = world.clock.now()
    for delay in (4, 6, 30):
        world.at(begun)
        flood = await world.plain(facts={"depth_cm": 40} if delay == 4 else {})
        world.at(begun + minutes(delay))
        await world.do("truc", flood, acts.Dispatch(orgs=(world.orgs["police"],)))
    fire = await world.plain(kind="fire", title="Khói")
    await world.do("truc", fire, acts.Reject(reason="false_alarm", text="x"))
    await world.plain(by="truong.ca", is_exercise=True)
    theirs = await world.plain(by="xay.dung")
    assert await statistics.sum_up(world.db, world.desk) > 0
    day = date(2026, 4, 15)

    async def asked(name: str) -> dict[str, Any]:
        who = await world.who(name)
        async with world.db.transaction() as connection:
            return await statistics.summed(connection, world.desk, who, day, day)

    found = await asked("truc")
    total = found["total"]
    assert (total["reported"], total["rejected"], total["still_open"]) == (5, 1, 4)
    assert total["false_share"] == {"of": 1, "count": 1, "share": 1.0}
    dispatch = next(each for each in total["clocks"] if each["name"] == "dispatch")
    assert (dispatch["due"], dispatch["in_time"], dispatch["n"], dispatch["median_s"]) == (3, 3, 3, 360)
    assert {each["kind"]: each["reported"] for each in found["by_kind"]} == {"flood": 4, "fire": 1}
    assert (await asked("xay.dung"))["total"]["reported"] == 1
    assert (await asked("cong.an"))["total"]["reported"] == 0
    await world.do("xay.dung", theirs, acts.Reject(reason="test", text="x"))
    assert (await asked("xay.dung"))["total"]["rejected"] == 0, "until the day is summed anew"
    assert await statistics.sum_up(world.db, world.desk) == 1
    assert (await asked("xay.dung"))["total"]["rejected"] == 1


async def test_lists_page_by_severity_and_show_only_what_may_be_seen(world: World) -> None:
    marks = [await world.plain(by="xay.dung", title=f"Sụt đường {number}") for number in range(3)]

    async def page(name: str, cursor: str | None = None, **facts: Any) -> dict[str, Any]:
        who = await world.who(name)
        async with world.db.transaction() as connection:
            return await reading.listed(connection, world.desk, who, Filter(**facts), limit=2, cursor=cursor)

    first = await page("xay.dung", is_open=True, q="sut duong")
    rest = await page("xay.dung", first["next"], is_open=True, q="sut duong")
    assert [each["id"] for each in first["items"] + rest["items"]] == [each.id for each in marks]
    past = await page("xay.dung", q="sut duong")
    assert [each["id"] for each in past["items"]] == [marks[2].id, marks[1].id]
    assert (await page("cong.an", q="sut duong"))["items"] == []
    assert [each["code"] for each in (await page("truc", q=marks[0].code))["items"]] == [marks[0].code]
    await refused("invalid-request", page("truc", "x-y", is_open=True))


async def _tampered(world: World, incident: Incident, statement: str) -> list[str]:
    """Do what the triggers refuse, as whoever owns the database could; return the breaks that are found."""
    tables = "ALTER TABLE chain {0} TRIGGER ALL; ALTER TABLE chain_head {0} TRIGGER ALL"
    await world.run(tables.format("DISABLE"))
    await world.run(statement.replace("LOG", f"'incident:{incident.id}'"))
    await world.run(tables.format("ENABLE"))
    async with world.db.transaction() as connection:
        found = [each async for each in verify_every(connection, await journal.logs(connection))]
    broken = {each.log: [one.fault for one in each.breaks] for each in found if not each.sound}
    return broken.get(journal.log_of(incident.id), [])


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        ("UPDATE chain SET body = replace(body, '30 cm', '13 cm') WHERE log = LOG AND no = 2", ["altered"]),
        ("UPDATE chain SET at = at - interval '1 hour' WHERE log = LOG AND no = 2", ["altered"]),
        ("DELETE FROM chain WHERE log = LOG AND no = 2", ["missing"]),
        ("DELETE FROM chain WHERE log = LOG AND no = 3", ["cut-off"]),
        ("DELETE FROM chain WHERE log = LOG; DELETE FROM chain_head WHERE log = LOG", ["missing"]),
    ],
)
async def test_tampering_with_a_log_is_found(world: World, statement: str, faults: list[str]) -> None:
    flood = await world.plain()
    await world.do("truc", flood, acts.Note(text="Nước sâu 30 cm"))
    await world.do("truc", flood, acts.Note(text="Đã rào đường"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("UPDATE chain SET body = '{}' WHERE log = %s", flood.log)
    found = await _tampered(world, flood, statement)
    assert found[:1] == faults


async def test_a_part_of_the_house_has_no_signature(world: World) -> None:
    with pytest.raises(Problem):
        async with world.db.transaction() as connection:
            from haidang.organisation import system  # noqa: PLC0415

            await shifts.take(connection, world.desk, system("x"), world.orgs["centre"])
