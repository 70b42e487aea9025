"""SQL of accounts, roles and what is granted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.model import Account, Grant, Role
from haidang.organisation.permissions import Scope

_SELECT = (
    "SELECT a.id, a.username, a.display_name, a.org_id, a.active, a.password_hash IS NOT NULL, a.created_at, "
    "a.last_login_at, a.version FROM account a "
)
_ADMINISTRATORS = 7_204_110_010
"""Advisory lock: whoever could take away the last administrator takes turns."""


def _account(row: tuple[Any, ...]) -> Account:
    names = (
        "id",
        "username",
        "display_name",
        "org_id",
        "active",
        "has_password",
        "created_at",
        "last_login_at",
    )
    return Account(**dict(zip((*names, "version"), row, strict=True)))


async def get(connection: Connection, account_id: int, *, lock: bool = False) -> Account | None:
    """Return an account; ``lock`` holds its row for the caller's change."""
    cursor = await connection.execute(
        _SELECT + "WHERE a.id = %s" + (" FOR UPDATE" if lock else ""), (account_id,)
    )
    row = await cursor.fetchone()
    return _account(row) if row else None


async def page(
    connection: Connection, where: str, values: dict[str, Any], *, after: str, limit: int
) -> list[Account]:
    """Return the accounts that the scope's predicate lets through, by user name, after one of them."""
    cursor = await connection.execute(
        _SELECT + f"WHERE {where} AND a.username > %(after)s ORDER BY a.username LIMIT %(limit)s",
        values | {"after": after, "limit": limit},
    )
    return [_account(row) for row in await cursor.fetchall()]


async def insert(
    connection: Connection,
    *,
    username: str,
    display_name: str,
    org_id: int,
    password_hash: str | None,
    at: datetime,
) -> int | None:
    """Add an account and return its id, or ``None`` where the user name is taken."""
    cursor = await connection.execute(
        "INSERT INTO account (username, display_name, org_id, password_hash, created_at) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (username) DO NOTHING RETURNING id",
        (username, display_name, org_id, password_hash, at),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def update(
    connection: Connection, account_id: int, *, display_name: str, org_id: int, active: bool
) -> None:
    """Write an account's own fields."""
    await connection.execute(
        "UPDATE account SET display_name = %s, org_id = %s, active = %s, version = version + 1 WHERE id = %s",
        (display_name, org_id, active, account_id),
    )


async def credentials(connection: Connection, username: str) -> tuple[int, str | None, bool, int] | None:
    """Return (id, password hash, active, org) of a user name."""
    cursor = await connection.execute(
        "SELECT id, password_hash, active, org_id FROM account WHERE username = %s", (username,)
    )
    row = await cursor.fetchone()
    return (row[0], row[1], row[2], row[3]) if row else None


async def set_password(connection: Connection, account_id: int, password_hash: str | None) -> None:
    """Keep a new password hash, or take the password away."""
    await connection.execute(
        "UPDATE account SET password_hash = %s WHERE id = %s", (password_hash, account_id)
    )


async def grants(connection: Connection, account_id: int) -> list[Grant]:
    """Return what an account has been granted."""
    cursor = await connection.execute(
        "SELECT role, org_id, area_code, sector, id FROM account_grant WHERE account_id = %s ORDER BY id",
        (account_id,),
    )
    return [Grant(*row) for row in await cursor.fetchall()]


async def add_grant(connection: Connection, account_id: int, grant: Grant) -> int:
    """Grant a role; the same grant twice is one. Return its id."""
    cursor = await connection.execute(
        "INSERT INTO account_grant (account_id, role, org_id, area_code, sector) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (account_id, role, org_id, area_code, sector) DO UPDATE SET role = excluded.role "
        "RETURNING id",
        (account_id, grant.role, grant.org_id, grant.area_code, grant.sector),
    )
    [(grant_id,)] = await cursor.fetchall()
    return int(grant_id)


async def remove_grant(connection: Connection, account_id: int, grant_id: int) -> None:
    """Take a grant away."""
    await connection.execute(
        "DELETE FROM account_grant WHERE account_id = %s AND id = %s", (account_id, grant_id)
    )


async def scopes(connection: Connection, account_id: int) -> tuple[Scope, ...]:
    """Return what an account holds, roles spelled out and subtrees expanded as they stand now."""
    cursor = await connection.execute(
        """
        SELECT r.permissions,
               CASE WHEN g.org_id IS NOT NULL
                    THEN ARRAY(SELECT o.id FROM org o WHERE o.path @> ARRAY[g.org_id]) END,
               CASE WHEN g.area_code IS NOT NULL
                    THEN ARRAY(SELECT x.code FROM area x WHERE x.parent_code = g.area_code
                               AND x.valid_to IS NULL) || g.area_code END,
               g.sector
        FROM account_grant g JOIN role r ON r.name = g.role
        WHERE g.account_id = %s ORDER BY g.id
        """,
        (account_id,),
    )
    return tuple(_scope(row) for row in await cursor.fetchall())


def _scope(row: tuple[Any, ...]) -> Scope:
    permissions, orgs, areas, sector = row
    return Scope(
        frozenset(permissions),
        None if orgs is None else frozenset(orgs),
        None if areas is None else frozenset(areas),
        sector,
    )


async def roles(connection: Connection) -> list[Role]:
    """Return all roles, built-in ones first."""
    cursor = await connection.execute(
        "SELECT name, vi, en, permissions, builtin, version FROM role ORDER BY builtin DESC, name"
    )
    return [_role(row) for row in await cursor.fetchall()]


async def role(connection: Connection, name: str, *, lock: bool = False) -> Role | None:
    """Return a role by its name."""
    cursor = await connection.execute(
        "SELECT name, vi, en, permissions, builtin, version FROM role WHERE name = %s"
        + (" FOR UPDATE" if lock else ""),
        (name,),
    )
    row = await cursor.fetchone()
    return _role(row) if row else None


def _role(row: tuple[Any, ...]) -> Role:
    return Role(name=row[0], vi=row[1], en=row[2], permissions=tuple(row[3]), builtin=row[4], version=row[5])


async def keep_builtin(connection: Connection, found: Iterable[Role]) -> None:
    """Bring the built-in roles to what this version of the product says."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO role (name, vi, en, permissions, builtin) VALUES (%s, %s, %s, %s, true) "
            "ON CONFLICT (name) DO UPDATE SET vi = excluded.vi, en = excluded.en, "
            "permissions = excluded.permissions, builtin = true, version = role.version + 1 "
            "WHERE (role.vi, role.en, role.permissions, role.builtin) IS DISTINCT FROM "
            "(excluded.vi, excluded.en, excluded.permissions, true)",
            [(each.name, each.vi, each.en, list(each.permissions)) for each in found],
        )


async def insert_role(connection: Connection, new: Role) -> bool:
    """Add a role; return whether its name was free."""
    cursor = await connection.execute(
        "INSERT INTO role (name, vi, en, permissions) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (new.name, new.vi, new.en, list(new.permissions)),
    )
    return cursor.rowcount == 1


async def update_role(connection: Connection, changed: Role) -> None:
    """Write a role's words and permissions."""
    await connection.execute(
        "UPDATE role SET vi = %s, en = %s, permissions = %s, version = version + 1 WHERE name = %s",
        (changed.vi, changed.en, list(changed.permissions), changed.name),
    )


async def administrators(
    connection: Connection, role_name: str, *, without_grant: int | None = None, hold: bool = True
) -> set[int]:
    """Return the accounts that can administer everything; ``hold`` lets nobody change that until the commit.

    ``without_grant`` leaves one grant out of the count, as if it had been taken away already.
    """
    if hold:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ADMINISTRATORS,))
    cursor = await connection.execute(
        "SELECT DISTINCT a.id FROM account a JOIN account_grant g ON g.account_id = a.id "
        "WHERE g.role = %s AND g.org_id IS NULL AND g.area_code IS NULL AND g.sector IS NULL "
        "AND a.active AND a.password_hash IS NOT NULL AND g.id IS DISTINCT FROM %s",
        (role_name, without_grant),
    )
    return {row[0] for row in await cursor.fetchall()}
