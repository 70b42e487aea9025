"""SQL of the ordered log: rows after a number, its head, recorded moments, the pipeline's cursors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from haidang.base.database import Connection

Row = tuple[int, int, datetime, int, int, list[float] | None, dict[str, Any] | None]
"""seq, kind, t, eid, k, v, j."""

RANGE_PAGES = 32
"""Pages of a range of the index on ``seq`` (migration 0003)."""
LEFT_PAGES = 64 * RANGE_PAGES
"""How far back the first look goes."""

# The numbers are gap-free, so the upper end bounds the scan: brin(seq) reads only the pages of this stretch.
_AFTER = """
SELECT seq, kind, t, eid, k, v, j FROM change
WHERE seq > %(after)s::bigint AND seq <= %(after)s::bigint + %(limit)s
ORDER BY seq
"""

_MOMENT = """
(SELECT h.seq, h.at FROM city_head h WHERE h.at <= %(at)s)
UNION ALL
(SELECT m.seq, m.at FROM moment m WHERE m.at <= %(at)s ORDER BY m.at DESC LIMIT 1)
LIMIT 1
"""


async def rows_after(conn: Connection, after: int, limit: int) -> list[Row]:
    """Return the rows ``after < seq <= after + limit`` in order."""
    found = await conn.execute(_AFTER, {"after": after, "limit": limit})
    return await found.fetchall()


async def head(conn: Connection) -> int:
    """Return the log's last number."""
    row = await (await conn.execute("SELECT seq FROM city_head")).fetchone()
    return int(row[0]) if row else 0


async def moment(conn: Connection, at: datetime) -> tuple[int, datetime | None]:
    """Return the last recorded (seq, instant) not after ``at``; (0, None) before the first."""
    row = await (await conn.execute(_MOMENT, {"at": at})).fetchone()
    return (int(row[0]), row[1]) if row else (0, None)


async def moments(conn: Connection, after: int, until: int) -> list[tuple[int, datetime]]:
    """Return the recorded moments of the stretch ``after < seq <= until``, oldest first.

    The last one is at ``until``; where no moment was recorded just there, it has the time of the next one.
    """
    found = await conn.execute(
        """
        SELECT least(x.seq, %(until)s), min(x.at) FROM (
            SELECT m.seq, m.at FROM moment m WHERE m.seq > %(after)s AND m.seq <= %(until)s
            UNION ALL
            (SELECT m.seq, m.at FROM moment m WHERE m.seq >= %(until)s ORDER BY m.seq LIMIT 1)
            UNION ALL
            SELECT h.seq, h.at FROM city_head h WHERE h.seq > %(after)s
        ) x GROUP BY 1 ORDER BY 1
        """,
        {"after": after, "until": until},
    )
    return [(int(seq), at) for seq, at in await found.fetchall()]


async def make_cursor(conn: Connection, step: str) -> None:
    """Make a step's cursor where the log in its order begins, unless it is there."""
    await conn.execute(
        "INSERT INTO cursor (step, seq) SELECT %s, seq FROM log_floor ON CONFLICT DO NOTHING", (step,)
    )


async def take_cursor(conn: Connection, step: str) -> tuple[int, int] | None:
    """Lock a step's cursor and return (its number, the log's last number); None where there is none free."""
    # Today's part of the log has no statistics for its first minutes: the planner would read all of it.
    found = await conn.execute(
        """
        SELECT c.seq, h.seq, set_config('synchronous_commit', 'off', true),
               set_config('enable_seqscan', 'off', true)
        FROM cursor c, city_head h
        WHERE c.step = %s FOR UPDATE OF c SKIP LOCKED
        """,
        (step,),
    )
    row = await found.fetchone()
    return (int(row[0]), int(row[1])) if row else None


async def sum_up(conn: Connection, done: Mapping[int, int]) -> dict[int, int]:
    """Sum up the ranges of pages that are whole since ``done`` (partition to page); return how far it is.

    The last range is left: a summary of it would be written anew with every row.
    """
    # Never behind a vacuum or a packing: whoever waits a second for its lock makes PostgreSQL end the vacuum.
    await conn.execute("SET LOCAL lock_timeout = '50ms'")
    found = await conn.execute(
        """
        SELECT i.indrelid::bigint, h.inhrelid::bigint,
               pg_relation_size(i.indrelid) / current_setting('block_size')::int
        FROM pg_inherits h JOIN pg_index i ON i.indexrelid = h.inhrelid
        WHERE h.inhparent = 'change_seq'::regclass
        """
    )
    pages = {int(table): (int(index), int(size)) for table, index, size in await found.fetchall()}
    whole = {table: size // RANGE_PAGES * RANGE_PAGES for table, (_, size) in pages.items()}
    for table, end in whole.items():
        # What an earlier process left further back, autovacuum has summed up.
        start = max(done.get(table, end - LEFT_PAGES), 0)
        for page in range(start, end, RANGE_PAGES):
            await conn.execute("SELECT brin_summarize_range(%s::oid::regclass, %s)", (pages[table][0], page))
    return whole


async def cursors(conn: Connection) -> list[tuple[str, int, datetime | None]]:
    """Return (step, its number, when the first change it has yet to pass was recorded; None at the end)."""
    # From the newest moment back to the cursor: as long as the step is behind, however long the log is.
    found = await conn.execute(
        """
        SELECT c.step, c.seq, CASE WHEN c.seq < h.seq THEN coalesce(n.at, h.at) END
        FROM cursor c CROSS JOIN city_head h
        LEFT JOIN LATERAL (
            SELECT m.at FROM moment m WHERE m.seq <= c.seq ORDER BY m.at DESC LIMIT 1
        ) p ON c.seq < h.seq
        LEFT JOIN LATERAL (
            SELECT m.at FROM moment m WHERE m.at > coalesce(p.at, '-infinity') ORDER BY m.at LIMIT 1
        ) n ON c.seq < h.seq
        ORDER BY c.step
        """
    )
    return [(step, int(seq), since) for step, seq, since in await found.fetchall()]


async def pulse(conn: Connection) -> tuple[int, datetime | None, int]:
    """Return (the log's last number, when it was written, events of other rooms that wait to enter it)."""
    row = await (
        await conn.execute("SELECT h.seq, h.at, (SELECT count(*) FROM event_inbox) FROM city_head h")
    ).fetchone()
    return (int(row[0]), row[1], int(row[2])) if row else (0, None, 0)


async def advance_cursor(conn: Connection, step: str, seq: int) -> None:
    """Set a step's cursor."""
    await conn.execute("UPDATE cursor SET seq = %s WHERE step = %s", (seq, step))
