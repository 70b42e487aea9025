"""A city with a clock that is moved, and the step of the rules as the pipeline runs it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from haidang import organisation, pipeline
from haidang.alerts.rules import clockwork, live
from haidang.alerts.rules.book import book_of
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import system
from haidang.web.house import House

PRINCIPAL = system("test")
ORIGIN = Origin(owner_org=1, source="feed:gauges")
STEP = next(step for step in pipeline.STEPS if step.name == live.STEP)
WORDS = """
    consequence_class: severe
    respond_within: 5 minutes
    cause: {vi: Mưa lớn, en: Heavy rain}
    consequence: {vi: Ngập, en: Flooding}
    action: {vi: Kiểm tra, en: Check}
"""


def rules(**when: str) -> str:
    """Return a pack with a rule for each name, all of the type Gauge."""
    return "rules:\n" + "".join(
        f"  - rule: {name.replace('_', '-')}\n    version: 1\n    vi: Quy tắc\n    en: Rule\n"
        "    type: Gauge\n"
        f"    when: {body}{WORDS}"
        for name, body in when.items()
    )


class Site:
    """A city with a clock that is moved, and the step as the pipeline runs it."""

    def __init__(self, db: Database, settings: Settings, clock: FixedClock, city: City) -> None:
        self.db = db
        self.settings = settings
        self.clock = clock
        self.city = city
        self._file = settings.data_dir / "sectors" / "gauges" / "rules.yaml"
        self._written = 0

    def rules(self, text: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(text, encoding="utf-8")
        self._written += 1
        os.utime(self._file, ns=(self._written * 10**9, self._written * 10**9))

    async def level(self, name: str, level: float | str, *, minutes: float = 0) -> None:
        """Let a gauge report, so many minutes away from now."""
        at = (self.clock.now() + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
        body = {
            "id": f"urn:ngsi-ld:Gauge:{name}",
            "type": "Gauge",
            "level": {"value": level, "observedAt": at},
        }
        result = await self.city.upsert(PRINCIPAL, [body], origin=ORIGIN)
        assert not result.failed, result.failed

    async def step(self) -> None:
        book_of(self.city)._looked_s = -1e9
        while await pipeline.advance(cast(House, self), STEP):
            pass

    async def wait(self, minutes: int) -> None:
        """Let time pass, the clock ticking each minute."""
        for _ in range(minutes):
            self.clock.advance(timedelta(minutes=1))
            await self.tick()

    async def tick(self) -> None:
        """Pass all there is, the events of alerts too, and let the clock tick behind it."""
        async with asyncio.timeout(10):
            await self.step()
            while not await clockwork.tick(self.city):
                await self.step()

    async def alerts(self) -> list[tuple[str, str, bool, int]]:
        """Return (rule, gauge, active, count) of all alerts, oldest first."""
        async with self.db.transaction() as connection:
            found = await connection.execute(
                "SELECT rule, subject, active, count FROM alert WHERE rule = ANY(%s) ORDER BY id",
                (["high", "slow", "silent", "fast"],),
            )
            return [(rule, id_.rpartition(":")[2], *rest) for rule, id_, *rest in await found.fetchall()]

    async def of(self, name: str) -> list[tuple[str, bool, int]]:
        return [(rule, active, count) for rule, gauge, active, count in await self.alerts() if gauge == name]


@asynccontextmanager
async def opened(db: Database, folder: Path, text: str) -> AsyncIterator[Site]:
    """Open a site with these rules."""
    settings = Settings(data_dir=folder)
    clock = FixedClock(datetime(2026, 3, 16, 2, 30, tzinfo=UTC))
    await organisation.prepare(db, settings, clock)
    city = await City.open(db, settings, clock)
    found = Site(db, settings, clock, city)
    found.rules(text)
    await pipeline.register(cast(House, found), [STEP])
    await clockwork.tick(city)
    yield found
    await city.close()
