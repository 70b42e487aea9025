"""SQL that only the papers need: files, the tasks of lessons, dues of steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection

LESSON = "incident_lesson"
"""Source of a task that a lesson became; its id is "<incident>:<number of the entry>"."""


async def files(connection: Connection, incident_id: int) -> list[dict[str, Any]]:
    """Return the files of an incident."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT name, size_bytes, sha256, at FROM incident_file WHERE incident_id = %s ORDER BY id "
            "LIMIT 500",
            (incident_id,),
        )
        return await cursor.fetchall()


async def lesson_tasks(connection: Connection, incident_id: int) -> dict[int, dict[str, Any]]:
    """Return the tasks that lessons became, by the number of the lesson's entry."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT t.id, t.source_id, t.title, t.state, t.due_end, o.name AS owner FROM task t "
            "JOIN org o ON o.id = t.owner_org WHERE t.source_kind = %s AND t.source_id LIKE %s "
            "AND t.parent_id IS NULL ORDER BY t.id",
            (LESSON, f"{incident_id}:%"),
        )
        return {int(each.pop("source_id").partition(":")[2]): each for each in await cursor.fetchall()}


async def dues(connection: Connection, tasks: Iterable[int]) -> dict[int, datetime | None]:
    """Return until when tasks run."""
    cursor = await connection.execute("SELECT id, due_end FROM task WHERE id = ANY(%s)", (sorted(tasks),))
    return dict(await cursor.fetchall())
