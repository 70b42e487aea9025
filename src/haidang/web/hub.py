"""The hub of the live stream: from the commits of the city to the screens that are open.

After each durable commit the city calls :meth:`Hub.publish`, which only notes what changed. A quarter of a
second later the hub makes the rows of all changed entities once, and for each *audience* (clients with the
same rights and the same wishes) picks, encodes and frames them once; every client of the audience gets the
same bytes. So the cost grows with the number of different audiences, not with the number of screens.

Beside the entities it tells what the rooms have put into the log, by topic (:data:`EVENTS`): the last event
of each thing, to whoever holds the topic's permission over it. Where a quarter of a second brings more than
a screen wants to hear one by one, one event says so, and the screen asks for its list again.

A client that does not read is not waited for: beyond 256 KiB unsent its buffer is dropped and it is told to
fetch the snapshot again (``reset``); where even that is not read it is disconnected.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from haidang.base.clock import Clock
from haidang.base.log import logger
from haidang.city.model import Changed, Group
from haidang.organisation.permissions import Principal
from haidang.web import metrics

TICK_S = 0.25
BEAT_S = 15.0
"""Each open stream is sent something at least so often, and looks again who it is for."""
BUFFER_BYTES = 256 * 1024
RESUME_CHANGES = 20_000
"""Beyond this many changes missed, fetching the snapshot again is cheaper than catching up."""
MANY = 100
"""More events of a topic than this in one tick are told as one."""


class Told(NamedTuple):
    """How a topic of the log is told."""

    event: str
    permission: str
    many: str | None
    """The event that stands for more than :data:`MANY`; None: all are told one by one."""


EVENTS: dict[str, Told] = {
    "feeds": Told("feed", "feed.read", None),
    "alerts": Told("alert", "alert.read", "alerts"),
    "incidents": Told("incident", "incident.read", "incidents"),
    "tasks": Told("task", "task.read", "tasks"),
    "warnings": Told("warning", "warning.read", "warnings"),
    "directives": Told("directive", "directive.read", "directives"),
    "programme": Told("programme", "programme.read", "programmes"),
}
"""Topics of the rooms. An event whose body names ``orgs`` is for each of these units."""
TOPICS = frozenset({"entities", *EVENTS})

# Places in a row of ``boards.city`` (its ``fields``) that decide who sees it.
ID, TYPE, OWNER, AREA, SECTOR = 0, 1, 7, 8, 9

Row = Sequence[Any]
RowsOf = Callable[[Sequence[int]], Awaitable[Sequence[Row]]]
"""Present rows, as the board's snapshot has them, of the entities with these numbers, from the database."""
RowsOfChanges = Callable[[Sequence[Changed]], tuple[Sequence[Row], Sequence[Row]]]
"""The same rows from what the writer holds in memory: (of what is there, of what was deleted)."""

_log = logger("web.stream")


class Missed(msgspec.Struct):
    """What happened after a point of the log: entities that changed, events, or too much to tell."""

    seq: int
    eids: list[int] = []
    events: list[dict[str, Any]] = []
    lost: bool = False
    """Too many changes, or entities that are gone: only a new snapshot is right."""


MissedSince = Callable[[int, int], Awaitable[Missed]]
"""``(after, limit)`` → what the log says happened after ``after``."""


class Audience(msgspec.Struct, frozen=True):
    """Whoever may see the same and wants the same; equal audiences share their encoded frames."""

    principal: Principal
    topics: frozenset[str] = TOPICS
    area_codes: frozenset[str] | None = None
    """The chosen area and all below it; None for the whole site."""
    types: frozenset[str] | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """Two persons with the same scopes are one audience."""
        return (self.principal.scopes, self.topics, self.area_codes, self.types)

    def sees(self, row: Row) -> bool:
        """Say whether an entity is to be told of."""
        if self.types is not None and row[TYPE] not in self.types:
            return False
        if self.area_codes is not None and row[AREA] not in self.area_codes:
            return False
        return self.principal.may("entity.read", org_id=row[OWNER], area_code=row[AREA], sector=row[SECTOR])


class Client:
    """One open connection: what waits to be sent to it."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.closed = False
        self.recheck = False
        """Rights may have changed: look again who this is before sending more."""
        self.sending = False
        """Whether the connection is just now handed a chunk; it may take for ever to be taken."""
        self.hang_up: Callable[[], None] = lambda: None
        """Ends the connection from below, where it does not take the chunk."""
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._reset = False
        self._held = False
        self._wake = asyncio.Event()

    def put(self, frame: bytes) -> None:
        """Queue a frame, or fall back to ``reset`` where too much is unsent already."""
        if self.closed:
            return
        # One frame always finds room, however large: a screen that has taken all before it is not slow.
        if self._frames and self._bytes + len(frame) > BUFFER_BYTES:
            metrics.STREAM_OVERFLOWS.inc()
            if self._reset:
                self.close()
                return
            self._frames.clear()
            self._reset = True
            frame = framed("reset", {})
            self._bytes = 0
        self._frames.append(frame)
        self._bytes += len(frame)
        if not self._held:
            self._wake.set()

    def hold(self) -> None:
        """Keep live frames back until the past has been told (:meth:`release`)."""
        self._held = True

    def release(self, past: Iterable[bytes]) -> None:
        """Put the past before what came meanwhile, and let go."""
        for frame in reversed(list(past)):
            self._frames.appendleft(frame)
            self._bytes += len(frame)
        self._held = False
        self._wake.set()

    def look_again(self) -> None:
        """Wake the connection so that it checks its rights."""
        self.recheck = True
        self._wake.set()

    def nudge(self) -> None:
        """Wake the connection although nothing waits: it is time for a beat."""
        self._wake.set()

    def close(self) -> None:
        """End the connection once it next looks; at once where it waits for a peer that does not read."""
        self.closed = True
        self._wake.set()
        if self.sending:
            self.hang_up()

    async def take(self, wait_s: float | None = None) -> bytes:
        """Return all that waits as one chunk; empty where it was woken for a beat, or after ``wait_s``."""
        if wait_s is None:
            await self._wake.wait()
        else:
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                return b""
        self._wake.clear()
        if self._held:
            return b""
        chunk = b"".join(self._frames)
        self._frames.clear()
        self._bytes = 0
        self._reset = False
        return chunk


class Hub:
    """Knows every open stream, and feeds them."""

    def __init__(
        self,
        *,
        rows_of: RowsOf,
        rows_of_changes: RowsOfChanges,
        missed: MissedSince,
        clock: Clock,
        seq: int = 0,
    ) -> None:
        self.seq = seq
        """The head of the log as far as this process has heard."""
        self._rows_of = rows_of
        self._rows_of_changes = rows_of_changes
        self._missed = missed
        self._clock = clock
        self._clients: dict[tuple[Any, ...], set[Client]] = {}
        self._changed: dict[int, Changed] = {}
        self._events: list[dict[str, Any]] = []
        self._wake = asyncio.Event()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def start(self) -> None:
        """Begin to tick (only while somebody listens)."""
        self._tasks = (
            asyncio.create_task(self._run(), name="stream hub"),
            asyncio.create_task(self._beat(), name="stream beat"),
        )

    async def close(self) -> None:
        """Disconnect everybody and stop."""
        self.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drain(self) -> None:
        """Disconnect everybody; the server is stopping."""
        for client in self.clients():
            client.close()

    def clients(self) -> list[Client]:
        """Return all open connections."""
        return [client for audience in self._clients.values() for client in audience]

    def look_again(self) -> None:
        """Let every connection check its rights; called when rights may have changed."""
        for client in self.clients():
            client.look_again()

    def publish(self, group: Group) -> None:
        """Note what a commit changed; called by the city after it, so it must be short."""
        self.seq = max(self.seq, group.seq)
        if not self._clients:
            return
        for change in group.changes:
            if change.event is not None:
                self._events.append(change.event)
            elif change.entity is not None and not change.tenant:
                self._changed[change.entity.eid] = change
        self._wake.set()

    async def join(self, client: Client, after: int | None) -> None:
        """Add a connection; ``after`` is the last number it has seen, None where it starts afresh."""
        client.hold()
        self._clients.setdefault(client.audience.key, set()).add(client)
        metrics.STREAM_CLIENTS.inc()
        hello = framed("hello", {"now": self._clock.now(), "seq": self.seq})
        client.release([hello, *(await self._past(client.audience, after))])

    def leave(self, client: Client) -> None:
        """Remove a connection."""
        audience = self._clients.get(client.audience.key)
        if audience is None or client not in audience:
            return
        audience.discard(client)
        metrics.STREAM_CLIENTS.dec()
        if not audience:
            del self._clients[client.audience.key]
        if not self._clients:
            self._changed.clear()
            self._events.clear()

    def beat(self) -> bytes:
        """Return the heartbeat; scripts cannot see comments, so it is an event."""
        return framed("beat", {"now": self._clock.now(), "seq": self.seq})

    async def _past(self, audience: Audience, after: int | None) -> list[bytes]:
        if after is None or after == self.seq:
            return []
        if after > self.seq:  # another database, or one restored from a backup
            return [framed("reset", {})]
        missed = await self._missed(after, RESUME_CHANGES)
        if missed.lost:
            return [framed("reset", {})]
        rows = await self._rows_of(missed.eids) if "entities" in audience.topics else []
        return self._frames(audience, missed.seq, rows, [], missed.events)

    async def _beat(self) -> None:
        # One clock for all: a timer for each wait of each connection costs as much as a small frame.
        while True:
            await asyncio.sleep(BEAT_S)
            for client in self.clients():
                client.nudge()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(TICK_S)
            self._wake.clear()
            changed, self._changed = self._changed, {}
            events, self._events = self._events, []
            try:
                self._tick(list(changed.values()), events)
            except Exception:
                # Screens must not go on as if nothing had happened: they fetch everything again.
                _log.exception("the live stream missed a tick")
                for client in self.clients():
                    client.put(framed("reset", {}))

    def _tick(self, changed: Sequence[Changed], events: list[dict[str, Any]]) -> None:
        seq = self.seq
        rows, removed = self._rows_of_changes(changed)
        for clients in list(self._clients.values()):
            audience = next(iter(clients)).audience
            for frame in self._frames(audience, seq, rows, removed, events):
                for client in list(clients):
                    client.put(frame)
        metrics.STREAM_TICKS.inc()

    def _frames(
        self,
        audience: Audience,
        seq: int,
        rows: Sequence[Row],
        gone: Sequence[Row],
        events: Sequence[dict[str, Any]],
    ) -> list[bytes]:
        frames = []
        for topic, told in EVENTS.items():
            if topic in audience.topics:
                frames += _told(audience, told, seq, _latest(events, topic))
        if "entities" not in audience.topics:
            return frames
        visible = [row for row in rows if audience.sees(row)]
        removed = [row[ID] for row in gone if audience.sees(row)]
        if visible or removed:
            body = {"seq": seq, "at": self._clock.now(), "rows": visible, "removed": removed}
            frames.append(framed("changes", body, seq))
        return frames


def framed(event: str, data: Any, seq: int | None = None) -> bytes:
    """Return one event of the stream; ``seq`` becomes its id, from which a client resumes."""
    number = b"" if seq is None else b"id: %d\n" % seq
    return b"%sevent: %s\ndata: %s\n\n" % (number, event.encode(), msgspec.json.encode(data, enc_hook=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def _latest(events: Sequence[dict[str, Any]], topic: str) -> list[dict[str, Any]]:
    """Keep the last event of each thing; the earlier ones of the same tick are overtaken."""
    return list({event["ref"]: event for event in events if event["topic"] == topic}.values())


def _told(audience: Audience, told: Told, seq: int, events: Sequence[dict[str, Any]]) -> list[bytes]:
    mine = [event for event in events if _tells(audience, told, event)]
    if told.many is not None and len(mine) > MANY:
        return [framed(told.many, {"count": len(mine), "seq": seq})]
    return [framed(told.event, event["body"]) for event in mine]


def _tells(audience: Audience, told: Told, event: dict[str, Any]) -> bool:
    area, sector = event["area_code"], event["sector"]
    if told.many is not None and audience.area_codes is not None and area not in audience.area_codes:
        return False
    return any(
        audience.principal.may(told.permission, org_id=org, area_code=area, sector=sector)
        for org in event["body"].get("orgs") or (event["owner_org"],)
    )
