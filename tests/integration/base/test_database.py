"""The pool under cancellation: whoever is told to end, ends."""

from __future__ import annotations

import asyncio

import pytest

from haidang.base.database import Database


@pytest.mark.parametrize("turns", range(12))
async def test_a_cancellation_that_comes_with_the_connection_is_not_lost(
    database_url: str, turns: int
) -> None:
    async with Database(database_url, pool_max=1) as db:

        async def work() -> str:
            async with db.transaction():
                return "went on"

        async with db.transaction():
            task = asyncio.create_task(work())
            while not db.stats().get("requests_queued"):
                await asyncio.sleep(0)
        # The connection is on its way to the task; hit each of the loop's turns until it is there.
        for _ in range(turns):
            await asyncio.sleep(0)
        told = task.cancel()
        done = (await asyncio.gather(task, return_exceptions=True))[0]
        assert isinstance(done, asyncio.CancelledError) if told else done == "went on"
