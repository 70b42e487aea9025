"""The clock of the room: shelving and maintenance end, once each; tasks that rules ask for are given.

Each round takes some rows whose time has come, locked, and leaves to another process what that one holds.
What it writes commits together with the row that says it is done: a process killed in the middle has done
nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from haidang.alerts.model.alert import unshelved, unsuppressed
from haidang.alerts.service import tasking
from haidang.alerts.service.ledger import Ledger
from haidang.alerts.store import alerts as store
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.tasks.service.desk import Desk

ROUND = 500
ROUNDS_MAX = 50
TASKS_A_ROUND = 50


async def tick(db: Database, desk: Desk) -> int:
    """Do what is due now; return how many alerts it was."""
    done = 0
    for work in (_unshelve, _unsuppress, _give_tasks):
        for _ in range(ROUNDS_MAX):
            found = await work(db, desk, desk.now())
            done += found
            if found == 0:
                break
    return done


async def _unshelve(db: Database, desk: Desk, now: datetime) -> int:
    async with db.transaction() as connection:
        ripe = await store.read(
            connection,
            "a.is_open AND a.shelved_until <= %s",
            (now,),
            f"ORDER BY a.id LIMIT {ROUND} FOR NO KEY UPDATE SKIP LOCKED",
        )
        ledger = Ledger(ripe)
        for alert in ripe:
            ledger.put(unshelved(alert, now), "unshelved", until=alert.shelved_until)
        await ledger.commit(connection, desk.clock)
    return len(ripe)


async def _unsuppress(db: Database, desk: Desk, now: datetime) -> int:
    async with db.transaction() as connection:
        ripe = await store.read(
            connection,
            "a.is_open AND a.suppressed_until <= %s",
            (now,),
            f"ORDER BY a.id LIMIT {ROUND} FOR NO KEY UPDATE SKIP LOCKED",
        )
        ledger = Ledger(ripe)
        for alert in ripe:
            ledger.put(unsuppressed(alert, now), "unsuppressed", until=alert.suppressed_until)
        await ledger.commit(connection, desk.clock)
    return len(ripe)


async def _give_tasks(db: Database, desk: Desk, _: datetime) -> int:
    async with db.transaction() as connection:
        wanted = await store.read(
            connection,
            "a.is_open AND a.task_wanted AND a.suppressed IS NULL AND a.shelved_until IS NULL AND a.active",
            (),
            f"ORDER BY a.id LIMIT {TASKS_A_ROUND} FOR NO KEY UPDATE SKIP LOCKED",
        )
        ledger = Ledger(wanted)
        for alert in wanted:
            await tasking.give_of_rule(connection, desk, ledger, alert)
        await ledger.commit(connection, desk.clock)
    return len(wanted)


async def prune(db: Database, settings: Settings, now: datetime) -> int:
    """Delete alerts that were closed longer ago than the site keeps them; the log stays."""
    async with db.transaction() as connection:
        return await store.prune(connection, now - timedelta(days=settings.alert_days))
