"""From chunks to Parquet: days that are old leave the database for files, day by day and type by type.

A file is written, made durable and compared before the one transaction that lets it count and deletes the
chunks. Whatever interrupts it before leaves a file that does not count and is swept away by the next run;
after it there is nothing left to do. Rows that came late to a day with a file are merged into a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from haidang.base.database import Database
from haidang.base.log import logger
from haidang.city.store import history, rollup
from haidang.city.store import lake as store
from haidang.city.store import tiers as chunks
from haidang.city.store.lake import Named
from haidang.city.store.tiers import Chunk
from haidang.city.terms import Terms
from haidang.city.tiers import codec, lake
from haidang.city.times import EPOCH

UNKNOWN = "unknown"
"""Type of an entity of which nothing is known any more."""
_MICROSECOND = timedelta(microseconds=1)
_log = logger("city.tiers")


class Exported(msgspec.Struct):
    """What a run did."""

    files: int = 0
    rows: int = 0
    bytes: int = 0
    swept: int = 0


async def export(db: Database, terms: Terms, *, today: date, days: int) -> Exported:
    """Write every day older than ``days`` to Parquet, and files anew that hold what no longer counts."""
    done = Exported()
    place = lake.folder(terms)
    async with db.transaction() as conn:
        known = await store.names(conn)
        waiting = await store.days_to_export(conn, today - timedelta(days=days))
        stale = await store.stale(conn)
    done.swept = await asyncio.to_thread(lake.sweep, place, known)
    for day in waiting:
        async with db.transaction() as conn:
            named = await store.entities(conn, day)
        by_type: dict[str, list[Named]] = {}
        for one in named:
            by_type.setdefault(_type_name(terms, one.type_id), []).append(one)
        for kind, entities in sorted(by_type.items()):
            await _write(db, terms, (day, kind), entities, done)
    for file in stale:
        if file.day not in waiting:
            await _write(db, terms, (file.day, file.type), [], done)
    return done


def _type_name(terms: Terms, type_id: int) -> str:
    return "+".join(terms.type_names(type_id)) if type_id in terms.type_iris else UNKNOWN


async def _write(
    db: Database, terms: Terms, which: tuple[date, str], entities: Sequence[Named], done: Exported
) -> None:
    """Write one day of one type: what its file holds and still counts, and the chunks of these entities."""
    day, kind = which
    eids = [one.eid for one in entities]
    async with db.transaction() as conn:
        await conn.execute("SET LOCAL statement_timeout = '10min'")
        before = await store.file(conn, day, kind)
        held = await store.held(conn, day, kind)
        packed = await chunks.chunks(conn, eids, day, day)
        await history.know_keysets(conn, terms, (one.k for one in packed))
    number = 1 if before is None else int(before.rpartition("-")[2].partition(".")[0]) + 1
    name = lake.name_of(day, kind, number)
    place = lake.folder(terms)

    def work() -> lake.Written | None:
        old = [] if before is None else lake.parts(place, before, terms.keysets, held)
        merged = _merged(old, packed, entities)
        return lake.write(place / name, merged, terms) if old or packed else None

    written = await asyncio.to_thread(work)
    async with db.transaction() as conn:
        await rollup.lock(conn)
        if await store.held(conn, day, kind) != held or await store.file(conn, day, kind) != before:
            raise RuntimeError(
                f"{kind} of {day} was changed while it was written; the next run does it again"
            )
        if await chunks.delete_chunks(conn, packed) != len(packed):
            raise RuntimeError(
                f"{kind} of {day} got new rows while it was written; the next run does it again"
            )
        if written is None:
            await store.drop_file(conn, day, kind)
        else:
            await store.put_file(
                conn, day, kind, name,
                rows=written.rows, numbers=written.numbers, size=written.bytes,
                oldest=_instant(written.oldest_us), newest=_instant(written.newest_us),
            )  # fmt: skip
            await store.add_day(conn, day, kind, sorted({*held, *(one.eid for one in packed)}))
    if before is not None:
        (place / before).unlink(missing_ok=True)
    done.files += written is not None
    done.rows += written.rows if written else 0
    done.bytes += written.bytes if written else 0


def _merged(
    old: Sequence[lake.Part], packed: Sequence[Chunk], entities: Sequence[Named]
) -> Iterator[lake.Part]:
    named = {one.eid: one for one in entities}
    before = {(part.eid, part.k): part for part in old}
    for one in packed:
        rows = codec.decode(one.body)
        part = before.pop((one.eid, one.k), None)
        if part is not None:
            rows = codec.ordered(part.rows, rows)
        who = named[one.eid]
        yield lake.Part(one.eid, who.id, who.tenant, one.k, rows)
    yield from before.values()


def _instant(at_us: int) -> datetime:
    return EPOCH + at_us * _MICROSECOND
