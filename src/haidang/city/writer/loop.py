"""The one writer: a bounded queue, adaptive group commit, answers after the commit, bisecting of what fails.

It takes all that waits, up to a cap, and never lingers: the group grows with the load by itself. Whoever
waits is answered only after the durable commit; then subscribers are told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import psycopg
import structlog

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database, refusal_of
from haidang.base.disk import Room
from haidang.base.problems import INTERNAL, UNAVAILABLE, Problem
from haidang.city.items import Item, NewNames, bad
from haidang.city.model import Entity, Group, Origin
from haidang.city.store import names, write
from haidang.city.terms import Terms
from haidang.city.tiers import unpacking
from haidang.city.times import POSTGRES_EPOCH_US, to_us
from haidang.city.writer import groups, pack
from haidang.city.writer.fold import Draft, Fold, Known
from haidang.city.writer.queue import Queue, Request, refuse
from haidang.city.writer.states import States
from haidang.organisation.model import Principal

INBOX_POLL_S = 0.25
INBOX_LIMIT = 500
ROOM_LOOK_S = 0.5
PACKED_AFTER_US = 24 * 3_600_000_000
"""No row is packed that was observed later than this before now."""
RECENT_COMMITS = 512
"""Groups whose size and time are kept for whoever looks after the writer."""
RECONNECT_S = 60.0
"""How long a group waits for the database to come back before its senders are told that it did not."""

_log = structlog.get_logger("haidang.city.writer")
Callback = Callable[[Group], None]


class Commit(NamedTuple):
    """One group that was committed."""

    at_s: float
    """The event loop's clock when it was done."""
    entities: int
    rows: int
    took_s: float
    """From sending it to the database to its durable answer."""


class Outcome(msgspec.Struct):
    """Counters of the writer since it began."""

    groups: int = 0
    entities: int = 0
    rows: int = 0
    bisected: int = 0
    reconnects: int = 0
    recent: deque[Commit] = msgspec.field(default_factory=lambda: deque(maxlen=RECENT_COMMITS))


class Lost(Exception):  # noqa: N818 - a state, told to the City
    """Another process has become the writer."""


class Writer:
    """Owns the writer's connection and the log's numbers. Exactly one runs for a database."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        terms: Terms,
        *,
        queue_limit: int,
        group_limit: int,
        last_wins: bool,
        room: Room,
        keysets_max: int,
    ) -> None:
        self._db = db
        self._room = room
        self._keysets_max = keysets_max
        self._clock = clock
        self._terms = terms
        self._last_wins = last_wins
        self._queue = Queue(limit=queue_limit, group_limit=group_limit)
        self._wake = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._conn: Connection | None = None
        self._known: Known | None = None
        self._states = States(terms)
        self._epoch = 0
        self._head = 0
        self._next_eid = 1
        self._moment_us = 0
        self._recorded_us = 0
        self._inbox_at = 0.0
        self._room_at = 0.0
        self._partitions_day: Any = None
        self.callbacks: list[Callback] = []
        self.lost: Callable[[], None] = lambda: None
        """Called where another process has become the writer meanwhile; this one is of no use any more."""
        self.counters = Outcome()

    def at_hand(self, tenant_id: int, id_: str) -> Entity | None:
        """Return an entity as committed, if it was written lately; nothing is fetched."""
        return self._states.entities.get((tenant_id, id_))

    @property
    def head(self) -> int:
        """The last number of the log that this process wrote or found."""
        return self._head

    @property
    def alive(self) -> bool:
        """Whether its task still runs."""
        return self._task is not None and not self._task.done()

    @property
    def waiting(self) -> int:
        """Entities in the queue."""
        return self._queue.waiting

    async def start(self) -> bool:
        """Become the writer; False where another process is."""
        conn = await self._db.dedicated()
        try:
            if not await write.lock(conn):
                await conn.close()
                return False
            await self._begin(conn)
        except BaseException:
            await conn.close()
            raise
        self._task = asyncio.create_task(self._run(), name="city writer")
        return True

    async def close(self) -> None:
        """Write what waits, then give the lock back."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._conn is not None:
            await self._conn.close()

    def submit(self, principal: Principal, items: Sequence[Item]) -> asyncio.Future[None]:
        """Queue items; the future is done after their commit, the outcome stands in the items.

        Raise ``Problem`` where the queue is full (429) or the writer is closing (503).
        """
        if self._closing:
            raise Problem(UNAVAILABLE, "Máy chủ đang dừng.", "The server is stopping.", retry_after_s=5)
        request = self._queue.put(principal, items)
        self._wake.set()
        return request.done

    def nudge(self) -> None:
        """Look into the inbox of events at once."""
        self._wake.set()

    async def _begin(self, conn: Connection) -> None:
        pack.register(conn)
        await conn.execute("SET TIME ZONE 'UTC'")
        await conn.execute("SET plan_cache_mode = force_generic_plan")
        self._conn = conn
        self._epoch, self._head, self._next_eid = await write.take_over(conn)
        await write.forget_future(conn, self._clock.now())
        self._states.entities.clear()
        await names.load(conn, self._terms)
        context = self._terms.context
        await names.intern_attributes(conn, self._terms, [context.expand("location"), context.expand("name")])
        self._known = Known(self._terms)
        self._partitions_day = self._clock.now().date()
        await write.make_partitions(conn, self._partitions_day)

    async def _make_partitions(self) -> None:
        today = self._clock.now().date()
        if today != self._partitions_day:
            await self._retrying(lambda: write.make_partitions(self._connection(), today))
            self._partitions_day = today

    async def _run(self) -> None:
        while True:
            if not self._queue:
                if self._closing:
                    return
                look = asyncio.get_running_loop().call_later(INBOX_POLL_S, self._wake.set)
                await self._wake.wait()
                look.cancel()
            self._wake.clear()
            self._look_for_room()
            await self._queue.gather()
            requests = self._queue.take()
            try:
                await self._turn(requests)
            except Problem as problem:
                refuse(requests, problem)
            except psycopg.Error as error:
                _log.warning("database error outside a group", error=str(error))
                # A lost connection is looked for by the next turn: what fails here would end the writer.
                refuse(requests, refusal_of(error) or _unavailable())
            except Lost:
                self._closing = True
                refuse([*requests, *self._queue.take_all()], _unavailable())
                _log.warning("another process has become the writer")
                self.lost()
                return
            except Exception:
                _log.exception("the writer met something unforeseen")
                refuse(requests, Problem(INTERNAL))

    def _look_for_room(self) -> None:
        """Look at the disk now and then; while it is full nothing new is taken, what waits is written."""
        now = asyncio.get_running_loop().time()
        if now < self._room_at:
            return
        self._room_at = now + ROOM_LOOK_S
        self._room.look()

    async def _turn(self, requests: list[Request]) -> None:
        events = await self._events()
        if not requests and not events:
            return
        await self._make_partitions()
        pairs = [(request, item) for request in requests for item in request.items]
        await self._write(pairs, events)
        for request in requests:
            if not request.done.done():
                request.done.set_result(None)

    async def _events(self) -> list[groups.Event]:
        now = asyncio.get_running_loop().time()
        if now < self._inbox_at:
            return []
        self._inbox_at = now + INBOX_POLL_S
        found: list[groups.Event] = await self._retrying(lambda: write.inbox(self._connection(), INBOX_LIMIT))
        return found

    async def _write(self, pairs: list[tuple[Request, Item]], events: list[groups.Event]) -> None:
        """Write one group; where the database refuses it, its halves, down to the one that is bad."""
        try:
            await self._group(pairs, events)
        except psycopg.Error as error:
            if self._connection().closed:
                raise
            if (refusal := refusal_of(error)) is not None:  # a full disk is nobody's fault: no halves
                raise refusal from error
            self.counters.bisected += 1
            if len(pairs) + bool(events) <= 1:
                _log.warning("refused by the database", error=str(error), id=pairs[0][1].id if pairs else "")
                for _, item in pairs:
                    item.problem = bad(
                        "Cơ sở dữ liệu không nhận nội dung này.",
                        "The database does not take this content.",
                    )
                return
            for _, item in pairs:
                item.created = item.changed = False
            half = len(pairs) // 2
            if events:
                await self._write([], events)
                await self._write(pairs, [])
            else:
                await self._write(pairs[:half], [])
                await self._write(pairs[half:], [])

    async def _group(self, pairs: list[tuple[Request, Item]], events: list[groups.Event]) -> None:
        now = self._clock.now()
        now_us = to_us(now)
        drafts, next_eid = await self._fold(pairs, now_us)
        if not drafts and not events:
            return
        unknown = groups.unknown_keysets(self._terms, drafts)
        if unknown and len(self._terms.keyset_ids) + len(unknown) > self._keysets_max:
            _refuse_combinations(pairs, drafts, unknown, self._keysets_max)
            await self._group(pairs, events)  # without those that were refused
            return
        for observed, columns in unknown:
            await self._retrying(
                lambda: names.intern_keyset(self._connection(), self._terms, observed, columns)  # noqa: B023
            )
        if now_us < self._recorded_us:
            _log.warning("the clock was set back", seconds=(self._recorded_us - now_us) / 1_000_000)
            await self._retrying(lambda: write.forget_future(self._connection(), now))
        due = now_us - self._moment_us >= 1_000_000 or now_us < self._moment_us
        ready = groups.statement(
            self._terms,
            drafts,
            events,
            head=self._head,
            epoch=self._epoch,
            now=now,
            now_us=now_us,
            moment_due=due,
        )
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        await self._commit(ready)
        done_s = loop.time()
        self._recorded_us = now_us
        if due:
            self._moment_us = now_us
        self._next_eid = next_eid
        self._head = ready.last
        self._states.remember(drafts)
        self.counters.groups += 1
        self.counters.entities += len(drafts)
        self.counters.rows += ready.count
        self.counters.recent.append(Commit(done_s, len(drafts), ready.count, done_s - began_s))
        for callback in self.callbacks:
            try:
                callback(ready.group)
            except Exception:
                _log.exception("a subscriber failed")

    async def _fold(self, pairs: list[tuple[Request, Item]], now_us: int) -> tuple[list[Draft], int]:
        assert self._known is not None  # noqa: S101 - set by _begin
        items = [item for _, item in pairs]
        await self._states.load(
            items,
            self._known,
            lambda keys: self._retrying(lambda: write.entities(self._connection(), keys)),
        )
        folding = Fold(
            self._terms,
            self._known,
            self._states.entities,
            self._next_eid,
            last_wins=self._last_wins,
            now_us=now_us,
        )
        folding.stored = await self._states.late(
            items,
            lambda eids, times: self._retrying(lambda: self._stored(eids, times, now_us)),
        )
        permits: dict[int, dict[tuple[str, Origin], bool]] = {}
        for request, item in pairs:
            if item.problem is not None:
                continue
            known = permits.setdefault(id(request.principal), {})

            def may(
                permission: str,
                origin: Origin,
                known: dict[tuple[str, Origin], bool] = known,
                principal: Principal = request.principal,
            ) -> bool:
                found = known.get((permission, origin))
                if found is None:
                    found = known[permission, origin] = principal.may(
                        permission,
                        org_id=origin.owner_org,
                        area_code=origin.area_code,
                        sector=origin.sector,
                    )
                return found

            try:
                try:
                    folding.add(item, may)
                except NewNames as new:
                    types = new.types
                    await self._retrying(
                        lambda: names.intern_type(self._connection(), self._terms, types)  # noqa: B023
                    )
                    folding.add(item, may)
            except Problem as problem:
                item.problem = problem
        drafts = sorted(folding.drafts.values(), key=lambda draft: draft.entity.eid)
        return drafts, folding.next_eid

    async def _stored(self, eids: list[int], times: list[int], now_us: int) -> list[tuple[Any, ...]]:
        """Return rows of history at these times (µs since 2000), those of days that are packed too."""
        found = await write.stored_rows(self._connection(), eids, times)
        before = now_us - PACKED_AFTER_US - POSTGRES_EPOCH_US
        old = [(eid, at + POSTGRES_EPOCH_US) for eid, at in zip(eids, times, strict=True) if at < before]
        if old:
            found += await unpacking.exactly(
                self._connection(), self._terms, [eid for eid, _ in old], [at for _, at in old]
            )
        return found

    async def _commit(self, ready: groups.Statement) -> None:
        """Execute; where the connection was lost meanwhile, find out whether the group is in the log."""
        try:
            await write.execute(self._connection(), dict(ready.parameters), cold=ready.cold)
        except psycopg.Error:
            if not self._connection().closed:
                raise
        else:
            return
        _log.warning("connection lost during a commit", last=ready.last)
        before = self._head
        await self._reconnect(expected=(before, ready.last))
        if self._head == ready.last:
            return
        ready.parameters["epoch"] = self._epoch
        await write.execute(self._connection(), dict(ready.parameters), cold=ready.cold)

    async def _retrying(self, work: Callable[[], Any]) -> Any:
        """Read; once more after a reconnect where the connection was lost."""
        try:
            return await work()
        except psycopg.Error:
            if not self._connection().closed:
                raise
        await self._reconnect()
        return await work()

    async def _reconnect(self, expected: tuple[int, int] | None = None) -> None:
        """Get the connection and the lock back; raise ``Lost`` where another process wrote meanwhile."""
        allowed = expected or (self._head, self._head)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + RECONNECT_S
        pause_s = 0.05
        while True:
            try:
                conn = await self._db.dedicated()
                try:
                    # Looked at before too: whoever holds the lock now need not give it back.
                    await self._still_ours(conn, allowed)
                    if await write.lock(conn):
                        await self._still_ours(conn, allowed)
                        entities, next_eid = self._states.entities.copy(), self._next_eid
                        await self._begin(conn)
                        self._states.entities, self._next_eid = entities, next_eid
                        self.counters.reconnects += 1
                        return
                except BaseException:
                    await conn.close()
                    raise
                await conn.close()
            except psycopg.OperationalError as error:
                _log.info("the database is away", error=str(error))
            if loop.time() > deadline:
                raise _unavailable()
            await asyncio.sleep(pause_s)
            pause_s = min(1.0, pause_s * 2)

    async def _still_ours(self, conn: Connection, allowed: tuple[int, int]) -> None:
        epoch, head = await write.head(conn)
        if epoch != self._epoch or head not in allowed:
            raise Lost

    def _connection(self) -> Connection:
        assert self._conn is not None  # noqa: S101 - set by start
        return self._conn


def _refuse_combinations(
    pairs: Sequence[tuple[Request, Item]],
    drafts: Sequence[Draft],
    unknown: set[tuple[bool, tuple[int, ...]]],
    most: int,
) -> None:
    """Refuse the items that bring combinations of attributes beyond what the site may have."""
    at_fault = {
        (draft.entity.tenant_id, draft.entity.id)
        for draft in drafts
        if any((row.at is not None, row.columns) in unknown for _, row in draft.rows)
    }
    for _, item in pairs:
        if (item.tenant_id, item.id) in at_fault and item.problem is None:
            item.created = item.changed = False
            item.problem = bad(
                f"Trang đã có {most} tổ hợp thuộc tính; hãy gửi các thuộc tính theo những tổ hợp đã dùng.",
                f"This site has {most} combinations of attributes already; send them in those in use.",
            )


def _unavailable() -> Problem:
    return Problem(
        UNAVAILABLE,
        "Chưa rõ dữ liệu đã được ghi hay chưa; hãy gửi lại, gửi lại là vô hại.",
        "It is not known whether this was written; send it again, repeating is harmless.",
        retry_after_s=2,
    )
