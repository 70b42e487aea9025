"""Writes that are safe to repeat: the answer to a key is kept in the transaction that did the work.

A client that lost the answer sends the same request with the same key again and gets the first answer;
nothing happens twice. Two requests with one key at the same time take turns on the key's row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection, Database
from haidang.base.problems import INVALID, Problem, kind

KEY_REUSED = kind(
    "idempotency-key-reused",
    422,
    "Khóa chống lặp đã dùng cho yêu cầu khác",
    "This idempotency key was used for another request",
)
_KEY_LENGTH_MAX = 200


async def once(
    db: Database,
    *,
    actor: str,
    key: str,
    fingerprint: bytes,
    work: Callable[[Connection], Awaitable[Any]],
) -> Any:
    """Run ``work`` in one transaction, or return what it returned before under the same ``key``.

    The result is always the JSON form (``dict``, ``list``, ``str``…) of what ``work`` returned, so the first
    answer and a repeated one are alike. Raises ``Problem`` where the key stood for another request, or is no
    key; whatever ``work`` raises passes through and leaves the key free.
    """
    _check(key)
    async with db.transaction() as connection:
        inserted = await connection.execute(
            "INSERT INTO idempotency (actor, key, fingerprint) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (actor, key, fingerprint),
        )
        if not inserted.rowcount:
            return await _answered(connection, actor, key, fingerprint)
        result = msgspec.json.encode(await work(connection))
        await connection.execute(
            "UPDATE idempotency SET result = %s::json WHERE actor = %s AND key = %s",
            (result.decode(), actor, key),
        )
    return msgspec.json.decode(result)


async def answered(db: Database, *, actor: str, key: str, fingerprint: bytes) -> Any:
    """Return what was answered to a request under ``key``; None where the key is free."""
    _check(key)
    async with db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT FROM idempotency WHERE actor = %s AND key = %s", (actor, key)
        )
        if await cursor.fetchone() is None:
            return None
        return await _answered(connection, actor, key, fingerprint)


async def forget(connection: Connection, before: datetime) -> int:
    """Delete the answers given before an instant; return how many."""
    return (await connection.execute("DELETE FROM idempotency WHERE at < %s", (before,))).rowcount


async def _answered(connection: Connection, actor: str, key: str, fingerprint: bytes) -> Any:
    cursor = await connection.execute(
        "SELECT fingerprint, result::text FROM idempotency WHERE actor = %s AND key = %s", (actor, key)
    )
    row = await cursor.fetchone()
    if row is None or bytes(row[0]) != fingerprint:
        raise Problem(
            KEY_REUSED,
            "Hãy dùng khóa mới cho yêu cầu mới.",
            "Use a new key for a new request.",
        )
    return msgspec.json.decode(row[1])


def _check(key: str) -> None:
    if not (0 < len(key) <= _KEY_LENGTH_MAX and key.isascii() and key.isprintable()):
        raise Problem(
            INVALID,
            "Idempotency-Key phải là 1–200 ký tự ASCII.",
            "Idempotency-Key must be 1 to 200 printable ASCII characters.",
        )
