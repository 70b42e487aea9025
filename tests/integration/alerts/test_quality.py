"""What the rules cost the operators: worst rules, mix, chattering, standing alerts; and the handover."""

from __future__ import annotations

from datetime import timedelta

import pytest

from haidang.alerts.model import acts
from haidang.alerts.service import reading
from haidang.alerts.service.quality import quality
from haidang.alerts.store.lists import Filter
from haidang.base.problems import Problem
from tests.integration.alerts.conftest import MINUTE, START, World


async def test_a_month_names_its_worst_rules_its_mix_and_who_did_what(world: World) -> None:
    world.rules.own |= {"fire": {"priority": 1}, "camera": {"priority": 4}}
    for number in range(6):
        await world.raise_(f"cam:{number}", "camera")
    await world.raise_("a", "fire", owner_org=world.orgs["south"])
    world.clock.advance(5 * MINUTE)
    for alert in (await world.alerts())[:2]:
        await world.do("truc", alert, acts.Acknowledge())
    for _ in range(3):  # three comings within a minute
        await world.raise_("flutter", "door")
        await world.clear("flutter", "door")
        world.clock.advance(timedelta(seconds=15))
    world.clock.advance(timedelta(hours=25))
    await world.raise_("fresh")
    async with world.db.transaction() as connection:
        found = await quality(connection, world.clock, await world.who("truc"), "2026-03")
        own = await quality(connection, world.clock, await world.who("nam"), None)
        before = await quality(connection, world.clock, await world.who("truc"), "2026-02")
    assert [(each["rule"], each["count"], each["entities"]) for each in found["worst"]] == [
        ("camera", 6, 6), ("door", 3, 1), ("fire", 1, 1), ("water-3", 1, 1),
    ]  # fmt: skip
    assert (found["total"], found["worst"][0]["share"], found["worst"][0]["too_much"]) == (11, 0.5455, True)
    assert [each["count"] for each in found["mix"]] == [1, 4, 0, 6]
    [chatter] = found["chattering"]
    assert (chatter["rule"], chatter["subject"], chatter["worst_per_minute"]) == ("door", "flutter", 3)
    assert len(found["stale"]) == 7
    [person] = found["operators"]
    assert (person["name"], person["acknowledged"], person["seconds_to_acknowledge"]) == ("Truc", 2, 300.0)
    assert ([each["rule"] for each in own["worst"]], own["operators"]) == (["fire"], [])
    assert (before["total"], before["mix"][0]["share"]) == (0, None)
    assert found["from"].isoformat() == "2026-02-28T17:00:00+00:00"  # the month begins in Vietnam
    async with world.db.transaction() as connection:
        with pytest.raises(Problem):
            await quality(connection, world.clock, await world.who("truc"), "2026-13")


async def test_the_rate_is_per_operator_who_is_at_work(world: World) -> None:
    for number in range(8):
        await world.raise_(f"gauge:{number}")

    async def rate() -> dict[str, int]:
        async with world.db.transaction() as connection:
            queue = await reading.queue(connection, world.clock, await world.who("truc"), Filter())
        return dict(queue["rate"])

    assert await rate() == {"per_hour": 8, "goal": 6, "came": 8, "operators": 1}
    first, second, *_ = await world.alerts()
    await world.do("truc", first, acts.Acknowledge())
    await world.do("phuong", second, acts.Acknowledge())
    assert (await rate())["per_hour"] == 4
    world.clock.advance(timedelta(hours=1))
    assert (await rate())["came"] == 0


async def test_a_shift_hands_over_what_waits_and_what_is_shelved(world: World) -> None:
    shelved = await world.do(
        "truc", await world.raise_("a"), acts.Shelve(until=START + 90 * MINUTE, reason="Chờ phụ tùng")
    )
    await world.raise_("b")
    await world.clear("b")
    await world.do("truc", await world.raise_("c"), acts.Acknowledge())
    async with world.db.transaction() as connection:
        found = await reading.open_for_handover(connection, await world.who("truc"))
    assert [row["entity"]["id"] for row in found["unacknowledged"]] == ["b"]
    [row] = found["shelved"]
    assert (row["id"], row["shelved_reason"], row["shelved_by"]) == (shelved.id, "Chờ phụ tùng", "Truc")
