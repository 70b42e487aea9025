"""SQL of signing in: sessions, failed attempts, one-time links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.lockout import Attempts


async def insert(
    connection: Connection, token_hash: bytes, account_id: int, at: datetime, expires_at: datetime
) -> None:
    """Begin a session."""
    await connection.execute(
        "INSERT INTO session (token_hash, account_id, created_at, seen_at, expires_at) "
        "VALUES (%s, %s, %s, %s, %s)",
        (token_hash, account_id, at, at, expires_at),
    )
    await connection.execute("UPDATE account SET last_login_at = %s WHERE id = %s", (at, account_id))


async def seen(
    connection: Connection, token_hash: bytes, now: datetime, idle: timedelta
) -> tuple[int, str, str, int, datetime] | None:
    """Return (account, user name, display name, org, seen at) of a session that still holds."""
    cursor = await connection.execute(
        "SELECT a.id, a.username, a.display_name, a.org_id, s.seen_at "
        "FROM session s JOIN account a ON a.id = s.account_id "
        "WHERE s.token_hash = %s AND a.active AND s.expires_at > %s AND s.seen_at > %s",
        (token_hash, now, now - idle),
    )
    row = await cursor.fetchone()
    return (row[0], row[1], row[2], row[3], row[4]) if row else None


async def touch(connection: Connection, token_hash: bytes, now: datetime) -> None:
    """Note that a session was used."""
    await connection.execute("UPDATE session SET seen_at = %s WHERE token_hash = %s", (now, token_hash))


async def delete(connection: Connection, token_hash: bytes) -> int | None:
    """End a session; return whose it was."""
    cursor = await connection.execute(
        "DELETE FROM session WHERE token_hash = %s RETURNING account_id", (token_hash,)
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def delete_all(connection: Connection, account_id: int) -> int:
    """End all sessions of an account; return how many there were."""
    cursor = await connection.execute("DELETE FROM session WHERE account_id = %s", (account_id,))
    return cursor.rowcount


async def purge(connection: Connection, now: datetime, idle: timedelta) -> None:
    """Throw away what has run out: sessions, links, attempts older than a day."""
    await connection.execute("DELETE FROM session WHERE expires_at <= %s OR seen_at <= %s", (now, now - idle))
    await connection.execute("DELETE FROM one_time_link WHERE expires_at <= %s", (now,))
    await connection.execute(
        "DELETE FROM login_attempt WHERE first_at < %s AND (locked_until IS NULL OR locked_until < %s)",
        (now - timedelta(days=1), now),
    )


async def attempts(connection: Connection, subject: str, now: datetime) -> Attempts:
    """Return the failed attempts of a subject, and hold its row until the transaction ends."""
    await connection.execute(
        "INSERT INTO login_attempt (subject, failures, first_at) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING",
        (subject, now),
    )
    cursor = await connection.execute(
        "SELECT failures, first_at, locked_until FROM login_attempt WHERE subject = %s FOR UPDATE", (subject,)
    )
    [row] = await cursor.fetchall()
    return Attempts(*row)


async def keep_attempts(connection: Connection, subject: str, state: Attempts) -> None:
    """Write the failed attempts of a subject."""
    await connection.execute(
        "UPDATE login_attempt SET failures = %s, first_at = %s, locked_until = %s WHERE subject = %s",
        (state.failures, state.first_at, state.locked_until, subject),
    )


async def forgive(connection: Connection, names: Sequence[str], address: str) -> None:
    """After a success: forget the name's failures, and take this attempt off the address's count."""
    await connection.execute("DELETE FROM login_attempt WHERE subject = ANY(%s)", (list(names),))
    await connection.execute(
        "UPDATE login_attempt SET failures = greatest(failures - 1, 0), locked_until = NULL "
        "WHERE subject = %s",
        (address,),
    )


async def insert_link(
    connection: Connection, token_hash: bytes, account_id: int | None, at: datetime, expires_at: datetime
) -> None:
    """Make a one-time link, the only one of its account (``None``: for the first administrator)."""
    await connection.execute(
        "DELETE FROM one_time_link WHERE account_id IS NOT DISTINCT FROM %s", (account_id,)
    )
    await connection.execute(
        "INSERT INTO one_time_link (token_hash, account_id, created_at, expires_at) VALUES (%s, %s, %s, %s)",
        (token_hash, account_id, at, expires_at),
    )


async def link(connection: Connection, token_hash: bytes, now: datetime) -> tuple[Any, ...] | None:
    """Return (account id or ``None``,) of a link that still holds."""
    cursor = await connection.execute(
        "SELECT account_id FROM one_time_link WHERE token_hash = %s AND expires_at > %s", (token_hash, now)
    )
    return await cursor.fetchone()


async def use_link(connection: Connection, token_hash: bytes, now: datetime) -> tuple[Any, ...] | None:
    """Take a link out of the world; of two who try at once, one gets the row."""
    cursor = await connection.execute(
        "DELETE FROM one_time_link WHERE token_hash = %s AND expires_at > %s RETURNING account_id",
        (token_hash, now),
    )
    return await cursor.fetchone()


async def drop_links(connection: Connection, account_id: int | None) -> None:
    """Throw away the links of an account (``None``: for the first administrator)."""
    await connection.execute(
        "DELETE FROM one_time_link WHERE account_id IS NOT DISTINCT FROM %s", (account_id,)
    )
