"""The second half of ``haidang bench alerts``: a real server under telemetry, a screen that waits for alerts.

Telemetry carries the moment it was sent as its time of observation, and an alert that as its ``last_at``: the
age of an alert when it arrives is the whole way, intake and commit with it, so more than is asked for.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
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
from haidang.bench.workload import TIME_MARK
from haidang.organisation.permissions import system
from haidang.organisation.service.keys import NewKey, make_key
from haidang.organisation.service.orgs import list_orgs

BATCH = 100
CHANGES_PER_S = 5_000
ALERTING_EACH = 1_000
"""One of so many changes raises an alert: five a second, which no shift would bear."""
_UPSERT = "/ngsi-ld/v1/entityOperations/upsert?options=update"
_SETTLE_S = 3.0
_CATCH_UP_S = 120.0


def visible(*, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Return how long alerts take to the screen while telemetry comes at the rate."""
    with tempfile.TemporaryDirectory(prefix="hd-alerts-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        place = folder / "data" / "sectors" / "bench"
        place.mkdir(parents=True)
        (place / "rules.yaml").write_text(city.pack(), encoding="utf-8")
        with Measured(folder / "data") as measured:
            return _measure(measured, folder, seconds, say)


def _measure(measured: Measured, folder: Path, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    key = asyncio.run(_key(measured.url))
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    dice = random.Random(5)
    ordinary = client.write_requests(folder / "load.bin", _pass(dice, 0))
    telemetry = client.write_requests(folder / "telemetry.bin", [*_pass(dice, 1), *_pass(dice, 2)])
    say(f"loading {city.TYPES * city.ENTITIES:,} entities")
    count = city.TYPES * city.ENTITIES // BATCH
    _carried(client.Plan(measured.port, "POST", ordinary, 4, 300, headers, limit=count))
    _caught_up(measured)
    say(f"{CHANGES_PER_S:,} changes a second for {seconds:g} s, one of {ALERTING_EACH:,} raises an alert")
    with Screen(measured.port, key) as screen:
        service, database = measured.cpu()
        load = _carried(
            client.Plan(
                measured.port, "POST", telemetry, 4, seconds, headers, rate_per_s=CHANGES_PER_S / BATCH
            )
        )
        time.sleep(_SETTLE_S)
        after_service, after_database = measured.cpu()
        ages = sorted(screen.ages_s)
    if not ages:
        raise RuntimeError("no alert came to the screen")
    changes = load.done * BATCH
    return {
        "changes_per_s": load.per_s * BATCH,
        "write_p99_ms": load.p99_ms,
        "alerts": len(ages),
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


def _pass(dice: random.Random, number: int) -> list[tuple[str, bytes]]:
    """Return one change of every entity; those that alert in one pass are ordinary in the next."""
    found: list[tuple[str, bytes]] = []
    total = city.TYPES * city.ENTITIES
    for start in range(0, total, BATCH):
        bodies = []
        for entity in range(start, start + BATCH):
            values = city.values(dice, entity)
            if number and (entity + number * 500) % ALERTING_EACH == 0:
                values[city.sent(entity)[0]] = city.ALERTING
            bodies.append(_body(entity, values))
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


class Screen:
    """A reader of the live stream that notes how old alerts are when they come."""

    def __init__(self, port: int, key: str) -> None:
        self.ages_s: list[float] = []
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
            self.ages_s.append(time.time() - datetime.fromisoformat(row["last_at"]).timestamp())
