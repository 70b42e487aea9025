"""The way of a change through the house: every step it passes, in order, in one list.

Something changes in the city: a feed, a device or a person writes an entity, and the city's writer commits it
to the one ordered log (``city.log``), where it gets its number. Rooms whose rows change put an event into the
same log. From there each change passes :data:`STEPS`, top to bottom; whoever wants to know what the product
does with an observation reads that list.

* A step is a function ``run(house, stretch, connection)``: it gets the next stretch of the log and an open
  transaction. What it writes there commits together with its *cursor*, the number it has come to; so a
  restart neither skips a change nor passes it twice. A step whose work is one statement names the stretch's
  two ends in it; another asks for ``await stretch.changes()``, in the order of the log.
* Steps stand back for the writer: each works at most four times a second and rests three times as long as it
  worked. Being late costs nobody anything, a slower writer everybody. Where somebody waits for what comes of
  it (notifications) it works sooner and rests as long as it worked.
* A step whose work is done by another part (the city's writer, which has its own transactions) may see the
  same changes again after a crash between that work and the cursor: it must not mind. ``place`` and
  ``projects`` do not.
* A step that fails stops only itself: its transaction is rolled back, the failure is logged and counted
  (``haidang_pipeline_failures_total``), and it tries again, after a second, then two, up to a minute. The
  others go on. How far each is behind stands in ``haidang_pipeline_lag``.
* Where several servers run on one database, each step runs in one of them at a time: its cursor's row is
  locked while it works.

The step ``alerts`` has a clock beside it (``alerts.rules.clockwork``): silence and delays fall due where no
change comes, and only where the step has passed all there is.

What the step ``subscriptions`` puts into the outbox is sent by ``city.subscriptions.delivery``, in the
process that writes. Commands that a procedure has for devices are sent by ``incidents.procedures``.

The live stream (``web.hub``) is not a step: screens are told beside the pipeline, straight after the commit,
and whoever was away resumes from the log itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec
from prometheus_client import Counter, Gauge

from haidang.actions import warnings
from haidang.alerts.rules import clockwork, live
from haidang.base.database import Connection
from haidang.base.log import logger
from haidang.base.metrics import REGISTRY
from haidang.city import indexing, liveness, log, placing
from haidang.city.log import Change
from haidang.city.model import Group
from haidang.city.registrations.book import following
from haidang.city.subscriptions import delivery
from haidang.city.subscriptions import step as matching
from haidang.city.tiers import summing
from haidang.incidents.procedures.service import actuating
from haidang.incidents.service import automatic
from haidang.incidents.service import desk as incident_desk
from haidang.incidents.service.desk import desk_of
from haidang.indicators.formulas import service as formulas
from haidang.indicators.service import desk as indicator_desk
from haidang.programme.service import projecting
from haidang.web.house import House

BATCH = 2_000
"""Most changes that one transaction of a step takes, unless the step says otherwise."""
REST_S = 0.25
"""Least time between two batches of a step that has come to the end of the log."""
REST_RATIO = 3
"""A step rests so many times as long as its batch took: no step takes more than a quarter of a core."""
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


class Stretch:
    """The changes ``after < seq <= last`` of the log, all committed; read only where a step asks for them."""

    def __init__(self, connection: Connection, after: int, last: int) -> None:
        self.after = after
        self.last = last
        self._connection = connection

    async def changes(self) -> list[Change]:
        """Return the changes themselves, in their order."""
        found: list[Change] = []
        after = self.after
        while after < self.last:
            some = await log.read(self._connection, after, self.last - after)
            # What was erased left gaps, perhaps at the end: then rows beyond it were read, or none.
            found += [change for change in some if change.seq <= self.last]
            after = some[-1].seq if some else self.last
        return found


class Step(msgspec.Struct, frozen=True):
    """One thing that happens to every change."""

    name: str
    """Also the name of its cursor: renaming a step makes it start from the beginning of the log."""
    run: Callable[[House, Stretch, Connection], Awaitable[None]]
    """Does the work for a stretch of the log within the given transaction."""
    batch: int | None = None
    """Most changes it takes at once; None: :data:`BATCH`."""
    rest_s: float = REST_S
    """Least time between two batches at the end of the log: somebody waits for what comes of this step."""
    rest_ratio: float = REST_RATIO
    """How many times as long as a batch took it rests after it."""
    after: Callable[[House], None] | None = None
    """Called after the commit of a batch."""
    awaited: Callable[[House, Connection], Awaitable[bool]] | None = None
    """Whether anybody waits for what comes of this step; where nobody does, it passes to the end at once."""


async def place(house: House, stretch: Stretch, connection: Connection) -> None:
    """Give each located entity without an area its commune, from the outlines that the site has imported."""
    await placing.place_some(house.city, connection, stretch.after, stretch.last)


async def note_life(_: House, stretch: Stretch, connection: Connection) -> None:
    """Keep when each source and each type of entity was last observed and last heard of, for the screens."""
    await liveness.note(connection, stretch.after, stretch.last)


async def open_incidents(house: House, stretch: Stretch, connection: Connection) -> None:
    """Open the incidents that alerts open by themselves, or let the alerts join what is open."""
    desk = desk_of(house.settings, house.clock)
    await automatic.run(connection, desk, stretch.after, stretch.last)


async def notify(house: House, stretch: Stretch, connection: Connection) -> None:
    """Put the notifications of subscriptions into the outbox; their delivery is told after the commit."""
    await matching.match(house.city, connection, stretch.after, stretch.last)


async def sum_hours(house: House, stretch: Stretch, connection: Connection) -> None:
    """Keep what each hour of each entity comes to; what came late is summed up anew."""
    await summing.run(
        connection,
        house.city.terms,
        stretch.after,
        stretch.last,
        head=await log.head(connection),
        now=house.clock.now(),
    )


async def watch(house: House, stretch: Stretch, connection: Connection) -> None:
    """Hold the changes against the rules of alerts; what comes and goes becomes alerts in the same commit."""
    await live.pass_on(house.city, connection, stretch.after, stretch.last)


async def tell_of_warnings(house: House, stretch: Stretch, connection: Connection) -> None:
    """Write what happened to the warnings of incidents into those incidents' logs."""
    desk = incident_desk.desk_of(house.settings, house.clock)
    await warnings.tell(connection, desk, stretch.after, stretch.last)


async def show_projects(house: House, stretch: Stretch, connection: Connection) -> None:
    """Let the entities of public projects follow the register of programmes."""
    await projecting.follow(house.city, connection, stretch.after, stretch.last, house.clock.now())


async def make_figures(house: House, stretch: Stretch, connection: Connection) -> None:
    """Make again the computed figures of indicators that changed values reach."""
    desk = indicator_desk.desk_of(house.settings, house.clock)
    await formulas.follow(connection, desk, stretch.after, stretch.last)


async def ruled(house: House, connection: Connection) -> bool:
    """Say whether any rule runs, or something still stands under one that did."""
    return await live.watching(house.city, connection)


async def alerted(_: House, connection: Connection) -> bool:
    """Say whether any alert is open."""
    return await automatic.awaited(connection)


async def subscribed(house: House, connection: Connection) -> bool:
    """Say whether any subscription waits for changes."""
    return await matching.listening(house.city, connection)


STEPS: tuple[Step, ...] = (
    Step("place", place, batch=20_000),
    Step("liveness", note_life, batch=20_000),
    Step(
        live.STEP,
        watch,
        batch=4_000,
        rest_s=0.05,
        rest_ratio=1,
        after=lambda house: house.city.nudge(),
        awaited=ruled,
    ),
    Step(
        "incidents",
        open_incidents,
        batch=20_000,
        rest_s=0.1,
        rest_ratio=1,
        after=lambda house: house.city.nudge(),
        awaited=alerted,
    ),
    Step(
        "subscriptions",
        notify,
        batch=4_000,
        rest_s=0.05,
        rest_ratio=1,
        after=lambda house: delivery.wake(house.city),
        awaited=subscribed,
    ),
    Step("warnings", tell_of_warnings, batch=20_000),
    Step("projects", show_projects, batch=20_000),
    Step("figures", make_figures, batch=20_000),
    Step(summing.STEP, sum_hours, batch=200_000, rest_s=5.0),
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
        async with (
            delivery.delivering(house.city),
            following(house.city),
            indexing.summing_up(house.city),
            clockwork.ticking(house.city),
            actuating.commanding(house.city),
        ):
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
            await log.register(connection, step.name)


async def _follow(house: House, step: Step, bell: asyncio.Event) -> None:
    """Let a step follow the log for ever."""
    loop = asyncio.get_running_loop()
    wait_s = 1.0
    while True:
        bell.clear()
        began = loop.time()
        try:
            behind = await advance(house, step)
        except Exception:
            FAILURES.labels(step.name).inc()
            _log.exception("a step failed and will try again", step=step.name, retry_s=wait_s)
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, RETRY_S_MAX)
            continue
        wait_s = 1.0
        LAG.labels(step.name).set(behind or 0)
        rest_s = step.rest_ratio * (loop.time() - began)
        if not behind:
            rest_s = max(REST_S if behind is None else step.rest_s, rest_s)
        await asyncio.sleep(rest_s)
        if not behind:
            await _heard(bell)


async def _heard(bell: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL_S):
            await bell.wait()
    except TimeoutError:
        return


async def advance(house: House, step: Step) -> int | None:
    """Pass the next batch through a step; return how many changes it has still to come to.

    Where another process holds the step there is nothing to do here: 0. None where nobody awaits the step.
    """
    async with house.db.transaction() as connection:
        place = await log.cursor(connection, step.name)
        if place is None or place.seq >= place.head:
            return 0
        if step.awaited is not None and not await step.awaited(house, connection):
            await log.advance(connection, step.name, place.head)
            return None
        last = min(place.head, place.seq + (step.batch or BATCH))
        await step.run(house, Stretch(connection, place.seq, last), connection)
        await log.advance(connection, step.name, last)
    if step.after is not None:
        step.after(house)
    return place.head - last
