"""Notifications over MQTT, with a real broker."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gmqtt import Client
from tests.integration.city.receiver import Receiver
from tests.integration.city.test_subscriptions import Broker, device, opened
from tests.integration.feeds.broker import Broker as Mosquitto

from haidang.base.database import Database
from haidang.city.subscriptions.delivery import queues


class Listener:
    """A client that keeps what comes on a topic."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.client = Client(f"listener-{uuid.uuid4().hex}")

    async def open(self, port: int, topic: str) -> Listener:
        granted = asyncio.Event()

        async def on_message(_client: Any, _topic: str, payload: bytes, *_: Any) -> int:
            self.came.put_nowait(msgspec.json.decode(payload))
            return 0

        self.client.on_message = on_message
        self.client.on_subscribe = lambda *_: granted.set()
        await self.client.connect("127.0.0.1", port)
        self.client.subscribe(topic, qos=1)
        await asyncio.wait_for(granted.wait(), 10)
        return self

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.came.get(), 15)


@pytest.mark.parametrize("version", ["mqtt5.0", "mqtt3.1.1"])
@pytest.mark.parametrize("quality", ["0", "1", "2"])
async def test_versions_and_qualities(db: Database, tmp_path: Path, version: str, quality: str) -> None:
    mosquitto = Mosquitto(tmp_path)
    await mosquitto.start()
    listener = await Listener().open(mosquitto.port, "city/notify")
    host = f"127.0.0.1:{mosquitto.port}"
    async with opened(db, tmp_path, Receiver(), notification_allow_hosts=(host,)) as broker:
        kind = f"K{uuid.uuid4().hex}"
        endpoint = {
            "uri": f"mqtt://{host}/city/notify",
            "receiverInfo": [{"key": "X-Key", "value": "k"}],
            "notifierInfo": [
                {"key": "MQTT-Version", "value": version},
                {"key": "MQTT-QoS", "value": quality},
            ],
        }
        id_ = await broker.subscribe(entities=[{"type": kind}], notification={"endpoint": endpoint})
        for number in range(3):
            await broker.upsert(device(number, number, id=f"urn:x:{kind}", type=kind))
        found = [await listener.next() for _ in range(3)]
        assert [one["body"]["data"][0]["heat"]["value"] for one in found] == [0, 1, 2]
        assert found[0]["body"]["subscriptionId"] == id_
        assert found[0]["metadata"]["Content-Type"] == "application/json"
        assert found[0]["metadata"]["X-Key"] == "k"
        assert "ngsi-ld-core-context" in found[0]["metadata"]["Link"]
    await listener.client.disconnect()
    await mosquitto.stop()


async def failed_after(broker: Broker, id_: str, times: int) -> None:
    async with asyncio.timeout(15):
        while (await broker.get(id_))["notification"]["timesFailed"] <= times:
            await asyncio.sleep(0.02)


async def test_a_broker_that_was_away_gets_everything_in_order(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "BACKOFF_S", (0.05, 0.2))
    mosquitto = Mosquitto(tmp_path)
    await mosquitto.start()
    host = f"127.0.0.1:{mosquitto.port}"
    async with opened(db, tmp_path, Receiver(), notification_allow_hosts=(host,)) as broker:
        kind = f"K{uuid.uuid4().hex}"
        endpoint = {"uri": f"mqtt://{host}/city/notify"}
        id_ = await broker.subscribe(entities=[{"type": kind}], notification={"endpoint": endpoint})
        await mosquitto.stop()
        for number in range(3):
            await broker.upsert(device(number, number, id=f"urn:x:{kind}", type=kind))
        await failed_after(broker, id_, 0)
        # The next try after one more failure is seconds away: the listener is there before it.
        monkeypatch.setattr(queues, "BACKOFF_S", (6.0, 6.0))
        await failed_after(broker, id_, (await broker.get(id_))["notification"]["timesFailed"])
        await mosquitto.start()
        listener = await Listener().open(mosquitto.port, "city/notify")
        values: list[int] = []
        while len(set(values)) < 3:
            values.append((await listener.next())["body"]["data"][0]["heat"]["value"])
        assert list(dict.fromkeys(values)) == [0, 1, 2]
    await listener.client.disconnect()
    await mosquitto.stop()
