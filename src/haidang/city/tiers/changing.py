"""For whoever changes what was: bring packed rows back, say that hours changed, erase.

All in the caller's transaction, which holds the tiers' lock to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from haidang.base.database import Connection
from haidang.city.store import lake, rollup, tiers
from haidang.city.store.observations import more_of
from haidang.city.terms import Terms
from haidang.city.tiers import unpacking
from haidang.city.tiers.unpacking import FIRST, LAST, Window

_REOPEN_ROWS = 20_000


async def reopen(
    conn: Connection, terms: Terms, eid: int, start: datetime | None, end: datetime | None
) -> int:
    """Bring an entity's rows of the days of ``start <= t < end`` back into the log; return how many.

    They have their own numbers there, and are packed again by the next run. The hours of the span are marked
    as changed. None is an open end.
    """
    await rollup.lock(conn)
    first, last = _days(start, end)
    window = Window(eid, unpacking.start_us(first), unpacking.start_us(last) + unpacking.DAY_US)
    packed = await tiers.chunks(conn, [eid], first, last)
    found = await unpacking.rows(conn, terms, [window])
    for place in range(0, len(found), _REOPEN_ROWS):
        await tiers.put_rows(conn, more_of(found[place : place + _REOPEN_ROWS]))
    await tiers.delete_chunks(conn, packed)
    await lake.take_days(conn, [eid], first, last)
    # A copy in the log is now the row itself.
    inside = [one for one in await tiers.copies(conn, [eid]) if first <= one.at.date() <= last]
    await tiers.unlist_copies(conn, inside)
    await rollup.mark_entity(conn, eid, start, end)
    return len(found)


async def touch(conn: Connection, eid: int, start: datetime | None, end: datetime | None) -> None:
    """Say that an entity's hours of ``start <= t < end`` changed.

    Until they are redone, answers are made of the rows.
    """
    await rollup.mark_entity(conn, eid, start, end)


async def erase(conn: Connection, terms: Terms, eid: int, *, before: datetime | None = None) -> int:
    """Erase an entity's observations before ``before`` (None: all) in every tier.

    That it was made, and ended, stays, and so does its present state. Return how many rows were erased, those
    in Parquet not counted: their files no longer count them from now on, and the next export writes the files
    anew without them.
    """
    await rollup.lock(conn)
    if before is None:
        return await erase_days(conn, [eid], None)
    midnight = before.replace(hour=0, minute=0, second=0, microsecond=0)
    erased = await erase_days(conn, [eid], midnight)
    if before > midnight:
        await reopen(conn, terms, eid, midnight, before)
        erased += await tiers.delete_rows(conn, [eid], before)
    return erased


async def erase_days(conn: Connection, eids: Sequence[int], before: datetime | None) -> int:
    """Erase the observations of entities before a midnight of UTC; the transaction holds the tiers' lock."""
    first, last = _days(None, before)
    erased = await tiers.delete_packed(conn, eids, first, last)
    await lake.take_days(conn, eids, first, last)
    gone = [one for one in await tiers.copies(conn, eids) if before is None or one.at < before]
    await tiers.drop_copies(conn, gone)
    erased += await tiers.delete_rows(conn, eids, before)
    await rollup.forget_entities(conn, eids, before)
    return erased


def _days(start: datetime | None, end: datetime | None) -> tuple[date, date]:
    start_us, end_us = unpacking.span_us(start, end)
    return (
        FIRST if start is None else unpacking.day_of(start_us),
        LAST - timedelta(days=1) if end is None else unpacking.day_of(end_us - 1),
    )
