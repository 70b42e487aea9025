"""The runner: keeps every declared feed going inside the server.

One task for each feed: a polled feed runs when it is due, an MQTT feed listens for as long as it is wanted. A
supervisor compares what should run with what does, on every change and every few seconds, and starts or ends
tasks; a task that fails is started again by it, so no feed dies silently.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import msgspec
from psycopg import OperationalError

from haidang.base import log
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.city.service import City
from haidang.feeds import store
from haidang.feeds.model import life
from haidang.feeds.model.declaration import MqttSource
from haidang.feeds.model.reading import read_file
from haidang.feeds.service import declaring, runs
from haidang.feeds.service.listening import Listener
from haidang.feeds.store import Feed

LOOK_S = 5.0
"""How often the register and the site's folder of declarations are looked at."""
DECLARATIONS_MAX = 1_000
_log = log.logger("feeds")


class Undeclared(msgspec.Struct, frozen=True):
    """A file of the site's folder that could not become a feed, and why."""

    file: str
    vi: str
    en: str
    faults: tuple[Any, ...] = ()


class _Task(msgspec.Struct):
    """A feed that is being kept going."""

    feed: Feed
    work: asyncio.Task[None]
    kick: asyncio.Event


class FeedRunner:
    """All feeds of this server."""

    def __init__(self, db: Database, city: City, settings: Settings, clock: Clock) -> None:
        self._db = db
        self._city = city
        self._settings = settings
        self._clock = clock
        self._folder = settings.data_dir / "feeds"
        self._roots = (self._folder, *settings.feed_dirs)
        self._tasks: dict[str, _Task] = {}
        self._read: dict[Path, tuple[int, int]] = {}
        self._supervisor: asyncio.Task[None] | None = None
        self._look = asyncio.Event()
        self._locks: Connection | None = None
        self.undeclared: dict[str, Undeclared] = {}
        """Files of the site's folder that are faulty, by name."""

    @classmethod
    async def open(cls, db: Database, city: City, settings: Settings, clock: Clock) -> Self:
        """Return a runner that has begun to keep the feeds going."""
        runner = cls(db, city, settings, clock)
        await runner.start()
        return runner

    async def start(self) -> None:
        """Take over what a killed process left behind, and begin to keep the feeds going."""
        await self._look_around()
        self._supervisor = asyncio.create_task(self._supervise())

    async def close(self) -> None:
        """Stop; runs that are under way end with the record that they were stopped."""
        tasks = [task.work for task in self._tasks.values()]
        if self._supervisor is not None:
            tasks.append(self._supervisor)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        if self._locks is not None:
            await self._locks.close()

    def look(self) -> None:
        """Look at the register now, for something in it has changed."""
        self._look.set()

    def kick(self, name: str) -> None:
        """Run a feed now; raise ``Problem`` (feed-busy) where this server does not keep it going."""
        task = self._tasks.get(name)
        if task is None or isinstance(task.feed.declaration.source, MqttSource):
            raise Problem(
                life.BUSY,
                f"Nguồn {name} đang tạm dừng hoặc tự lắng nghe, không chạy từng lần.",
                f"{name} is paused, or listens by itself; there is no single run.",
            )
        task.kick.set()

    async def _supervise(self) -> None:
        while True:
            await _wait(self._look, LOOK_S)
            try:
                await self._look_around()
            except (Problem, OperationalError) as cause:
                # The database is away or coming back; the next look tries again.
                _log.warning("feeds cannot be looked at", cause=str(cause))

    async def _look_around(self) -> None:
        await self._read_folder()
        async with self._db.transaction() as connection:
            feeds = {feed.name: feed for feed in await store.all_feeds(connection)}
        for name, task in list(self._tasks.items()):
            wanted = feeds.get(name)
            same = wanted is not None and _kept_alike(wanted, task.feed)
            if not same or task.work.done():
                await self._end(name)
        for name, feed in feeds.items():
            if name not in self._tasks and not feed.paused:
                kick = asyncio.Event()
                self._tasks[name] = _Task(feed, asyncio.create_task(self._keep(feed, kick)), kick)

    async def _end(self, name: str) -> None:
        task = self._tasks.pop(name)
        task.work.cancel()
        result = (await asyncio.gather(task.work, return_exceptions=True))[0]
        if isinstance(result, Exception):
            _log.error("feed task failed, it is started again", feed=name, exc_info=result)

    async def _keep(self, feed: Feed, kick: asyncio.Event) -> None:
        await self._end_cut_runs(feed)
        if isinstance(feed.declaration.source, MqttSource):
            locks = await self._lock_connection()
            await Listener(self._db, self._city, self._settings, self._clock, feed).listen(locks)
        else:
            await self._poll(feed, kick)

    async def _poll(self, feed: Feed, kick: asyncio.Event) -> None:
        poll_s = feed.declaration.poll_s
        due = feed.next_due_at or (self._clock.now() if poll_s else None)
        while True:
            wait_s = None if due is None else max(0.0, (due - self._clock.now()).total_seconds())
            if wait_s is not None and poll_s:  # not longer, where the clock was set back meanwhile
                wait_s = min(wait_s, poll_s)
            await _wait(kick, wait_s)
            current = await self._current(feed)
            try:
                await runs.run_once(
                    self._db,
                    self._city,
                    self._settings,
                    self._clock,
                    current,
                    locks=await self._lock_connection(),
                    roots=self._roots if feed.declared_in else None,
                )
            except Problem as problem:
                _log.info("feed did not run", feed=feed.name, problem=str(problem))
            due = self._clock.now() + timedelta(seconds=poll_s) if poll_s else None

    async def _current(self, feed: Feed) -> Feed:
        async with self._db.transaction() as connection:
            return await store.by_name(connection, feed.name) or feed

    async def _end_cut_runs(self, feed: Feed) -> None:
        locks = await self._lock_connection()
        if await store.try_lock(locks, feed.id):
            try:
                async with self._db.transaction() as connection:
                    await store.end_cut_runs(connection, feed.id, self._clock.now())
            finally:
                await store.unlock(locks, feed.id)

    async def _lock_connection(self) -> Connection:
        """Return the one connection whose session holds the locks of this server's feeds."""
        if self._locks is None or self._locks.closed or self._locks.broken:
            self._locks = await self._db.dedicated()
        return self._locks

    async def _read_folder(self) -> None:
        """Declare what is new or changed in the site's folder; withdraw what is gone."""
        found = await asyncio.to_thread(_list_folder, self._folder)
        for path, stamp in found.items():
            if self._read.get(path) == stamp:
                continue
            try:
                declaration = declaring.with_source(read_file(path), None, path.parent)
                async with self._db.transaction() as connection:
                    await declaring.declare(connection, declaration, self._clock.now(), declared_in=str(path))
            except Problem as problem:
                vi, en = problem.vi or problem.kind.vi, problem.en or problem.kind.en
                self.undeclared[path.name] = Undeclared(path.name, vi, en, problem.faults)
                _log.warning("feed declaration refused", file=path.name, problem=str(problem))
            else:
                self.undeclared.pop(path.name, None)
            self._read[path] = stamp
        for gone in [path for path in self._read if path not in found]:
            del self._read[gone]
            self.undeclared.pop(gone.name, None)
        async with self._db.transaction() as connection:
            for name, file in (await store.declared_files(connection)).items():
                if Path(file) not in found:
                    await store.withdraw(connection, name)


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event, so long at most. Python 3.11's ``wait_for`` can lose a cancellation, this cannot."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    event.clear()


def _list_folder(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the declarations in a folder with what tells a changed one: date and size."""
    found: dict[Path, tuple[int, int]] = {}
    for path in sorted(folder.glob("*.yaml"))[:DECLARATIONS_MAX]:
        with contextlib.suppress(OSError):
            status = path.stat()
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _kept_alike(wanted: Feed, running: Feed) -> bool:
    return not wanted.paused and (wanted.declaration, wanted.owner_org, wanted.area_code, wanted.sector) == (
        running.declaration,
        running.owner_org,
        running.area_code,
        running.sector,
    )
