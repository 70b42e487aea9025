"""Events of the rooms: there when their change is, gone when it is not, and the writer is woken."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from haidang.base import eventlog
from haidang.base.database import Connection, Database


async def _append(connection: Connection, ref: str) -> None:
    await eventlog.append(
        connection,
        topic="feeds",
        kind="run-finished",
        ref=ref,
        body={"accepted": 282},
        owner_org=7,
        sector="transport",
    )


async def _refs(db: Database) -> list[str]:
    async with db.transaction() as connection:
        cursor = await connection.execute("SELECT ref FROM event_inbox ORDER BY id")
        return [ref for (ref,) in await cursor.fetchall()]


async def test_an_event_shares_the_fate_of_its_change(db: Database) -> None:
    with contextlib.suppress(RuntimeError):
        async with db.transaction() as connection:
            await _append(connection, "lost")
            raise RuntimeError
    async with db.transaction() as connection:
        await _append(connection, "kept")
    refs = await _refs(db)
    assert "kept" in refs
    assert "lost" not in refs


async def test_the_writer_is_woken_after_the_commit(db: Database) -> None:
    listener = await db.dedicated()
    await listener.execute(f"LISTEN {eventlog.CHANNEL}")
    async with db.transaction() as connection:
        await _append(connection, "one")
        await _append(connection, "two")
    async with asyncio.timeout(10):
        await anext(listener.notifies())
    assert {"one", "two"} <= set(await _refs(db))
    await listener.close()


async def test_a_reader_s_transaction_ends_with_its_problem(db: Database) -> None:
    with pytest.raises(ValueError, match="mine"):
        async with db.transaction() as connection:
            await connection.execute("SELECT 1")
            raise ValueError("mine")
    assert db.stats()["pool_available"] >= 1
