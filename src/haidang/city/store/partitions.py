"""SQL that gives a packed day's partition of the log up."""

from __future__ import annotations

from datetime import date

from psycopg import sql

from haidang.base.database import Connection


async def partition(conn: Connection, day: date) -> str | None:
    """Return the name of the partition that a day has for itself; None where it has none."""
    name = f"change_{day:%Y%m%d}"
    row = await (
        await conn.execute(
            "SELECT 1 FROM pg_inherits WHERE inhparent = 'change'::regclass AND inhrelid = to_regclass(%s)",
            (name,),
        )
    ).fetchone()
    return name if row else None


async def drop_partition(conn: Connection, name: str) -> None:
    """Give up a day's partition: what is left in it goes to the default one.

    Waits for nobody longer than 0.3 s, for behind it everybody waits; raises ``LockNotAvailable`` then.
    """
    table = sql.Identifier(name)
    await conn.execute("SET LOCAL lock_timeout = '300ms'")
    # What was packed has been vacuumed away: the index finds the few rows left without reading empty pages.
    await conn.execute("SET LOCAL enable_seqscan = off")
    await conn.execute(sql.SQL("ALTER TABLE change DETACH PARTITION {}").format(table))
    await conn.execute(sql.SQL("INSERT INTO change SELECT * FROM {} ORDER BY eid, t").format(table))
    await conn.execute(sql.SQL("DROP TABLE {}").format(table))


async def vacuum(conn: Connection, name: str) -> None:
    """Clear a partition of what was packed; the connection is in autocommit."""
    await conn.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))


async def left_in(conn: Connection, name: str, most: int) -> int:
    """Return how many rows a partition still has, counted to ``most`` and one more.

    Counted and not taken from the planner's estimate: that thinks pages full which an earlier vacuum emptied.
    """
    counting = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT %s) AS found").format(sql.Identifier(name))
    row = await (await conn.execute(counting, (most + 1,))).fetchone()
    return int(row[0]) if row else 0
