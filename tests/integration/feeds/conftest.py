"""A city, the agencies it needs, and feeds whose declarations are made on the spot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio

from haidang import organisation
from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.feeds.model.declaration import Declaration
from haidang.feeds.model.life import Run
from haidang.feeds.service import declaring, runs
from haidang.feeds.store import Feed


class World:
    """Everything a feed runs in."""

    def __init__(
        self, db: Database, city: City, settings: Settings, clock: FixedClock, locks: Connection
    ) -> None:
        self.db = db
        self.city = city
        self.settings = settings
        self.clock = clock
        self.locks = locks

    async def declare(self, declaration: Declaration) -> Feed:
        async with self.db.transaction() as connection:
            return await declaring.declare(connection, declaration, self.clock.now())

    async def run(self, declaration: Declaration, **options: Any) -> Run:
        feed = await self.declare(declaration)
        return await runs.run_once(
            self.db, self.city, self.settings, self.clock, feed, locks=self.locks, **options
        )

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.db.transaction() as connection:
            return list(await (await connection.execute(sql, values)).fetchall())


@pytest_asyncio.fixture(loop_scope="session")
async def world(db: Database, settings: Settings, clock: FixedClock, tmp_path: Path) -> AsyncIterator[World]:
    settings = msgspec.structs.replace(settings, feed_allow_hosts=("127.0.0.1",), feed_dirs=(tmp_path,))
    await organisation.prepare(db, settings, clock)
    city = await City.open(db, settings, clock)
    locks = await db.dedicated()
    try:
        yield World(db, city, settings, clock, locks)
    finally:
        await locks.close()
        await city.close()
