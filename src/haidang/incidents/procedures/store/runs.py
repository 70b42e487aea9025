"""SQL of runs and their steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.incidents.procedures.model.procedure import Procedure
from haidang.incidents.procedures.model.run import Run, StepRow

_RUN = tuple(name for name in Run.__struct_fields__ if name != "steps")
_RUN_COLUMNS = ", ".join(f"r.{name}" for name in _RUN)
_STEP = StepRow.__struct_fields__
_STEP_COLUMNS = ", ".join(f"s.{name}" for name in _STEP)
_STEP_SET = ", ".join(f"{name} = %({name})s" for name in _STEP if name not in {"run_id", "step", "place"})


async def insert(connection: Connection, run: Run) -> int:
    """Add a run (its ``id`` is not used) and its steps; return its number."""
    names = tuple(name for name in _RUN if name != "id")
    values = {name: getattr(run, name) for name in names} | {"text": Jsonb(msgspec.to_builtins(run.text))}
    cursor = await connection.execute(
        f"INSERT INTO procedure_run ({', '.join(names)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in names)}) RETURNING id",
        values,
    )
    [(number,)] = await cursor.fetchall()
    await connection.execute(
        "INSERT INTO procedure_step (run_id, step, place, state) "
        "SELECT %s, step, place, 'waiting' FROM unnest(%s::text[]) WITH ORDINALITY AS x (step, place)",
        (number, [step.id for step in run.text.steps]),
    )
    return int(number)


async def get(connection: Connection, run_id: int, *, lock: bool = False) -> Run | None:
    """Return a run with its steps; ``lock`` holds it, and so its steps, for the caller's change."""
    found = await _runs(connection, "r.id = %(id)s" + (" FOR UPDATE OF r" if lock else ""), {"id": run_id})
    return found[0] if found else None


async def running(connection: Connection, incident_id: int, *, lock: bool = False) -> Run | None:
    """Return the running one of an incident."""
    where = "r.incident_id = %(incident)s AND r.state = 'running'" + (" FOR UPDATE OF r" if lock else "")
    found = await _runs(connection, where, {"incident": incident_id})
    return found[0] if found else None


async def running_at_once(connection: Connection, incident_id: int, log: str) -> Run | None:
    """Return, held, the running one, and hold the head of a log; None where either would be waited for."""
    cursor = await connection.execute(
        "SELECT r.id FROM procedure_run r WHERE r.incident_id = %s AND r.state = 'running' "
        "FOR UPDATE SKIP LOCKED",
        (incident_id,),
    )
    found = await cursor.fetchone()
    cursor = await connection.execute(
        "SELECT 1 FROM chain_head WHERE log = %s FOR UPDATE SKIP LOCKED", (log,)
    )
    if found is None or await cursor.fetchone() is None:
        return None
    return await get(connection, found[0])


async def latest(connection: Connection, incident_id: int) -> Run | None:
    """Return the last one that was started for an incident."""
    where = "r.incident_id = %(incident)s ORDER BY r.id DESC LIMIT 1"
    found = await _runs(connection, where, {"incident": incident_id})
    return found[0] if found else None


async def of_incident(connection: Connection, incident_id: int) -> list[Run]:
    """Return every run of an incident, the latest first."""
    where = "r.incident_id = %(incident)s ORDER BY r.id DESC LIMIT 50"
    return await _runs(connection, where, {"incident": incident_id})


async def _runs(connection: Connection, where: str, values: dict[str, Any]) -> list[Run]:
    cursor = await connection.execute(f"SELECT {_RUN_COLUMNS} FROM procedure_run r WHERE {where}", values)
    rows = [dict(zip(_RUN, each, strict=True)) for each in await cursor.fetchall()]
    steps = await _steps(connection, [each["id"] for each in rows])
    return [
        Run(
            **(each | {"text": msgspec.convert(each["text"], Procedure)}),
            steps=tuple(steps.get(each["id"], ())),
        )
        for each in rows
    ]


async def _steps(connection: Connection, runs: Sequence[int]) -> dict[int, list[StepRow]]:
    found: dict[int, list[StepRow]] = {}
    if runs:
        cursor = await connection.execute(
            f"SELECT {_STEP_COLUMNS} FROM procedure_step s WHERE s.run_id = ANY(%s) "
            "ORDER BY s.run_id, s.place",
            (list(runs),),
        )
        for each in await cursor.fetchall():
            row = StepRow(**dict(zip(_STEP, each, strict=True)))
            found.setdefault(row.run_id, []).append(row)
    return found


async def update_step(connection: Connection, row: StepRow) -> None:
    """Write a step; the caller holds its run and has counted the version."""
    values = {name: getattr(row, name) for name in _STEP}
    await connection.execute(
        f"UPDATE procedure_step SET {_STEP_SET} WHERE run_id = %(run_id)s AND step = %(step)s", values
    )


async def set_state(connection: Connection, run: Run) -> None:
    """Write how a run stands, and count its version."""
    await connection.execute(
        "UPDATE procedure_run SET state = %s, version = version + 1, ended_at = %s, ended_by = %s, "
        "reason = %s WHERE id = %s",
        (run.state, run.ended_at, run.ended_by, run.reason, run.id),
    )


async def of_task(connection: Connection, task_id: int) -> tuple[int, str] | None:
    """Return (run, step) that a task belongs to."""
    cursor = await connection.execute(
        "SELECT run_id, step FROM procedure_step WHERE task_id = %s", (task_id,)
    )
    found = await cursor.fetchone()
    return (int(found[0]), str(found[1])) if found else None


async def hold(connection: Connection, task_ids: Sequence[int]) -> None:
    """Hold the runs that some tasks belong to, in the order of their numbers."""
    await connection.execute(
        "SELECT 1 FROM procedure_run WHERE id IN (SELECT run_id FROM procedure_step WHERE task_id = ANY(%s)) "
        "ORDER BY id FOR UPDATE",
        (list(task_ids),),
    )


async def lock_tasks(connection: Connection, incident_id: int) -> list[int]:
    """Hold the open tasks of an incident's running steps, before the run itself is held; return them."""
    cursor = await connection.execute(
        "SELECT t.id FROM task t WHERE t.id IN (SELECT s.task_id FROM procedure_step s "
        "JOIN procedure_run r ON r.id = s.run_id WHERE r.incident_id = %s AND r.state = 'running' "
        "AND s.state IN ('open', 'approving')) ORDER BY t.id FOR UPDATE",
        (incident_id,),
    )
    return [number for (number,) in await cursor.fetchall()]


async def share(connection: Connection, incident_id: int, orgs: Iterable[int]) -> bool:
    """Let units see an incident; False, and nothing is done, while somebody else holds its row.

    Waiting for the row here could wait in a circle: whoever ends an incident holds it and wants its tasks.
    """
    cursor = await connection.execute(
        "UPDATE incident SET orgs = orgs || ARRAY(SELECT DISTINCT x FROM unnest(%(orgs)s::int[]) x "
        "WHERE x <> ALL (orgs)) WHERE id = (SELECT id FROM incident WHERE id = %(id)s "
        "FOR NO KEY UPDATE SKIP LOCKED)",
        {"id": incident_id, "orgs": sorted(set(orgs))},
    )
    return bool(cursor.rowcount)


async def to_look_at(connection: Connection, now: datetime, limit: int, after: int) -> list[int]:
    """Return running runs with something to look at: a condition, a late task, a unit that sees nothing."""
    cursor = await connection.execute(
        "SELECT r.id FROM procedure_run r WHERE r.state = 'running' AND r.id > %(after)s AND EXISTS ("
        "SELECT FROM procedure_step s LEFT JOIN task t ON t.id = s.task_id WHERE s.run_id = r.id "
        "AND (s.state IN ('unneeded', 'asked') OR (s.state = 'open' AND t.due_end <= %(now)s "
        "AND t.reported_at IS NULL) OR t.owner_org <> ALL (SELECT unnest(orgs) FROM incident i "
        "WHERE i.id = r.incident_id))) ORDER BY r.id LIMIT %(limit)s",
        {"now": now, "limit": limit, "after": after},
    )
    return [number for (number,) in await cursor.fetchall()]


async def fallen(connection: Connection, run_id: int) -> set[tuple[str, int, int]]:
    """Return (step, version of the due, rung) of all that has fallen."""
    cursor = await connection.execute(
        "SELECT step, due_version, rung FROM procedure_late WHERE run_id = %s", (run_id,)
    )
    return {(step, version, rung) for step, version, rung in await cursor.fetchall()}


async def fall(
    connection: Connection, run_id: int, step: str, *, due_version: int, rung: int, due_at: datetime,
    at: datetime, told: str,
) -> bool:  # fmt: skip
    """Note that a rung falls; false where it has fallen before."""
    cursor = await connection.execute(
        "INSERT INTO procedure_late (run_id, step, due_version, rung, due_at, made_at, told) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (run_id, step, due_version, rung, due_at, at, told),
    )
    return bool(cursor.rowcount)


async def lateness(
    connection: Connection, runs: Iterable[int]
) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """Return what has fallen for late steps, by (run, step), in order."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT run_id, step, rung, due_at, made_at AS at, told FROM procedure_late "
            "WHERE run_id = ANY(%s) ORDER BY made_at, rung",
            (list(runs),),
        )
        for each in await cursor.fetchall():
            found.setdefault((each.pop("run_id"), each.pop("step")), []).append(each)
    return found


async def brief(
    connection: Connection, incident_ids: Iterable[int], now: datetime
) -> list[tuple[int, str, int, str, int, int, int]]:
    """Return (incident, procedure, edition, state, settled, steps, late ones) of the latest run of each."""
    cursor = await connection.execute(
        "SELECT r.incident_id, r.procedure, r.edition, r.state, "
        "count(*) FILTER (WHERE s.state IN ('done', 'skipped', 'unneeded')), count(*), "
        "count(*) FILTER (WHERE s.state = 'open' AND t.due_end <= %(now)s AND t.reported_at IS NULL) "
        "FROM (SELECT DISTINCT ON (incident_id) * FROM procedure_run WHERE incident_id = ANY(%(ids)s) "
        "ORDER BY incident_id, id DESC) r JOIN procedure_step s ON s.run_id = r.id "
        "LEFT JOIN task t ON t.id = s.task_id GROUP BY 1, 2, 3, 4",
        {"ids": sorted(set(incident_ids)), "now": now},
    )
    return await cursor.fetchall()
