"""History played as if live: marked, in order, at the chosen speed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from haidang.base.clock import FixedClock
from haidang.base.problems import Problem
from haidang.city.model import Origin
from haidang.feeds.service import replay
from tests.integration.feeds.conftest import World
from tests.integration.feeds.test_files import HEADER, ROW, feed
from tests.unit.feeds.declarations import declared


class PlayClock(FixedClock):
    """A clock that goes on by a minute whenever it is asked."""

    def now(self) -> Any:
        self.advance(timedelta(minutes=1))
        return super().now()


def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    hours = (5, 1, 3, 2, 4)
    lines = [HEADER, *(ROW.format("p", hour, "P") for hour in hours), ROW.format("", 6, "refused")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def test_times_are_shifted_and_the_played_is_marked(world: World, tmp_path: Path) -> None:
    declaration = feed(history(tmp_path), "played")
    choice = replay.Choice(speed=60)
    moments = await replay.load(declaration, choice, world.clock.now())
    assert [moment.at.hour for moment in moments] == [18, 19, 20, 21, 22]
    assert replay.span(moments) == timedelta(hours=4)
    clock = PlayClock(world.clock.now())
    began = world.clock.now() + timedelta(minutes=1)
    origin = Origin(owner_org=1, source="replay:played", simulated=True)
    told: list[Problem] = []
    async for group in replay.play(moments, choice, clock):
        await replay.store_group(world.city, "played", origin, group, told.append)
    assert told == []
    (row,) = await world.rows(
        "SELECT eid, simulated FROM entity WHERE id = 'urn:ngsi-ld:WeatherObserved:replay:p'"
    )
    assert row[1] is True
    times = await world.rows("SELECT DISTINCT t FROM change WHERE eid = %s ORDER BY t", row[0])
    steps = [at for (at,) in times if at >= began][:5]
    assert [(at - began).total_seconds() for at in steps] == [0, 60, 120, 180, 240]
    assert not await world.rows("SELECT 1 FROM entity WHERE id = 'urn:ngsi-ld:WeatherObserved:p'")


async def test_kept_times_are_the_real_record(world: World, tmp_path: Path) -> None:
    choice = replay.Choice(speed=1e6, keep_time=True, since=world.clock.now() - timedelta(hours=7))
    moments = await replay.load(feed(history(tmp_path), "kept"), choice, world.clock.now())
    assert len(moments) == 3
    groups = [group async for group in replay.play(moments, choice, PlayClock(world.clock.now()))]
    assert [entity["id"] for group in groups for entity in group] == ["urn:ngsi-ld:WeatherObserved:p"] * 3
    assert groups[0][0]["temperature"]["observedAt"] == "2026-03-15T20:00:00Z"


async def test_rounds(world: World, tmp_path: Path) -> None:
    choice = replay.Choice(speed=1e6, loops=2)
    moments = await replay.load(feed(history(tmp_path), "rounds"), choice, world.clock.now())
    groups = [group async for group in replay.play(moments, choice, PlayClock(world.clock.now()))]
    written = [entity["temperature"]["observedAt"] for group in groups for entity in group]
    stamps = [datetime.fromisoformat(at) for at in written]
    assert len(stamps) == 10
    assert stamps == sorted(stamps)


@pytest.mark.parametrize(
    "changes",
    [{"kind": "mqtt", "source": {"host": "h", "topics": ["a"]}}, {"mapping": {"observed_at": None}}],
)
async def test_what_cannot_be_replayed(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(Problem, match="replayed"):
        await replay.load(declared(**changes), replay.Choice(), world.clock.now())
