"""The step that keeps the hours: what changed is marked, and what is marked is summed up anew.

Hours before a moment (``rollup_state.until``) are *kept*: each is right unless it is marked as changed, or a
row beyond the step's cursor touches it. So at any time (``store.aggregates``), without an answer that is
stale
or counts twice:

* an hour that is kept, not marked and not touched is answered by what it came to;
* every other hour, and the parts of hours at the ends of a span, by the observations themselves.

On-time telemetry falls into the hour that is still open, so a stretch of the log is only looked through for
what is late. When an hour has ended, all entities with rows in it are marked at once. Marked hours are redone
from the rows: whatever came late, was corrected or was erased is right by construction.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from haidang.base.database import Connection
from haidang.city.store import rollup as store
from haidang.city.store.observations import more_of
from haidang.city.store.rollup import Hour
from haidang.city.terms import Terms
from haidang.city.tiers import unpacking
from haidang.city.tiers.unpacking import Window
from haidang.city.times import to_us

STEP = store.STEP
GRACE = timedelta(minutes=2)
"""How long after its end an hour stays open for what is a little late."""
HOURS_MAX = 500
"""Hours of entities that one statement sums up."""
WORK_S = 1.0
"""How long one run goes on summing up."""
_HOUR = timedelta(hours=1)


async def run(
    conn: Connection, terms: Terms, after: int, last: int, *, head: int, now: datetime, work_s: float = WORK_S
) -> None:
    """Pass the changes ``after < seq <= last``.

    Mark what is late, close hours that ended, redo what is marked, for about ``work_s``.
    """
    open_from = (now - GRACE).replace(minute=0, second=0, microsecond=0)
    until = await store.until(conn)
    if until is None:
        until = open_from
        await store.set_until(conn, until)
    await store.mark_late(conn, after, last, until)
    if last >= head and open_from > until:
        await store.mark_span(conn, until, open_from)
        await store.set_until(conn, open_from)
    if await store.try_lock(conn):
        end = time.monotonic() + work_s
        while await redo(conn, terms, HOURS_MAX) and time.monotonic() < end:
            pass


async def redo(conn: Connection, terms: Terms, limit: int) -> int:
    """Sum up at most ``limit`` marked hours anew; return how many were.

    The transaction holds the tiers' lock.
    """
    hours = await store.take_dirty(conn, limit)
    if not hours:
        return 0
    await store.forget(conn, hours)
    packed = await unpacking.rows(conn, terms, [_window(hour) for hour in hours])
    unpacked = {(row[0], row[2] // 3_600_000_000) for row in packed}
    plain = [
        one
        for one in await store.plain(conn, hours)
        if (one[0], to_us(one[1]) // 3_600_000_000) not in unpacked
    ]
    await store.sum_plain(conn, plain)
    done = {(eid, hour) for eid, hour, _ in plain}
    careful: Sequence[Hour] = [one for one in hours if one not in done]
    if careful:
        await store.sum_carefully(conn, careful, more_of(packed))
    return len(hours)


def _window(hour: Hour) -> Window:
    eid, start = hour
    start_us = to_us(start)
    return Window(eid, start_us, start_us + 3_600_000_000)
