"""Ten thousand alerts in a minute: nothing is lost, under fifty lines show it, an act takes a group."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import msgspec
import pytest

from haidang.alerts.model import acts
from haidang.alerts.model.folding import LINES_MAX
from haidang.alerts.model.signal import Signal
from haidang.alerts.service import acting, reading
from haidang.alerts.store.lists import Filter
from haidang.base.problems import Problem
from haidang.organisation.service import verify_log
from tests.integration.alerts.conftest import MINUTE, START, World

COUNT = 10_000
RULES = 60
AREAS = 126


def flood_of(world: World) -> list[Signal]:
    for number in range(RULES):
        world.rules.own[f"rule-{number}"] = {
            "priority": (1, 2, 2, 3, 3, 3, 3, 4, 4, 4)[number % 10],
            "group_by": ("area", "area", "cause", "type")[number % 4],
        }
    return [
        world.signal(
            f"sensor:{number}", f"rule-{number % RULES}", area_code=f"{number % AREAS:05}",
            sector=("water", "environment", "transport")[number % 3], source=f"feed:{number % 40}",
            owner_org=world.orgs["north" if number % 2 else "south"],
        )
        for number in range(COUNT)
    ]  # fmt: skip


async def shown(world: World, name: str, wanted: Filter | None = None) -> dict[str, Any]:
    who = await world.who(name)
    async with world.db.transaction() as connection:
        return await reading.queue(connection, world.clock, who, wanted or Filter())


@pytest.mark.timeout(120)
async def test_ten_thousand_alerts_are_kept_and_shown_in_under_fifty_lines(world: World) -> None:
    signals = flood_of(world)
    began = time.perf_counter()
    for start in range(0, COUNT, 2_000):
        done = await world.apply(*signals[start : start + 2_000])
        assert done.raised == 2_000
    raising_s = time.perf_counter() - began
    assert raising_s < 30, f"{raising_s:.1f} s: a minute's flood must not take half of it"

    began = time.perf_counter()
    queue = await shown(world, "truc")
    queue_s = time.perf_counter() - began
    print(f"\nraised {COUNT} in {raising_s:.2f} s, queue in {queue_s * 1000:.0f} ms")
    assert queue_s < 2
    lines = len(queue["items"]) + len(queue["groups"])
    assert 1 < lines <= LINES_MAX
    assert len(queue["items"]) + sum(group["count"] for group in queue["groups"]) == COUNT
    assert queue["counts"]["new"] == COUNT
    assert queue["flood"] == {"active": True, "since": START, "rate": COUNT}
    assert len(msgspec.json.encode(queue)) < 64 * 1024

    # Every line opens into exactly what it counts, page by page, and together they are all.
    seen: Counter[int] = Counter(item["id"] for item in queue["items"])
    who = await world.who("truc")
    for group in queue["groups"]:
        cursor: str | None = None
        while True:
            async with world.db.transaction() as connection:
                page = await reading.listed(
                    connection, who, Filter(group=group["key"]), limit=2_000, cursor=cursor
                )
            seen.update(item["id"] for item in page["items"])
            cursor = page["next"]
            if cursor is None:
                break
    assert len(seen) == COUNT and set(seen.values()) == {1}

    # An agency's own queue counts its own.
    own = await shown(world, "nam")
    assert len(own["items"]) + sum(group["count"] for group in own["groups"]) == COUNT // 2

    await the_whole_group_in_one_act(world, queue)
    async with world.db.transaction() as connection:
        verdict = await verify_log(connection, "alerts")
    assert verdict.sound and verdict.entries > COUNT


async def the_whole_group_in_one_act(world: World, queue: dict[str, Any]) -> None:
    """One act takes what was seen of a group; what has changed since is left, and told."""
    group = max(queue["groups"], key=lambda each: each["count"])
    truc, phuong = await world.who("truc"), await world.who("phuong")
    one = group["ids_sample"][0]
    [changed] = await world.alerts("a.id = %s", one)
    await world.do("truc", changed, acts.Note(text="Đã gọi xác minh"))
    async with world.db.transaction() as connection:
        done = await acting.on_group(
            connection, world.desk, truc, acts.Acknowledge(), Filter(group=group["key"]), group["seen"]
        )
    assert done["done"] == group["count"] - 1
    assert (done["changed"], done["refused_count"]) == ([one], 0)
    with pytest.raises(Problem) as late:
        async with world.db.transaction() as connection:
            await acting.on_group(
                connection, world.desk, phuong, acts.Acknowledge(), Filter(group=group["key"]), group["seen"]
            )
    assert late.value.kind.code == "version-conflict"
    assert (await world.row(changed)).state == "new"


async def test_a_flood_begins_at_ten_in_ten_minutes_and_ends_below_five(world: World) -> None:
    for number in range(9):
        await world.raise_(f"gauge:{number}")
    assert (await shown(world, "truc"))["flood"] is None
    await world.raise_("gauge:9")
    assert (await shown(world, "truc"))["flood"] == {"active": True, "since": START, "rate": 10}
    world.clock.advance(9 * MINUTE)
    for number in range(5):
        await world.raise_(f"late:{number}")
    world.clock.advance(MINUTE)
    assert (await shown(world, "truc"))["flood"] == {"active": True, "since": START, "rate": 5}
    world.clock.advance(9 * MINUTE)
    assert (await shown(world, "truc"))["flood"] is None


async def test_one_signal_stream_at_a_time_raises(world: World) -> None:
    """Two processes that tell the same at once make one alert of it."""
    await asyncio.gather(*(world.apply(world.signal("gauge:both")) for _ in range(4)))
    [alert] = await world.alerts()
    assert alert.count == 4
