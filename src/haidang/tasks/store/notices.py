"""SQL of reminders, notices and their deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message to be sent, claimed by this process for a while."""

    notice_id: int
    channel: str
    address: str
    tries: int
    task_id: int | None
    kind: str
    vi: str
    en: str
    made_at: datetime


async def fallen(connection: Connection, task_id: int) -> set[tuple[int, str]]:
    """Return the steps of a task that have fallen, as (version, step)."""
    cursor = await connection.execute("SELECT version, step FROM reminder WHERE task_id = %s", (task_id,))
    return {(version, step) for version, step in await cursor.fetchall()}


async def fall(
    connection: Connection,
    task_id: int,
    *,
    version: int,
    step: str,
    due_at: datetime,
    at: datetime,
    collapsed: str | None = None,
) -> bool:
    """Note that a step has fallen; False where it stood there already."""
    done = await connection.execute(
        "INSERT INTO reminder (task_id, version, step, due_at, made_at, collapsed) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (task_id, version, step, due_at, at, collapsed),
    )
    return bool(done.rowcount)


async def reminders(connection: Connection, task_id: int) -> list[dict[str, Any]]:
    """Return what has fallen for a task, the last first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT version, step, due_at, made_at, collapsed FROM reminder WHERE task_id = %s "
            "AND step NOT LIKE 'period:%%' ORDER BY made_at DESC, due_at DESC LIMIT 200",
            (task_id,),
        )
        return await cursor.fetchall()


async def add(
    connection: Connection,
    *,
    key: str,
    account_id: int | None,
    org_id: int | None,
    task_id: int | None,
    kind: str,
    vi: str,
    en: str,
    priority: int,
    at: datetime,
) -> int | None:
    """Tell an addressee something; None where the same cause has told it already."""
    cursor = await connection.execute(
        "INSERT INTO notice (key, account_id, org_id, task_id, kind, vi, en, priority, made_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        (key, account_id, org_id, task_id, kind, vi, en, priority, at),
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def add_delivery(
    connection: Connection, notice_id: int, channel: str, address: str, at: datetime
) -> None:
    """Let a notice go out by a channel, from an instant on."""
    await connection.execute(
        "INSERT INTO notice_delivery (notice_id, channel, address, next_try) VALUES (%s, %s, %s, %s)",
        (notice_id, channel, address, at),
    )


async def claim(connection: Connection, now: datetime, until: datetime, limit: int) -> list[Delivery]:
    """Take messages that are due for this process until an instant; a process that dies lets go of them."""
    cursor = await connection.execute(
        "WITH due AS (SELECT notice_id, channel FROM notice_delivery WHERE next_try <= %s "
        "ORDER BY next_try LIMIT %s FOR UPDATE SKIP LOCKED) "
        "UPDATE notice_delivery d SET next_try = %s, tries = tries + 1 FROM due, notice n "
        "WHERE d.notice_id = due.notice_id AND d.channel = due.channel AND n.id = d.notice_id "
        "RETURNING d.notice_id, d.channel, d.address, d.tries, n.task_id, n.kind, n.vi, n.en, n.made_at",
        (now, limit, until),
    )
    names = Delivery.__struct_fields__
    return [Delivery(**dict(zip(names, each, strict=True))) for each in await cursor.fetchall()]


async def sent(connection: Connection, one: Delivery, at: datetime) -> None:
    """Note that a message has gone out."""
    await connection.execute(
        "UPDATE notice_delivery SET sent_at = %s, next_try = NULL, error = NULL "
        "WHERE notice_id = %s AND channel = %s",
        (at, one.notice_id, one.channel),
    )


async def failed(
    connection: Connection, one: Delivery, *, error: str, again: datetime | None, at: datetime
) -> None:
    """Note why a message has not gone out, and when it is tried again; None: it is given up."""
    await connection.execute(
        "UPDATE notice_delivery SET next_try = %s, error = %s, dead_at = %s "
        "WHERE notice_id = %s AND channel = %s",
        (again, error[:500], None if again else at, one.notice_id, one.channel),
    )


async def page(
    connection: Connection, account_id: int, org_id: int | None, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return what a person and the person's unit were told, newest first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT id, task_id, kind, vi, en, priority, made_at, read_at, org_id IS NOT NULL AS to_unit "
            "FROM ("
            "(SELECT * FROM notice WHERE account_id = %(account)s AND id < %(before)s "
            "ORDER BY id DESC LIMIT %(limit)s)"
            " UNION ALL "
            "(SELECT * FROM notice WHERE org_id = %(org)s AND id < %(before)s "
            "ORDER BY id DESC LIMIT %(limit)s)"
            ") both_of_them ORDER BY id DESC LIMIT %(limit)s",
            {"account": account_id, "org": org_id, "before": before or 2**62, "limit": limit},
        )
        return await cursor.fetchall()


async def unread(connection: Connection, account_id: int, org_id: int | None) -> int:
    """Return how many notices have not been read, counted no further than 100."""
    cursor = await connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM notice WHERE read_at IS NULL "
        "AND (account_id = %s OR org_id = %s) LIMIT 100) AS waiting",
        (account_id, org_id),
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def read(
    connection: Connection, account_id: int, org_id: int | None, ids: Iterable[int], at: datetime
) -> int:
    """Mark notices of a person or the person's unit as read; return how many were new."""
    done = await connection.execute(
        "UPDATE notice SET read_at = %s WHERE id = ANY(%s) AND read_at IS NULL "
        "AND (account_id = %s OR org_id = %s)",
        (at, sorted(ids), account_id, org_id),
    )
    return done.rowcount


async def prune(connection: Connection, before: datetime) -> int:
    """Delete notices that were made before an instant; reminders stay."""
    return (await connection.execute("DELETE FROM notice WHERE made_at < %s", (before,))).rowcount
