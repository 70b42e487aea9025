"""SQL of API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any, LiteralString

from haidang.base.database import Connection
from haidang.organisation.model import Key
from haidang.organisation.permissions import Scope

_SELECT = (
    "SELECT k.id, k.name, k.prefix, k.org_id, k.area_code, k.sector, k.permissions, k.created_at, "
    "k.created_by, k.expires_at, k.last_used_at, k.revoked_at FROM api_key k "
)


def _key(row: tuple[Any, ...]) -> Key:
    names = (
        "id",
        "name",
        "prefix",
        "org_id",
        "area_code",
        "sector",
        "permissions",
        "created_at",
        "created_by",
    )
    found = dict(zip((*names, "expires_at", "last_used_at", "revoked_at"), row, strict=True))
    return Key(**found | {"permissions": tuple(found["permissions"])})


async def page(
    connection: Connection, where: str, values: dict[str, Any], *, after: int, limit: int
) -> list[Key]:
    """Return the keys that the scope's predicate lets through, in the order they were made."""
    cursor = await connection.execute(
        _SELECT + f"WHERE {where} AND k.id > %(after)s ORDER BY k.id LIMIT %(limit)s",
        values | {"after": after, "limit": limit},
    )
    return [_key(row) for row in await cursor.fetchall()]


async def get(connection: Connection, key_id: int) -> Key | None:
    """Return a key (never its secret, which is not kept)."""
    cursor = await connection.execute(_SELECT + "WHERE k.id = %s", (key_id,))
    row = await cursor.fetchone()
    return _key(row) if row else None


async def insert(
    connection: Connection,
    *,
    name: str,
    prefix: str,
    secret_hash: bytes,
    org_id: int,
    area_code: str | None,
    sector: str | None,
    permissions: tuple[str, ...],
    at: datetime,
    by: str,
    expires_at: datetime | None,
) -> int:
    """Keep a new key."""
    cursor = await connection.execute(
        "INSERT INTO api_key (name, prefix, secret_hash, org_id, area_code, sector, permissions, created_at, "
        "created_by, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (name, prefix, secret_hash, org_id, area_code, sector, list(permissions), at, by, expires_at),
    )
    [(key_id,)] = await cursor.fetchall()
    return int(key_id)


async def revoke(connection: Connection, key_id: int, at: datetime) -> None:
    """End a key for good; its row stays for the record."""
    await connection.execute(
        "UPDATE api_key SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL", (at, key_id)
    )


_HOLDER = """
SELECT k.id, k.name, k.org_id, k.last_used_at, k.permissions,
       ARRAY(SELECT o.id FROM org o WHERE o.path @> ARRAY[k.org_id]),
       CASE WHEN k.area_code IS NOT NULL
            THEN ARRAY(SELECT x.code FROM area x WHERE x.parent_code = k.area_code
                       AND x.valid_to IS NULL) || k.area_code END,
       k.sector
FROM api_key k
WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > %s) AND """

Holder = tuple[int, str, int, datetime | None, Scope]
"""Id, name, org, last used, scope."""


async def holder(connection: Connection, secret_hash: bytes, now: datetime) -> Holder | None:
    """Return the key with this secret, if it still holds."""
    return await _holder(connection, "k.secret_hash = %s", secret_hash, now)


async def holder_by_id(connection: Connection, key_id: int, now: datetime) -> Holder | None:
    """Return the key with this number, if it still holds."""
    return await _holder(connection, "k.id = %s", key_id, now)


async def _holder(connection: Connection, where: LiteralString, which: Any, now: datetime) -> Holder | None:
    row = await (await connection.execute(_HOLDER + where, (now, which))).fetchone()
    if row is None:
        return None
    areas = None if row[6] is None else frozenset(row[6])
    return row[0], row[1], row[2], row[3], Scope(frozenset(row[4]), frozenset(row[5]), areas, row[7])


async def used(connection: Connection, key_id: int, at: datetime) -> None:
    """Note that a key was used."""
    await connection.execute("UPDATE api_key SET last_used_at = %s WHERE id = %s", (at, key_id))
