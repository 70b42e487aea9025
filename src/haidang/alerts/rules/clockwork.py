"""The clock where no change comes: what is silent, and what has waited long enough.

Beside the step, at most once a second, under the same cursor: where changes wait to be looked at, or another
process has the step, nothing is decided. A checker that is late has not checked.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from haidang.alerts.rules.live import STEP, live_of
from haidang.base.log import logger
from haidang.base.problems import Problem
from haidang.city import log
from haidang.city.service import City

TICK_S = 1.0
_log = logger("alerts.rules")


async def tick(city: City) -> bool:
    """Let the clock go on; False where changes wait, or another process has the step."""
    # The time is taken before the head is read: what was recorded until then lies before the head.
    now = city.clock.now()
    async with city.db.transaction() as conn:
        place = await log.cursor(conn, STEP)
        if place is None or place.seq < place.head:
            return False
        live = live_of(city)
        await live.ready(conn, place.seq, now)
        await live.tick(conn, now)
    city.nudge()
    return True


@asynccontextmanager
async def ticking(city: City) -> AsyncIterator[None]:
    """Let the clock tick until the end of the block."""
    task = asyncio.create_task(_tick(city), name="alerts by the clock")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _tick(city: City) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        if live_of(city).idle(city.clock.now()):
            continue
        try:
            await tick(city)
        except (psycopg.Error, Problem, OSError) as error:
            _log.warning("the clock of the alerts could not tick", error=str(error))
