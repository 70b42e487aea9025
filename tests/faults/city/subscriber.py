"""A whole writer with its pipeline and its delivery, to be killed.

``python subscriber.py URL FOLDER HOST``: prints ``ready``; then for each number read from standard input
writes an entity with that value and prints the number once the write is acknowledged.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any, cast

from haidang import pipeline
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import system
from haidang.web.house import House

STEP = next(step for step in pipeline.STEPS if step.name == "subscriptions")


class Fake:
    """What of the house the pipeline needs."""

    def __init__(self, db: Database, city: City) -> None:
        self.db, self.city, self.clock = db, city, SystemClock()


def entity(number: int) -> dict[str, Any]:
    """Return the entity of a number: one of four, observed that many seconds after noon."""
    at = f"2026-03-16T{12 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    heat = {"type": "Property", "value": number, "observedAt": at}
    return {"id": f"urn:x:kiln:{number % 4}", "type": "Kiln", "heat": heat}


async def main(url: str, folder: str, host: str) -> None:
    """Write what is asked for until killed."""
    settings = Settings(data_dir=Path(folder), notification_allow_hosts=(host,))
    async with Database(url, pool_max=6) as db:
        city = await City.open(db, settings, SystemClock())
        while city.writer is None:  # a killed predecessor's session may hold the lock for a moment
            await asyncio.sleep(0.05)
            await city.became_writer()
        async with pipeline.running(cast(House, Fake(db, city)), [STEP]):
            print("ready", flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                number = int(line)
                result = await city.upsert(
                    system("load"), [entity(number)], origin=Origin(1, None, None, "load")
                )
                assert not result.failed
                print(number, flush=True)
        await city.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
