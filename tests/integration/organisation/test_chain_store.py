"""The chain in the database: in order under load, and closed to change."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.organisation import chain, service
from haidang.organisation.store import chain as store


async def append(db: Database, clock: FixedClock, log: str, number: int) -> None:
    async with db.transaction() as connection:
        await chain.append(
            connection, clock, log=log, actor="account:1", action="test.append", subject=f"n:{number}",
            org_id=None, body={"n": number, "tên": "Đồng Nai \x00\n"},
        )  # fmt: skip


async def test_appends_at_once_make_one_chain_without_a_gap(db: Database, clock: FixedClock) -> None:
    await asyncio.gather(*(append(db, clock, "busy", number) for number in range(60)))
    async with db.transaction() as connection:
        verdict = await service.verify_log(connection, "busy")
        assert (verdict.entries, verdict.sound) == (60, True)
        rows = [row async for row in store.read(connection, "busy")]
    assert [row["no"] for row in rows] == list(range(1, 61))
    assert {row["subject"] for row in rows} == {f"n:{number}" for number in range(60)}


async def test_a_rolled_back_act_leaves_no_entry_and_no_gap(db: Database, clock: FixedClock) -> None:
    await append(db, clock, "undone", 1)
    with pytest.raises(RuntimeError):
        async with db.transaction() as connection:
            await chain.append(
                connection, clock, log="undone", actor="a", action="x", subject="s", org_id=None, body={}
            )
            raise RuntimeError("the act failed")
    await append(db, clock, "undone", 2)
    async with db.transaction() as connection:
        verdict = await service.verify_log(connection, "undone")
    assert (verdict.entries, verdict.head_no, verdict.sound) == (2, 2, True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE chain SET actor = 'nobody'",
        "DELETE FROM chain",
        "TRUNCATE chain",
        "SET LOCAL session_replication_role = replica; DELETE FROM chain",
        "DELETE FROM chain_head",
        "TRUNCATE chain_head",
        "UPDATE chain_head SET no = no - 1",
        "UPDATE chain_head SET no = no + 2",
    ],
)
async def test_the_database_refuses_to_change_a_log(db: Database, clock: FixedClock, statement: str) -> None:
    await append(db, clock, "closed", 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with db.transaction() as connection:
            for each in statement.split("; "):
                await connection.execute(each)


async def test_who_breaks_the_lock_is_found_out(db: Database, clock: FixedClock) -> None:
    """An owner of the database can disable the triggers; the chain still shows it, the cut by the head."""
    for number in range(5):
        await append(db, clock, "forced", number)
    async with db.transaction() as connection:
        await connection.execute("ALTER TABLE chain DISABLE TRIGGER chain_no_change")
        await connection.execute("UPDATE chain SET subject = 'n:99' WHERE log = 'forced' AND no = 2")
        await connection.execute("DELETE FROM chain WHERE log = 'forced' AND no = 5")
        await connection.execute("ALTER TABLE chain ENABLE ALWAYS TRIGGER chain_no_change")
    async with db.transaction() as connection:
        verdict = await service.verify_log(connection, "forced")
    assert [(each.no, each.fault) for each in verdict.breaks] == [(2, "altered"), (5, "cut-off")]
