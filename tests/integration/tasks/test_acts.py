"""Every act on the real database: who may, from where, to where, and what the log says of it.

The tests are named after the acts of ``docs/tasks.md``, which names them in turn.
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.organisation.service import verify_log
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due, end_of
from haidang.tasks.model.task import Task, timeliness
from haidang.tasks.service import giving
from haidang.tasks.service.giving import NewChild, TaskPatch
from tests.integration.tasks.conftest import START, World

DAY = timedelta(days=1)


async def refused(waiting: Any, code: str, hindrance: str | None = None) -> Problem:
    """The act is refused, for this reason."""
    with pytest.raises(Problem) as refusal:
        await waiting
    assert refusal.value.kind.code == code, refusal.value
    if hindrance is not None:
        assert refusal.value.extra["hindrance"] == hindrance
    return refusal.value


async def reported(world: World, **facts: Any) -> Task:
    task = await world.give(**facts)
    await world.do("binh", task, acts.Receive())
    await world.do("binh", task, acts.Start())
    return await world.do("binh", task, acts.Report(text="Đã chuyển 12 hệ thống"))


async def test_the_way_from_draft_to_closed(world: World) -> None:
    task = await world.give(draft=True)
    assert (task.state, task.given_at) == ("draft", None)
    states = [task.state]
    world.clock.advance(DAY)
    for name, act in (
        ("desk", acts.Give()), ("binh", acts.Receive()), ("binh", acts.Start()),
        ("binh", acts.Progress(text="Được một nửa", percent=50)), ("binh", acts.Report(text="Xong")),
        ("desk", acts.Accept(text="Tốt")), ("desk", acts.Close()),
    ):  # fmt: skip
        task = await world.do(name, task, act)
        states.append(task.state)
    assert states == [
        "draft",
        "new",
        "received",
        "in_progress",
        "in_progress",
        "reported",
        "accepted",
        "closed",
    ]
    assert (task.version, task.progress_pct, task.given_at) == (8, 50, START + DAY)
    log = await world.fetch(
        "SELECT action, actor FROM chain WHERE log = 'tasks' AND subject = %s ORDER BY no", f"task:{task.id}"
    )
    assert [action for action, _ in log] == [
        "task.create", "task.give", "task.receive", "task.start", "task.progress", "task.report",
        "task.accept", "task.close",
    ]  # fmt: skip
    events = await world.fetch(
        "SELECT kind FROM event_inbox WHERE topic = 'tasks' AND ref = %s", str(task.id)
    )
    assert len(events) == len(log)


async def test_exactly_one_unit_leads(world: World) -> None:
    task = await world.give(coop_orgs=(world.orgs["south"], world.orgs["north"]))
    rows = await world.fetch("SELECT org_id, part FROM task_party WHERE task_id = %s", task.id)
    assert sorted(rows) == sorted([
        (world.orgs["north"], "lead"), (world.orgs["office"], "assigner"), (world.orgs["south"], "coop"),
    ])  # fmt: skip
    with pytest.raises(Exception, match="task_party_one_lead"):
        await world.run("INSERT INTO task_party SELECT task_id, %s, part, is_open, due_sort FROM task_party "
                        "WHERE task_id = %s AND part = 'lead'", world.orgs["south"], task.id)  # fmt: skip


async def test_accept_is_never_the_leads_own(world: World) -> None:
    task = await reported(world)
    await refused(world.do("bac", task, acts.Accept()), "task-part-missing", "part")
    await refused(world.do("nam", task, acts.Accept()), "not-found")
    inner = await world.give(by="bac", assigner_org=world.orgs["north"])
    await world.do("bac", inner, acts.Report(text="Tự làm"))
    await refused(world.do("bac", inner, acts.Accept()), "task-judged-by-itself", "itself")
    accepted = await world.do("desk", task, acts.Accept())
    assert (accepted.state, accepted.accepted_by) == ("accepted", (await world.who("desk")).id)


async def test_a_monitor_may_judge_in_the_assigners_place(world: World) -> None:
    task = await reported(world, monitor_org=world.orgs["south"])
    assert (await world.do("nam", task, acts.Accept())).state == "accepted"


async def test_return_restores_the_clock(world: World) -> None:
    task = await reported(world, due=Due(precision="day", on=date(2026, 3, 17)))
    world.clock.advance(5 * DAY)
    assert timeliness(task, task.due_end, world.clock.now(), world.desk.calendar) == "awaiting_verdict"
    task = await world.do("desk", task, acts.Return(text="Thiếu biên bản"))
    assert (task.state, task.reported_at, task.returns) == ("returned", None, 1)
    assert timeliness(task, task.due_end, world.clock.now(), world.desk.calendar) == "overdue"
    task = await world.do("binh", task, acts.Start())
    task = await world.do("binh", task, acts.Report(text="Bổ sung biên bản"))
    assert task.reports == 2
    verdicts = await world.fetch(
        "SELECT no, verdict FROM task_report WHERE task_id = %s ORDER BY no", task.id
    )
    assert verdicts == [(1, "returned"), (2, None)]


async def test_a_slow_assigner_does_not_make_the_unit_late(world: World) -> None:
    task = await reported(world, due=Due(precision="day", on=date(2026, 3, 17)))
    world.clock.advance(60 * DAY)
    task = await world.do("desk", task, acts.Accept())
    assert timeliness(task, task.due_end, world.clock.now(), world.desk.calendar) == "done_on_time"


async def test_report_needs_the_product_that_is_named(world: World) -> None:
    task = await world.give(product="Báo cáo bằng văn bản")
    problem = await refused(world.do("binh", task, acts.Report(text="Xong rồi")), "invalid-request")
    assert problem.faults[0].field == "product"
    assert (await world.do("binh", task, acts.Report(text="Xong", product="12/BC-SPB"))).state == "reported"


async def test_accept_partly_makes_a_task_of_the_rest(world: World) -> None:
    task = await reported(world)
    rest = Due(precision="working_days", count=5)
    task = await world.do("desk", task, acts.AcceptPartly(text="Còn 2 hệ thống", rest="Chuyển nốt", due=rest))
    [(title, owner, state, source)] = await world.fetch(
        "SELECT title, owner_org, state, source_kind FROM task WHERE parent_id = %s", task.id
    )
    assert (task.state, title, owner, state, source) == (
        "accepted", "Chuyển nốt", world.orgs["north"], "new", "remainder"
    )  # fmt: skip


async def test_reopen_within_its_days_and_counted(world: World) -> None:
    task = await reported(world)
    task = await world.do("desk", task, acts.Accept())
    world.clock.advance(29 * DAY)
    task = await world.do("desk", task, acts.Reopen(text="Hệ thống lại hỏng"))
    assert (task.state, task.reopened, task.reported_at, task.accepted_at) == ("in_progress", 1, None, None)
    await world.do("binh", task, acts.Report(text="Đã sửa"))
    await world.do("desk", task, acts.Accept())
    world.clock.advance(30 * DAY)
    await refused(world.do("desk", task, acts.Reopen(text="Muộn")), "task-act-refused", "reopen_late")


async def test_ask_extension_and_decide(world: World) -> None:
    task = await world.give()
    later = acts.AskExtension(text="Chờ thiết bị", due=Due(precision="day", on=date(2026, 5, 15)))
    task = await world.do("binh", task, later)
    await refused(world.do("binh", task, later), "task-act-refused", "open_extension")
    await refused(world.do("binh", task, acts.DecideExtension(granted=True)), "task-part-missing")
    task = await world.do("desk", task, acts.DecideExtension(granted=True, text="Đồng ý"))
    assert (task.due_end, task.due_original) == (end_of(date(2026, 5, 15)), end_of(date(2026, 4, 17)))
    assert (task.due_version, task.extensions) == (2, 1)
    earlier = acts.AskExtension(text="x", due=Due(precision="day", on=date(2026, 5, 14)))
    assert (await refused(world.do("binh", task, earlier), "invalid-request")).faults[0].field == "due"


async def test_the_third_extension_is_decided_above(world: World) -> None:
    await world.person("phu", "office", "department_head", "root")
    task = await world.give(by="phu")
    for month in (5, 6):
        await world.do(
            "binh", task, acts.AskExtension(text="Chậm", due=Due(precision="day", on=date(2026, month, 15)))
        )
        await world.do("phu", task, acts.DecideExtension(granted=True))
    await world.do(
        "binh", task, acts.AskExtension(text="Vẫn chậm", due=Due(precision="day", on=date(2026, 7, 15)))
    )
    await refused(world.do("phu", task, acts.DecideExtension(granted=True)), "task-part-missing", "office")
    task = await world.do("head", task, acts.DecideExtension(granted=True))
    assert task.extensions == 3


async def test_an_extension_asked_after_the_end_stays_late(world: World) -> None:
    task = await world.give(Due(precision="day", on=date(2026, 3, 17)))
    world.clock.advance(3 * DAY)
    await world.do(
        "binh", task, acts.AskExtension(text="Muộn", due=Due(precision="day", on=date(2026, 4, 30)))
    )
    task = await world.do("desk", task, acts.DecideExtension(granted=True))
    [(in_time,)] = await world.fetch("SELECT in_time FROM due_change WHERE task_id = %s", task.id)
    assert not in_time
    now, calendar = world.clock.now(), world.desk.calendar
    assert timeliness(task, task.due_original, now, calendar) == "overdue"
    assert timeliness(task, task.due_end, now, calendar) == "in_time"


async def test_set_due_shortens_with_the_same_record(world: World) -> None:
    task = await world.give(by_document="231/TB-UBND")
    shorter = Due(precision="day", on=date(2026, 4, 1))
    problem = await refused(world.do("desk", task, acts.SetDue(text="Gấp", due=shorter)), "invalid-request")
    assert problem.faults[0].field == "document"
    task = await world.do("desk", task, acts.SetDue(text="Gấp", due=shorter, document="240/TB-UBND"))
    [(kind, reason, document)] = await world.fetch(
        "SELECT kind, reason, document FROM due_change WHERE task_id = %s", task.id
    )
    assert (kind, reason, document, task.due_end) == (
        "shortening",
        "Gấp",
        "240/TB-UBND",
        end_of(date(2026, 4, 1)),
    )


async def test_record_event_starts_the_count(world: World) -> None:
    task = await world.give(Due(precision="event", event="Thủ tướng phê duyệt", count=10))
    assert (task.due_end, task.review_at) == (None, end_of(date(2026, 3, 30)))
    task = await world.do("desk", task, acts.RecordEvent(happened_on="2026-03-20", text="QĐ 55/QĐ-TTg"))
    assert (task.due_end, task.due_original) == (end_of(date(2026, 4, 3)), end_of(date(2026, 4, 3)))
    await refused(
        world.do("desk", task, acts.RecordEvent(happened_on="2026-03-21", text="x")),
        "task-act-refused",
        "no_event",
    )


async def test_review_sets_the_next_look(world: World) -> None:
    task = await world.give(Due(precision="urgent"))
    task = await world.do("desk", task, acts.Review(text="Đã xem", review_on="2026-05-04"))
    assert (task.review_at, task.review_no) == (end_of(date(2026, 5, 4)), 2)
    await refused(world.do("desk", task, acts.Review(text="x", review_on="2026-03-01")), "invalid-request")


async def test_suspend_only_for_stated_reasons_and_resume(world: World) -> None:
    task = await world.give(Due(precision="working_days", count=10))
    assert task.due_end == end_of(date(2026, 3, 30))
    await refused(world.do("binh", task, acts.Suspend(reason="bận việc khác")), "invalid-request")
    await refused(world.do("binh", task, acts.Suspend(reason="by_document")), "task-part-missing")
    problem = await refused(world.do("desk", task, acts.Suspend(reason="by_document")), "invalid-request")
    assert problem.faults[0].field == "document"
    task = await world.do("binh", task, acts.Suspend(reason="waiting_reporter", text="Hỏi lại"))
    assert (task.state, task.state_before, task.next_action_at) == ("suspended", "new", None)
    await refused(world.do("binh", task, acts.Report(text="x")), "task-act-refused", "state")
    world.clock.advance(4 * DAY)
    task = await world.do("binh", task, acts.Resume())
    assert (task.state, task.paused_at) == ("new", None)
    assert (task.due_end, task.due_original) == (end_of(date(2026, 4, 3)), end_of(date(2026, 4, 3)))


async def test_cancel_of_a_task_by_document_needs_a_document(world: World) -> None:
    task = await world.give(by_document="231/TB-UBND")
    await refused(world.do("desk", task, acts.Cancel(text="Thôi")), "invalid-request")
    assert (await world.do("desk", task, acts.Cancel(text="Thôi", document="9/TB"))).state == "cancelled"


async def test_transfer_moves_the_lead_and_keeps_the_clock(world: World) -> None:
    task = await world.give(assignee=world.people["binh"])
    await world.do("binh", task, acts.Start())
    moved = await world.do("desk", task, acts.Transfer(owner_org=world.orgs["south"], text="Đúng chức năng"))
    assert (moved.state, moved.owner_org, moved.assignee) == ("new", world.orgs["south"], None)
    assert moved.due_end == task.due_end
    await refused(world.do("binh", moved, acts.Receive()), "not-found")
    assert (await world.do("nam", moved, acts.Receive())).state == "received"


async def test_refuse_once_then_the_office_decides_and_it_is_final(world: World) -> None:
    await world.person("giao", "office", "department_head", "root")
    task = await world.give(by="giao")
    no = acts.Refuse(ground="Điều 5 QĐ 12/2025", proposed_org=world.orgs["south"])
    task = await world.do("bac", task, no)
    await refused(world.do("bac", task, no), "task-act-refused", "refused_once")
    task = await world.do("giao", task, acts.Transfer(owner_org=world.orgs["south"], text="Theo đề xuất"))
    task = await world.do("nam", task, acts.Refuse(ground="Không phải chúng tôi"))
    assert task.bounces == 2
    await refused(world.do("giao", task, acts.Insist(text="Làm đi")), "task-part-missing", "office")
    task = await world.do(
        "head", task, acts.Transfer(owner_org=world.orgs["division"], text="Quyết định cuối")
    )
    await refused(world.do("ky.thuat", task, acts.Refuse(ground="x")), "task-act-refused", "refusal_final")


async def test_insist_keeps_it_with_the_unit(world: World) -> None:
    task = await world.give()
    await refused(world.do("desk", task, acts.Insist(text="x")), "task-act-refused", "no_refusal")
    await world.do("bac", task, acts.Refuse(ground="Không thuộc thẩm quyền"))
    task = await world.do("desk", task, acts.Insist(text="Đúng là của Sở"))
    assert task.owner_org == world.orgs["north"]
    [(decision,)] = await world.fetch("SELECT decision FROM task_refusal WHERE task_id = %s", task.id)
    assert decision == "insisted"


async def test_refuse_only_within_two_working_days(world: World) -> None:
    task = await world.give()
    world.clock.advance(3 * DAY)
    await refused(world.do("bac", task, acts.Refuse(ground="Muộn")), "task-act-refused", "refusal_late")


async def test_assign_only_to_people_of_the_unit(world: World) -> None:
    task = await world.give()
    task = await world.do("bac", task, acts.Assign(assignee=world.people["ky.thuat"]))
    assert task.assignee == world.people["ky.thuat"]
    problem = await refused(
        world.do("bac", task, acts.Assign(assignee=world.people["nam"])), "invalid-request"
    )
    assert problem.faults[0].field == "assignee"
    assert (await world.do("bac", task, acts.Assign(assignee=None))).assignee is None


async def test_progress_may_come_from_a_cooperating_unit(world: World) -> None:
    task = await world.give(coop_orgs=(world.orgs["south"],))
    assert (
        await world.do("nam", task, acts.Progress(text="Đã gửi số liệu"))
    ).progress_text == "Đã gửi số liệu"
    await refused(world.do("nam", task, acts.Report(text="x")), "task-part-missing")


async def test_sub_tasks_stay_within_the_unit_and_its_time(world: World) -> None:
    task = await world.give()
    who = await world.who("bac")

    async def split(**facts: Any) -> Task:
        facts = {"title": "Phần kỹ thuật", "due": Due(precision="day", on=date(2026, 4, 10))} | facts
        async with world.db.transaction() as connection:
            return await giving.split(
                connection, world.desk, who, task.id, NewChild(**facts), version=task.version
            )

    child = await split(owner_org=world.orgs["division"], assignee=world.people["ky.thuat"])
    assert (child.parent_id, child.depth, child.assigner_org) == (task.id, 1, world.orgs["north"])
    await refused(split(owner_org=world.orgs["south"]), "task-part-missing")
    await refused(split(due=Due(precision="day", on=date(2026, 4, 18))), "invalid-request")
    await world.do("ky.thuat", child, acts.Report(text="Xong phần mình"))
    await world.do("bac", child, acts.Accept())
    await world.do("bac", child, acts.Close())
    assert (await world.row(task)).state == "new", "children closed do not close the parent"


async def test_change_is_the_assigners_and_logged(world: World) -> None:
    task = await world.give()
    for name, code in (("desk", None), ("bac", "task-part-missing"), ("nam", "not-found")):
        who = await world.who(name)

        async def change(who: Any = who) -> Task:
            async with world.db.transaction() as connection:
                version = (await world.row(task)).version
                return await giving.change(
                    connection, world.desk, who, task.id, TaskPatch(title="Việc khác"), version=version
                )

        if code:
            await refused(change(), code)
        else:
            assert (await change()).title == "Việc khác"
    await refused(world.do("desk", task, acts.Cancel(text="x"), version=1), "version-conflict")


async def test_two_people_at_once_one_wins_the_other_is_told(world: World) -> None:
    task = await reported(world)
    version = task.version
    found = await asyncio.gather(
        world.do("desk", task, acts.Accept(), version=version),
        world.do("head", task, acts.Return(text="Chưa được"), version=version),
        return_exceptions=True,
    )
    won = [each for each in found if isinstance(each, Task)]
    lost = [each for each in found if isinstance(each, Problem)]
    assert (len(won), len(lost)) == (1, 1)
    assert (lost[0].kind.code, lost[0].extra) == (
        "version-conflict", {"yours": version, "current": version + 1}
    )  # fmt: skip
    assert (await world.row(task)).state == won[0].state


async def test_giving_needs_the_permission_over_the_lead(world: World) -> None:
    await refused(world.give(by="bac", to="south"), "forbidden")
    await refused(world.give(by="binh"), "forbidden")
    await refused(world.give(by="bac", coop_orgs=(world.orgs["south"],)), "forbidden")
    await refused(world.give(by="bac", assigner_org=world.orgs["root"]), "forbidden")


async def test_the_log_is_a_sound_chain_and_tampering_is_found(world: World) -> None:
    await world.give()
    async with world.db.transaction() as connection:
        assert (await verify_log(connection, "tasks")).sound
    with pytest.raises(Exception, match="append-only"):
        await world.run("UPDATE chain SET body = '{}' WHERE log = 'tasks' AND no = 1")
    await world.run("ALTER TABLE chain DISABLE TRIGGER chain_no_change")
    [(body,)] = await world.fetch("SELECT body FROM chain WHERE log = 'tasks' AND no = 2")
    await world.run("UPDATE chain SET body = '{\"state\":\"closed\"}' WHERE log = 'tasks' AND no = 2")
    async with world.db.transaction() as connection:
        verdict = await verify_log(connection, "tasks")
    assert [each.no for each in verdict.breaks] == [2]
    await world.run("UPDATE chain SET body = %s WHERE log = 'tasks' AND no = 2", body)
    await world.run("ALTER TABLE chain ENABLE ALWAYS TRIGGER chain_no_change")
