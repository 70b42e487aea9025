"""The step ``alerts`` of the pipeline: a stretch of the log through the engine; what comes of it into tables.

What the engine remembers lies in this process; ``rule_state`` holds what must outlive it, written with the
alerts and the cursor. Where memory and cursor do not stand at the same number (a start, a failed commit,
another process had the step), the memory is made anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from haidang.alerts.rules import memory, store
from haidang.alerts.rules.bands import Bands
from haidang.alerts.rules.book import RuleBook, book_of
from haidang.alerts.rules.checking import WINDOW_MAX
from haidang.alerts.rules.columns import Columns
from haidang.alerts.rules.conditions import Surroundings
from haidang.alerts.rules.conditions.geofence import point_of
from haidang.alerts.rules.course import Happening
from haidang.alerts.rules.describing import signal_of
from haidang.alerts.rules.engine import Engine
from haidang.alerts.rules.entity import Entity, Kept
from haidang.alerts.service.raising import apply
from haidang.base.database import Connection
from haidang.city import log
from haidang.city.model import Kind
from haidang.city.packs import Packs, site_packs
from haidang.city.service import City
from haidang.city.store import log as moments
from haidang.city.store.history import know_keysets
from haidang.city.times import EPOCH, to_us
from haidang.organisation.places import PLACES
from haidang.tasks.service.desk import desk_of

STEP = "alerts"
GAP = timedelta(minutes=2)
"""Who did not look for longer than this has not checked: silence counts from when looking began again."""
BACKFILL = timedelta(hours=1)
"""What was observed so long before it came (or three periods of its type) is history, and raises nothing."""
LOOK = timedelta(seconds=5)
"""How long the clock may rest where nothing falls due: changed rules are taken within it."""
NOTE = timedelta(seconds=10)
"""How often it is noted up to when everything was looked at."""
_HOUR_US = 3_600_000_000


class Live:
    """The rules of a city at work in this process."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.book: RuleBook = book_of(city)
        self.packs: Packs = site_packs(city.settings.data_dir)
        self.bands = Bands()
        self._around = Surroundings(self._period_us, self.bands.of, located, self._below)
        self.seq = -1
        """The number of the log that the memory stands at."""
        self.checked = EPOCH
        """Up to when everything recorded has been looked at."""
        self.listening = EPOCH
        """Since when without a gap."""
        self._noted = EPOCH
        self._from_seq = 0
        self._edition = -1
        self._trials: frozenset[str] = frozenset()
        """Rules that were on trial when it was last looked."""
        self._unwatched: set[int] = set()
        self.orphans: dict[int, list[Kept]] = {}
        """What outlived a restart of entities that are no more; the log will tell their end."""
        self.engine = Engine(self.book.running, self._around)
        self.columns = Columns(city.terms, self.packs, self.engine.index)

    def _period_us(self, type_: str) -> int:
        return self.packs.type(type_).expected_period_s * 1_000_000

    def _below(self, code: str) -> Collection[str]:
        return self.book.below.get(code, frozenset({code}))

    def _on_trial(self) -> frozenset[str]:
        rules = self.book.rules.by_name
        return frozenset(name for name, rule in rules.items() if self.book.mode(rule) == "trial")

    # Standing where the cursor stands

    async def ready(self, conn: Connection, seq: int, now: datetime) -> None:
        """Stand at ``seq`` with the rules of now."""
        await self.book.refresh(conn, now)
        if self.seq != seq:
            await self._begin(conn, seq, now)
        elif self._edition != self.book.edition:
            self._edition = self.book.edition
            self.engine.use(self.book.running, self.book.overrides)
            for name in sorted(self._trials - self._on_trial()):
                self.engine.tell_again(name)
            self._trials = self._on_trial()
            self.columns = Columns(self._city.terms, self.packs, self.engine.index)
            self._unwatched.clear()
            await self._know_silent(conn, seq)

    async def _begin(self, conn: Connection, seq: int, now: datetime) -> None:
        row = await store.clock(conn)
        if row is None:
            row = store.ClockRow(await log.head(conn), now, now)
            await store.set_clock(conn, row)
        self._from_seq = row.from_seq
        self.checked = self._noted = row.checked
        self.listening = row.listening if now - row.checked <= GAP else now
        self._edition = self.book.edition
        self._trials = self._on_trial()
        self.engine = Engine(
            self.book.running, self._around, overrides=self.book.overrides, since=to_us(self.listening)
        )
        self.engine.hear(to_us(row.checked))
        self.columns = Columns(self._city.terms, self.packs, self.engine.index)
        self._unwatched.clear()
        self.orphans.clear()
        await self._restore(conn, seq)
        self.seq = seq

    async def _restore(self, conn: Connection, seq: int) -> None:
        kept = await store.kept(conn)
        await memory.meet(self, conn, sorted({one.eid for one in kept}), seq)
        await self._know_silent(conn, seq)
        oldest = to_us(self.checked) - WINDOW_MAX
        for one in kept:
            if one.state == 0 and one.since < oldest:  # no window reaches back to it
                self.engine.writes[one.rule, one.key] = None
            elif one.eid not in self.engine.entities:
                self.orphans.setdefault(one.eid, []).append(one)
            elif not self.engine.restore(one):
                await self._withdraw(one)

    async def _withdraw(self, one: Kept) -> None:
        """What stood under a rule that is no more is over."""
        entity = self.engine.entities[one.eid]
        self.engine.writes[one.rule, one.key] = None
        if one.state in (2, 3):
            self.engine.happened.append(
                Happening("clear", one.rule, entity, to_us(self.checked), one.value, one.limit)
            )

    async def _know_silent(self, conn: Connection, seq: int) -> None:
        """Meet every entity whose silence counts."""
        types = [
            number
            for number in self._city.terms.type_iris
            if not self.engine.index.silent_types.isdisjoint(self._city.terms.type_names(number))
        ]
        if types:
            faces = await store.faces_of_types(conn, types)
            new = [face for face in faces if face.eid not in self.engine.entities]
            await memory.meet_faces(self, conn, new, seq)

    # A stretch of the log

    async def run(self, conn: Connection, after: int, last: int) -> None:
        """Look at the changes ``after < seq <= last``."""
        now = self._city.clock.now()
        head = await log.head(conn)
        try:
            await self.ready(conn, after, now)
            if last > self._from_seq:
                heard = await self._heard(conn, after, last, head, now)
                rows = await store.rows(conn, max(after, self._from_seq), last, self._types())
                await self._pass(conn, rows, heard, after)
                await self._end(conn, now if last >= head else heard[-1][1])
        except BaseException:
            self.seq = -1  # what is remembered now is not what is written
            raise
        self.seq = last

    def _types(self) -> list[int] | None:
        """Return the types that rules look at; None where they look at all there are."""
        terms, watched = self._city.terms, self.engine.index.types
        found = [n for n in terms.type_iris if not watched.isdisjoint(terms.type_names(n))]
        return None if len(found) == len(terms.type_iris) else found

    async def _heard(
        self, conn: Connection, after: int, last: int, head: int, now: datetime
    ) -> list[tuple[int, datetime]]:
        """Return up to which number had been recorded when; the last entry is for ``last``."""
        found = await moments.moments(conn, after, last)
        if not found or last >= head:
            found.append((last, now))
        return found

    async def _pass(
        self, conn: Connection, rows: Sequence[store.Row], heard: list[tuple[int, datetime]], after: int
    ) -> None:
        await know_keysets(conn, self._city.terms, {row[4] for row in rows})
        await self._meet(conn, rows, after)
        hours = {to_us(row[2]) // _HOUR_US * _HOUR_US for row in (*rows[:1], *rows[-1:])}
        await self.bands.know(conn, self._city.terms, self.engine.index, hours)
        engine, entities = self.engine, self.engine.entities
        marks = iter(heard)
        until, at = next(marks)
        heard_us = to_us(at)
        engine.hear(heard_us)
        for seq, kind, t, eid, k, v, j in rows:
            while seq > until:
                until, at = next(marks, (1 << 62, at))
                heard_us = to_us(at)
                engine.hear(heard_us)
            entity = entities.get(eid)
            if kind == Kind.DELETE:
                self._gone(entity, eid, j, heard_us)
            elif entity is not None:
                self._observe(entity, (kind, (t - EPOCH) // _US, k, v, j), heard_us)

    def _observe(
        self,
        entity: Entity,
        row: tuple[int, int, int, list[float] | None, dict[str, object] | None],
        heard_us: int,
    ) -> None:
        kind, t_us, k, v, j = row
        pairs = self.columns.pairs(entity.type, k, v, j)
        if j:
            for name, value in pairs:
                if name == "location" and (point := point_of(value)) is not None:
                    entity.lon, entity.lat = point
        if kind == Kind.REPLACE:
            said = {name for name, _ in pairs}
            pairs += [(name, None) for name in entity.last if name not in said]
        if heard_us - t_us > self._backfill_us(entity.type):
            self.engine.warm(entity, t_us, pairs)
        else:
            self.engine.observe(entity, t_us, pairs)

    def _backfill_us(self, type_: str) -> int:
        return max(_BACKFILL_US, 3 * self._period_us(type_))

    def _gone(self, entity: Entity | None, eid: int, j: dict[str, object] | None, heard_us: int) -> None:
        self._unwatched.discard(eid)
        orphans = self.orphans.pop(eid, ())
        if entity is None and orphans:
            entity = memory.entity_of_end(eid, j or {}, self._city.terms)
            if entity is not None:
                self.engine.adopt(entity)
                for one in orphans:
                    self.engine.restore(one)
        if entity is not None:
            self.engine.forget(entity, heard_us)

    async def _meet(self, conn: Connection, rows: Sequence[store.Row], after: int) -> None:
        """Know every entity that the rows speak of, and what it is now."""
        entities, unwatched = self.engine.entities, self._unwatched
        new = {row[3] for row in rows if row[3] not in entities and row[3] not in unwatched}
        again = {
            row[3] for row in rows if row[6] and ("@e" in row[6] or "@types" in row[6]) and row[3] not in new
        }
        if again:
            await memory.look_again(self, conn, sorted(again))
            unwatched -= again
            new |= {eid for eid in again if eid not in entities}
        if new:
            await memory.meet(self, conn, sorted(new), after)
            unwatched |= {eid for eid in new if eid not in entities}

    # The clock, and what came of it

    def idle(self, now: datetime) -> bool:
        """Say whether the clock has nothing to do: nothing is due, and it was looked a moment ago."""
        return self.seq >= 0 and now - self.checked < LOOK and not self.engine.due_by(to_us(now))

    async def tick(self, conn: Connection, now: datetime) -> None:
        """Let the clock go on; the caller holds the cursor, and nothing waits behind it."""
        try:
            await self._end(conn, now)
        except BaseException:
            self.seq = -1
            raise

    async def _end(self, conn: Connection, checked: datetime) -> None:
        if checked - self.checked > GAP:
            self.listening = checked
            self.engine.since = to_us(checked)
        self.checked = max(self.checked, checked)
        self.engine.tick(to_us(self.checked))
        writes, happened = self.engine.writes, self.engine.happened
        self.engine.writes, self.engine.happened = {}, []
        if writes:
            await store.keep(conn, writes)
        if self.checked - self._noted >= NOTE or self.listening > self._noted:
            self._noted = self.checked
            await store.set_clock(conn, store.ClockRow(self._from_seq, self.checked, self.listening))
        await self._tell(conn, happened)

    async def _tell(self, conn: Connection, happened: Sequence[Happening]) -> None:
        signals, shadows = [], []
        for one in happened:
            watch = self.engine.index.watches.get(one.rule)
            if one.rule in self._trials:
                at = EPOCH + timedelta(microseconds=one.at)
                shadows.append((one.rule, one.entity.id, one.kind, at, one.value))
                if one.kind == "raise":
                    continue
            signals.append(signal_of(one, watch, self.packs))
        await store.shadow(conn, shadows)
        await apply(
            conn, self._city.clock, self.book, signals, desk=desk_of(self._city.settings, self._city.clock)
        )


_US = timedelta(microseconds=1)
_BACKFILL_US = BACKFILL // _US


def located(lon: float, lat: float) -> tuple[str, ...]:
    found = (PLACES.find(lon, lat, "commune"), PLACES.find(lon, lat, "province"))
    return tuple(code for code in found if code is not None)


_LIVE: WeakKeyDictionary[City, Live] = WeakKeyDictionary()


def live_of(city: City) -> Live:
    """Return the rules at work of a city in this process."""
    found = _LIVE.get(city)
    if found is None:
        found = _LIVE[city] = Live(city)
    return found


async def watching(city: City, conn: Connection) -> bool:
    """Say whether any rule runs, or anything still stands under one that did."""
    book = live_of(city).book
    await book.refresh(conn, city.clock.now())
    return bool(book.running.by_name) or await store.stands(conn)


async def pass_on(city: City, conn: Connection, after: int, last: int) -> None:
    """Look at the changes ``after < seq <= last`` in the caller's transaction, which holds the cursor."""
    await live_of(city).run(conn, after, last)
