"""SQL of the task's own row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.tasks.model.due import BY_CALENDAR, Due
from haidang.tasks.model.task import Task

FIELDS: tuple[str, ...] = Task.__struct_fields__
COLUMNS = ", ".join(f"t.{name}" for name in FIELDS)
_KEPT = tuple(name for name in FIELDS if name != "id")
_DERIVED = ("title_fold", "due_precision")
_INSERT = (
    f"INSERT INTO task ({', '.join((*_KEPT, *_DERIVED))}) "
    f"VALUES ({', '.join(f'%({name})s' for name in (*_KEPT, *_DERIVED))}) RETURNING id"
)
_UPDATE = (
    f"UPDATE task SET {', '.join(f'{name} = %({name})s' for name in (*_KEPT, *_DERIVED))} WHERE id = %(id)s"
)


def row(values: Sequence[Any]) -> Task:
    """Return a task from its columns in the order of :data:`COLUMNS`."""
    found = dict(zip(FIELDS, values, strict=True))
    found["due"] = msgspec.convert(found["due"], Due)
    found["coop_orgs"] = tuple(found["coop_orgs"])
    return Task(**found)


def _values(task: Task) -> dict[str, Any]:
    found = {name: getattr(task, name) for name in FIELDS}
    found["due"] = Jsonb(msgspec.to_builtins(task.due))
    found["coop_orgs"] = list(task.coop_orgs)
    found["title_fold"] = fold(task.title)
    found["due_precision"] = task.due.precision
    return found


async def insert(connection: Connection, task: Task) -> int:
    """Add a task (its ``id`` is not used) and return its number."""
    cursor = await connection.execute(_INSERT, _values(task))
    [(number,)] = await cursor.fetchall()
    return int(number)


async def update(connection: Connection, task: Task) -> None:
    """Write a whole row; the caller has locked it and counted the version."""
    await connection.execute(_UPDATE, _values(task))


async def get(connection: Connection, task_id: int, *, lock: bool = False) -> Task | None:
    """Return a task; ``lock`` holds its row for the caller's change."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM task t WHERE t.id = %s" + (" FOR UPDATE" if lock else ""), (task_id,)
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def ripe(connection: Connection, now: datetime, limit: int) -> list[Task]:
    """Return, locked, tasks whose next moment has come; what another process holds is left to it."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM task t WHERE t.next_action_at <= %s ORDER BY t.next_action_at LIMIT %s "
        "FOR UPDATE SKIP LOCKED",
        (now, limit),
    )
    return [row(each) for each in await cursor.fetchall()]


async def set_next(connection: Connection, task_id: int, at: datetime | None) -> None:
    """Note when to look at a task again; no change that people see."""
    await connection.execute("UPDATE task SET next_action_at = %s WHERE id = %s", (at, task_id))


async def children(connection: Connection, task_id: int) -> list[Task]:
    """Return the sub-tasks of a task in the order they were made."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM task t WHERE t.parent_id = %s ORDER BY t.id LIMIT 500", (task_id,)
    )
    return [row(each) for each in await cursor.fetchall()]


async def counted_by_calendar(connection: Connection, after: int, limit: int) -> list[Task]:
    """Return, locked, open tasks whose clock counts working days, a page at a time by number."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM task t WHERE t.is_open AND t.due_precision = ANY(%s) AND t.id > %s "
        "ORDER BY t.id LIMIT %s FOR UPDATE",
        (sorted(BY_CALENDAR), after, limit),
    )
    return [row(each) for each in await cursor.fetchall()]


async def calendar_fingerprint(connection: Connection) -> str | None:
    """Return which calendar the clocks were last computed with."""
    cursor = await connection.execute("SELECT fingerprint FROM task_calendar")
    found = await cursor.fetchone()
    return str(found[0]) if found else None


async def set_calendar_fingerprint(connection: Connection, fingerprint: str) -> None:
    """Note which calendar the clocks are computed with."""
    await connection.execute(
        "INSERT INTO task_calendar (fingerprint) VALUES (%s) "
        "ON CONFLICT (one) DO UPDATE SET fingerprint = excluded.fingerprint",
        (fingerprint,),
    )


async def org_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units."""
    cursor = await connection.execute("SELECT id, name FROM org WHERE id = ANY(%s)", (sorted(set(ids)),))
    return dict(await cursor.fetchall())


async def account_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of people."""
    cursor = await connection.execute(
        "SELECT id, display_name FROM account WHERE id = ANY(%s)", (sorted(set(ids)),)
    )
    return dict(await cursor.fetchall())


async def timeline(
    connection: Connection, task_id: int, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return entries of the log about a task, newest first."""
    cursor = await connection.execute(
        "SELECT no, at, actor, action, body FROM chain WHERE log = 'tasks' AND subject = %s "
        "AND (%s::bigint IS NULL OR no < %s) ORDER BY no DESC LIMIT %s",
        (f"task:{task_id}", before, before, limit),
    )
    return [
        {"no": no, "at": at, "actor": actor, "action": action, "body": msgspec.json.decode(body)}
        for no, at, actor, action, body in await cursor.fetchall()
    ]
