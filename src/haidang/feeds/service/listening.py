"""Listening: an MQTT feed's endless run, recorded in windows of a few minutes."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

from psycopg import OperationalError

from haidang.base import log
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.feeds import store
from haidang.feeds.connectors import Batch
from haidang.feeds.connectors.mqtt import MqttConnector
from haidang.feeds.model.declaration import MqttSource
from haidang.feeds.service import runs
from haidang.feeds.service.intake import Intake
from haidang.feeds.store import Feed

WINDOW = timedelta(minutes=5)
"""How long one record of a listening feed goes on."""
CHECK_S = 5.0
LOCK_RETRY_S = 5.0
_log = log.logger("feeds")


class Listener:
    """One MQTT feed being listened to."""

    def __init__(self, db: Database, city: City, settings: Settings, clock: Clock, feed: Feed) -> None:
        self._db = db
        self._city = city
        self._settings = settings
        self._clock = clock
        self._feed = feed
        self._intake: Intake | None = None
        self._busy = asyncio.Lock()
        self._states: asyncio.Queue[Problem | None] = asyncio.Queue()

    async def listen(self, locks: Connection) -> None:
        """Listen until cancelled; waits where another process listens already."""
        source = self._feed.declaration.source
        if not isinstance(source, MqttSource):
            raise TypeError(self._feed.name)
        # Another process may listen; the database tells nobody when it stops.
        while not await store.try_lock(locks, self._feed.id):  # noqa: ASYNC110
            await asyncio.sleep(LOCK_RETRY_S)
        connector = MqttConnector(
            source,
            feed=self._feed.name,
            allow_hosts=self._settings.feed_allow_hosts,
            on_state=self._states.put_nowait,
        )
        beside = [asyncio.create_task(self._close_windows()), asyncio.create_task(self._tell_states())]
        try:
            async with contextlib.aclosing(connector.batches()) as batches:
                async for batch in batches:
                    await self._take(batch)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            with contextlib.suppress(Problem, OperationalError):
                async with self._busy:
                    await self._close()
                # A stop that fell between the opening of a record and our knowing of it leaves one behind.
                async with self._db.transaction() as connection:
                    await store.end_cut_runs(connection, self._feed.id, self._clock.now())
            if not locks.closed:
                await store.unlock(locks, self._feed.id)

    async def _take(self, batch: Batch) -> None:
        """Store a batch; the broker hears of it afterwards, and keeps it where it could not be stored."""
        stored = False
        try:
            async with self._busy:
                await (await self._open()).take(batch)
            stored = True
        except (Problem, OperationalError) as cause:
            # Not acknowledged, so nothing is lost: the broker sends it again on the next connection.
            _log.warning("feed batch not stored", feed=self._feed.name, cause=str(cause))
        finally:
            if batch.settle is not None:
                batch.settle(stored)

    async def _open(self) -> Intake:
        if self._intake is None:
            async with self._db.transaction() as connection:
                run_id = await store.begin_run(connection, self._feed.id, self._clock.now())
            self._intake = Intake(self._db, self._city, self._clock, self._feed, run_id)
        return self._intake

    async def _close(self) -> None:
        intake, self._intake = self._intake, None
        if intake is not None:
            outcome = intake.tally.outcome
            await runs.finish(self._db, self._clock, intake, outcome)

    async def _close_windows(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            async with self._busy:
                if self._intake is not None and self._clock.now() - self._intake.begun_at >= WINDOW:
                    with contextlib.suppress(Problem, OperationalError):
                        await self._close()

    async def _tell_states(self) -> None:
        """Keep with the feed whether the broker is there, and tell the screens."""
        while True:
            problem = await self._states.get()
            with contextlib.suppress(Problem, OperationalError):
                async with self._db.transaction() as connection:
                    shown = (problem.vi, problem.en) if problem else None
                    await store.set_problem(connection, self._feed.id, shown)
                    await runs.announce(connection, self._feed, self._clock.now())
