"""SQL of the demonstration: which entities are made up, which stories are told, which work was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

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


async def tasks(connection: Connection, source: str) -> dict[str, tuple[int, int, str]]:
    """Return id, version and state of each task of the demonstration, the last one of each name in it."""
    cursor = await connection.execute(
        "SELECT source_id, id, version, state FROM task WHERE source_kind = %s ORDER BY id", (source,)
    )
    return {word: (id_, version, state) for word, id_, version, state in await cursor.fetchall()}


async def resources(connection: Connection, orgs: Sequence[int]) -> set[tuple[int, str]]:
    """Return unit and name of each vehicle and team of some units."""
    cursor = await connection.execute(
        "SELECT org_id, name FROM resource WHERE org_id = ANY(%s)", (list(orgs),)
    )
    return {(org_id, name) for org_id, name in await cursor.fetchall()}


async def resources_called(connection: Connection, names: Sequence[str]) -> list[tuple[int, int, bool]]:
    """Return id, version and whether in service of the vehicles of these names that no incident has sent."""
    cursor = await connection.execute(
        "SELECT id, version, active FROM resource WHERE name = ANY(%s) AND incident_id IS NULL ORDER BY id",
        (list(names),),
    )
    return list(await cursor.fetchall())


async def fillers(connection: Connection) -> dict[str, list[tuple[int, str, int | None, str | None]]]:
    """Return unit, its name, person and area of whoever fills a part in procedures, by part."""
    cursor = await connection.execute(
        "SELECT r.role, r.org_id, o.name, r.account_id, r.area_code FROM procedure_role r"
        " JOIN org o ON o.id = r.org_id ORDER BY r.role, r.area_code NULLS FIRST"
    )
    found: dict[str, list[tuple[int, str, int | None, str | None]]] = {}
    for role, *filler in await cursor.fetchall():
        found.setdefault(role, []).append(tuple(filler))
    return found


class Made(NamedTuple):
    """What became of a made-up notice."""

    times: int
    """How often it was made."""
    waits: bool
    """Something of it is still to be confirmed or done."""
    taken_away: bool
    """Some of its work was cancelled, or it was withdrawn."""


async def notices(connection: Connection, by: str) -> dict[str, Made]:
    """Return what became of each made-up notice, by its number."""
    cursor = await connection.execute(
        """
        SELECT d.number, count(DISTINCT d.id)::int,
            coalesce(bool_or(t.is_open OR d.state IN ('read', 'confirming')), false),
            coalesce(bool_or(t.state = 'cancelled' OR d.state = 'withdrawn'), false)
        FROM directive_document d LEFT JOIN directive v ON v.document_id = d.id
        LEFT JOIN directive_task g ON g.directive_id = v.id LEFT JOIN task t ON t.id = g.task_id
        WHERE d.simulated AND d.created_by = %s GROUP BY d.number
        """,
        (by,),
    )
    return {number: Made(*rest) for number, *rest in await cursor.fetchall()}


async def tasks_of(connection: Connection, directives: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return task, directive and lead unit of what some directives have become."""
    cursor = await connection.execute(
        "SELECT g.task_id, g.directive_id, t.owner_org FROM directive_task g JOIN task t ON t.id = g.task_id "
        "WHERE g.directive_id = ANY(%s) ORDER BY g.task_id",
        (list(directives),),
    )
    return list(await cursor.fetchall())


async def open_directives(connection: Connection, by: str) -> list[tuple[int, int]]:
    """Return id and version of the open tasks of made-up directives."""
    cursor = await connection.execute(
        "SELECT t.id, t.version FROM directive v JOIN directive_task g ON g.directive_id = v.id "
        "JOIN task t ON t.id = g.task_id WHERE v.simulated AND v.issued_by = %s AND t.is_open ORDER BY t.id",
        (by,),
    )
    return list(await cursor.fetchall())


async def unissued(connection: Connection, by: str) -> list[tuple[int, int]]:
    """Return id and version of the made-up documents from which nothing was issued."""
    cursor = await connection.execute(
        "SELECT id, version FROM directive_document WHERE simulated AND created_by = %s "
        "AND state IN ('read', 'confirming') ORDER BY id",
        (by,),
    )
    return list(await cursor.fetchall())


async def owes(connection: Connection) -> bool:
    """Say whether any made-up figure is owed, or ever was."""
    cursor = await connection.execute("SELECT EXISTS (SELECT FROM indicator_duty WHERE simulated)")
    [(found,)] = await cursor.fetchall()
    return bool(found)


async def owed_forms(connection: Connection) -> list[int]:
    """Return the made-up forms that are still to be handed in or judged."""
    cursor = await connection.execute(
        "SELECT id FROM indicator_submission WHERE simulated AND state IN ('open', 'submitted') ORDER BY id"
    )
    return [number for (number,) in await cursor.fetchall()]


async def org_of_area(connection: Connection, code: str) -> int | None:
    """Return the commune's own unit."""
    cursor = await connection.execute(
        "SELECT id FROM org WHERE area_code = %s AND kind = 'commune' ORDER BY id LIMIT 1", (code,)
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def end_owing(connection: Connection, day: date) -> None:
    """End what is owed of made-up figures."""
    await connection.execute(
        "UPDATE indicator_duty SET valid_to = greatest(%s, valid_from + 1) WHERE simulated AND valid_to IS "
        "NULL",
        (day,),
    )


async def directives_of(connection: Connection, number: str, by: str) -> list[tuple[int, int]]:
    """Return id and version of the directives of the last made-up notice of a number, in its order."""
    cursor = await connection.execute(
        "SELECT v.id, v.version FROM directive v WHERE v.document_id = (SELECT max(d.id) "
        "FROM directive_document d WHERE d.simulated AND d.created_by = %s AND d.number = %s) ORDER BY v.id",
        (by, number),
    )
    return list(await cursor.fetchall())
