"""SQL of the hash chain: append behind a locked head, read in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec

from haidang.base.database import Connection

if TYPE_CHECKING:
    from haidang.organisation.chain import Entry

_PAGE = 2_000


async def lock_head(connection: Connection, log: str, genesis: bytes) -> tuple[int, bytes]:
    """Return number and hash of the last entry, and hold the head until the transaction ends."""
    await connection.execute(
        "INSERT INTO chain_head (log, no, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING", (log, genesis)
    )
    cursor = await connection.execute("SELECT no, hash FROM chain_head WHERE log = %s FOR UPDATE", (log,))
    [(no, digest)] = await cursor.fetchall()
    return int(no), bytes(digest)


async def append(connection: Connection, entry: Entry) -> None:
    """Write an entry and move the head on."""
    digest = bytes.fromhex(entry.hash)
    await connection.execute(
        "INSERT INTO chain (log, no, at, actor, action, subject, org_id, body, prev_hash, hash) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            entry.log, entry.no, entry.at, entry.actor, entry.action, entry.subject, entry.org_id, entry.body,
            bytes.fromhex(entry.prev_hash), digest,
        ),
    )  # fmt: skip
    await connection.execute(
        "UPDATE chain_head SET no = %s, hash = %s WHERE log = %s", (entry.no, digest, entry.log)
    )


async def append_many(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries that follow one another, and move the head over them."""
    await connection.execute(
        "INSERT INTO chain (log, no, at, actor, action, subject, org_id, body, prev_hash, hash) "
        "SELECT e.log, e.no, e.at, e.actor, e.action, e.subject, e.org_id, e.body, "
        "decode(e.prev_hash, 'hex'), decode(e.hash, 'hex') FROM json_to_recordset(%s::json) AS e (log text, "
        "no bigint, at timestamptz, actor text, action text, subject text, org_id int, body text, "
        "prev_hash text, hash text)",
        (msgspec.json.encode(entries).decode(),),
    )
    last = entries[-1]
    await connection.execute(
        "UPDATE chain_head SET no = %s, hash = %s WHERE log = %s",
        (last.no, bytes.fromhex(last.hash), last.log),
    )


async def head(connection: Connection, log: str) -> tuple[int, str] | None:
    """Return number and hash of the last entry as the head says, or ``None`` for an empty log."""
    cursor = await connection.execute("SELECT no, encode(hash, 'hex') FROM chain_head WHERE log = %s", (log,))
    row = await cursor.fetchone()
    return (int(row[0]), str(row[1])) if row else None


async def logs(connection: Connection) -> list[str]:
    """Return the names of all logs: of their heads, and of entries whose head is gone."""
    cursor = await connection.execute(
        "WITH RECURSIVE name (log) AS ((SELECT min(log) FROM chain) UNION ALL "
        "SELECT (SELECT min(c.log) FROM chain c WHERE c.log > name.log) FROM name "
        "WHERE name.log IS NOT NULL) "
        "SELECT log FROM name WHERE log IS NOT NULL UNION SELECT log FROM chain_head ORDER BY 1"
    )
    return [name for (name,) in await cursor.fetchall()]


async def read(connection: Connection, log: str) -> AsyncIterator[dict[str, Any]]:
    """Yield every entry's fields in order, a page at a time."""
    after = -1
    while True:
        cursor = await connection.execute(
            "SELECT log, no, at, actor, action, subject, org_id, body, encode(prev_hash, 'hex'), "
            "encode(hash, 'hex') FROM chain WHERE log = %s AND no > %s ORDER BY no LIMIT %s",
            (log, after, _PAGE),
        )
        rows = await cursor.fetchall()
        for row in rows:
            yield fields(row)
        if len(rows) < _PAGE:
            return
        after = rows[-1][1]


def fields(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row as the fields of an ``Entry``."""
    names = ("log", "no", "at", "actor", "action", "subject", "org_id", "body", "prev_hash", "hash")
    found = dict(zip(names, row, strict=True))
    found["at"] = found["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return found


async def page(
    connection: Connection,
    log: str,
    where: str,
    values: dict[str, Any],
    *,
    before: int | None,
    actor: str | None,
    action: str | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return entries newest first; ``where`` is the scope's predicate, ``action`` a word or its beginning."""
    limits = [where]
    values = values | {"log": log, "limit": limit}
    if before is not None:
        limits.append("c.no < %(before)s")
        values["before"] = before
    if actor:
        limits.append("c.actor = %(actor)s")
        values["actor"] = actor
    if action:
        limits.append("(c.action = %(action)s OR starts_with(c.action, %(action)s || '.'))")
        values["action"] = action
    cursor = await connection.execute(
        "SELECT c.log, c.no, c.at, c.actor, c.action, c.subject, c.org_id, c.body, "
        "encode(c.prev_hash, 'hex'), "
        f"encode(c.hash, 'hex') FROM chain c WHERE c.log = %(log)s AND {' AND '.join(limits)} "
        "ORDER BY c.no DESC LIMIT %(limit)s",
        values,
    )
    return [fields(row) for row in await cursor.fetchall()]
