"""The second half of ``haidang bench alerts``: a real server under telemetry, a screen that waits for alerts.

Beside the telemetry of ordinary values somebody writes values that alert, one device at a time, and notes
when the answer came, which is after the commit; the screen notes when the alert came. What lies between is
measured.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson

from haidang.alerts.rules.live import STEP
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.bench import alert_city as city
from haidang.bench import client
from haidang.bench.server import Measured
from haidang.bench.workload import TIME_MARK, stamp
from haidang.organisation.permissions import system
from haidang.organisation.service.keys import NewKey, make_key
from haidang.organisation.service.orgs import list_orgs

BATCH = 100
MARKED_EACH = 500
"""One of so many entities is written by itself, a value that alerts and an ordinary one in turn."""
MARKS_PER_S = 10
"""Half of them raise: five alerts a second, which no shift would bear."""
_UPSERT = "/ngsi-ld/v1/entityOperations/upsert?options=update"
_SETTLE_S = 3.0
_CATCH_UP_S = 120.0


def visible(*, seconds: float, rate: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Return how long alerts take to the screen while telemetry comes at the rate."""
    with tempfile.TemporaryDirectory(prefix="hd-alerts-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        place = folder / "data" / "sectors" / "bench"
        place.mkdir(parents=True)
        (place / "rules.yaml").write_text(city.pack(), encoding="utf-8")
        with Measured(folder / "data") as measured:
            return _measure(measured, folder, seconds, rate, say)


def _measure(
    measured: Measured, folder: Path, seconds: float, rate: int, say: Callable[[str], None]
) -> dict[str, Any]:
    key = asyncio.run(_key(measured.url))
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    dice = random.Random(5)
    ordinary = client.write_requests(folder / "load.bin", _pass(dice, every=True))
    telemetry = client.write_requests(folder / "telemetry.bin", [*_pass(dice), *_pass(dice)])
    say(f"loading {city.TYPES * city.ENTITIES:,} entities")
    count = city.TYPES * city.ENTITIES // BATCH
    _carried(client.Plan(measured.port, "POST", ordinary, 4, 300, headers, limit=count))
    _caught_up(measured)
    say(f"{rate:,} changes a second for {seconds:g} s, {MARKS_PER_S // 2} alerts a second")
    with Screen(measured.port, key) as screen, Marks(measured.port, key) as marks:
        service, database = measured.cpu()
        plan = client.Plan(measured.port, "POST", telemetry, 4, seconds, headers, rate_per_s=rate / BATCH)
        load = _carried(plan)
        marks.stop()
        time.sleep(_SETTLE_S)
        after_service, after_database = measured.cpu()
        ages = sorted(_ages(marks.committed, screen.came))
    if not ages:
        raise RuntimeError("no alert came to the screen")
    changes = load.done * BATCH
    return {
        "changes_per_s": load.per_s * BATCH,
        "write_p99_ms": load.p99_ms,
        "alerts": len(ages),
        "alerts_missing": len(marks.committed) - len(ages),
        "p50_s": ages[len(ages) // 2],
        "p95_s": ages[int(len(ages) * 0.95)],
        "max_s": ages[-1],
        "service_cpu_us_per_change": (after_service - service) / changes * 1e6,
        "database_cpu_us_per_change": (after_database - database) / changes * 1e6,
    }


def _caught_up(measured: Measured) -> None:
    """Wait until the rules have looked at all there is: what is measured is a day, not a start."""
    limit = time.monotonic() + _CATCH_UP_S
    with measured.connect() as connection:
        while time.monotonic() < limit:
            row = connection.execute(
                "SELECT h.seq - c.seq FROM cursor c, city_head h WHERE c.step = %s", (STEP,)
            ).fetchone()
            if row is not None and row[0] <= 0:
                return
            time.sleep(0.2)
    raise RuntimeError(f"the rules did not catch up within {_CATCH_UP_S:g} s")


def _carried(plan: client.Plan) -> client.Load:
    load = client.run(plan)
    if load.refused():
        raise RuntimeError(f"{load.refused()} writes were refused: {load.sample}")
    return load


def _ages(committed: list[tuple[str, float]], came: list[tuple[str, float]]) -> list[float]:
    """Return the seconds from each commit to the first arrival of its alert that follows."""
    found = []
    for entity, at in committed:
        # The alert may be on the screen before the answer has been read.
        after = [arrived for one, arrived in came if one == entity and arrived > at - 0.5]
        if after:
            found.append(max(0.0, min(after) - at))
    return found


def _pass(dice: random.Random, *, every: bool = False) -> list[tuple[str, bytes]]:
    """Return one change of every entity, without those that are written by themselves."""
    found: list[tuple[str, bytes]] = []
    total = city.TYPES * city.ENTITIES
    for start in range(0, total, BATCH):
        chosen = [n for n in range(start, start + BATCH) if every or n % MARKED_EACH]
        bodies = [_body(number, city.values(dice, number)) for number in chosen]
        found.append((_UPSERT, orjson.dumps(bodies)))
    return found


def _body(entity: int, values: dict[str, float]) -> dict[str, Any]:
    observed = TIME_MARK.decode()
    return {"id": city.entity_id(entity), "type": city.type_name(entity % city.TYPES)} | {
        name: {"type": "Property", "value": value, "observedAt": observed} for name, value in values.items()
    }


async def _key(url: str) -> str:
    operator = system("bench")
    async with Database(url, pool_max=1) as db, db.transaction() as connection:
        root = (await list_orgs(connection, operator))[0]
        permissions = ("entity.read", "entity.write", "alert.read")
        wanted = NewKey(name="bench", org_id=root.id, permissions=permissions)
        return (await make_key(connection, SystemClock(), operator, wanted)).secret


class Marks:
    """Writes one device after the other, a value that alerts and an ordinary one in turn, by a thread."""

    def __init__(self, port: int, key: str) -> None:
        self.committed: list[tuple[str, float]] = []
        """(entity, when the answer to a value that alerts came)."""
        self._url = f"http://127.0.0.1:{port}{_UPSERT}"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Marks:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Write no more."""
        self._done.set()
        self._thread.join()

    def _write(self) -> None:
        dice = random.Random(9)
        numbers = range(0, city.TYPES * city.ENTITIES, MARKED_EACH)
        with httpx.Client(headers=self._headers, timeout=30) as http:
            for turn in itertools.count():
                alerting = turn // len(numbers) % 2 == 0
                number = numbers[turn % len(numbers)]
                values = city.values(dice, number)
                if alerting:
                    values[city.sent(number)[0]] = city.ALERTING
                body = orjson.dumps([_body(number, values)])
                answer = http.post(self._url, content=stamp(body, int(time.time() * 1000)))
                answer.raise_for_status()
                if alerting:
                    self.committed.append((city.entity_id(number), time.time()))
                if self._done.wait(1 / MARKS_PER_S):
                    return


class Screen:
    """A reader of the live stream that notes when alerts come, by a thread."""

    def __init__(self, port: int, key: str) -> None:
        self.came: list[tuple[str, float]] = []
        """(entity, when an alert came whose condition is present)."""
        self._url = f"http://127.0.0.1:{port}/api/v1/stream?topics=alerts"
        self._key = key
        self._open = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Screen:
        self._thread.start()
        if not self._open.wait(30):
            raise RuntimeError("the stream did not open")
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def _read(self) -> None:
        kind = ""
        headers = {"Authorization": f"Bearer {self._key}"}
        with httpx.stream("GET", self._url, headers=headers, timeout=60) as answer:
            for line in answer.iter_lines():
                self._open.set()
                if self._done.is_set():
                    return
                if line.startswith("event:"):
                    kind = line[6:].strip()
                elif line.startswith("data:") and kind == "alert":
                    self._note(json.loads(line[5:]))

    def _note(self, row: dict[str, Any]) -> None:
        if row["active"]:
            self.came.append((row["entity"]["id"], time.time()))
