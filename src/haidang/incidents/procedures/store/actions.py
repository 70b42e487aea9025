"""SQL of what steps do by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from haidang.base.database import Connection
from haidang.incidents.procedures.model.run import ActionRow, ActionState

_FIELDS = ActionRow.__struct_fields__
_COLUMNS = ", ".join(f"a.{name}" for name in _FIELDS)
_KEPT = tuple(name for name in _FIELDS if name != "id")


async def add(connection: Connection, row: ActionRow) -> int | None:
    """Add an action and return its number; None where it stands there already: it acts once."""
    cursor = await connection.execute(
        f"INSERT INTO procedure_action ({', '.join(_KEPT)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in _KEPT)}) "
        "ON CONFLICT (run_id, step, place, target, no) DO NOTHING RETURNING id",
        {name: getattr(row, name) for name in _KEPT},
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def end(
    connection: Connection, action_id: int, state: ActionState, *, at: datetime, ref: str = "", vi: str = "",
    en: str = "",
) -> None:  # fmt: skip
    """Write what came of an action."""
    await connection.execute(
        "UPDATE procedure_action SET state = %s, ended_at = %s, ref = %s, vi = %s, en = %s WHERE id = %s",
        (state, at, ref, vi, en, action_id),
    )


async def get(connection: Connection, action_id: int) -> ActionRow | None:
    """Return an action; whoever changes it holds its run."""
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM procedure_action a WHERE a.id = %s", (action_id,)
    )
    found = await cursor.fetchone()
    return ActionRow(**dict(zip(_FIELDS, found, strict=True))) if found else None


async def begin(connection: Connection, at: datetime) -> ActionRow | None:
    """Take the next waiting command for this process and note that it begins; None where none waits."""
    cursor = await connection.execute(
        "UPDATE procedure_action a SET state = 'under_way', begun_at = %s WHERE a.id = ("
        "SELECT id FROM procedure_action WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) "
        f"RETURNING {_COLUMNS}",
        (at,),
    )
    found = await cursor.fetchone()
    return ActionRow(**dict(zip(_FIELDS, found, strict=True))) if found else None


async def lost_ids(connection: Connection, before: datetime) -> list[int]:
    """Return commands that began so long ago that whoever sent them is gone."""
    cursor = await connection.execute(
        "SELECT id FROM procedure_action WHERE state = 'under_way' AND begun_at < %s ORDER BY id LIMIT 100",
        (before,),
    )
    return [number for (number,) in await cursor.fetchall()]


async def of_runs(connection: Connection, runs: Iterable[int]) -> dict[tuple[int, str], list[ActionRow]]:
    """Return the actions of runs by (run, step), in their order."""
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM procedure_action a WHERE a.run_id = ANY(%s) "
        "ORDER BY a.run_id, a.step, a.place, a.target, a.no",
        (list(runs),),
    )
    found: dict[tuple[int, str], list[ActionRow]] = {}
    for each in await cursor.fetchall():
        row = ActionRow(**dict(zip(_FIELDS, each, strict=True)))
        found.setdefault((row.run_id, row.step), []).append(row)
    return found


async def call_off(connection: Connection, run_id: int, at: datetime) -> None:
    """End the commands of a run that have not left yet."""
    await connection.execute(
        "UPDATE procedure_action SET state = 'withheld', ended_at = %s, vi = 'quy trình đã dừng', "
        "en = 'the procedure was stopped' WHERE run_id = %s AND state = 'waiting'",
        (at, run_id),
    )
