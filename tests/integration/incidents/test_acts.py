"""Every act of ``docs/incidents.md``, from where to where, by whom, and who may not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from haidang.base.problems import Problem
from haidang.incidents.model import acts
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.tables import Facts
from haidang.incidents.service import around, reading, resources
from haidang.incidents.service.resources import NewResource
from tests.integration.incidents.conftest import START, World


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


async def refused(code: str, doing: Any) -> Problem:
    """Expect a refusal and return it."""
    with pytest.raises(Problem) as found:
        await doing
    assert found.value.kind.code == code, found.value
    return found.value


def clocks(row: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["state"] for each in row["clocks"]}


async def a_resource(world: World, name: str, org: str = "police", **facts: Any) -> int:
    async with world.db.transaction() as connection:
        new = NewResource(name=name, kind="patrol", org_id=world.orgs[org], **facts)
        return (await resources.keep(connection, world.desk, await world.who("truong.ca"), new)).id


async def test_the_way_from_reported_to_closed(world: World) -> None:
    boat = await a_resource(world, "Xuồng 01")
    flood = await world.plain(facts=Facts(depth_cm=40), place="Trần Phú")
    assert (flood.state, flood.severity, flood.severity_rule) == ("reported", 2, "water")
    assert flood.acknowledged_at == START, "whoever opens it by hand has acknowledged it"
    world.at(START + minutes(2))
    await world.do("truc", flood, acts.Verify(text="Thấy trên camera", by_means="camera"))
    world.at(START + minutes(4))
    await world.do("truc", flood, acts.Classify())
    world.at(START + minutes(10))
    sent = await world.do("truc", flood, acts.Dispatch(resource_ids=(boat,), text="Tới ngay"))
    assert (sent.state, sent.orgs) == ("assigned", (world.orgs["centre"], world.orgs["police"]))
    world.at(START + minutes(50))
    await world.do("cong.an", flood, acts.OnScene())
    world.at(START + minutes(90))
    await world.do("truc", flood, acts.Contain(text="Nước rút"))
    await refused("incident-part-missing", world.do("truc", flood, acts.Close(text="Xong")))
    world.at(START + minutes(120))
    closed = await world.do("truong.ca", flood, acts.Close(text="Xong"))
    assert closed.state == "closed"
    times = [
        closed.reported_at, closed.acknowledged_at, closed.verified_at, closed.classified_at,
        closed.dispatched_at, closed.on_scene_at, closed.contained_at, closed.closed_at,
    ]  # fmt: skip
    assert times == [START + minutes(m) for m in (0, 0, 2, 4, 10, 50, 90, 120)]
    row = await world.read("truc", flood)
    assert clocks(row) == {
        "acknowledge": "met", "dispatch": "met", "on_scene": "met_late", "contain": "met", "close": "met"
    }  # fmt: skip
    assert row["acts"] == ["link", "note"]
    log = await world.log("cong.an", flood)
    assert [each["kind"] for each in log] == [
        "open", "verify", "classify", "dispatch", "on_scene", "contain", "close"
    ]  # fmt: skip
    assert log[1]["by"] == "Truc"
    assert log[1]["detail"] == {"by_means": "camera", "from": "reported", "to": "verified"}


async def test_acknowledge_once_of_what_came_by_itself(world: World) -> None:
    flood = await world.plain()
    await world.run("UPDATE incident SET acknowledged_at = NULL WHERE id = %s", flood.id)
    world.at(START + minutes(3))
    seen = await world.do("truc", flood, acts.Acknowledge())
    assert (seen.state, seen.acknowledged_at) == ("reported", START + minutes(3))
    problem = await refused("incident-act-refused", world.do("hai", flood, acts.Acknowledge()))
    assert problem.extra["hindrance"] == "acknowledged"


async def test_classify_by_the_table_and_otherwise_by_the_commander(world: World) -> None:
    jam = await world.plain(kind="traffic_jam", title="Ùn tắc")
    assert (jam.severity, clocks(await world.read("truc", jam))["close"]) == (4, "running")
    await refused("incident-act-refused", world.do("truc", jam, acts.Classify()))
    await world.do("truc", jam, acts.Verify(text="Đúng"))
    await refused("incident-part-missing", world.do("truc", jam, acts.Classify(severity=2, text="Nặng")))
    await refused("invalid-request", world.do("truong.ca", jam, acts.Classify(severity=2)))
    await refused("invalid-request", world.do("truc", jam, acts.Classify(kind="earthquake")))
    heavy = await world.do("truong.ca", jam, acts.Classify(severity=2, text="Đường tới bệnh viện"))
    assert (heavy.state, heavy.severity, heavy.severity_rule) == ("classified", 2, "light-kind")
    assert clocks(await world.read("truc", jam)) == dict.fromkeys(
        ("dispatch", "on_scene", "contain", "close"), "running"
    ) | {"acknowledge": "met"}
    crash = acts.Classify(kind="traffic_accident", facts=Facts(casualties=1))
    changed = await world.do("truc", jam, crash)
    assert (changed.kind, changed.severity, changed.severity_rule) == ("traffic_accident", 2, "casualties")
    log = await world.log("truc", jam)
    assert log[-1]["detail"]["kind"] == ["traffic_jam", "traffic_accident"]


async def test_describe_puts_title_and_place_right(world: World) -> None:
    flood = await world.plain(area_code="22")
    await refused("invalid-request", world.do("truc", flood, acts.Describe()))
    await refused("invalid-request", world.do("truc", flood, acts.Describe(area_code="99999")))
    await refused("invalid-request", world.do("truc", flood, acts.Describe(location=(500, 1))))
    await refused("invalid-request", world.plain(area_code="99999"))
    told = acts.Describe(title="Ngập hầm chui", place="Hầm Bắc Nam", location=(106.1, 20.6), area_code="24")
    after = await world.do("truc", flood, told)
    assert (after.title, after.place, after.lon, after.area_code) == (
        "Ngập hầm chui", "Hầm Bắc Nam", 106.1, "24"
    )  # fmt: skip
    entry = (await world.log("truc", flood))[-1]
    assert entry["detail"]["title"] == ["Ngập đường Trần Phú", "Ngập hầm chui"]


async def test_assign_commander_and_set_role_survive_a_reload(world: World) -> None:
    fire = await world.plain(kind="fire", title="Cháy chợ")
    police = world.people["cong.an"]
    commander = acts.AssignCommander(role="scene_commander", account_id=police, text="Tới trước")
    await refused("incident-part-missing", world.do("truc", fire, commander))
    await world.do("truong.ca", fire, acts.Invite(orgs=(world.orgs["police"],)))
    await world.do("truong.ca", fire, commander)
    await world.do("cong.an", fire, acts.SetRole(role="recorder", name="Đ/c Lan"))
    await world.do("cong.an", fire, acts.SetRole(role="safety", account_id=police))
    await world.do("cong.an", fire, acts.SetRole(role="recorder"))
    await refused("invalid-request", world.do("cong.an", fire, acts.SetRole(role="x", account_id=999)))
    row = await world.read("truc", fire)
    assert row["commander"] == {"role": "scene_commander", "account_id": police, "name": "Cong.An"}
    assert [(each["role"], each["name"]) for each in row["roles"]] == [("safety", "Cong.An")]
    assert [each["kind"] for each in await world.log("truc", fire)].count("set_role") == 3


async def test_only_people_of_units_that_take_part_are_named(world: World) -> None:
    jam = await world.plain(by="xay.dung", kind="traffic_jam", title="Ùn tắc")
    stranger, own = world.people["cong.an"], world.people["xay.dung"]
    for act in (
        acts.SetRole(role="recorder", account_id=stranger),
        acts.AssignCommander(role="scene_commander", account_id=stranger),
        acts.SetRole(role="recorder", account_id=999),
    ):
        problem = await refused("invalid-request", world.do("xay.dung", jam, act))
        assert [(f.field, f.vi) for f in problem.faults] == [("account_id", "không có người này")]
    await world.do("xay.dung", jam, acts.SetRole(role="recorder", account_id=own))
    await world.do("xay.dung", jam, acts.Invite(orgs=(world.orgs["police"],)))
    await world.do("xay.dung", jam, acts.SetRole(role="safety", account_id=stranger))
    assert [each["name"] for each in (await world.read("xay.dung", jam))["roles"]] == ["Xay.Dung", "Cong.An"]


async def test_dispatch_gives_each_unit_a_task_and_a_taken_resource_is_told(world: World) -> None:
    one, two = await a_resource(world, "Tổ 1"), await a_resource(world, "Tổ 2", "works")
    flood, fire = await world.plain(), await world.plain(kind="fire", title="Cháy")
    await refused("invalid-request", world.do("truc", flood, acts.Dispatch()))
    await refused("not-found", world.do("truc", flood, acts.Dispatch(resource_ids=(9_999,))))
    looked = await world.do("truc", flood, acts.Dispatch(resource_ids=(one, two)))
    assert (looked.state, looked.dispatched_at) == ("reported", START), "sent to look; not yet classified"
    given = await world.fetch(
        "SELECT owner_org, assigner_org, due_end, is_exercise FROM task WHERE source_kind = 'incident' "
        "AND source_id = %s ORDER BY owner_org",
        str(flood.id),
    )
    assert given == [
        (world.orgs[org], world.orgs["centre"], START + minutes(120), False) for org in ("police", "works")
    ]
    taken = await refused("resource-taken", world.do("hai", fire, acts.Dispatch(resource_ids=(two,))))
    assert taken.extra["resources"] == [{"id": two, "status": "assigned", "incident_id": flood.id}]
    assert (await world.row(fire)).version == 1
    await world.do("truc", flood, acts.Verify(text="Có thật"))
    assert (await world.do("truc", flood, acts.Classify())).state == "assigned", "units are out already"
    unit = await world.do("hai", fire, acts.Dispatch(orgs=(world.orgs["works"],)))
    assert world.orgs["works"] in unit.orgs
    await refused("not-found", world.do("cong.an", fire, acts.Dispatch(orgs=(world.orgs["works"],))))


async def test_on_scene_is_the_units_own_to_say(world: World) -> None:
    patrol, other = await a_resource(world, "Tổ 3"), await a_resource(world, "Tổ 4", "works")
    flood = await world.plain()
    problem = await refused("incident-act-refused", world.do("truc", flood, acts.OnScene()))
    assert problem.extra["hindrance"] == "nobody_sent"
    await world.do("truc", flood, acts.Dispatch(resource_ids=(patrol,)))
    await refused("not-found", world.do("xay.dung", flood, acts.OnScene()))
    await world.do("truc", flood, acts.Dispatch(resource_ids=(other,)))
    await refused("invalid-request", world.do("cong.an", flood, acts.OnScene(resource_ids=(other,))))
    world.at(START + minutes(20))
    there = await world.do("cong.an", flood, acts.OnScene(resource_ids=(patrol,)))
    assert there.on_scene_at == START + minutes(20)
    used = (await world.read("truc", flood))["resources"]
    assert [(each["id"], each["status"], each["on_scene_at"]) for each in used] == [
        (patrol, "on_scene", "2026-03-16T02:50:00Z"), (other, "assigned", None)
    ]  # fmt: skip


async def test_close_frees_resources_and_ends_open_tasks(world: World) -> None:
    patrol = await a_resource(world, "Tổ 5")
    flood = await world.plain()
    for act in (acts.Verify(text="x"), acts.Classify(), acts.Dispatch(resource_ids=(patrol,))):
        await world.do("truc", flood, act)
    problem = await refused("incident-act-refused", world.do("truong.ca", flood, acts.Close(text="x")))
    assert problem.extra["hindrance"] == "state", "what is not contained is not closed"
    await world.do("truc", flood, acts.Contain(text="x"))
    await world.do("truong.ca", flood, acts.Close(text="Đã xong"))
    [(status, at)] = await world.fetch("SELECT status, incident_id FROM resource WHERE id = %s", patrol)
    assert (status, at) == ("free", None)
    [(state,)] = await world.fetch(
        "SELECT state FROM task WHERE source_kind = 'incident' AND source_id = %s", str(flood.id)
    )
    assert state == "cancelled"


async def test_reject_of_a_false_alarm_stops_its_clocks(world: World) -> None:
    fire = await world.plain(kind="fire", title="Khói")
    gone = await world.do("truc", fire, acts.Reject(reason="false_alarm", text="Đốt rơm"))
    assert (gone.state, gone.outcome, gone.closed_at) == ("rejected", "Báo nhầm: Đốt rơm", START)
    assert clocks(await world.read("truc", fire)) == {
        "acknowledge": "met", "dispatch": "ended", "on_scene": "ended", "contain": "ended", "close": "ended"
    }  # fmt: skip
    await refused("incident-act-refused", world.do("truc", fire, acts.Verify(text="x")))


async def test_merge_takes_links_resources_and_units_along(world: World) -> None:
    patrol = await a_resource(world, "Tổ 6")
    one, two = await world.plain(), await world.plain(title="Ngập Lê Lợi")
    shared = LinkTo(kind="entity", ref=await world.thing("urn:x:1"))
    own = LinkTo(kind="camera", ref=await world.thing("urn:x:2"))
    await world.do("truc", one, acts.Link(links=(shared,)))
    await world.do("truc", two, acts.Link(links=(shared, own)))
    await world.do("truc", two, acts.Dispatch(resource_ids=(patrol,)))
    await refused("incident-part-missing", world.do("truc", two, acts.Merge(into=one.id)))
    await refused("invalid-request", world.do("truong.ca", two, acts.Merge(into=two.id)))
    merged = await world.do("truong.ca", two, acts.Merge(into=one.id, text="Cùng một điểm"))
    assert (merged.state, merged.merged_into) == ("merged", one.id)
    row = await world.read("truc", one)
    assert {(each["kind"], each["ref"]) for each in row["links"]} == {
        ("entity", "urn:x:1"), ("camera", "urn:x:2"), ("incident", str(two.id))
    }  # fmt: skip
    assert [each["id"] for each in row["resources"]] == [patrol]
    assert row["dispatched_at"] == "2026-03-16T02:30:00Z"
    assert [each["kind"] for each in await world.log("truc", one)][-1] == "absorb"
    await refused("incident-act-refused", world.do("truong.ca", one, acts.Merge(into=two.id)))
    for act in (acts.Verify(text="x"), acts.Classify(), acts.Contain(text="x")):
        await world.do("truc", one, act)
    await world.do("truong.ca", one, acts.Close(text="x"))
    states = await world.fetch(
        "SELECT DISTINCT state FROM task WHERE source_kind = 'incident' AND source_id = ANY(%s)",
        [str(one.id), str(two.id)],
    )
    assert states == [("cancelled",)], "also of what was merged into it"


async def test_split_makes_an_incident_of_a_part(world: World) -> None:
    stays, goes = await a_resource(world, "Tổ 7"), await a_resource(world, "Tổ 8")
    flood = await world.plain(area_code="22", place="Trần Phú")
    pole = LinkTo(kind="entity", ref=await world.thing("urn:x:pole"))
    await world.do("truc", flood, acts.Link(links=(pole,)))
    await world.do("truc", flood, acts.Verify(text="x"))
    await world.do("truc", flood, acts.Dispatch(resource_ids=(stays, goes)))
    part = acts.Split(
        title="Đứt dây điện", text="Việc khác", kind="power", links=(pole,), resource_ids=(goes,)
    )
    await refused("incident-part-missing", world.do("truc", flood, part))
    await refused(
        "invalid-request",
        world.do(
            "truong.ca", flood, acts.Split(title="x", text="x", links=(LinkTo(kind="report", ref="7"),))
        ),
    )
    await world.do("truong.ca", flood, part)
    [(number,)] = await world.fetch("SELECT id FROM incident WHERE split_from = %s", flood.id)
    new, old = await world.read("truc", number), await world.read("truc", flood)
    assert (new["state"], new["kind"], new["place"]) == ("verified", "power", "Trần Phú")
    assert [each["id"] for each in new["resources"]] == [goes]
    assert [each["id"] for each in old["resources"]] == [stays]
    assert {(each["kind"], each["ref"]) for each in new["links"]} == {
        ("entity", "urn:x:pole"), ("incident", str(flood.id))
    }  # fmt: skip
    assert [(each["kind"], each["ref"]) for each in old["links"]] == [("incident", str(number))]


async def test_link_and_unlink_are_in_the_log(world: World) -> None:
    flood = await world.plain()
    camera = LinkTo(kind="camera", ref=await world.thing("urn:ngsi-ld:Camera:1"), note="gần nhất")
    await world.do("truc", flood, acts.Link(links=(camera, camera)))
    assert [each["ref"] for each in (await world.read("truc", flood))["links"]] == [camera.ref]
    await world.do("truc", flood, acts.Unlink(links=(camera,), text="Nhầm"))
    assert (await world.read("truc", flood))["links"] == []
    await refused(
        "invalid-request",
        world.do("truc", flood, acts.Link(links=(LinkTo(kind="incident", ref=str(flood.id)),))),
    )
    log = await world.log("truc", flood)
    assert [each["kind"] for each in log] == ["open", "link", "unlink"]
    assert log[1]["detail"]["links"] == [["camera", camera.ref, "gần nhất"]]


async def test_only_what_one_may_see_is_linked_and_nobody_learns_of_the_rest(world: World) -> None:
    theirs, hidden = await world.thing("urn:x:gauge", "police"), await world.plain()
    jam = await world.plain(by="xay.dung", kind="traffic_jam", title="Ùn tắc")
    await world.run(
        "INSERT INTO incident_link (incident_id, kind, ref, at, by) VALUES (%s, 'entity', %s, now(), 'x')",
        jam.id, await world.thing("urn:x:joined", "police"),
    )  # fmt: skip
    for kind, ref, missing in (
        ("entity", theirs, "urn:x:nothing"), ("camera", theirs, "urn:x:nothing"),
        ("incident", str(hidden.id), "99999"), ("warning", "77", "78"),
    ):  # fmt: skip
        said = [
            [(f.field, f.vi) for f in (await refused("invalid-request", doing)).faults]
            for each in (ref, missing)
            for link in [(LinkTo(kind=kind, ref=each),)]
            for doing in (
                world.do("xay.dung", jam, acts.Link(links=link)),
                world.plain(by="xay.dung", kind="traffic_jam", title="Ùn tắc", links=link),
            )
        ]
        assert said == [said[0]] * 4, kind
    moved = acts.Split(title="Phần", text="x", links=(LinkTo(kind="entity", ref="urn:x:joined"),))
    await world.do("xay.dung", jam, moved)  # what others linked goes along


async def test_invite_lets_a_unit_see_and_write(world: World) -> None:
    flood = await world.plain()
    await refused("not-found", world.read("xay.dung", flood))
    await world.do("truc", flood, acts.Invite(orgs=(world.orgs["works"],)))
    row = await world.read("xay.dung", flood)
    assert (row["parts"], row["acts"]) == (["unit"], ["note"])
    await world.do("xay.dung", flood, acts.Note(text="Đã cử kỹ sư"))
    await refused("incident-part-missing", world.do("xay.dung", flood, acts.Verify(text="x")))


async def test_escalate_tells_who_leads(world: World) -> None:
    flood = await world.plain(is_exercise=True, by="truong.ca")
    after = await world.do("truong.ca", flood, acts.Escalate(text="Xin thêm xuồng"))
    assert after.escalations == 1
    [(org, vi)] = await world.fetch("SELECT org_id, vi FROM notice WHERE kind = 'incident-escalated'")
    assert org == world.orgs["centre"], "the unit's inbox, where nobody fills the role"
    assert vi.startswith("[DIỄN TẬP] Xin ý kiến chỉ đạo (Xin thêm xuồng): DT-2026-")


async def test_note_asks_no_version_and_a_correction_stands_beside_the_old(world: World) -> None:
    flood = await world.plain()
    await world.do("truc", flood, acts.Note(text="Nước sâu 30 cm"), version=99)
    await world.do("hai", flood, acts.Note(text="Nước sâu 13 cm", corrects=2))
    await refused("invalid-request", world.do("hai", flood, acts.Note(text="x", corrects=77)))
    log = await world.log("truc", flood)
    assert [(each["kind"], each["text"], each["corrects"], each["corrected_by"]) for each in log[1:]] == [
        ("note", "Nước sâu 30 cm", None, 3), ("correction", "Nước sâu 13 cm", 2, None)
    ]  # fmt: skip
    assert (await world.row(flood)).version == 1


async def test_two_operators_at_once_one_wins_the_other_is_told(world: World) -> None:
    flood = await world.plain()
    results = await asyncio.gather(
        world.do("truc", flood, acts.Verify(text="Thật"), version=1),
        world.do("hai", flood, acts.Reject(reason="false_alarm", text="Không"), version=1),
        return_exceptions=True,
    )
    [problem] = [each for each in results if isinstance(each, Problem)]
    assert problem.kind.code == "version-conflict"
    assert (problem.extra["yours"], problem.extra["current"]) == (1, 2)
    assert len(await world.log("truc", flood)) == 2, "nothing of the other's was written"


async def test_an_exercise_is_one_from_birth_and_says_so(world: World) -> None:
    await refused("forbidden", world.plain(is_exercise=True))
    drill = await world.plain(by="truong.ca", is_exercise=True, title="Diễn tập ngập")
    assert drill.code.startswith("DT-2026-")
    row = await world.read("truc", drill)
    assert row["mark"] == {"vi": "DIỄN TẬP", "en": "EXERCISE"}
    duty = await world.who("truc")
    async with world.db.transaction() as connection:
        log = await reading.log(connection, duty, drill.id, before=None, after=None, limit=5)
        near = await around.nearest(connection, duty, drill.id, 5)
    assert log["mark"] == near["mark"] == row["mark"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("UPDATE incident SET is_exercise = false WHERE id = %s", drill.id)
    for refused_by_all in (
        f"DELETE FROM incident WHERE id = {drill.id}", "TRUNCATE incident CASCADE",
        "TRUNCATE incident_file", "TRUNCATE handover",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await world.run(refused_by_all)
    real = await world.plain()
    await refused("invalid-request", world.do("truong.ca", drill, acts.Merge(into=real.id)))
    patrol = await a_resource(world, "Tổ 9")
    await world.do("truong.ca", drill, acts.Dispatch(resource_ids=(patrol,)))
    [(exercise,)] = await world.fetch("SELECT is_exercise FROM task WHERE source_id = %s", str(drill.id))
    assert exercise
    bodies = await world.fetch(
        "SELECT body FROM event_inbox WHERE topic = 'incidents' AND ref = %s", str(drill.id)
    )
    assert all(body["is_exercise"] and body["mark"] for (body,) in bodies)
    assert bodies
