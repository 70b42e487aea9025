"""Packing: the rows of a closed day leave the log for chunks, a few entities at a time.

Each transaction takes rows out of the log and makes their chunk visible, so that no moment shows a row twice
or not at all. Rows of kinds create and delete and the events of other rooms stay in the log; so does a copy
of the newest row of each entity, keyset and set of other attributes, for whoever asks what was known at a
moment.
Late rows of a day that is packed already are merged into its chunk by the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
import numpy as np
from psycopg import errors

from haidang.base.database import Connection, Database
from haidang.base.log import logger
from haidang.city.store import partitions, rollup
from haidang.city.store import tiers as store
from haidang.city.store.observations import more_of
from haidang.city.tiers import codec
from haidang.city.tiers.codec import Rows
from haidang.city.times import EPOCH, POSTGRES_EPOCH_US

ENTITIES = 100
"""Entities that one transaction packs."""
LEFT_MAX = 200_000
"""Rows left in a partition above which it is kept: moving them would hold the writer up."""
_DROP_TRIES = 20
_MICROSECOND = timedelta(microseconds=1)

_log = logger("city.tiers")


class Packed(msgspec.Struct):
    """What a run did."""

    days: int = 0
    entities: int = 0
    rows: int = 0
    bytes: int = 0
    partitions: int = 0


def start_of(day: date) -> datetime:
    """Return the beginning of a day of UTC."""
    return datetime.combine(day, time(), UTC)


async def pack(db: Database, *, now: datetime, days: int, rest: float = 1.0) -> Packed:
    """Pack every day that ended ``days`` days ago or earlier, the oldest first.

    Only what was recorded as long ago, has passed every step of the pipeline and has been summed up: the
    ordered log reaches back at least so far. Between transactions it rests ``rest`` times as long as it
    worked.
    """
    done = Packed()
    recorded = now - timedelta(days=days)
    async with db.transaction() as conn:
        last, until = await store.bounds(conn, recorded)
        if until is None:
            return done
        before = min(start_of((now - timedelta(days=days)).date()), start_of(until.date()))
        await _patience(conn)
        waiting = await store.waiting_days(conn, before, last)
    for day in waiting:
        await _pack_day(db, day, last, done, rest)
    return done


async def _pack_day(db: Database, day: date, last: int, done: Packed, rest: float) -> None:
    start, end = start_of(day), start_of(day + timedelta(days=1))
    async with db.transaction() as conn:
        await _patience(conn)
        entities = await store.waiting_entities(conn, start, end, last)
    loop = asyncio.get_running_loop()
    for place in range(0, len(entities), ENTITIES):
        chosen = entities[place : place + ENTITIES]
        began = loop.time()
        async with db.transaction() as conn:
            await _patience(conn)
            await rollup.lock(conn)
            rows, size = await _pack_some(conn, chosen, day, last)
        done.rows += rows
        done.bytes += size
        await asyncio.sleep(rest * (loop.time() - began))
    done.days += 1
    done.entities += len(entities)
    done.partitions += await _drop(db, day)


async def _pack_some(conn: Connection, eids: Sequence[int], day: date, last: int) -> tuple[int, int]:
    start, end = start_of(day), start_of(day + timedelta(days=1))
    taken = await store.take_rows(conn, eids, start, end, last)
    if not taken:
        return 0, 0
    there = await store.chunks(conn, eids, day, day)
    chunks, newest = await asyncio.to_thread(
        _packed, taken, {(one.eid, one.k): one.body for one in there}, day
    )
    await store.put_chunks(conn, chunks)
    await _keep_newest(conn, eids, newest, start, end)
    await store.raise_floor(conn, max(chunk[5] for chunk in chunks))
    return sum(len(one[2]) - 20 for one in taken) // 12, sum(len(chunk[-1]) for chunk in chunks)


_Newest = dict[tuple[int, int, tuple[int, ...]], tuple[int, int, int, list[float] | None, Any]]
"""(eid, k, others) to (µs since 1970, seq, kind, v, j)."""


def _packed(
    taken: Sequence[tuple[Any, ...]], there: dict[tuple[int, int], bytes], day: date
) -> tuple[list[tuple[Any, ...]], _Newest]:
    """Return chunks to write, and the newest of the rows taken."""
    chunks: list[tuple[Any, ...]] = []
    newest: _Newest = {}
    for eid, k, *arrays in taken:
        fresh = codec.ordered(rows_of(*arrays))
        for key, row in newest_of(fresh).items():
            newest[eid, k, key] = row
        known = there.get((eid, k))
        rows = fresh if known is None else codec.ordered(codec.decode(known), fresh)
        others = sorted({int(key) for rest in rows.rests.values() for key in rest if key.isdecimal()})
        chunks.append(
            (
                day, eid, k, len(rows), int(rows.seqs.min()), int(rows.seqs.max()), others or None,
                codec.encode(rows),
            )
        )  # fmt: skip
    return chunks, newest


def newest_of(rows: Rows) -> dict[tuple[int, ...], tuple[int, int, int, list[float] | None, Any]]:
    """Return the last row, in order of (t, seq), for each set of other attributes."""
    found: dict[tuple[int, ...], int] = {}
    if not rows.rests:
        found[()] = len(rows) - 1
    else:
        for place in range(len(rows)):
            rest = rows.rests.get(place) or {}
            found[tuple(sorted(int(key) for key in rest if key.isdecimal()))] = place
    return {
        key: (
            int(rows.times[place]), int(rows.seqs[place]), int(rows.kinds[place]),
            rows.values[place].tolist() or None, rows.rests.get(place),
        )
        for key, place in found.items()
    }  # fmt: skip


async def _keep_newest(
    conn: Connection, eids: Sequence[int], newest: _Newest, start: datetime, end: datetime
) -> None:
    """Leave copies of the newest rows in the log, in place of older ones."""
    old = {(one.eid, one.k, one.others): one for one in await store.copies(conn, eids)}
    rows, listed, dropped = [], [], []
    for (eid, k, others), (at_us, seq, kind, v, j) in newest.items():
        at = EPOCH + at_us * _MICROSECOND
        known = old.get((eid, k, others))
        # A copy of this very day has just been taken out of the log together with the day's rows.
        if known is not None and not start <= known.at < end:
            if (known.at, known.seq) > (at, seq):
                continue
            dropped.append(known)
        listed.append(store.Copy(eid, k, others, at, seq))
        rows.append((eid, seq, at_us, k, v, j, kind))
    if dropped:
        await store.drop_copies(conn, dropped)
    await store.list_copies(conn, listed)
    await store.put_rows(conn, more_of(rows))


_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])
_ELEMENT_FLOAT = np.dtype([("length", ">i4"), ("value", ">f8")])


def rows_of(
    seqs: bytes, times: bytes, kinds: bytes, values: bytes | None, rests: list[str | None] | None
) -> Rows:
    """Return rows from PostgreSQL's binary arrays: a head of 20 bytes (28 in two dimensions), elements."""
    numbers = [
        np.frombuffer(data, _ELEMENT, offset=20)["value"].astype(np.int64) for data in (seqs, times, kinds)
    ]
    count = len(numbers[0])
    floats = np.empty((count, 0)) if values is None else _matrix(values, count)
    texts = {place: text for place, text in enumerate(rests or ()) if text is not None}
    return Rows(
        numbers[0],
        numbers[1] + POSTGRES_EPOCH_US,
        numbers[2],
        floats,
        {place: msgspec.json.decode(text) for place, text in texts.items()},
    )


def _matrix(values: bytes, count: int) -> codec.Floats:
    return np.frombuffer(values, _ELEMENT_FLOAT, offset=28)["value"].astype(np.float64).reshape(count, -1)


async def _drop(db: Database, day: date) -> int:
    """Give up the partition of a packed day; return how many were (0 where it has to wait)."""
    async with db.transaction() as conn:
        name = await partitions.partition(conn, day)
    if name is None:
        return 0
    conn = await db.dedicated()
    try:
        await conn.execute("SET statement_timeout = 0")
        await partitions.vacuum(conn, name)
        if await partitions.left_in(conn, name, LEFT_MAX) > LEFT_MAX:
            _log.warning("a packed day keeps its partition, for too much is left in it", partition=name)
            return 0
        for tried in range(_DROP_TRIES):
            try:
                async with conn.transaction():
                    await rollup.lock(conn)
                    await partitions.drop_partition(conn, name)
            except (errors.LockNotAvailable, errors.DeadlockDetected):
                await asyncio.sleep(0.1 * (tried + 1))
            else:
                return 1
        _log.warning("a packed day keeps its partition until the next run", partition=name)
        return 0
    finally:
        await conn.close()


async def _patience(conn: Connection) -> None:
    await conn.execute("SET LOCAL statement_timeout = '10min'")
