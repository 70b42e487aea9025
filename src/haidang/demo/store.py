"""SQL of the demonstration: which entities are made up, which stories are being told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from haidang.base.database import Connection


async def made_up(connection: Connection, source: str) -> list[str]:
    """Return the ids of all entities that the demonstration has written."""
    cursor = await connection.execute(
        "SELECT id FROM entity WHERE simulated AND tenant_id = 0 AND source = %s ORDER BY id", (source,)
    )
    return [row[0] for row in await cursor.fetchall()]


async def stories(connection: Connection) -> list[tuple[str, datetime, float]]:
    """Return name, beginning and speed of each story that was begun, the last telling of each."""
    cursor = await connection.execute("SELECT name, began_at, speed FROM demo_story ORDER BY name")
    return [(name, began_at, float(speed)) for name, began_at, speed in await cursor.fetchall()]


async def begin_story(connection: Connection, name: str, began_at: datetime, speed: float) -> None:
    """Begin a story, anew where it was told before."""
    await connection.execute(
        "INSERT INTO demo_story VALUES (%s, %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET began_at = excluded.began_at, speed = excluded.speed",
        (name, began_at, speed),
    )


async def end_stories(connection: Connection) -> None:
    """Forget all stories."""
    await connection.execute("DELETE FROM demo_story")


async def accounts(connection: Connection, usernames: Sequence[str]) -> dict[str, tuple[int, int, bool]]:
    """Return id, version and whether it is open of each account that there is, by user name."""
    cursor = await connection.execute(
        "SELECT username, id, version, active FROM account WHERE username = ANY(%s)", (list(usernames),)
    )
    return {username: (id_, version, active) for username, id_, version, active in await cursor.fetchall()}


async def tasks(connection: Connection, source: str) -> set[str]:
    """Return which tasks of the demonstration there are, by their names in it."""
    cursor = await connection.execute("SELECT source_id FROM task WHERE source_kind = %s", (source,))
    return {row[0] for row in await cursor.fetchall()}


async def resources(connection: Connection, orgs: Sequence[int]) -> set[tuple[int, str]]:
    """Return unit and name of each vehicle and team of some units."""
    cursor = await connection.execute(
        "SELECT org_id, name FROM resource WHERE org_id = ANY(%s)", (list(orgs),)
    )
    return {(org_id, name) for org_id, name in await cursor.fetchall()}


async def filled_roles(connection: Connection) -> set[str]:
    """Return the parts in procedures that some unit fills already."""
    cursor = await connection.execute("SELECT DISTINCT role FROM procedure_role")
    return {row[0] for row in await cursor.fetchall()}
