"""A server of its own that is told to send one command, and is killed while it waits for the answer.

python commander.py DATABASE_URL FOLDER DEVICE_HOST ENTITY
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.integration.city.broker import client

from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.registrations.book import following
from haidang.city.service import City
from haidang.organisation.permissions import system


async def main(url: str, folder: Path, device: str, entity: str) -> None:
    """Send the command and say what was answered."""
    settings = Settings(data_dir=folder, notification_allow_hosts=(device,))
    async with Database(url, pool_max=6) as db:
        city = await City.open(db, settings, SystemClock())
        async with following(city), client(city, system("commander")) as http:
            answer = await http.patch(
                f"/entities/{entity}/attrs/open", json={"type": "Property", "value": True}
            )
            print(answer.status_code, flush=True)
        await city.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
