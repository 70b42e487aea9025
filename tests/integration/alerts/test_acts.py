"""Every act on the real database: who may, from where, to where, and what the log says of it.

The tests are named after the acts of ``docs/alerts.md``, which names them in turn.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from haidang.alerts.model import acts
from haidang.alerts.model.alert import STATES, Alert
from haidang.alerts.service import acting, reading
from haidang.alerts.store.lists import Filter
from haidang.base.problems import Problem
from haidang.organisation.service import verify_log
from tests.integration.alerts.conftest import MINUTE, START, World

HOUR = timedelta(hours=1)


async def refused(waiting: Any, code: str, hindrance: str | None = None) -> Problem:
    """The act is refused, for this reason."""
    with pytest.raises(Problem) as refusal:
        await waiting
    assert refusal.value.kind.code == code, refusal.value
    if hindrance is not None:
        assert refusal.value.extra["hindrance"] == hindrance
    return refusal.value


def shelve(minutes: int = 30) -> acts.Shelve:
    return acts.Shelve(minutes=minutes, reason="Chờ đội kỹ thuật")


async def told(world: World, alert: Alert) -> list[str]:
    """The kinds of the events of an alert, in their order."""
    rows = await world.fetch(
        "SELECT kind FROM event_inbox WHERE topic = 'alerts' AND ref = %s ORDER BY id", str(alert.id)
    )
    return [kind for (kind,) in rows]


async def test_acknowledge_and_the_end_of_the_condition_close_an_alert(world: World) -> None:
    alert = await world.raise_()
    world.clock.advance(2 * MINUTE)
    alert = await world.do("truc", alert, acts.Acknowledge())
    assert (alert.state, alert.version) == ("acked", 2)
    assert (alert.acked_by, alert.acked_at) == ((await world.who("truc")).id, START + 2 * MINUTE)
    await world.clear()
    alert = await world.row(alert)
    assert (alert.state, alert.closed_by) == ("closed", "system:alerts")
    log = await world.fetch(
        "SELECT action, actor, body::json->>'to' FROM chain WHERE log = 'alerts' AND subject = %s "
        "ORDER BY no",
        f"alert:{alert.id}",
    )
    assert [(action, to) for action, _, to in log] == [
        ("alert.raised", None), ("alert.acknowledged", "acked"), ("alert.cleared", "closed"),
    ]  # fmt: skip
    assert await told(world, alert) == ["raised", "acknowledged", "cleared"]
    again = await world.raise_()
    assert again.id != alert.id
    waited = await world.fetch("SELECT act, alerts, seconds FROM alert_deed")
    assert waited == [("acknowledge", 1, 120.0)]


async def test_a_condition_that_went_unseen_stays_until_it_is_acknowledged(world: World) -> None:
    alert = await world.raise_()
    await world.clear()
    assert (await world.row(alert)).state == "cleared"
    world.clock.advance(MINUTE)
    back = await world.raise_()
    assert (back.id, back.state, back.count, back.raised_at) == (alert.id, "new", 2, START + MINUTE)
    await world.clear()
    done = await world.do("truc", back, acts.Acknowledge())
    assert (done.state, done.closed_by) == ("closed", (await world.who("truc")).id)


async def test_shelve_for_at_most_one_shift_and_unshelve(world: World) -> None:
    alert = await world.raise_()
    long = acts.Shelve(minutes=12 * 60 + 1, reason="Quá lâu")
    await refused(world.do("truc", alert, long), "invalid-request")
    await refused(world.do("truc", alert, acts.Shelve(reason="Không hạn")), "invalid-request")
    past = acts.Shelve(until=START, reason="Đã qua")
    await refused(world.do("truc", alert, past), "invalid-request")
    alert = await world.do("truc", alert, shelve())
    assert (alert.state, alert.shelved_until) == ("shelved", START + 30 * MINUTE)
    await refused(world.do("truc", alert, acts.Acknowledge()), "alert-act-refused", "state")
    alert = await world.raise_()
    assert (alert.state, alert.count) == ("shelved", 2)
    assert (await world.do("phuong", alert, acts.Unshelve())).state == "new"


async def test_shelving_ends_by_the_clock_exactly_once(world: World) -> None:
    present = await world.do("truc", await world.raise_("a"), shelve())
    gone = await world.do("truc", await world.raise_("b"), shelve())
    seen = await world.do("truc", await world.raise_("c"), acts.Acknowledge())
    seen = await world.do("truc", seen, shelve())
    for name in ("b", "c"):
        await world.clear(name)
    world.clock.advance(29 * MINUTE)
    await world.tick()
    assert {(await world.row(each)).state for each in (present, gone, seen)} == {"shelved"}
    world.clock.advance(MINUTE)
    await asyncio.gather(*(world.tick() for _ in range(4)))  # as many processes, or one that starts again
    world.clock.advance(-5 * MINUTE)
    await world.tick()  # a clock that was set back
    states = [(await world.row(each)).state for each in (present, gone, seen)]
    assert states == ["new", "cleared", "closed"]
    for each in (present, gone, seen):
        assert (await told(world, each)).count("unshelved") == 1


async def test_suppress_for_maintenance_and_unsuppress(world: World) -> None:
    alert = await world.raise_()
    work = acts.Suppress(until=START + 2 * HOUR, reason="Thay cảm biến")
    await refused(world.do("truc", alert, work), "alert-act-forbidden", "permission")
    alert = await world.do("truong.ca", alert, work)
    assert (alert.state, alert.suppressed) == ("suppressed", "maintenance")
    other = await world.raise_(rule="stuck")
    assert (other.state, other.suppressed_until) == ("suppressed", START + 2 * HOUR)
    assert await world.fetch("SELECT told FROM alert_raise ORDER BY alert_id") == [(True,), (False,)]
    await world.clear(rule="stuck")
    world.clock.advance(2 * HOUR)
    await world.tick()
    assert (await world.row(alert)).state == "new"
    assert (await world.row(other)).state == "closed"  # nobody was to act upon it
    alert = await world.do(
        "truong.ca", alert, acts.Suppress(until=START + 3 * HOUR, reason="Thay tiếp", whole=False)
    )
    assert (await world.raise_(rule="rate")).state == "new"
    assert (await world.do("truc", alert, acts.Unsuppress())).state == "new"
    long = acts.Suppress(until=START + timedelta(days=40), reason="Quá lâu")
    await refused(world.do("truong.ca", alert, long), "invalid-request")


async def test_close_only_when_the_condition_is_over_but_for_who_answers_for_rules(world: World) -> None:
    alert = await world.raise_()
    await refused(world.do("truc", alert, acts.Close(reason="Thôi")), "alert-act-forbidden", "present")
    await world.clear()
    assert (await world.do("truc", alert, acts.Close(reason="Đã kiểm tra"))).state == "closed"
    present = await world.raise_()
    closed = await world.do("truong.ca", present, acts.Close(reason="Cảm biến hỏng"))
    assert (closed.state, closed.active) == ("closed", True)
    await refused(world.do("truc", closed, acts.Note(text="x")), "alert-act-refused", "state")


async def test_escalate_raises_the_priority_one_step(world: World) -> None:
    alert = await world.raise_()
    alert = await world.do("truc", alert, acts.Escalate(reason="Nước lên rất nhanh"))
    assert (alert.priority, alert.state) == (1, "new")
    await refused(world.do("truc", alert, acts.Escalate(reason="Nữa")), "alert-act-refused", "top")


async def test_note_stands_in_the_log_with_its_author(world: World) -> None:
    alert = await world.do("truc", await world.raise_(), acts.Note(text="Đã gọi phường"))
    async with world.db.transaction() as connection:
        shown = await reading.opened(connection, await world.who("xem"), alert.id)
    assert [(each["action"], each["actor"]) for each in shown["log"]] == [
        ("alert.noted", "Truc"), ("alert.raised", "system:alerts"),
    ]  # fmt: skip
    assert shown["log"][0]["body"] == {"text": "Đã gọi phường"}
    assert (shown["rationale"]["cause_vi"], shown["acts"], shown["version"]) == ("Mưa lớn", [], 2)


async def test_give_task_to_the_unit_that_owns_the_entity(world: World) -> None:
    alert = await world.raise_()
    alert = await world.do("truc", alert, acts.GiveTask(text="Đặt rào chắn", minutes=20))
    [task] = await world.fetch(
        "SELECT owner_org, assigner_org, source_kind, source_id, priority, due_end, title, policy, "
        "description FROM task WHERE id = %s", alert.task_id,
    )  # fmt: skip
    assert task[:6] == (
        world.orgs["north"], world.orgs["centre"], "alert", str(alert.id), 2, START + 20 * MINUTE,
    )  # fmt: skip
    assert task[6:] == ("Vượt ngưỡng water-3: Trạm gauge:1", "duty", "Hành động: Cấm đường\nĐặt rào chắn")
    await refused(world.do("truc", alert, acts.GiveTask()), "alert-act-refused", "has_task")


async def test_a_rule_that_asks_for_a_task_gives_it_and_the_clock_gives_the_rest(world: World) -> None:
    world.rules.own["water-3"] = {"task": True}
    await world.apply(*(world.signal(f"gauge:{number}") for number in range(25)))
    given = [each.task_id is not None for each in await world.alerts()]
    assert (given.count(True), given.count(False)) == (20, 5)
    await asyncio.gather(world.tick(), world.tick())
    assert all(each.task_id is not None for each in await world.alerts())
    rows = await world.fetch(
        "SELECT source_id, count(*) FROM task WHERE source_kind = 'alert' AND assigner = 'system:alerts' "
        "GROUP BY 1 HAVING count(*) > 1"
    )
    assert rows == []


async def test_two_operators_at_once_one_wins_the_other_is_told(world: World) -> None:
    alert = await world.raise_()
    answers = await asyncio.gather(
        world.do("truc", alert, acts.Acknowledge(), version=1),
        world.do("phuong", alert, shelve(), version=1),
        return_exceptions=True,
    )
    [lost] = [each for each in answers if isinstance(each, Problem)]
    [won] = [each for each in answers if isinstance(each, Alert)]
    assert lost.kind.code == "version-conflict"
    assert (lost.extra["yours"], lost.extra["current"]) == (1, 2)
    assert (await world.row(alert)).state == won.state
    # A repeat of the signal is nothing that an operator must see first.
    second = await world.raise_("gauge:2")
    await world.raise_("gauge:2")
    assert (await world.do("truc", second, acts.Acknowledge(), version=1)).count == 2


async def test_many_at_once_each_answers_for_itself(world: World) -> None:
    mine = [await world.raise_(f"gauge:{number}") for number in range(3)]
    theirs = await world.raise_("gauge:9", owner_org=world.orgs["south"])
    await world.do("bac", mine[1], acts.Acknowledge())
    who = await world.who("bac")
    seen = {each.id: 1 for each in (*mine, theirs)}
    async with world.db.transaction() as connection:
        answers = await acting.on_many(connection, world.desk, who, acts.Acknowledge(), seen)
    found = [answer.get("state") or answer["problem"]["code"] for answer in answers]
    assert found == ["acked", "version-conflict", "acked", "not-found"]
    assert (await world.row(theirs)).state == "new"
    async with world.db.transaction() as connection:
        with pytest.raises(Problem):
            await acting.on_many(connection, world.desk, who, acts.Note(text="x"), {mine[0].id: 2})


async def test_an_agency_sees_and_acts_on_its_own(world: World) -> None:
    alert = await world.raise_()
    await refused(world.do("nam", alert, acts.Acknowledge()), "not-found")
    await refused(world.do("xem", alert, acts.Acknowledge()), "alert-act-forbidden", "permission")
    assert (await world.do("bac", alert, acts.Acknowledge())).state == "acked"
    for name, count in (("bac", 1), ("nam", 0), ("truc", 1)):
        async with world.db.transaction() as connection:
            listed = await reading.listed(connection, await world.who(name), Filter(), limit=10, cursor=None)
        assert len(listed["items"]) == count


async def test_the_order_is_priority_then_unacknowledged_then_oldest(world: World) -> None:
    world.rules.own |= {"fire": {"priority": 1}, "camera": {"priority": 4}}
    low = await world.raise_("cam:1", "camera")
    seen = await world.do("truc", await world.raise_("a"), acts.Acknowledge())
    world.clock.advance(MINUTE)
    younger = await world.raise_("b")
    top = await world.raise_("c", "fire")
    who = await world.who("truc")
    found, cursor = [], None
    for _ in range(4):
        async with world.db.transaction() as connection:
            page = await reading.listed(connection, who, Filter(), limit=1, cursor=cursor)
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert found == [top.id, younger.id, seen.id, low.id]
    assert cursor is None


async def test_the_state_in_the_table_is_the_models(world: World) -> None:
    await world.raise_("new")
    await world.do("truc", await world.raise_("acked"), acts.Acknowledge())
    await world.raise_("cleared")
    await world.clear("cleared")
    await world.do("truc", await world.raise_("shelved"), shelve())
    until = START + HOUR
    await world.do("truong.ca", await world.raise_("suppressed"), acts.Suppress(until=until, reason="sửa"))
    await world.do("truong.ca", await world.raise_("closed"), acts.Close(reason="xong"))
    rows = dict(await world.fetch("SELECT id, state FROM alert"))
    alerts = await world.alerts()
    assert {each.id: each.state for each in alerts} == rows
    assert [each.subject for each in alerts] == [each.state for each in alerts] == list(STATES)


async def test_the_log_is_a_sound_chain_and_tampering_is_found(world: World) -> None:
    alert = await world.do("truc", await world.raise_(), acts.Acknowledge())
    async with world.db.transaction() as connection:
        assert (await verify_log(connection, "alerts")).sound
    await world.run("ALTER TABLE chain DISABLE TRIGGER chain_no_change")
    await world.run("UPDATE chain SET actor = 'account:999' WHERE log = 'alerts' AND no = %s", alert.entry)
    await world.run("ALTER TABLE chain ENABLE ALWAYS TRIGGER chain_no_change")
    async with world.db.transaction() as connection:
        verdict = await verify_log(connection, "alerts")
    assert [each.no for each in verdict.breaks] == [alert.entry]
    with pytest.raises(Exception, match="moves by one entry only"):
        await world.run("UPDATE chain_head SET no = no + 5 WHERE log = 'alerts'")
