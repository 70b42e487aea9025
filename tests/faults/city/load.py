"""A process that writes as fast as it may and says of each batch, once it is acknowledged, what it was.

``python load.py URL FOLDER RUN``: prints ``ready``, then a line ``RUN:BATCH`` for every acknowledged batch.
Batch
n of a run gives each of twenty entities the value n, observed n ms after the run began, so that an audit
knows
what must be there.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import system

ENTITIES = 20
START = datetime(2026, 3, 16, tzinfo=UTC)


def observed(run: int, batch: int) -> datetime:
    """Return the time of a batch's observations."""
    return START + timedelta(hours=run, milliseconds=batch)


def batch_of(run: int, batch: int) -> list[dict[str, Any]]:
    """Return the entities of a batch."""
    at = observed(run, batch).isoformat().replace("+00:00", "Z")
    return [
        {
            "id": f"urn:x:{batch % 8}:{number}",
            "type": "Load",
            "value": {"type": "Property", "value": float(batch), "observedAt": at},
            "run": {"type": "Property", "value": run, "observedAt": at},
        }
        for number in range(ENTITIES)
    ]


async def write(city: City, run: int, said: Any, stop: asyncio.Event | None = None) -> None:
    """Write batches from eight senders until stopped; ``said(batch)`` after each acknowledgement."""
    batches = iter(range(1, 1_000_000))

    async def send() -> None:
        for batch in batches:
            if stop is not None and stop.is_set():
                return
            result = await city.upsert(
                system("load"), batch_of(run, batch), origin=Origin(1, None, None, "load")
            )
            assert not result.failed, result.failed
            said(batch)

    await asyncio.gather(*(send() for _ in range(8)))


async def main(url: str, folder: str, run: int) -> None:
    """Open the city and write until killed."""
    async with Database(url, pool_max=4) as db:
        city = await City.open(db, Settings(data_dir=Path(folder)), SystemClock())
        while city.writer is None:  # a killed predecessor's session may hold the lock for a moment
            await asyncio.sleep(0.05)
            await city.became_writer()
        print("ready", flush=True)
        await write(city, run, lambda batch: print(f"{run}:{batch}", flush=True))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
