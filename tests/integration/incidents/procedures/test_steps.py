"""Steps and their tasks are one thing; what is not known is asked; what a role approves the doer does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.incidents.model.acts import SetRole
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.model import acts
from haidang.incidents.procedures.service import roles, running
from haidang.incidents.procedures.service.roles import Filler
from haidang.incidents.service import acting as incident_acting
from haidang.incidents.store import incidents
from haidang.organisation.service.audit import verify_log
from haidang.tasks.model import acts as task_acts
from tests.integration.incidents.conftest import START, World
from tests.integration.incidents.procedures.conftest import ME, TEXT, Hands

PHOTO = (
    "INSERT INTO task_evidence (task_id, name, media_type, size_bytes, sha256, scan, by, at) "
    "VALUES (%s, 'anh.jpg', %s, 10, repeat('a', 64), 'clean', 'account:1', now())"
)


async def verified(hands: Hands, **facts: Any) -> Incident:
    incident = await hands.flood(**facts)
    await hands.act("truc", incident, "verify", acts.Done(text="Ngập 40 cm"))
    return incident


async def test_a_step_is_a_task_with_its_unit_clock_and_source(hands: Hands) -> None:
    incident = await hands.flood()
    task = await hands.task(incident, "verify")
    assert (task.source_kind, task.source_id, task.policy) == (
        "incident_step", f"{incident.id}:verify", "duty",
    )  # fmt: skip
    assert task.owner_org == incident.owner_org, "nobody fills this role: the incident's own unit does"
    assert task.due_end == START + timedelta(minutes=10)
    assert (task.priority, task.title) == (4, f"{incident.code} · Xác minh")
    assert await hands.states(incident) == {
        "verify": "open", "close-road": "waiting", "warn": "waiting", "tell": "waiting",
    }  # fmt: skip


async def test_done_by_the_task_ticks_the_step_and_opens_the_next_in_the_same_transaction(
    hands: Hands, world: World
) -> None:
    incident = await hands.flood()
    task = await hands.task(incident, "verify")
    await hands.on_task("truc", task, task_acts.Report(text="Đã xem camera, ngập 40 cm"))
    assert (await hands.task(incident, "verify")).state == "accepted", "nobody's verdict is awaited"
    assert await hands.states(incident) == {
        "verify": "done", "close-road": "asked", "warn": "open", "tell": "done",
    }  # fmt: skip
    truc = f"account:{world.people['truc']}"
    row = (await hands.run(incident)).row("verify")
    assert (row.settled_by, row.settled_at) == (truc, START)
    log = await hands.log(incident)
    assert ("step_done", truc, "Đã xong: Xác minh") in log
    kinds = [kind for kind, _, _ in log]
    assert kinds.index("step_done") < kinds.index("step_asked")
    told = await world.fetch(
        "SELECT count(*) FROM notice WHERE kind IN ('reported', 'accepted') AND task_id = %s", task.id
    )
    assert told == [(0,)], "nobody is asked for a verdict that is not wanted"


async def test_done_by_the_step_ticks_the_task(hands: Hands, world: World) -> None:
    incident = await hands.flood()
    await hands.act("truc", incident, "verify", acts.Start())
    assert (await hands.task(incident, "verify")).state == "in_progress"
    await hands.act("truc", incident, "verify", acts.Done(text="Ngập thật"))
    task = await hands.task(incident, "verify")
    assert (task.state, task.reported_by) == ("accepted", f"account:{world.people['truc']}")
    assert (await hands.states(incident))["verify"] == "done"
    assert (await hands.step("truc", incident, "verify"))["note"] == "Ngập thật"


async def test_the_chains_of_tasks_and_of_the_incident_are_sound(hands: Hands, world: World) -> None:
    incident = await verified(hands)
    async with world.db.transaction() as connection:
        for log in ("tasks", f"incident:{incident.id}"):
            verdict = await verify_log(connection, log)
            assert verdict.sound, verdict.breaks


async def test_missing_is_not_false_an_operator_answers(hands: Hands, world: World) -> None:
    incident = await verified(hands)
    assert (await hands.states(incident))["close-road"] == "asked"
    told = await world.fetch(
        "SELECT n.vi FROM notice n WHERE n.key LIKE 'procedure-asked:%%' AND n.vi LIKE %s",
        f"{incident.code}%",
    )
    assert told == [(f"{incident.code}: cần quyết định có thực hiện bước “Cấm đường” không",)]
    with pytest.raises(Problem) as refused:
        await hands.act("cong.an", incident, "close-road", acts.Answer(needed=True, reason="x"))
    assert refused.value.kind.code in {"incident-part-missing", "not-found"}
    await hands.act("truc", incident, "close-road", acts.Answer(needed=True, reason="Dân báo ngập sâu"))
    assert (await hands.states(incident))["close-road"] == "open"
    assert (await hands.task(incident, "close-road")).owner_org == world.orgs["police"]


async def test_answered_not_needed_it_is_passed_over_and_may_be_wanted_after_all(hands: Hands) -> None:
    incident = await verified(hands)
    await hands.act("truc", incident, "close-road", acts.Answer(needed=False, reason="Nông"))
    assert (await hands.states(incident))["close-road"] == "unneeded"
    await hands.act("truc", incident, "close-road", acts.Answer(needed=True, reason="Nước lên"))
    assert (await hands.states(incident))["close-road"] == "open"


async def test_water_that_rises_later_opens_the_step_by_the_clock(hands: Hands, world: World) -> None:
    incident = await verified(hands)
    facts = "UPDATE incident SET facts = facts || %s::jsonb WHERE id = %s"
    await world.run(facts, '{"depth_cm": 20}', incident.id)
    await hands.tick()
    assert (await hands.states(incident))["close-road"] == "unneeded"
    await world.run(facts, '{"depth_cm": 45}', incident.id)
    await hands.tick()
    assert (await hands.states(incident))["close-road"] == "open"
    await hands.tick()
    assert [kind for kind, _, _ in await hands.log(incident)].count("step_unneeded") == 1


async def test_a_photo_is_a_photo(hands: Hands, world: World) -> None:
    incident = await verified(hands, facts={"depth_cm": 50})
    task = await hands.task(incident, "close-road")
    assert task.product == "Ảnh hiện trường"
    done = acts.Done(text="Đã cấm", product="ảnh đã gửi qua điện thoại")
    with pytest.raises(Problem) as refused:
        await hands.act("cong.an", incident, "close-road", done)
    assert refused.value.faults[0].field == "evidence"
    await world.run(PHOTO, task.id, "application/pdf")
    with pytest.raises(Problem):
        await hands.on_task("cong.an", task, task_acts.Report(text="Đã cấm", product="xem tệp"))
    await world.run(PHOTO, task.id, "image/jpeg")
    await hands.on_task("cong.an", task, task_acts.Report(text="Đã cấm"))
    assert (await hands.states(incident))["close-road"] == "done"


async def test_only_the_named_role_approves_and_never_the_doer(hands: Hands, world: World) -> None:
    incident = await verified(hands)
    await hands.act("truong.ca", incident, "warn", acts.Done(text="Đã soạn"))
    assert (await hands.states(incident))["warn"] == "approving"
    task = await hands.task(incident, "warn")
    assert task.state == "reported"
    leader = f"account:{world.people['lanh.dao']}"
    told = await world.fetch(
        "SELECT account_id FROM notice WHERE key = %s", f"procedure-approve:{task.id}:{task.version}"
    )
    assert told == [(world.people["lanh.dao"],)]
    for name, code in (("truc", "procedure-approval"), ("truong.ca", "task-judged-by-itself")):
        assert "approve" not in (await hands.step(name, incident, "warn"))["acts"]
        with pytest.raises(Problem) as refused:
            await hands.on_task(name, task, task_acts.Accept())
        assert refused.value.kind.code == code
    assert "approve" in (await hands.step("lanh.dao", incident, "warn"))["acts"]
    await hands.act("lanh.dao", incident, "warn", acts.Return(text="Thiếu khu vực"))
    assert (await hands.states(incident))["warn"] == "open"
    await hands.act("truong.ca", incident, "warn", acts.Done(text="Đã bổ sung"))
    await hands.act("lanh.dao", incident, "warn", acts.Approve(text="Duyệt"))
    row = (await hands.run(incident)).row("warn")
    assert (row.state, row.settled_by, row.approved_by) == (
        "done", f"account:{world.people['truong.ca']}", leader,
    )  # fmt: skip
    shown = await hands.step("truc", incident, "warn")
    assert (shown["approve"]["by"], shown["approve"]["vi"]) == ("Lanh.Dao", "Lãnh đạo trực")


async def test_the_sites_approver_stays_whomever_the_incident_names(hands: Hands, world: World) -> None:
    incident = await hands.flood(orgs=(world.orgs["police"],))
    mine = SetRole(role="leader_on_duty", account_id=world.people["hai"])
    await world.do("truong.ca", incident, mine)
    await hands.act("truc", incident, "verify", acts.Done(text="Ngập 40 cm"))
    await hands.act("truong.ca", incident, "warn", acts.Done(text="Đã soạn"))
    assert "approve" not in (await hands.step("hai", incident, "warn"))["acts"]
    assert (await hands.step("truc", incident, "warn"))["approve"]["person"] == "Lanh.Dao"
    with pytest.raises(Problem) as refused:
        await hands.act("hai", incident, "warn", acts.Approve())
    assert refused.value.kind.code == "procedure-approval"
    assert "skip" not in (await hands.step("truong.ca", incident, "warn"))["acts"]
    with pytest.raises(Problem) as refused:
        await hands.act("truong.ca", incident, "warn", acts.Skip(reason="Không cần duyệt"))
    assert refused.value.kind.code == "incident-part-missing"
    async with world.db.transaction() as connection:

        async def person() -> tuple[int, int | None]:
            row = await incidents.get(connection, incident.id)
            assert row is not None
            return (await roles.approver(connection, row, "leader_on_duty"))[:2]

        for unit, whom in (("police", None), ("centre", world.people["hai"])):
            await roles.fill(connection, world.desk, ME, "leader_on_duty", [Filler(world.orgs[unit])])
            assert await person() == (world.orgs[unit], whom), "within the unit that the site names"
        await roles.fill(connection, world.desk, ME, "leader_on_duty", [])
        assert await person() == (world.orgs["centre"], world.people["hai"]), "where the site names nobody"
        again = [Filler(world.orgs["centre"], world.people["lanh.dao"])]
        await roles.fill(connection, world.desk, ME, "leader_on_duty", again)
    await hands.act("lanh.dao", incident, "warn", acts.Approve())
    assert (await hands.states(incident))["warn"] == "done"


async def test_skip_needs_a_reason_and_of_what_is_approved_the_commander(hands: Hands) -> None:
    incident = await verified(hands)
    await hands.act("truc", incident, "close-road", acts.Skip(reason="Đường đã cấm từ trước"))
    row = (await hands.run(incident)).row("close-road")
    assert (row.state, row.reason) == ("skipped", "Đường đã cấm từ trước")
    with pytest.raises(Problem) as refused:
        await hands.act("truc", incident, "warn", acts.Skip(reason="Không cần"))
    assert refused.value.kind.code == "incident-part-missing"
    await hands.act("truong.ca", incident, "warn", acts.Skip(reason="Nước đã rút"))
    assert (await hands.task(incident, "warn")).state == "cancelled"
    assert (await hands.run(incident)).state == "finished"
    assert ("procedure", "Hoàn thành quy trình “Ngập đường”") in [
        (kind, text) for kind, _, text in await hands.log(incident)
    ]


async def test_a_task_that_is_cancelled_skips_its_step_with_the_reason(hands: Hands) -> None:
    incident = await hands.flood()
    task = await hands.task(incident, "verify")
    await hands.on_task("truong.ca", task, task_acts.Cancel(text="Đã xác minh qua điện thoại"))
    row = (await hands.run(incident)).row("verify")
    assert (row.state, row.reason) == ("skipped", "Đã xác minh qua điện thoại")
    assert (await hands.states(incident))["warn"] == "open"


async def test_a_reopened_task_opens_its_step_again_and_holds_back_what_has_not_begun(hands: Hands) -> None:
    incident = await verified(hands)
    task = await hands.task(incident, "verify")
    await hands.on_task("truong.ca", task, task_acts.Reopen(text="Nhầm địa điểm"))
    assert await hands.states(incident) == {
        "verify": "open", "close-road": "waiting", "warn": "open", "tell": "done",
    }  # fmt: skip
    await hands.act("truc", incident, "verify", acts.Done(text="Đúng chỗ"))
    assert [kind for _, kind, _, _, _ in await hands.actions(incident)].count("notify_unit") == 1, "acts once"


async def test_two_operators_on_one_step_one_wins_the_other_is_told(hands: Hands) -> None:
    incident = await verified(hands)
    seen = (await hands.run(incident)).row("close-road").version
    await hands.act("truc", incident, "close-road", acts.Answer(needed=False, reason="Nông"), version=seen)
    with pytest.raises(Problem) as refused:
        await hands.act("hai", incident, "close-road", acts.Answer(needed=True, reason="Sâu"), version=seen)
    assert (refused.value.kind.code, refused.value.extra["current"]) == (
        "version-conflict", (await hands.run(incident)).row("close-road").version,
    )  # fmt: skip


async def test_what_is_not_open_is_refused_by_name(hands: Hands) -> None:
    incident = await hands.flood()
    for step, act in (("warn", acts.Done(text="x")), ("tell", acts.Start()), ("verify", acts.Approve())):
        with pytest.raises(Problem) as refused:
            await hands.act("truong.ca", incident, step, act)
        assert refused.value.kind.code == "procedure-step-refused"
    with pytest.raises(Problem) as refused:
        await hands.act("truc", incident, "warn", acts.Answer(needed=True, reason="x"))
    assert refused.value.extra["hindrance"] == "state"


async def test_a_running_procedure_keeps_its_text_whatever_becomes_of_the_file(
    hands: Hands, world: World
) -> None:
    incident = await hands.flood()
    file = world.settings.data_dir / "sectors" / "flood" / "procedures" / "test-flood.yaml"
    file.write_text(
        TEXT.replace("version: 1", "version: 2").replace("vi: Xác minh", "vi: Xác minh kỹ"), encoding="utf-8"
    )
    try:
        await hands.act("truc", incident, "verify", acts.Start())
        run = await hands.run(incident)
        assert (run.edition, run.rule("verify").vi) == (1, "Xác minh")
        younger = await hands.flood()
        assert ((await hands.run(younger)).edition, (await hands.task(younger, "verify")).title) == (
            2, f"{younger.code} · Xác minh kỹ",
        )  # fmt: skip
    finally:
        file.write_text(TEXT, encoding="utf-8")
    with pytest.raises(Exception, match="keeps its text"):
        await world.run("UPDATE procedure_run SET text = '{}' WHERE id = %s", run.id)


async def test_changing_stops_the_old_one_and_its_tasks(hands: Hands, world: World) -> None:
    incident = await hands.flood()
    before = await hands.task(incident, "verify")
    await hands.start(incident)
    found = await hands.read("truc", incident)
    assert (found["run"]["state"], [each["state"] for each in found["former"]]) == ("running", ["stopped"])
    assert await world.fetch("SELECT state FROM task WHERE id = %s", before.id) == [("cancelled",)]
    assert (await hands.task(incident, "verify")).id != before.id


async def test_an_incident_that_ends_stops_its_procedure(hands: Hands, world: World) -> None:
    incident = await verified(hands)
    task = await hands.task(incident, "warn")
    async with world.db.transaction() as connection:
        actor = f"account:{world.people['truong.ca']}"
        await running.stop(connection, world.desk, actor, incident.id, "Sự cố đã đóng")
    run = await hands.run(incident)
    assert run.state == "stopped"
    assert {row.step: row.reason for row in run.steps if row.state == "skipped"} == {
        "close-road": "Sự cố đã đóng", "warn": "Sự cố đã đóng",
    }  # fmt: skip
    assert await world.fetch("SELECT state FROM task WHERE id = %s", task.id) == [("cancelled",)]
    with pytest.raises(Problem) as refused:
        await hands.act("truc", incident, "close-road", acts.Answer(needed=True, reason="x"))
    assert refused.value.extra["hindrance"] == "run"
    with pytest.raises(Problem):
        await hands.on_task("truong.ca", await hands.task(incident, "verify"), task_acts.Reopen(text="x"))


async def test_the_one_that_applies_starts_with_the_incident_and_others_are_offered(hands: Hands) -> None:
    incident = await hands.flood()
    found = await hands.read("truc", incident)
    assert (found["run"]["procedure"], found["former"]) == ("test-flood", [])
    assert [(each["procedure"], each["applies"]) for each in found["choices"]] == [("test-flood", True)]
    worse = await hands.flood(severity=1)
    found = await hands.read("truc", worse)
    assert (found["run"], found["choices"]) == (None, [])


async def test_a_role_goes_by_area_and_an_incident_may_name_its_own(hands: Hands, world: World) -> None:
    [(area, parent)] = await world.fetch(
        "SELECT code, parent_code FROM area WHERE valid_to IS NULL AND parent_code = '24' "
        "ORDER BY code LIMIT 1"
    )
    fillers = [
        Filler(world.orgs["works"]), Filler(world.orgs["centre"], area_code=parent),
        Filler(world.orgs["police"], area_code=area),
    ]  # fmt: skip
    async with world.db.transaction() as connection:
        await roles.fill(connection, world.desk, ME, "camera_duty", fillers)

    async def org(incident: Incident) -> int:
        async with world.db.transaction() as connection:
            return (await roles.filled(connection, incident, "camera_duty")).org_id

    here = await world.open(area_code=area)
    [(other,)] = await world.fetch(
        "SELECT code FROM area WHERE valid_to IS NULL AND parent_code = '24' ORDER BY code DESC LIMIT 1"
    )
    assert await org(here) == world.orgs["police"]
    assert await org(await world.open(area_code=other)) == world.orgs["centre"], "the province's"
    assert await org(await world.open()) == world.orgs["works"], "everywhere's"
    named = await world.open(orgs=(world.orgs["police"],))
    who = await world.who("truong.ca")
    role = SetRole(role="camera_duty", account_id=world.people["cong.an"])
    async with world.db.transaction() as connection:
        await incident_acting.perform(connection, world.desk, who, named.id, role, version=named.version)
    assert await org(await world.row(named)) == world.orgs["police"], "whom the incident names"
    with pytest.raises(Problem) as refused:
        async with world.db.transaction() as connection:
            await roles.fill(
                connection, world.desk, ME, "camera_duty",
                [Filler(999_999), Filler(world.orgs["works"], world.people["truc"], "99999")],
            )  # fmt: skip
    assert {fault.field for fault in refused.value.faults} == {
        "items.0.org_id", "items.1.area_code", "items.1.account_id",
    }  # fmt: skip


async def test_the_shift_lead_is_whoever_leads_the_shift_that_is_on(hands: Hands, world: World) -> None:
    incident = await hands.flood()

    async def lead() -> int | None:
        async with world.db.transaction() as connection:
            return (await roles.filled(connection, incident, "shift_lead")).account_id

    assert await lead() == world.people["truong.ca"], "whom the site names, while no shift is on"
    await world.run(
        "INSERT INTO shift (org_id, lead, started_at) VALUES (%s, %s, now())",
        incident.owner_org,
        world.people["hai"],
    )
    try:
        assert await lead() == world.people["hai"]
    finally:
        await world.run("UPDATE shift SET ended_at = now() WHERE org_id = %s", incident.owner_org)
