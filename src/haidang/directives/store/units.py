"""SQL of whom names mean: all units with their other names, successions, and the site's own groups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from haidang.base.database import Connection
from haidang.directives.model.names import OwnGroup
from haidang.organisation.model import Org, OrgSuccession
from haidang.organisation.org_names import name_key
from haidang.organisation.store import orgs as organisation

_OWN = "SELECT id, name, key, members, valid_from, valid_to, decision FROM directive_group"


async def everybody(connection: Connection) -> tuple[list[Org], list[OrgSuccession]]:
    """Return every unit of the site and who carries on whose work; a province has some hundreds."""
    return await organisation.visible(connection, "TRUE", {}), await organisation.successions(connection)


def _own(row: tuple[Any, ...]) -> OwnGroup:
    return OwnGroup(
        id=row[0], name=row[1], key=row[2], members=tuple(row[3]), valid_from=row[4], valid_to=row[5],
        decision=row[6],
    )  # fmt: skip


async def own_groups(connection: Connection) -> list[OwnGroup]:
    """Return the site's own groups, those of long names first: they say more."""
    cursor = await connection.execute(f"{_OWN} ORDER BY length(key) DESC, valid_from, id LIMIT 1000")
    return [_own(row) for row in await cursor.fetchall()]


async def add_group(
    connection: Connection,
    *,
    name: str,
    members: tuple[int, ...],
    valid_from: date,
    decision: str,
    at: datetime,
    by: str,
) -> OwnGroup | None:
    """Add a group from a day on; one of that name that still held ends there. None: one begins that day."""
    key = name_key(name)
    await connection.execute(
        "UPDATE directive_group SET valid_to = %(day)s WHERE key = %(key)s AND valid_from < %(day)s "
        "AND (valid_to IS NULL OR valid_to > %(day)s)",
        {"day": valid_from, "key": key},
    )
    cursor = await connection.execute(
        "INSERT INTO directive_group (name, key, members, valid_from, decision, at, by) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key, valid_from) DO NOTHING "
        "RETURNING id, name, key, members, valid_from, valid_to, decision",
        (name, key, list(members), valid_from, decision, at, by),
    )
    row = await cursor.fetchone()
    return _own(row) if row else None
