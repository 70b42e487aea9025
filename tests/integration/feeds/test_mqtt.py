"""MQTT against a real broker: acknowledged after the commit, connected again after a loss."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio
import yaml

from haidang.base.problems import Problem
from haidang.feeds.connectors import Batch
from haidang.feeds.connectors.mqtt import MqttConnector
from haidang.feeds.model.declaration import Declaration, MqttSource
from haidang.feeds.model.reading import read
from haidang.feeds.service.listening import Listener
from haidang.feeds.service.runner import FeedRunner
from tests.integration.feeds.broker import Broker
from tests.integration.feeds.conftest import World
from tests.unit.feeds.declarations import base

ALLOW = ("127.0.0.1",)


@pytest_asyncio.fixture(loop_scope="session")
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    made = Broker(tmp_path)
    await made.start()
    try:
        yield made
    finally:
        await made.stop(signal.SIGKILL)


class Listening:
    """A connector being iterated, its batches in a queue."""

    def __init__(self, broker: Broker, **settings: Any) -> None:
        self.states: list[Problem | None] = []
        self.connected = asyncio.Event()
        self.batches: asyncio.Queue[Batch] = asyncio.Queue()
        source = MqttSource(host="127.0.0.1", port=broker.port, topics=("tram/+",), **settings)
        self.connector = MqttConnector(
            source, feed="listening", allow_hosts=ALLOW, on_state=self._tell, backoff_s=(0.05, 0.2)
        )
        self.task = asyncio.create_task(self._listen())

    def _tell(self, problem: Problem | None) -> None:
        self.states.append(problem)
        if problem is None:
            self.connected.set()
        else:
            self.connected.clear()

    async def _listen(self) -> None:
        async with contextlib.aclosing(self.connector.batches()) as batches:
            async for batch in batches:
                self.batches.put_nowait(batch)

    async def take(self, count: int, settle: bool | None) -> list[dict[str, Any]]:
        """Take rows until there are ``count``; settle their batches so, or leave them open."""
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while len(found) < count:
                batch = await self.batches.get()
                found += [row.values for row in batch.rows]
                if settle is not None and batch.settle:
                    batch.settle(settle)
        return found

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def numbered(count: int, start: int = 0) -> list[tuple[str, bytes]]:
    return [("tram/1", json.dumps({"n": number}).encode()) for number in range(start, start + count)]


async def test_what_was_not_acknowledged_comes_again(broker: Broker) -> None:
    first = Listening(broker)
    await asyncio.wait_for(first.connected.wait(), 10)
    await broker.publish(*numbered(5))
    assert [row["n"] for row in await first.take(5, None)] == [0, 1, 2, 3, 4]
    await first.close()  # killed before the commit: nothing was acknowledged
    second = Listening(broker)
    assert [row["n"] for row in await second.take(5, True)] == [0, 1, 2, 3, 4]
    await broker.publish(*numbered(1, 5))
    assert [row["n"] for row in await second.take(1, True)] == [5]
    await broker.acknowledged("haidang-listening", 6)
    await second.close()
    third = Listening(broker)
    await asyncio.wait_for(third.connected.wait(), 10)
    await broker.publish(*numbered(1, 6))
    assert [row["n"] for row in await third.take(1, True)] == [6], "what was acknowledged does not come again"
    await third.close()


async def test_a_batch_that_was_not_stored_comes_again_on_the_next_connection(broker: Broker) -> None:
    listening = Listening(broker)
    await asyncio.wait_for(listening.connected.wait(), 10)
    await broker.publish(*numbered(3))
    await listening.take(3, False)
    assert sorted(row["n"] for row in await listening.take(3, True)) == [0, 1, 2]
    await listening.close()


async def test_the_topic_is_part_of_the_row_and_a_poisoned_message_is_one(broker: Broker) -> None:
    listening = Listening(broker, size_max_kb=1)
    await asyncio.wait_for(listening.connected.wait(), 10)
    await broker.publish(("tram/7", b'[{"a":1},{"a":2}]'), ("tram/7", b"\xff{"), ("tram/7", b"[" * 3000))
    rows = await listening.take(4, True)
    assert rows[0] == {"a": 1, "$topic": "tram/7", "$topic1": "tram", "$topic2": "7"}
    await listening.close()


async def test_it_connects_again_after_the_broker_was_killed(broker: Broker) -> None:
    listening = Listening(broker)
    await asyncio.wait_for(listening.connected.wait(), 10)
    await broker.publish(*numbered(2))
    await listening.take(2, True)
    await broker.stop(signal.SIGKILL)
    async with asyncio.timeout(10):
        while listening.connected.is_set():
            await asyncio.sleep(0.01)
    await broker.start()
    await asyncio.wait_for(listening.connected.wait(), 10)
    await broker.publish(*numbered(2, 2))
    assert {2, 3} <= {row["n"] for row in await listening.take(2, True)}
    assert any(state is not None for state in listening.states)
    await listening.close()


def declaration(broker: Broker, name: str, **more: Any) -> Declaration:
    source = {"host": "127.0.0.1", "port": broker.port, "topics": ["city/#"]}
    return read(yaml.safe_dump(base(feed=name, kind="mqtt", source=source, **more), allow_unicode=True))


def reading(station: str, minute: int) -> tuple[str, bytes]:
    record = {
        "station": station, "time": f"2026-03-16T09:{minute:02}:00+07:00", "lon": 107.05, "lat": 20.95,
        "temp": 20 + minute / 10, "wind": 36, "status": "tốt", "name": station,
    }  # fmt: skip
    return f"city/{station}", json.dumps(record).encode()


async def until(found: Callable[[], Any], seconds: float = 20) -> None:
    """Wait until a question to the database is answered with yes."""
    async with asyncio.timeout(seconds):
        while not await found():
            await asyncio.sleep(0.05)


async def test_messages_become_entities_and_refusals(world: World, broker: Broker) -> None:
    feed = await world.declare(declaration(broker, "mqtt-kept"))
    listener = Listener(world.db, world.city, world.settings, world.clock, feed)
    task = asyncio.create_task(listener.listen(world.locks))

    async def connected() -> bool:
        rows = await world.rows("SELECT count(*) FROM event_inbox WHERE ref = 'mqtt-kept'")
        rows += await world.rows("SELECT count(*) FROM change WHERE kind = 9 AND j->>'ref' = 'mqtt-kept'")
        return sum(count for (count,) in rows) > 0

    await until(connected)
    await broker.publish(*(reading("b1", n) for n in range(30)), ("city/x", b"no json"), reading("b2", 1))

    async def stored() -> bool:
        return await world.rows(
            "SELECT sum(read) FROM feed_run r JOIN feed f ON f.id = feed_id WHERE name = 'mqtt-kept'"
        ) == [(32,)]

    await until(stored)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (run,) = await world.rows(
        "SELECT outcome, read, accepted, unchanged, refused FROM feed_run r JOIN feed f ON f.id = feed_id "
        "WHERE name = 'mqtt-kept'"
    )
    assert run == ("partial", 32, 31, 0, 1)
    assert await world.rows(
        "SELECT original FROM feed_refused r JOIN feed f ON f.id = feed_id WHERE name = 'mqtt-kept'"
    ) == [("no json",)]
    (observed,) = await world.rows(
        "SELECT count(DISTINCT t) FROM change JOIN entity e USING (eid) "
        "WHERE e.id LIKE '%%:b1' AND t < '2026-03-16 02:30Z'"
    )
    assert observed == (30,)


async def test_the_runner_listens_while_it_is_wanted(world: World, broker: Broker) -> None:
    folder = world.settings.data_dir / "feeds"
    folder.mkdir()
    declared = base(
        feed="mqtt-site",
        kind="mqtt",
        source={"host": "127.0.0.1", "port": broker.port, "topics": ["city/#"]},
    )
    (folder / "site.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    (folder / "bad.yaml").write_text("feed: x\n", encoding="utf-8")
    settings = msgspec.structs.replace(world.settings, feed_allow_hosts=ALLOW)
    runner = await FeedRunner.open(world.db, world.city, settings, world.clock)
    try:
        assert set(runner.undeclared) == {"bad.yaml"}
        await broker.publish(reading("r1", 1))

        async def there() -> bool:
            await broker.publish(reading("r1", 2))
            return bool(await world.rows("SELECT 1 FROM entity WHERE source = 'feed:mqtt-site'"))

        await until(there)
        (folder / "site.yaml").unlink()

        async def withdrawn() -> bool:
            runner.look()
            return await world.rows("SELECT withdrawn FROM feed WHERE name = 'mqtt-site'") == [(True,)]

        await until(withdrawn)
    finally:
        await runner.close()
    assert await world.rows("SELECT count(*) FROM feed_run WHERE outcome = 'running'") == [(0,)]
