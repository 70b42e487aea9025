"""MQTT against bare consumption of the same messages by the same client library (W8).

A broker of the machine (mosquitto) holds messages of quality of service 1 for a session; then whoever owns
the session comes, and the clock runs while the middle four fifths of them are taken: neither side pays for
connecting. The yardstick acknowledges and throws away; the house acknowledges after the durable commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
from gmqtt import Client, Subscription

from haidang.bench.server import Measured, free_port

COUNT = 20_000
STATIONS = 500
WANTED = 0.4
_TOPIC = "bench/1"
_SESSION = "haidang-bench-mqtt"
_IN_FLIGHT = 1_000
_LIMIT_S = 300
_FEED = """
feed: bench-mqtt
title: {{vi: Đo MQTT, en: MQTT measured}}
kind: mqtt
owner: root
source: {{host: 127.0.0.1, port: {port}, topics: [{topic}], client_id: {session}}}
mapping:
  type: WeatherObserved
  id: "{{station}}"
  observed_at: {{from: time}}
  location: {{lon: lon, lat: lat}}
  fields:
    temperature: {{from: temp, type: number, unit: °C}}
    relativeHumidity: {{from: rh, type: number}}
    windSpeed: {{from: wind, type: number, unit: m/s}}
"""
Progress = list[tuple[float, int]]
"""(seconds, messages done by then)"""


def bench_mqtt(*, count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Return rates and their ratio; raise ``RuntimeError`` where there is no broker."""
    program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        raise RuntimeError("mosquitto is not installed (Debian: apt-get install mosquitto)")
    with tempfile.TemporaryDirectory(prefix="haidang-mqtt-") as place:
        folder = Path(place)
        folder.chmod(0o711)  # where root measures, PostgreSQL belongs to somebody else
        with _broker(program, folder) as port:
            say(f"{count:,} messages for bare consumption")
            asyncio.run(_fill(port, count))
            bare = asyncio.run(_consume(port, count))
            say(f"{count:,} messages for the house")
            asyncio.run(_fill(port, count))
            house = _house(folder / "data", port, count)
    rates = {"bare_per_s": _rate(bare, count), "house_per_s": _rate(house, count)}
    return rates | {"count": count, "W8": rates["house_per_s"] / rates["bare_per_s"], "wanted": WANTED}


def _rate(progress: Progress, count: int) -> float:
    """Return messages a second over the middle four fifths."""
    first = next(one for one in progress if one[1] >= count * 0.1)
    last = next(one for one in progress if one[1] >= count * 0.9)
    return (last[1] - first[1]) / (last[0] - first[0])


@contextmanager
def _broker(program: str, folder: Path) -> Iterator[int]:
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n"
        + ("user root\n" if os.geteuid() == 0 else "")
    )
    process = subprocess.Popen(
        [program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        limit = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if time.monotonic() > limit:
                raise RuntimeError("mosquitto did not start")
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _session() -> Client:
    return Client(
        _SESSION,
        clean_session=False,
        optimistic_acknowledgement=False,
        session_expiry_interval=3_600,
        receive_maximum=_IN_FLIGHT,
    )


async def _fill(port: int, count: int) -> None:
    """Make the session, leave it, and publish what it will find."""
    owner = _session()
    granted = asyncio.Event()
    owner.on_subscribe = lambda *_: granted.set()
    await owner.connect("127.0.0.1", port)
    owner.subscribe([Subscription(_TOPIC, qos=1)])
    await asyncio.wait_for(granted.wait(), 10)
    await owner.disconnect()
    sender = Client("publisher")
    await sender.connect("127.0.0.1", port)
    begin = datetime.now(UTC) - timedelta(seconds=count // STATIONS + 1)
    for number in range(count):
        station = number % STATIONS
        at = begin + timedelta(seconds=number // STATIONS)
        body = {
            "station": f"bench-{station}", "time": at.isoformat(), "lon": 105.8 + station / 1_000,
            "lat": 21.0, "temp": 20 + number % 15, "rh": number % 100, "wind": number % 12,
        }  # fmt: skip
        sender.publish(_TOPIC, orjson.dumps(body), qos=1)
        if number % 500 == 499:
            await asyncio.wait_for(sender._persistent_storage.wait_empty(), 60)
    await asyncio.wait_for(sender._persistent_storage.wait_empty(), 60)
    await sender.disconnect()


async def _consume(port: int, count: int) -> Progress:
    done: Progress = []
    over = asyncio.Event()
    client = _session()

    async def on_message(*_: object) -> int:
        done.append((time.perf_counter(), len(done) + 1))
        if len(done) >= count:
            over.set()
        return 0

    client.on_message = on_message
    await client.connect("127.0.0.1", port)
    await asyncio.wait_for(over.wait(), _LIMIT_S)
    await client.disconnect()
    return done


def _house(folder: Path, port: int, count: int) -> Progress:
    feeds = folder / "feeds"
    feeds.mkdir(parents=True)
    (feeds / "bench-mqtt.yaml").write_text(_FEED.format(port=port, topic=_TOPIC, session=_SESSION))
    measured = Measured(folder)
    done: Progress = []
    end = threading.Event()
    watcher = threading.Thread(target=_watch, args=(measured, count, done, end))
    watcher.start()
    try:
        with measured:
            watcher.join(_LIMIT_S)
    finally:
        end.set()
        watcher.join()
    if not done or done[-1][1] < count:
        raise RuntimeError(f"only {done[-1][1] if done else 0:,} of {count:,} messages are stored")
    return done


def _watch(measured: Measured, count: int, done: Progress, end: threading.Event) -> None:
    """Note how many observations the log holds, as often as may be, from before the server is ready."""
    while not end.is_set() and (not done or done[-1][1] < count):
        with contextlib.suppress(OSError, psycopg.Error, RuntimeError), measured.connect() as connection:
            while not end.is_set() and (not done or done[-1][1] < count):
                row: Any = connection.execute("SELECT seq FROM city_head").fetchone()
                done.append((time.perf_counter(), int(row[0])))
                end.wait(0.01)
        end.wait(0.02)
