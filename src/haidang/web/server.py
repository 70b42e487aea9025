"""The life-cycle: what is opened before the first request, in which order, and closed in reverse."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from haidang import organisation
from haidang.alerts import JOBS as ALERT_JOBS
from haidang.alerts.cap.service.jobs import JOBS as WARNING_JOBS
from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.health import Check, Health, database_check
from haidang.base.jobs import make_jobs, working
from haidang.base.log import logger
from haidang.base.settings import Settings
from haidang.boards.city import rows_of, rows_of_changes
from haidang.boards.model import Types
from haidang.city import log as city_log
from haidang.city.model import Changed, Kind
from haidang.city.models.catalogue import labelled_packs
from haidang.city.service import City
from haidang.city.tiers.jobs import JOBS as HISTORY_JOBS
from haidang.demo.service import Demo, living
from haidang.feeds import JOBS as FEED_JOBS
from haidang.feeds import FeedRunner
from haidang.incidents.procedures.service.jobs import JOBS as PROCEDURE_JOBS
from haidang.incidents.service.jobs import JOBS as INCIDENT_JOBS
from haidang.indicators.formulas.jobs import JOBS as FIGURE_JOBS
from haidang.indicators.service.jobs import JOBS as INDICATOR_JOBS
from haidang.indicators.service.jobs import prepare as declare_indicators
from haidang.organisation.permissions import Principal
from haidang.programme.service.jobs import JOBS as PROGRAMME_JOBS
from haidang.tasks import JOBS as TASK_JOBS
from haidang.web.asgi import Receive, Scope, Send
from haidang.web.door import Door
from haidang.web.house import Beside, House
from haidang.web.hub import Hub, Missed, Row
from haidang.web.identity import Authenticate, Credential, Identity

JOBS = {
    "feeds": FEED_JOBS,
    "history": HISTORY_JOBS,
    "tasks": TASK_JOBS,
    "alerts": ALERT_JOBS,
    "warnings": WARNING_JOBS,
    "incidents": INCIDENT_JOBS,
    "procedures": PROCEDURE_JOBS,
    "programme": PROGRAMME_JOBS,
    "indicators": INDICATOR_JOBS,
    "figures": FIGURE_JOBS,
}
"""Tasks of the rooms, by room."""

Assemble = Callable[[House], Door]

_log = logger("web")


class Server:
    """An ASGI application that opens the house at its start and closes it at its end."""

    def __init__(
        self, settings: Settings, *, clock: Clock, assemble: Assemble, beside: Sequence[Beside] = ()
    ) -> None:
        self.house: House | None = None
        self._settings = settings
        self._clock = clock
        self._assemble = assemble
        self._beside = beside
        self._door: Door | None = None
        self._stack = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or live through the lifespan."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if self._door is None:
            raise RuntimeError("the lifespan comes before the first request")
        await self._door(scope, receive, send)

    async def start(self) -> None:
        """Open everything; where one part fails, what was open is closed again and the error goes up."""
        try:
            self.house = await self._stack.enter_async_context(opened(self._settings, self._clock))
            self._door = self._assemble(self.house)
            for beside in self._beside:
                await self._stack.enter_async_context(beside(self.house))
            if self._settings.demo:
                await self._stack.enter_async_context(living(_demo(self.house)))
        except BaseException:
            await self._stack.aclose()
            raise
        _calm_the_collector()

    async def stop(self) -> None:
        """Close everything, the last opened first."""
        self.drain()
        await self._stack.aclose()

    def drain(self) -> None:
        """Refuse new requests and end the streams, so that those under way can be waited for."""
        if self._door:
            self._door.open = False
        if self.house:
            self.house.hub.drain()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
        except Exception as error:
            _log.exception("the server does not start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _calm_the_collector() -> None:
    """Leave what was imported out of the garbage collector's rounds (a fifth of the CPU of batch writes)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _demo(house: House) -> Demo:
    return Demo(house.db, house.city, house.clock, scale=house.settings.demo_scale)


@asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[House]:
    """Open the parts from the ground up: database, city, feeds, stream, jobs."""
    if not settings.database_url:
        raise RuntimeError("whoever starts the server finds or starts the database first")
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(Database(settings.database_url, pool_max=settings.pool_max))
        health = Health()
        health.add("database", database_check(db))
        await organisation.prepare(db, settings, clock)
        await declare_indicators(db, settings, clock)
        city = await City.open(db, settings, clock)
        stack.push_async_callback(city.close)
        health.add("writer", _writer_check(city))
        health.add("storage", _storage_check(city))
        hub = await _hub(db, city, settings, clock)
        stack.push_async_callback(hub.close)
        stack.callback(city.subscribe(hub.publish))
        feeds = FeedRunner(db, city, settings, clock)
        await feeds.start()
        stack.push_async_callback(feeds.close)
        identity = Identity(_authenticating(db, clock, settings))
        identity.on_forget(hub.look_again)
        jobs = make_jobs(settings.database_url, JOBS)
        await stack.enter_async_context(
            working(jobs, db=db, settings=settings, city=city, feeds=feeds, clock=clock)
        )
        yield House(settings, clock, db, city, feeds, hub, identity, health)


def _writer_check(city: City) -> Check:
    async def check() -> None:
        # A process that forwards is ready where the one that writes is; that is the holder's own matter.
        if city.writer is not None and not city.writer.alive:
            raise RuntimeError("the writer has stopped")

    return check


def _storage_check(city: City) -> Check:
    async def check() -> None:
        if city.room.look():
            raise RuntimeError("the disk of the database is nearly full; no new data are taken")

    return check


async def _hub(db: Database, city: City, settings: Settings, clock: Clock) -> Hub:
    types = Types(city.terms, labelled_packs(settings.data_dir))

    async def rows(eids: Sequence[int]) -> Sequence[Row]:
        async with db.transaction() as connection:
            return await rows_of(connection, city.terms, types, eids)

    def rows_now(changes: Sequence[Changed]) -> tuple[Sequence[Row], Sequence[Row]]:
        return rows_of_changes(changes, types)

    async def missed(after: int, limit: int) -> Missed:
        async with db.transaction() as connection:
            head = await city_log.head(connection)
            if head - after > limit or after < await city_log.floor(connection):
                return Missed(head, lost=True)
            changes = await city_log.read(connection, after, limit)
        return Missed(
            head,
            eids=sorted({change.eid for change in changes if change.kind != Kind.EVENT}),
            events=[change.j for change in changes if change.kind == Kind.EVENT and change.j],
            lost=any(change.kind == Kind.DELETE for change in changes),
        )

    async with db.transaction() as connection:
        head = await city_log.head(connection)
    hub = Hub(rows_of=rows, rows_of_changes=rows_now, missed=missed, clock=clock, seq=head)
    hub.start()
    return hub


def _authenticating(db: Database, clock: Clock, settings: Settings) -> Authenticate:
    async def check(credential: Credential, touch: bool) -> Principal:
        shown = {"session_token" if credential.kind == "session" else "api_key": credential.secret}
        return await organisation.authenticate(db, clock, settings, touch=touch, **shown)

    return check
