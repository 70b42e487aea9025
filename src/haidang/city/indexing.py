"""The newest end of the log stays findable by its numbers.

``change`` is found by ``seq`` through a BRIN index: a b-tree would cost more bytes a row than its values.
What PostgreSQL has not summed up in it is read whole by every look at the log's end, and it sums up once a
minute, at autovacuum's next round: in a busy minute each step of the pipeline would read a hundred thousand
rows for its next fifty. So whoever writes sums up what has become whole, once a second at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from haidang.base.log import logger
from haidang.city.model import Group
from haidang.city.service import City
from haidang.city.store import log as store

EVERY_S = 1.0
ROWS_MIN = 2_000
"""Fewer new rows than this are read sooner than summed up: about a range of the index."""

_log = logger("city")


@asynccontextmanager
async def summing_up(city: City) -> AsyncIterator[None]:
    """Sum up the index behind the writer until the end of the block."""
    bell = asyncio.Event()
    head = summed = 0

    def count(group: Group) -> None:
        nonlocal head
        head = group.seq
        if head - summed >= ROWS_MIN:
            bell.set()

    async def follow() -> None:
        nonlocal summed
        done: dict[int, int] = {}
        while True:
            summed = head
            bell.clear()
            try:
                async with city.db.transaction() as connection:
                    done = await store.sum_up(connection, done)
            except psycopg.Error as error:
                # Somebody works on the table's indexes; the next round has the same and more to do.
                _log.info("the log's index was not summed up", error=str(error))
            await asyncio.sleep(EVERY_S)
            await bell.wait()

    end = city.subscribe(count)
    task = asyncio.create_task(follow(), name="log index")
    try:
        yield
    finally:
        end()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
