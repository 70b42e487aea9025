"""The way of a change through the house: every step it passes, in order, in one list.

Something changes in the city: a feed, a device or a person writes an entity, and the city's writer commits it
to the one ordered log (``city.log``), where it gets its number. Rooms whose rows change put an event into the
same log. From there each change passes :data:`STEPS`, top to bottom; whoever wants to know what the product
does with an observation reads that list.

* A step is a function ``run(changes, step)``: it gets the next changes in the order of the log, and an open
  transaction. What it writes there commits together with its *cursor*, the number it has come to; so a
  restart neither skips a change nor passes it twice.
* A step whose work is done by another part (the city's writer, which has its own transactions) may see the
  same changes again after a crash between that work and the cursor: it must not mind. ``place`` does not.
* A step that fails stops only itself: its transaction is rolled back, the failure is logged and counted
  (``haidang_pipeline_failures_total``), and it tries again, after a second, then two, up to a minute. The
  others go on. How far each is behind stands in ``haidang_pipeline_lag``.
* Where several servers run on one database, each step runs in one of them at a time: its cursor's row is
  locked while it works.

The live stream (``web.hub``) is not a step: screens are told beside the pipeline, straight after the commit,
and whoever was away resumes from the log itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec
from prometheus_client import Counter, Gauge

from haidang.base.database import Connection
from haidang.base.log import logger
from haidang.base.metrics import REGISTRY
from haidang.city import liveness, log, placing
from haidang.city.log import Change
from haidang.city.model import Group
from haidang.web.house import House

BATCH = 1_000
"""Most changes that one transaction of a step takes."""
POLL_S = 5.0
"""How long a step sleeps where nobody wakes it (changes of another process wake nobody here)."""
RETRY_S_MAX = 60.0

LAG = Gauge(
    "haidang_pipeline_lag", "Changes of the log that a step has yet to pass.", ["step"], registry=REGISTRY
)
FAILURES = Counter(
    "haidang_pipeline_failures", "Batches in which a step failed.", ["step"], registry=REGISTRY
)

_log = logger("pipeline")


class Step(msgspec.Struct, frozen=True):
    """One thing that happens to every change."""

    name: str
    """Also the name of its cursor: renaming a step makes it start from the beginning of the log."""
    run: Callable[[House, Sequence[Change], Connection], Awaitable[None]]
    """Does the work for some changes, in their order, within the given transaction."""


async def place(house: House, changes: Sequence[Change], connection: Connection) -> None:
    """Give each located entity without an area its commune, from the outlines that the site has imported."""
    await placing.place_some(house.city, connection, {change.eid for change in changes if change.eid})


async def note_life(house: House, changes: Sequence[Change], connection: Connection) -> None:
    """Keep when each source and each type of entity was last observed and last heard of, for the screens."""
    await liveness.note(connection, changes, house.city.terms)


STEPS: tuple[Step, ...] = (
    Step("place", place),
    Step("liveness", note_life),
)
"""The way of a change, in order."""


@asynccontextmanager
async def running(house: House, steps: Sequence[Step] = STEPS) -> AsyncIterator[None]:
    """Run every step, each in a task of its own, until the end of the block."""
    await register(house, steps)
    bells = [asyncio.Event() for _ in steps]

    def ring(_: Group) -> None:
        for bell in bells:
            bell.set()

    unsubscribe = house.city.subscribe(ring)
    tasks = [
        asyncio.create_task(_follow(house, step, bell), name=f"pipeline {step.name}")
        for step, bell in zip(steps, bells, strict=True)
    ]
    try:
        yield
    finally:
        unsubscribe()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def register(house: House, steps: Sequence[Step]) -> None:
    """Make the cursors of new steps, committed, so that later only their locks tell processes apart."""
    for step in steps:
        async with house.db.transaction() as connection:
            await log.cursor(connection, step.name)


async def _follow(house: House, step: Step, bell: asyncio.Event) -> None:
    """Let a step follow the log for ever."""
    wait_s = 1.0
    while True:
        bell.clear()
        try:
            behind = await advance(house, step)
        except Exception:
            FAILURES.labels(step.name).inc()
            _log.exception("a step failed and will try again", step=step.name, retry_s=wait_s)
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, RETRY_S_MAX)
            continue
        wait_s = 1.0
        LAG.labels(step.name).set(behind)
        if not behind:
            await _heard(bell)


async def _heard(bell: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL_S):
            await bell.wait()
    except TimeoutError:
        return


async def advance(house: House, step: Step) -> int:
    """Pass the next batch through a step; return how many changes it has still to come to.

    Where another process holds the step there is nothing to do here: 0.
    """
    async with house.db.transaction() as connection:
        after = await log.cursor(connection, step.name)
        if after is None:
            return 0
        changes = await log.read(connection, after, BATCH)
        if not changes:
            return 0
        await step.run(house, changes, connection)
        await log.advance(connection, step.name, changes[-1].seq)
        return await log.head(connection) - changes[-1].seq
