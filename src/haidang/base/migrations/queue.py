"""The schema of the job queue, which belongs to procrastinate: whole at first, then the library's own steps.

The library ships ``schema.sql`` (all of it, newest) and one file per later change. What ran is recorded in
``queue_migration``, so a newer library upgrades the tables at the next start, whichever version made them.
"""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

_BOOK = """
CREATE TABLE IF NOT EXISTS queue_migration (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


async def upgrade_queue(connection: AsyncConnection[TupleRow]) -> list[str]:
    """Install or upgrade the queue's tables; return the names of the steps that ran now."""
    await connection.execute(_BOOK)
    steps = _library_steps()
    cursor = await connection.execute("SELECT name FROM queue_migration")
    done = {name for (name,) in await cursor.fetchall()}
    if not done:
        async with connection.transaction():
            await connection.execute(SchemaManager.get_schema().encode())
            await _record(connection, list(steps))
        return ["procrastinate/schema.sql"]
    missing = [name for name in steps if name not in done]
    for name in missing:
        async with connection.transaction():
            await connection.execute(steps[name].read_bytes())
            await _record(connection, [name])
    return [f"procrastinate/{name}" for name in missing]


def _library_steps() -> dict[str, Path]:
    return {path.name: path for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))}


async def _record(connection: AsyncConnection[TupleRow], names: list[str]) -> None:
    await connection.execute("INSERT INTO queue_migration (name) SELECT unnest(%s::text[])", (names,))
