"""What steps do by themselves: each once, told, a failure left to people; exercises move nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from haidang.base.problems import Problem
from haidang.city.service import City
from haidang.incidents.model.acts import Dispatch, Escalate, Merge
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model import acts
from haidang.incidents.procedures.service import actuating, running, stepping
from haidang.incidents.procedures.store import actions as action_store
from tests.integration.city.broker import client
from tests.integration.city.device import Device
from tests.integration.incidents.conftest import World
from tests.integration.incidents.procedures.conftest import ME, Hands

NOWHERE = "UPDATE incident SET area_code = '99999' WHERE id = %s"
"""An area that is no more: a warning for it cannot be drafted."""
SIREN = "urn:ngsi-ld:Siren:1"
AUTO = """
procedure: test-auto
version: 1
vi: Tự động
en: By itself
applies_when: incident.kind == "medical" and incident.severity == 4
steps:
  - id: draft
    vi: Soạn cảnh báo
    en: Draft a warning
    action: cap_draft
  - id: siren
    vi: Bật còi
    en: Sound the siren
    needs: [draft]
    action: {actuate: {entity: "urn:ngsi-ld:Siren:1", attribute: siren, value: true}}
  - {id: look, vi: Kiểm tra, en: Look, role: duty_officer, needs: [siren]}
samples:
  - {facts: {incident.kind: medical, incident.severity: 4}, applies: true, open: [draft]}
  - {facts: {incident.kind: fire, incident.severity: 4}, applies: false}
"""


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def automatic(hands: Hands) -> None:
    folder = hands.world.settings.data_dir / "sectors" / "flood" / "procedures"
    (folder / "test-auto.yaml").write_text(AUTO, encoding="utf-8")


async def verified(hands: Hands, **facts: Any) -> Incident:
    incident = await hands.flood(**facts)
    await hands.act("truc", incident, "verify", acts.Done(text="Ngập 40 cm"))
    return incident


async def warning(world: World, incident: Incident) -> tuple[Any, ...]:
    [found] = await world.fetch(
        "SELECT id, status, scope, state, headline, is_exercise, authors FROM warning WHERE incident_id = %s",
        incident.id,
    )
    return found


async def test_a_warning_is_drafted_linked_and_told_in_the_log(hands: Hands, world: World) -> None:
    incident = await verified(hands)
    number, status, scope, state, headline, _, authors = await warning(world, incident)
    assert (status, scope, state, headline) == ("Actual", "Public", "draft", "Ngập tại Trần Phú")
    assert authors == [f"account:{world.people['truc']}"], "whose act it came of cannot approve it alone"
    links = await world.fetch(
        "SELECT ref FROM incident_link WHERE incident_id = %s AND kind = 'warning'", incident.id
    )
    assert links == [(str(number),)]
    shown = (await hands.step("truc", incident, "warn"))["actions"]
    assert [(each["kind"], each["state"], each["ref"]) for each in shown] == [
        ("cap_draft", "done", f"warning:{number}")
    ]
    assert any(text.startswith("Đã tự động soạn bản tin") for _, _, text in await hands.log(incident))


async def test_units_are_told_once(hands: Hands, world: World) -> None:
    incident = await verified(hands)
    assert (await hands.states(incident))["tell"] == "done", "an automatic step ends with its action"
    run = await hands.run(incident)
    told = await world.fetch(
        "SELECT org_id, vi FROM notice WHERE key LIKE %s ORDER BY org_id", f"procedure:{run.id}:tell:%"
    )
    assert told == [
        (incident.owner_org, f"{incident.code}: Ngập Trần Phú"),
        (world.orgs["police"], f"{incident.code}: Ngập Trần Phú"),
    ]


async def test_a_subtask_is_given_and_its_unit_sees_the_incident(hands: Hands, world: World) -> None:
    incident = await verified(hands, facts={"depth_cm": 60})
    task = await hands.task(incident, "close-road")
    [found] = await world.fetch(
        "SELECT title, owner_org, parent_id, source_kind, due_end - created_at FROM task "
        "WHERE parent_id = %s",
        task.id,
    )
    assert found == (
        f"{incident.code} · Bơm tại Trần Phú", world.orgs["works"], task.id, "incident", timedelta(hours=1),
    )  # fmt: skip
    assert {world.orgs["works"], world.orgs["police"]} <= set((await world.row(incident)).orgs)
    assert (await hands.read("cong.an", incident))["run"]["procedure"] == "test-flood"


async def test_an_action_that_fails_is_told_and_blocks_nothing(hands: Hands, world: World) -> None:
    incident = await hands.flood()
    await world.run(NOWHERE, incident.id)
    await hands.act("truc", incident, "verify", acts.Done(text="Ngập 40 cm"))
    assert (await hands.states(incident))["warn"] == "open"
    [shown] = (await hands.step("truc", incident, "warn"))["actions"]
    assert (shown["state"], shown["ref"]) == ("failed", "")
    assert "areas.0.codes" in shown["vi"]
    assert "repeat_action" in (await hands.step("truc", incident, "warn"))["acts"]
    await hands.act("truc", incident, "warn", acts.RepeatAction(action=0, reason="Đã sửa địa bàn"))
    tries = [each for each in await hands.actions(incident) if each[1] == "cap_draft"]
    assert [(state, no) for _, _, state, no, _ in tries] == [("failed", 1), ("failed", 2)]
    assert await world.fetch("SELECT count(*) FROM warning WHERE incident_id = %s", incident.id) == [(0,)]


async def test_what_did_not_commit_has_not_acted_and_acts_once_the_next_time(
    hands: Hands, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await hands.flood()

    async def killed(_: Any) -> None:
        raise RuntimeError("the process is killed")

    with monkeypatch.context() as patched:
        patched.setattr(stepping, "settle_run", killed)
        with pytest.raises(RuntimeError):
            await hands.act("truc", incident, "verify", acts.Done(text="x"))
    assert await hands.actions(incident) == []
    assert await world.fetch("SELECT count(*) FROM warning WHERE incident_id = %s", incident.id) == [(0,)]
    await hands.act("truc", incident, "verify", acts.Done(text="x"))
    assert sorted(each[1] for each in await hands.actions(incident)) == ["cap_draft", "notify_unit"]


async def test_an_automatic_step_that_fails_becomes_somebodys_task(hands: Hands, world: World) -> None:
    incident = await world.open(kind="medical", severity=4, procedure="")
    await world.run(NOWHERE, incident.id)
    await hands.start(await world.row(incident), "test-auto")
    task = await hands.task(incident, "draft")
    assert "thực hiện thủ công" in task.title.lower()
    await hands.act("truc", incident, "draft", acts.Done(text="Đã soạn tay"))
    assert (await hands.states(incident))["siren"] == "open"


async def test_an_exercise_warns_nobody_and_moves_nothing(hands: Hands, world: World) -> None:
    who = await world.who("truong.ca")
    assert who.may("exercise.run")
    incident = await hands.flood(by="truong.ca", is_exercise=True, place="Bãi tập")
    task = await hands.task(incident, "verify")
    assert (task.is_exercise, task.title.startswith("[DIỄN TẬP]")) == (True, True)
    await hands.act("truc", incident, "verify", acts.Done(text="Giả định"))
    _, status, scope, _, _, is_exercise, _ = await warning(world, incident)
    assert (status, scope, is_exercise) == ("Exercise", "Restricted", True)
    await hands.act("truong.ca", incident, "warn", acts.Done(text="Đã soạn"))
    await hands.act("lanh.dao", incident, "warn", acts.Approve())
    siren = [each for each in await hands.actions(incident) if each[1] == "actuate"]
    assert siren == [("warn", "actuate", "withheld", 1, "")]
    run = await hands.run(incident)
    told = await world.fetch("SELECT vi FROM notice WHERE key LIKE %s", f"procedure:{run.id}:tell:%")
    assert all(vi.startswith("[DIỄN TẬP]") for (vi,) in told)


async def test_a_simulated_incident_moves_no_real_device_and_says_what_it_is(
    hands: Hands, world: World
) -> None:
    incident = await hands.flood(procedure="")
    await world.run("UPDATE incident SET simulated = true WHERE id = %s", incident.id)
    await hands.start(await world.row(incident))
    assert (await hands.task(incident, "verify")).title.startswith("[MÔ PHỎNG]")
    await hands.act("truc", incident, "verify", acts.Done(text="Giả định"))
    await hands.act("truong.ca", incident, "warn", acts.Done(text="Đã soạn"))
    await hands.act("lanh.dao", incident, "warn", acts.Approve())
    assert [each for each in await hands.actions(incident) if each[1] == "actuate"] == [
        ("warn", "actuate", "withheld", 1, "")
    ]
    assert (await warning(world, incident))[1:3] == ("Exercise", "Restricted")
    assert any(text.endswith("không gửi lệnh tới thiết bị thật") for _, _, text in await hands.log(incident))
    run = await hands.run(incident)
    told = await world.fetch("SELECT vi, en FROM notice WHERE key LIKE %s", f"procedure:{run.id}:tell:%")
    assert [(vi[:10], en[:11]) for vi, en in told] == [("[MÔ PHỎNG]", "[SIMULATED]")] * 2
    assert (await world.read("truc", incident))["mark"] == {"vi": "MÔ PHỎNG", "en": "SIMULATED"}
    await world.do("truong.ca", incident, Escalate(text="Xin lệnh"))
    await world.do("truong.ca", incident, Dispatch(orgs=(world.orgs["police"],)))
    [(vi,)] = await world.fetch(
        "SELECT vi FROM notice WHERE key LIKE %s", f"incident-escalated:{incident.id}:%"
    )
    [(title,)] = await world.fetch(
        "SELECT title FROM task WHERE source_kind = 'incident' AND source_id = %s AND owner_org = %s",
        str(incident.id), world.orgs["police"],
    )  # fmt: skip
    assert (vi[:10], title[:10]) == ("[MÔ PHỎNG]",) * 2
    real = await world.plain(kind="landslide")
    with pytest.raises(Problem, match="invalid-request"):
        await world.do("truong.ca", incident, Merge(into=real.id))


async def test_a_simulated_incident_moves_what_is_simulated_like_itself(hands: Hands, world: World) -> None:
    incident = await hands.flood(procedure="")
    await world.run("UPDATE incident SET simulated = true WHERE id = %s", incident.id)
    await world.thing(SIREN)
    await world.run("UPDATE entity SET simulated = true WHERE id = %s", SIREN)
    await hands.start(await world.row(incident))
    await hands.act("truc", incident, "verify", acts.Done(text="Giả định"))
    await hands.act("truong.ca", incident, "warn", acts.Done(text="Đã soạn"))
    await hands.act("lanh.dao", incident, "warn", acts.Approve())
    states = [each[2] for each in await hands.actions(incident) if each[1] == "actuate"]
    await world.run(
        "UPDATE procedure_action SET state = 'withheld', ended_at = now() WHERE state = 'waiting'"
    )
    await world.run("DELETE FROM entity_static WHERE eid = (SELECT eid FROM entity WHERE id = %s)", SIREN)
    await world.run("DELETE FROM entity WHERE id = %s", SIREN)
    assert states == ["waiting"]


class Yard:
    """A city with a siren that a device answers for."""

    def __init__(self, city: City, device: Device) -> None:
        self.city = city
        self.device = device

    async def register(self, world: World) -> None:
        """Let the device answer for the siren, as somebody who may write it."""
        http = client(self.city, await world.who("quan.tri"))
        body = {
            "type": "ContextSourceRegistration", "mode": "exclusive", "operations": ["updateOps"],
            "information": [{"entities": [{"type": "Siren", "id": SIREN}], "propertyNames": ["siren"]}],
            "endpoint": self.device.uri,
        }  # fmt: skip
        answer = await http.post("/csourceRegistrations/", json=body)
        assert answer.status_code == 201, answer.text

    async def forget(self) -> None:
        http = client(self.city, ME)
        for one in (await http.get("/csourceRegistrations", params={"limit": 1000})).json():
            await http.delete(f"/csourceRegistrations/{quote(one['id'], safe='')}")
        self.device.forget()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(world: World) -> AsyncIterator[Yard]:
    device = await Device().start()
    await world.person("quan.tri", "root", "administrator")
    settings = type(world.settings)(
        data_dir=world.settings.data_dir, notification_allow_hosts=(device.host, f"localhost:{device.port}")
    )
    city = await City.open(world.db, settings, world.clock)
    yield Yard(city, device)
    await city.close()
    await device.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def yard(opened: Yard, world: World) -> Yard:
    await opened.forget()
    await opened.register(world)
    await world.run(
        "UPDATE procedure_action SET state = 'withheld', ended_at = now() WHERE state = 'waiting'"
    )
    return opened


async def stormy(hands: Hands, name: str = "truong.ca") -> Incident:
    """Open an incident whose procedure sounds a siren by itself, on somebody's behalf."""
    return await hands.world.open(by=name, kind="medical", severity=4)


async def test_a_command_goes_to_the_device_once_with_the_rights_of_whom_it_is_for(
    hands: Hands, world: World, yard: Yard
) -> None:
    incident = await stormy(hands, "quan.tri")
    assert (await hands.states(incident))["siren"] == "open", "it waits for its device"
    assert yard.device.told == [], "nothing leaves before the commit"
    assert await actuating.turn(yard.city, world.desk)
    assert not await actuating.turn(yard.city, world.desk)
    (told,) = yard.device.told
    assert told.body == {"type": "Property", "value": True}
    assert await hands.states(incident) == {"draft": "done", "siren": "done", "look": "open"}
    assert ("action", "system:procedures", f"Đã điều khiển thiết bị: {SIREN} siren = True") in (
        await hands.log(incident)
    )
    begun = await world.fetch(
        "SELECT actor FROM chain WHERE log = 'audit' AND action = 'actuation.begin' AND subject = %s", SIREN
    )
    assert begun[-1] == (f"account:{world.people['quan.tri']}",)


async def test_who_may_not_write_the_device_commands_nothing(hands: Hands, world: World, yard: Yard) -> None:
    incident = await stormy(hands, "truc")
    await actuating.turn(yard.city, world.desk)
    assert yard.device.told == []
    assert (await hands.task(incident, "siren")).state == "new", "somebody does it by hand"
    [siren] = [each for each in await hands.actions(incident) if each[1] == "actuate"]
    assert siren[2] == "failed"


async def test_where_no_source_holds_the_attribute_nothing_is_written(
    hands: Hands, world: World, yard: Yard
) -> None:
    await yard.forget()
    incident = await stormy(hands, "truong.ca")
    await actuating.turn(yard.city, world.desk)
    [shown] = (await hands.step("truc", incident, "siren"))["actions"]
    assert (shown["state"], "nguồn dữ liệu nào giữ" in shown["vi"]) == ("failed", True)
    assert await world.fetch("SELECT count(*) FROM entity WHERE id = %s", SIREN) == [(0,)]


async def test_a_process_killed_while_sending_leaves_it_unknown_and_nothing_is_sent_again(
    hands: Hands, world: World, yard: Yard
) -> None:
    incident = await stormy(hands)
    async with world.db.transaction() as connection:
        begun = await action_store.begin(connection, world.clock.now())
    assert begun is not None, "committed; here the process dies"
    assert not await actuating.turn(yard.city, world.desk)
    assert await actuating.give_up(world.db, world.desk) == 0, "somebody may still be at it"
    world.clock.advance(timedelta(minutes=6))
    assert await actuating.give_up(world.db, world.desk) == 1
    assert not await actuating.turn(yard.city, world.desk)
    assert yard.device.told == []
    [shown] = (await hands.step("truc", incident, "siren"))["actions"]
    assert (shown["state"], shown["no"]) == ("unknown", 1)
    assert (await hands.task(incident, "siren")).state == "new", "somebody looks at the device"
    with pytest.raises(Problem):
        await hands.act("cong.an", incident, "siren", acts.RepeatAction(action=0, reason="x"))
    await hands.act("truong.ca", incident, "siren", acts.RepeatAction(action=0, reason="Còi chưa kêu"))
    assert await actuating.turn(yard.city, world.desk)
    siren = [each for each in await hands.actions(incident) if each[1] == "actuate"]
    assert [(no, state) for _, _, state, no, _ in siren] == [(1, "unknown"), (2, "failed")]


async def test_a_procedure_that_is_stopped_sends_nothing_any_more(
    hands: Hands, world: World, yard: Yard
) -> None:
    incident = await stormy(hands)
    async with world.db.transaction() as connection:
        await running.stop(connection, world.desk, "system:test", incident.id, "Báo nhầm")
    assert not await actuating.turn(yard.city, world.desk)
    assert yard.device.told == []
