"""SQL of packed days: rows that leave the log for a chunk, and what is known of chunks and Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.adapt import Loader
from psycopg.pq import Format

from haidang.base.database import Connection


class Chunk(NamedTuple):
    """One entity, one day, one keyset."""

    eid: int
    day: date
    k: int
    body: bytes
    version: str = ""
    """Changes whenever the chunk is written."""


class File(NamedTuple):
    """A Parquet file that counts."""

    day: date
    type: str
    name: str
    """Below the folder of history."""


class Copy(NamedTuple):
    """A packed row that lies in the log as well, the newest of its entity, keyset and other attributes."""

    eid: int
    k: int
    others: tuple[int, ...]
    at: datetime
    seq: int


async def chunks(
    conn: Connection,
    eids: Sequence[int],
    first: date,
    last: date,
    *,
    keysets: Sequence[int] | None = None,
    attrs: Sequence[int] | None = None,
) -> list[Chunk]:
    """Return the chunks of entities with ``first <= day <= last``.

    ``keysets`` and ``attrs`` leave out those that have neither.
    """
    found = await conn.execute(
        """
        SELECT eid, day, k, body, xmin::text FROM chunk
        WHERE eid = ANY(%(eids)s::int[]) AND day BETWEEN %(first)s AND %(last)s
          AND (%(keysets)s::int[] IS NULL OR k = ANY(%(keysets)s::int[]) OR others && %(attrs)s::int[])
        ORDER BY eid, day, k
        """,
        {
            "eids": list(eids),
            "first": first,
            "last": last,
            "keysets": None if keysets is None else list(keysets),
            "attrs": None if attrs is None else list(attrs),
        },
        binary=True,
    )
    return [Chunk(*row) for row in await found.fetchall()]


async def packed_days(conn: Connection, eid: int, first: date, last: date) -> list[date]:
    """Return the days of which an entity has packed rows, newest first."""
    found = await conn.execute(
        """
        SELECT day FROM chunk WHERE eid = %(eid)s AND day BETWEEN %(first)s AND %(last)s
        UNION
        SELECT d::date FROM lake_entity l, unnest(l.days) AS r (span), generate_series(
            greatest(lower(r.span), %(first)s), least(upper(r.span) - 1, %(last)s), interval '1 day') AS d
        WHERE l.eid = %(eid)s
        ORDER BY 1 DESC
        """,
        {"eid": eid, "first": first, "last": last},
    )
    return [row[0] for row in await found.fetchall()]


async def files(conn: Connection, eids: Sequence[int], first: date, last: date) -> list[tuple[File, int]]:
    """Return (Parquet file, eid) where the file holds rows of an entity that count."""
    found = await conn.execute(
        """
        SELECT f.day, f.type, f.name, l.eid
        FROM lake_entity l JOIN lake_file f ON f.type = l.type AND l.days @> f.day
        WHERE l.eid = ANY(%s::int[]) AND f.day BETWEEN %s AND %s ORDER BY f.day, f.type
        """,
        (list(eids), first, last),
    )
    return [(File(day, kind, name), eid) for day, kind, name, eid in await found.fetchall()]


async def floor(conn: Connection) -> int:
    """Return the number up to which rows may have left the log."""
    row = await (await conn.execute("SELECT seq FROM log_floor")).fetchone()
    return int(row[0]) if row else 0


async def bounds(conn: Connection, recorded: datetime) -> tuple[int, datetime | None]:
    """Return (last number whose rows may be packed, end of the hours kept).

    What was recorded after ``recorded``, or what a step of the pipeline has yet to pass, stays.
    """
    found = await conn.execute(
        """
        SELECT least((SELECT min(seq) FROM cursor),
                     coalesce((SELECT seq FROM moment WHERE at <= %s ORDER BY at DESC LIMIT 1), 0)),
               (SELECT until FROM rollup_state)
        """,
        (recorded,),
    )
    row = await found.fetchone()
    return (int(row[0] or 0), row[1]) if row else (0, None)


async def waiting_days(conn: Connection, before: datetime, last: int) -> list[date]:
    """Return the days before ``before`` that have rows to pack, the oldest first."""
    found = await conn.execute(
        "SELECT DISTINCT (c.t AT TIME ZONE 'UTC')::date FROM change c "
        f"WHERE c.t < %(before)s AND {_PACKABLE} ORDER BY 1",
        {"before": before, "last": last},
    )
    return [row[0] for row in await found.fetchall()]


async def waiting_entities(conn: Connection, start: datetime, end: datetime, last: int) -> list[int]:
    """Return the entities with rows to pack of ``start <= t < end``."""
    found = await conn.execute(
        f"SELECT DISTINCT c.eid FROM change c WHERE c.t >= %(start)s AND c.t < %(end)s AND {_PACKABLE} "
        "ORDER BY 1",
        {"start": start, "end": end, "last": last},
    )
    return [row[0] for row in await found.fetchall()]


_PACKABLE = """c.kind IN (2, 3) AND c.seq <= %(last)s AND NOT stays_in_log(c.j)
    AND NOT EXISTS (SELECT FROM chunk_copy y WHERE y.seq = c.seq AND y.t = c.t)"""

_TAKE = """
WITH gone AS (
    DELETE FROM change c WHERE c.eid = ANY(%(eids)s::int[]) AND c.t >= %(start)s AND c.t < %(end)s
        AND c.kind IN (2, 3) AND c.seq <= %(last)s AND NOT stays_in_log(c.j)
    RETURNING c.eid, c.k, c.seq, c.t, c.kind, c.v, c.j
)
SELECT eid, k, array_agg(seq), array_agg(t), array_agg(kind::bigint), array_agg(v),
       CASE WHEN bool_or(j IS NOT NULL) THEN array_agg(j::text) END
FROM gone WHERE v IS NOT NULL GROUP BY eid, k
UNION ALL
SELECT eid, k, array_agg(seq), array_agg(t), array_agg(kind::bigint), NULL,
       CASE WHEN bool_or(j IS NOT NULL) THEN array_agg(j::text) END
FROM gone WHERE v IS NULL GROUP BY eid, k
"""


class _Raw(Loader):
    """Leaves an array as PostgreSQL sent it: numpy reads it without a Python object for each number."""

    format = Format.BINARY

    def load(self, data: bytes | bytearray | memoryview) -> bytes:
        return bytes(data)


_RAW_OIDS = (1016, 1185, 1022)
"""int8[], timestamptz[], float8[]"""


async def take_rows(
    conn: Connection, eids: Sequence[int], start: datetime, end: datetime, last: int
) -> list[tuple[Any, ...]]:
    """Take rows of ``start <= t < end`` out of the log.

    Return (eid, k, seqs, times, kinds, values, rests) for each entity and keyset: the rests a list of JSON
    texts or None, the others arrays in PostgreSQL's binary form, values None where the keyset has no columns.
    """
    async with conn.cursor(binary=True) as cursor:
        for oid in _RAW_OIDS:
            cursor.adapters.register_loader(oid, _Raw)
        await cursor.execute(_TAKE, {"eids": list(eids), "start": start, "end": end, "last": last})
        return await cursor.fetchall()


async def put_chunks(conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write chunks in place of those of the same entity, day and keyset.

    Rows are (day, eid, k, n, seq_min, seq_max, others, body).
    """
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO chunk (day, eid, k, n, seq_min, seq_max, others, body)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %b)
            ON CONFLICT (eid, day, k) DO UPDATE SET n = excluded.n, seq_min = excluded.seq_min,
                seq_max = excluded.seq_max, others = excluded.others, body = excluded.body
            """,
            rows,
        )


async def delete_chunks(conn: Connection, which: Sequence[Chunk]) -> int:
    """Delete chunks that are still as they were read; return how many were."""
    found = await conn.execute(
        """
        DELETE FROM chunk c
        USING unnest(%s::int[], %s::date[], %s::int[], %s::text[]) AS w (eid, day, k, version)
        WHERE c.eid = w.eid AND c.day = w.day AND c.k = w.k AND c.xmin::text = w.version
        """,
        (
            [one.eid for one in which],
            [one.day for one in which],
            [one.k for one in which],
            [one.version for one in which],
        ),
    )
    return found.rowcount


async def copies(conn: Connection, eids: Sequence[int]) -> list[Copy]:
    """Return which packed rows of entities lie in the log as well."""
    found = await conn.execute(
        "SELECT eid, k, others, t, seq FROM chunk_copy WHERE eid = ANY(%s::int[])", (list(eids),)
    )
    return [Copy(eid, k, tuple(others), at, seq) for eid, k, others, at, seq in await found.fetchall()]


async def drop_copies(conn: Connection, which: Sequence[Copy]) -> None:
    """Take copies out of the log, and out of the list of copies."""
    values = _named(which)
    await conn.execute(
        """
        DELETE FROM change c USING unnest(%s::int[], %s::timestamptz[], %s::bigint[]) AS w (eid, t, seq)
        WHERE c.eid = w.eid AND c.t = w.t AND c.seq = w.seq
        """,
        values,
    )
    await unlist_copies(conn, which)


async def list_copies(conn: Connection, which: Sequence[Copy]) -> None:
    """Note that these rows are copies."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """
            INSERT INTO chunk_copy (eid, k, others, t, seq) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (eid, k, others) DO UPDATE SET t = excluded.t, seq = excluded.seq
            """,
            [(one.eid, one.k, list(one.others), one.at, one.seq) for one in which],
        )


async def put_rows(conn: Connection, rows: str) -> None:
    """Put rows into the log with the numbers they had; ``rows``: a JSON list of objects."""
    await conn.execute(
        """
        INSERT INTO change (seq, t, eid, k, kind, v, j)
        SELECT m.seq, m.t, m.eid, m.k, m.kind, m.v, m.j FROM jsonb_to_recordset(%s::jsonb)
            AS m (seq bigint, t timestamptz, eid int, k int, kind smallint, v float8[], j jsonb)
        WHERE NOT EXISTS (SELECT FROM change c WHERE c.eid = m.eid AND c.t = m.t AND c.seq = m.seq)
        """,
        (rows,),
    )


async def raise_floor(conn: Connection, seq: int) -> None:
    """Note that rows up to ``seq`` may have left the log."""
    await conn.execute("UPDATE log_floor SET seq = greatest(seq, %s)", (seq,))


async def note_run(
    conn: Connection, job: str, *, at: datetime, seconds: float, done: bytes, problem: str | None
) -> None:
    """Keep what the last run of a job did."""
    await conn.execute(
        """
        INSERT INTO history_run (job, at, seconds, done, problem) VALUES (%s, %s, %s, %s::jsonb, %s)
        ON CONFLICT (job) DO UPDATE SET at = excluded.at, seconds = excluded.seconds, done = excluded.done,
            problem = excluded.problem
        """,
        (job, at, seconds, done.decode(), problem),
    )


async def unlist_copies(conn: Connection, which: Sequence[Copy]) -> None:
    """Note that these rows lie only in the log."""
    await conn.execute(
        """
        DELETE FROM chunk_copy c USING unnest(%s::int[], %s::timestamptz[], %s::bigint[]) AS w (eid, t, seq)
        WHERE c.eid = w.eid AND c.t = w.t AND c.seq = w.seq
        """,
        _named(which),
    )


def _named(which: Sequence[Copy]) -> tuple[list[int], list[datetime], list[int]]:
    return [one.eid for one in which], [one.at for one in which], [one.seq for one in which]


async def delete_packed(conn: Connection, eids: Sequence[int], first: date, last: date) -> int:
    """Delete entities' chunks of ``first <= day <= last``; return how many rows those held."""
    found = await conn.execute(
        """
        WITH gone AS (
            DELETE FROM chunk WHERE eid = ANY(%s::int[]) AND day BETWEEN %s AND %s RETURNING n
        ) SELECT coalesce(sum(n), 0) FROM gone
        """,
        (list(eids), first, last),
    )
    row = await found.fetchone()
    return int(row[0]) if row else 0


async def delete_rows(conn: Connection, eids: Sequence[int], before: datetime | None) -> int:
    """Delete entities' observations from the log; that they were made, and ended, stays."""
    values = {"eids": list(eids), "before": before}
    found = await conn.execute(
        """
        DELETE FROM change WHERE eid = ANY(%(eids)s::int[]) AND kind IN (2, 3)
          AND (%(before)s::timestamptz IS NULL OR t < %(before)s)
        """,
        values,
    )
    emptied = await conn.execute(
        """
        UPDATE change SET v = NULL, k = -1, j = (
            SELECT jsonb_object_agg(a.key, a.value) FROM jsonb_each(j) AS a (key, value)
            WHERE a.key !~ '^[0-9]+$')
        WHERE eid = ANY(%(eids)s::int[]) AND kind IN (1, 4)
          AND (v IS NOT NULL OR EXISTS (SELECT FROM jsonb_object_keys(j) AS a (key) WHERE a.key ~ '^[0-9]+$'))
          AND (%(before)s::timestamptz IS NULL OR t < %(before)s)
        """,
        values,
    )
    return found.rowcount + emptied.rowcount


async def older_than(conn: Connection, types: Sequence[int], before: datetime, limit: int) -> list[int]:
    """Return entities of these types, deleted ones too, that have observations before ``before``."""
    found = await conn.execute(
        """
        WITH named AS (
            SELECT eid FROM entity WHERE type_id = ANY(%(types)s::int[])
            UNION
            SELECT eid FROM change WHERE kind = 4 AND (j->'@e'->>'type_id')::int = ANY(%(types)s::int[])
        )
        SELECT n.eid FROM named n
        WHERE EXISTS (SELECT FROM chunk c WHERE c.eid = n.eid AND c.day < %(day)s)
           OR EXISTS (SELECT FROM rollup r WHERE r.eid = n.eid AND r.hour < %(before)s)
           OR EXISTS (SELECT FROM lake_entity l WHERE l.eid = n.eid AND lower(l.days) < %(day)s)
           OR EXISTS (SELECT FROM change c WHERE c.eid = n.eid AND c.t < %(before)s AND c.kind < 4
                          AND (c.kind > 1 OR c.v IS NOT NULL))
        ORDER BY 1 LIMIT %(limit)s
        """,
        {"types": list(types), "before": before, "day": before.date(), "limit": limit},
    )
    return [row[0] for row in await found.fetchall()]


async def runs(conn: Connection) -> list[tuple[str, float, str, str | None]]:
    """Return (job, seconds, what it did as JSON, problem) of the last run of each job."""
    found = await conn.execute("SELECT job, seconds, done::text, problem FROM history_run ORDER BY 1")
    return await found.fetchall()
