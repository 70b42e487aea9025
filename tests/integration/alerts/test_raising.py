"""From signals to alerts on the real database: one row for each rule and entity, and what explains others."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from haidang.alerts.model import acts
from haidang.alerts.model.alert import COMMON, Alert, replace
from haidang.alerts.service import clockwork, entering, linking, maintaining, raising, reading
from haidang.alerts.service.entering import NewAlert
from haidang.alerts.service.maintaining import NewMaintenance
from haidang.base.problems import Problem
from haidang.organisation import system
from tests.integration.alerts.conftest import MINUTE, START, World


async def test_the_same_rule_and_entity_is_one_alert_with_its_count(world: World) -> None:
    first = await world.raise_()
    assert (first.state, first.count, first.priority) == ("new", 1, 2)
    assert first.respond_by == START + 15 * MINUTE
    world.clock.advance(MINUTE)
    done = await world.apply(world.signal(value=5.8), world.signal(value=5.9), world.signal("gauge:2"))
    assert (done.raised, done.repeated) == (1, 2)
    again = await world.row(first)
    assert (again.count, again.value, again.last_at, again.version) == (3, 5.9, START + MINUTE, 1)
    assert len(await world.alerts()) == 2


async def test_signals_of_one_stretch_are_taken_in_their_order(world: World) -> None:
    clear = world.signal(kind="clear")
    done = await world.apply(clear, world.signal(), clear, world.signal(), clear, world.signal(rule="gone"))
    assert (done.raised, done.cleared, done.ignored) == (2, 2, 2)
    [alert] = await world.alerts()
    assert (alert.state, alert.count, alert.version) == ("cleared", 2, 1)
    log = await world.fetch("SELECT action FROM chain WHERE subject = %s ORDER BY no", f"alert:{alert.id}")
    assert [action for (action,) in log] == [
        "alert.raised", "alert.cleared", "alert.raised", "alert.cleared",
    ]  # fmt: skip


async def test_an_alert_keeps_what_its_rule_said_when_it_was_raised(world: World) -> None:
    before = await world.raise_("gauge:1")
    world.rules.own["water-3"] = {"version": 2, "action_vi": "Sơ tán", "priority": 1}
    await world.raise_("gauge:1")
    after = await world.raise_("gauge:2")
    before = await world.row(before)
    assert (before.rationale.action_vi, before.rationale.version, before.priority) == ("Cấm đường", 1, 2)
    assert (after.rationale.action_vi, after.rationale.version, after.priority) == ("Sơ tán", 2, 1)


async def test_a_stretch_that_fails_leaves_nothing(world: World) -> None:
    async def failing() -> None:
        async with world.db.transaction() as connection:
            await raising.apply(connection, world.clock, world.rules, [world.signal()])
            raise RuntimeError("the step died before its commit")

    with pytest.raises(RuntimeError):
        await failing()
    assert await world.alerts() == []
    await world.apply(world.signal())
    assert len(await world.alerts()) == 1


async def test_what_depends_on_something_down_is_suppressed_and_comes_back(world: World) -> None:
    before = await world.raise_("cam:1", parent="node:7")
    down = await world.raise_("node:7", "node-down")
    assert (await world.row(before)).suppressed == "parent"  # it was told before its parent
    after = await world.raise_("cam:2", parent="node:7")
    assert (after.state, after.parent_alert) == ("suppressed", down.id)
    await world.apply(
        world.signal("cam:3", parent="node:8"), world.signal("node:8", "node-down"),
        world.signal("cam:2", kind="clear"),
    )  # fmt: skip
    assert (await world.standing("cam:3")).state == "suppressed"
    await world.do("truc", down, acts.Acknowledge())
    await world.clear("node:7", "node-down")
    assert (await world.row(before)).state == "new"
    assert (await world.row(after)).state == "closed"
    async with world.db.transaction() as connection:
        shown = await reading.opened(
            connection, await world.who("truc"), (await world.standing("node:8", "node-down")).id
        )
    assert shown["explains"]["count"] == 1


async def populate(world: World, source: str, count: int) -> None:
    """Put entities of a source into the city's table, as its writer would."""
    await world.run("INSERT INTO type (iri, name) VALUES ('x:Camera', 'Camera') ON CONFLICT DO NOTHING")
    await world.run(
        "INSERT INTO entity (eid, type_id, seq, created, mod, tenant_id, version, owner_org, simulated, id, "
        "source, doc) SELECT (SELECT coalesce(max(eid), 0) FROM entity) + n, t.id, 0, now(), now(), 0, 1, 1, "
        "false, %s || n, %s, '{}' FROM type t, generate_series(1, %s) n WHERE t.name = 'Camera'",
        f"{source}:", source, count,
    )  # fmt: skip


async def test_most_of_a_source_within_two_minutes_is_one_alert(world: World) -> None:
    world.rules.own["silent"] = {"common_cause": True, "priority": 4, "group_by": "cause"}
    await populate(world, "feed:cameras", 10)

    def lost(*numbers: int, kind: str = "raise") -> list[Any]:
        return [
            world.signal(f"feed:cameras:{n}", "silent", source="feed:cameras", kind=kind) for n in numbers
        ]

    await world.apply(*lost(1, 2, 3, 4))
    world.clock.advance(MINUTE)
    await world.apply(*lost(5, 6))
    assert {each.state for each in await world.alerts()} == {"new"}
    await world.apply(*lost(7))
    [one] = await world.alerts("a.rule = %s", COMMON)
    assert (one.value, one.limit_value, one.priority, one.subject) == (7, 10.0, 2, "feed:cameras")
    members = await world.alerts("a.rule = 'silent'")
    assert {(each.suppressed, each.parent_alert) for each in members} == {("common", one.id)}
    await world.apply(*lost(8))
    assert (await world.standing("feed:cameras:8", "silent")).parent_alert == one.id
    # Half of it is back: the one alert is over, what is still silent comes forward by itself.
    await world.apply(*lost(1, 2, 3, 4, kind="clear"))
    assert (await world.row(one)).state == "new"
    await world.apply(*lost(5, kind="clear"))
    assert (await world.row(one)).state == "cleared"
    states = {each.subject[-1]: each.state for each in await world.alerts("a.rule = 'silent'")}
    assert states == dict.fromkeys("12345", "closed") | dict.fromkeys("678", "new")


async def test_what_goes_down_one_after_the_other_is_not_one_cause(world: World) -> None:
    world.rules.own["silent"] = {"common_cause": True}
    await populate(world, "feed:slow", 8)
    for number in range(1, 9):
        await world.raise_(f"feed:slow:{number}", "silent", source="feed:slow")
        world.clock.advance(MINUTE)
    assert await world.alerts("a.rule = %s", COMMON) == []


async def test_an_alert_by_hand_is_counted_by_its_reference(world: World) -> None:
    who = await world.who("truc")

    async def enter(**facts: Any) -> Any:
        given: dict[str, Any] = {"title": "Khói ở kho hàng", "priority": 1, "source": "phone"}
        new = NewAlert(**given | facts)
        async with world.db.transaction() as connection:
            return await entering.by_hand(connection, world.clock, who, new, desk=world.desk)

    first = await enter(reference="114-88", text="Người dân gọi", incident_kind="fire", task=True)
    assert (first.state, first.by_hand, first.owner_org) == ("new", True, world.orgs["centre"])
    assert first.respond_by == START + 5 * MINUTE
    assert first.task_id is not None and first.rationale.incident_kind == "fire"
    again = await enter(reference="114-88", text="Hai người gọi")
    assert (again.id, again.count, again.text_vi, again.version) == (first.id, 2, "Hai người gọi", 2)
    assert (await enter()).id != (await enter()).id  # without a reference each is its own
    exercise = await enter(is_exercise=True)
    assert exercise.is_exercise
    for facts, field in (
        ({"location": (2.3, 48.8)}, "location"), ({"entity_id": "urn:nobody"}, "entity_id"),
        ({"observed_at": START + timedelta(hours=1)}, "observed_at"),
        ({"observed_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}, "observed_at"),
    ):  # fmt: skip
        with pytest.raises(Problem) as refusal:
            await enter(**facts)
        assert [fault.field for fault in refusal.value.faults] == [field]


async def test_each_unit_has_its_own_references_and_systems_have_theirs(world: World) -> None:
    async def enter(name: str, **facts: Any) -> Alert:
        who = system("cap") if name == "cap" else await world.who(name)
        given: dict[str, Any] = {"title": "Cuộc gọi", "priority": 2, "reference": "R1"}
        async with world.db.transaction() as connection:
            return await entering.by_hand(connection, world.clock, who, NewAlert(**given | facts))

    theirs, ours = await enter("bac"), await enter("nam")
    assert theirs.id != ours.id, "a real call is entered, and tells nothing of another unit's"
    assert (await enter("bac")).count == 2
    narrow = await enter("truc", owner_org=world.orgs["north"], area_code="24")
    assert narrow.id == theirs.id, "whoever may act upon it, counts it"
    await world.run("UPDATE alert SET sector = 'water' WHERE id = %s", ours.id)
    head = await world.who("nam")
    [scope] = [each for each in head.scopes if "alert.act" in each.permissions]
    fire = replace(head, scopes=(replace(scope, sector="fire"),))
    async with world.db.transaction() as connection:
        new = NewAlert(title="Cháy", priority=1, reference="R1", sector="fire")
        own = await entering.by_hand(connection, world.clock, fire, new)
    assert (own.id != ours.id, own.count) == (True, 1)
    for realm in ("is_exercise", "simulated"):
        assert (await enter("bac", **{realm: True})).count == 1, "no real call is swallowed, nor swallows"
    warning = await enter("cap", source="cap", owner_org=world.orgs["root"])
    assert (await enter("truc", source="cap", owner_org=world.orgs["root"])).id != warning.id
    async with world.db.transaction() as connection:
        over = await entering.end(
            connection, world.clock, "system:cap", source="cap", reference="R1", reason="Đã hủy"
        )
    assert over is not None and (over.id, over.state) == (warning.id, "cleared")
    assert (await world.do("truc", over, acts.Acknowledge())).state == "closed"


async def test_an_incident_takes_alerts_and_gives_them_back(world: World) -> None:
    alerts = [await world.raise_(f"gauge:{number}") for number in range(2)]
    ids = [each.id for each in alerts]
    for incident in (77, None):
        async with world.db.transaction() as connection:
            joined = await linking.join_incident(connection, world.clock, "account:1", ids, incident)
            found = await linking.alerts_of_incident(connection, 77)
        assert [each.incident_id for each in joined] == [incident] * 2
        assert len(found) == (2 if incident else 0)
    assert [each.version for each in joined] == [3, 3]


async def test_planned_maintenance_covers_what_comes_while_it_lasts(world: World) -> None:
    await populate(world, "feed:gauges", 1)
    entity, head = "feed:gauges:1", system("test")
    standing = await world.raise_(entity)
    async with world.db.transaction() as connection:
        new = NewMaintenance(entity_id=entity, until=START + 60 * MINUTE, reason="Thay pin")
        work = await maintaining.plan(connection, world.clock, head, new)
    assert (await world.row(standing)).suppressed == "maintenance"
    assert (await world.raise_(entity, "stuck")).state == "suppressed"
    async with world.db.transaction() as connection:
        listed = await maintaining.listed(connection, world.clock, head)
        assert [each["id"] for each in listed] == [work.id]
        await maintaining.end(connection, world.clock, head, work.id, version=1)
    assert {each.state for each in await world.alerts()} == {"new"}
    ancient = NewMaintenance(
        entity_id=entity, starts_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        until=START + 60 * MINUTE, reason="Thay pin",
    )  # fmt: skip
    with pytest.raises(Problem) as refusal:
        async with world.db.transaction() as connection:
            await maintaining.plan(connection, world.clock, head, ancient)
    assert [fault.field for fault in refusal.value.faults] == ["starts_at"]
    later = NewMaintenance(
        entity_id=entity, starts_at=START + 60 * MINUTE, until=START + 90 * MINUTE, reason="Thay pin lại"
    )
    async with world.db.transaction() as connection:
        await maintaining.plan(connection, world.clock, head, later)
    assert (await world.raise_(entity, "rate")).state == "new"
    world.clock.advance(61 * MINUTE)
    assert (await world.raise_(entity, "jump")).state == "suppressed"


async def test_closed_alerts_are_forgotten_after_their_time_and_open_ones_never(world: World) -> None:
    old = await world.do("truong.ca", await world.raise_("a"), acts.Close(reason="xong"))
    standing = await world.raise_("b")
    world.clock.advance(timedelta(days=world.settings.alert_days + 1))
    recent = await world.do("truong.ca", await world.raise_("c"), acts.Close(reason="xong"))
    assert await clockwork.prune(world.db, world.settings, world.clock.now()) == 1
    assert [each.id for each in await world.alerts()] == [standing.id, recent.id]
    log = await world.fetch("SELECT count(*) FROM chain WHERE subject = %s", f"alert:{old.id}")
    assert log == [(2,)]


async def test_two_that_depend_on_each_other_do_not_hide_each_other(world: World) -> None:
    await world.apply(world.signal("a", parent="b"), world.signal("b", parent="a"))
    assert sorted(each.state for each in await world.alerts()) == ["new", "suppressed"]
    await world.raise_("c", parent="d")
    await world.raise_("d", parent="c")
    assert sorted(each.state for each in await world.alerts("a.subject IN ('c', 'd')")) == [
        "new", "suppressed",
    ]  # fmt: skip


async def test_values_that_cannot_be_written_stop_nothing(world: World) -> None:
    await world.apply(
        world.signal("nan", value=float("nan")), world.signal("inf", value=float("inf")),
        world.signal("long", value="x" * 1_000_000), world.signal("none", value=None),
    )  # fmt: skip
    values = {each.subject: each.value for each in await world.alerts()}
    assert values == {"nan": None, "inf": None, "long": "x" * 200, "none": None}
