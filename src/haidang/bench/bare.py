"""The yardstick of W1 and W2: one plain connection that writes the same rows, already encoded.

The rows are taken from what the server itself stored (state documents and history rows of several rounds), so
that both sides write the same bytes to tables of the same shape. They go to copies of the tables, because the
yardstick must not write into the log whose every number the audit counts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
import psycopg
from psycopg import sql

GROUP = 400
"""Entities a transaction, as in the measurement that the targets refer to."""

_COPIES = """
DROP SCHEMA IF EXISTS bench_bare CASCADE;
CREATE SCHEMA bench_bare;
CREATE TABLE bench_bare.entity (LIKE public.entity INCLUDING ALL)
    WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
INSERT INTO bench_bare.entity SELECT * FROM public.entity;
CREATE TABLE bench_bare.change (LIKE public.change INCLUDING ALL) PARTITION BY RANGE (t);
DO $$
DECLARE
    day record;
BEGIN
    FOR day IN SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bounds
               FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
               WHERE i.inhparent = 'public.change'::regclass LOOP
        EXECUTE format('CREATE TABLE bench_bare.%I PARTITION OF bench_bare.change %s',
                       day.relname, day.bounds);
    END LOOP;
END $$;
ANALYZE bench_bare.entity;
"""
INCOMING = "CREATE TEMP TABLE incoming (eid int PRIMARY KEY, seq bigint, doc jsonb) ON COMMIT DELETE ROWS"
_STATE = "SELECT eid, seq, doc FROM public.entity WHERE eid = ANY({}) ORDER BY eid"
_HISTORY = (
    "SELECT c.* FROM public.change c JOIN public.entity e USING (eid, seq) WHERE eid = ANY({}) ORDER BY eid"
)
_UPDATE = """
UPDATE bench_bare.entity e SET doc = i.doc, seq = i.seq, mod = now(), version = e.version + 1
FROM incoming i WHERE e.eid = i.eid
"""


class Group(msgspec.Struct, frozen=True):
    """One transaction's rows in PostgreSQL's binary COPY format."""

    count: int
    state: bytes
    history: bytes


def capture(connection: psycopg.Connection, eids: Sequence[int]) -> list[Group]:
    """Return the present state and last observation of these entities as ready groups."""
    groups = []
    for start in range(0, len(eids), GROUP):
        part = sql.Literal(list(eids[start : start + GROUP]))
        groups.append(
            Group(
                count=len(eids[start : start + GROUP]),
                state=_copy_out(connection, sql.SQL(_STATE).format(part)),
                history=_copy_out(connection, sql.SQL(_HISTORY).format(part)),
            )
        )
    return groups


def prepare(connection: psycopg.Connection) -> None:
    """Make the copies of the tables, with the same partitions, indexes and storage settings."""
    connection.execute(_COPIES)


def run(
    connection: psycopg.Connection, passes: Sequence[Sequence[Group]], seconds: float
) -> tuple[int, float]:
    """Write the groups of pass after pass for ``seconds``; return entities written and time taken."""
    written, number = 0, 0
    started = time.perf_counter()
    while True:
        for group in passes[number % len(passes)]:
            with connection.transaction(), connection.cursor() as cursor:
                _copy_in(cursor, "COPY incoming FROM STDIN (FORMAT binary)", group.state)
                cursor.execute(_UPDATE)
                _copy_in(cursor, "COPY bench_bare.change FROM STDIN (FORMAT binary)", group.history)
            written += group.count
            elapsed = time.perf_counter() - started
            if elapsed >= seconds:
                return written, elapsed
        number += 1


def _copy_out(connection: psycopg.Connection, query: sql.Composed) -> bytes:
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(part) for part in copy)


def _copy_in(cursor: psycopg.Cursor, statement: str, rows: bytes) -> None:
    with cursor.copy(statement) as copy:
        copy.write(rows)
