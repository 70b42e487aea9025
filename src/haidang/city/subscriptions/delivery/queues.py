"""One queue for each endpoint, each a task of its own: what waits for a dead one holds up no other.

A failure makes the whole queue wait (cool-down, else a pause that doubles, with chance in it), and then one
notification is tried alone until one gets through: the circuit is closed again. Notifications of one entity
go in their order, those of different entities side by side.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import psycopg
import structlog
from prometheus_client import Counter, Gauge, Histogram

from haidang.base.metrics import REGISTRY
from haidang.base.problems import Problem
from haidang.city.service import City
from haidang.city.subscriptions import store
from haidang.city.subscriptions.book import book_of
from haidang.city.subscriptions.delivery.http import HttpSender
from haidang.city.subscriptions.delivery.mqtt import MqttSender
from haidang.city.subscriptions.delivery.sender import NotDelivered, Sender
from haidang.city.subscriptions.model import Compiled
from haidang.city.subscriptions.step import tick

BATCH = 64
"""Notifications of one endpoint that are under way at most."""
SIDE_BY_SIDE = 8
POLL_S = 0.25
IDLE_S = 30.0
"""How long a queue keeps its connection with nothing to send."""
BACKOFF_S = (1.0, 600.0)
SWEEP_S = 60.0
DATABASE_AT_ONCE = 4

WAITING = Gauge("haidang_notifications_waiting", "Notifications that wait to be sent.", registry=REGISTRY)
OLDEST = Gauge("haidang_notifications_oldest_seconds", "Age of the oldest that waits.", registry=REGISTRY)
DEAD = Gauge("haidang_notifications_dead", "Notifications that were given up.", registry=REGISTRY)
SENT = Counter("haidang_notifications_sent", "Notifications that their endpoints took.", registry=REGISTRY)
FAILED = Counter("haidang_notifications_failed", "Tries that failed.", registry=REGISTRY)
LATENCY = Histogram(
    "haidang_notifications_latency_seconds",
    "From the outbox to the endpoint's answer.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600),
    registry=REGISTRY,
)
_TRANSIENT = (psycopg.Error, Problem, OSError)
_log = structlog.get_logger("haidang.city.subscriptions")


def backoff_s(failures: int, cooldown_ms: int | None, chance: float) -> float:
    """Return how long a queue waits after so many failures in a row; ``chance`` lies in 0 to 1."""
    shortest, longest = BACKOFF_S
    pause: float = min(longest, shortest * 2.0 ** min(failures - 1, 20)) * (0.5 + chance / 2)
    return max(pause, (cooldown_ms or 0) / 1000)


class Delivery:
    """All queues of a process; they run only while it is the writer's."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._database = asyncio.Semaphore(DATABASE_AT_ONCE)
        self._queues: dict[str, _Queue] = {}
        self._bell = asyncio.Event()
        self._swept_at = 0.0
        self._measured_at = 0.0

    def wake(self) -> None:
        """Look at once: something was put into the outbox."""
        # Queues that run know best themselves what waits for them; the look is for endpoints without one.
        for name in book_of(self._city).posted_to():
            if name in self._queues:
                self._queues[name].bell.set()
        self._bell.set()

    async def run(self) -> None:
        """Deliver for ever."""
        try:
            while True:
                self._bell.clear()
                try:
                    await self._look()
                except _TRANSIENT as error:
                    _log.warning("the outbox cannot be read", error=str(error))
                    await asyncio.sleep(1)
                except Exception:
                    _log.exception("delivery failed and will go on")
                    await asyncio.sleep(1)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._bell.wait()
        finally:
            await self._stop()

    async def _look(self) -> None:
        # Whoever delivers is the writer; where that one has died, this process takes over as for a write.
        if self._city.writer is None and not await self._city.became_writer():
            await self._stop()
            return
        await tick(self._city)
        async with self._database, self._city.db.transaction() as conn:
            await book_of(self._city).refresh(conn)
            names = await store.queues(conn)
        for name in names:
            queue = self._queues.get(name)
            if queue is None or queue.task.done():
                self._queues[name] = queue = _Queue(self._city, self._database, name)
            queue.bell.set()
        for name in [name for name, queue in self._queues.items() if queue.task.done()]:
            del self._queues[name]
        await self._keep_house(names)

    async def _keep_house(self, names: Sequence[str]) -> None:
        """Measure every five seconds; once a minute give up what is too much or too old."""
        loop_s, now, settings = asyncio.get_running_loop().time(), self._city.clock.now(), self._city.settings
        if loop_s - self._measured_at > 5:
            self._measured_at = loop_s
            async with self._database, self._city.db.transaction() as conn:
                waiting, oldest, dead = await store.figures(conn)
            WAITING.set(waiting)
            OLDEST.set(0 if oldest is None else max(0.0, (now - oldest).total_seconds()))
            DEAD.set(dead)
        if loop_s - self._swept_at > SWEEP_S:
            self._swept_at = loop_s
            async with self._database, self._city.db.transaction() as conn:
                for name in names:
                    most = settings.notification_queue_max
                    over = await store.bury_overflow(
                        conn, name, most, now, f"over {most} waited for this endpoint"
                    )
                    if over:
                        _log.warning("notifications were given up: the queue is full", queue=name, count=over)
                await store.forget_dead(conn, now - timedelta(days=settings.notification_dead_days))

    async def _stop(self) -> None:
        tasks = [queue.task for queue in self._queues.values()]
        self._queues.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Queue:
    """What waits for one endpoint, and the task that sends it."""

    def __init__(self, city: City, database: asyncio.Semaphore, name: str) -> None:
        self.bell = asyncio.Event()
        self._city = city
        self._database = database
        self._name = name
        self._failures = 0
        hosts = city.settings.notification_allow_hosts
        self._sender: Sender = MqttSender(hosts) if name.lower().startswith("mqtt") else HttpSender(hosts)
        self.task = asyncio.create_task(self._run(), name=f"notifications {name[:80]}")

    async def _run(self) -> None:
        try:
            while True:
                self.bell.clear()
                try:
                    pause = await self._turn()
                except _TRANSIENT as error:
                    _log.warning("a queue cannot go on yet", queue=self._name, error=str(error))
                    pause = 1.0
                if pause is None:
                    try:
                        async with asyncio.timeout(IDLE_S):
                            await self.bell.wait()
                    except TimeoutError:
                        return
                elif pause:
                    await asyncio.sleep(pause)
        finally:
            await self._sender.close()

    async def _turn(self) -> float | None:
        """Send the next notifications; return the pause before the next turn, None where nothing waits."""
        book = book_of(self._city)
        buried: list[int] = []
        orphans: list[int] = []
        sendable: list[tuple[store.Letter, Compiled]] = []
        async with self._database, self._city.db.transaction() as conn:
            # After a failure the circuit is open: one notification goes ahead alone.
            letters = await store.waiting(conn, self._name, 1 if self._failures else BATCH)
            for letter in letters:
                one = book.get(letter.subscription)
                if one is None:
                    await book.refresh(conn)
                    one = book.get(letter.subscription)
                if one is None:
                    orphans.append(letter.no)
                elif not await book.may_see(conn, one, letter.origins):
                    buried.append(letter.no)
                else:
                    sendable.append((letter, one))
            if orphans:
                await store.drop(conn, orphans)
            if buried:
                now = self._city.clock.now()
                await store.bury(conn, buried, now, "the subscriber may not read this any more")
        if not letters:
            return None
        return await self._deliver(sendable)

    async def _deliver(self, letters: Sequence[tuple[store.Letter, Compiled]]) -> float:
        by_entity: dict[object, list[tuple[store.Letter, Compiled]]] = defaultdict(list)
        for letter, one in letters:
            by_entity[letter.entity_id].append((letter, one))
        room = asyncio.Semaphore(SIDE_BY_SIDE)
        taken: list[store.Letter] = []
        failed: list[tuple[store.Letter, Compiled, str]] = []

        async def one_after_another(group: list[tuple[store.Letter, Compiled]]) -> None:
            for letter, one in group:
                async with room:
                    if failed:
                        return  # nothing more goes out before the endpoint has had its pause
                    try:
                        await self._sender.send(one, letter.body)
                    except NotDelivered as error:
                        failed.append((letter, one, str(error)))
                        return
                    taken.append(letter)

        try:
            await asyncio.gather(*(one_after_another(group) for group in by_entity.values()))
        finally:  # also where the server stops meanwhile: else all of them would come again after a restart
            await self._record(taken, failed)
        if not failed:
            self._failures = 0
            return 0.0
        self._failures += 1
        cooldown = failed[0][1].definition.notification.endpoint.cooldown
        return backoff_s(self._failures, cooldown, random.random())  # noqa: S311 - spreads, hides nothing

    async def _record(
        self, taken: Sequence[store.Letter], failed: Sequence[tuple[store.Letter, Compiled, str]]
    ) -> None:
        now = self._city.clock.now()
        most = self._city.settings.notification_tries
        async with self._database, self._city.db.transaction() as conn:
            if taken:
                await store.sent(conn, [(letter.no, letter.subscription) for letter in taken], now)
            for letter, one, error in failed:
                dead = letter.tries + 1 >= most
                await store.failed(conn, letter, now, error, dead=dead)
                if dead:
                    _log.warning(
                        "a notification was given up", id=letter.id, subscription=one.id, error=error
                    )
        SENT.inc(len(taken))
        FAILED.inc(len(failed))
        for letter in taken:
            LATENCY.observe(max(0.0, (now - letter.made_at).total_seconds()))
