"""SQL of what units hand in: a form of a unit and a period, its due, and what its figures look like."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from haidang.base.database import Connection
from haidang.indicators.model.submission import Submission
from haidang.organisation.permissions import Principal, scope_sql

_ROW = ", ".join(f"s.{name}" for name in Submission.__struct_fields__)


def _row(found: Sequence[Any]) -> Submission:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in found]
    return Submission(**dict(zip(Submission.__struct_fields__, values, strict=True)))


async def get(connection: Connection, submission_id: int, *, lock: bool = False) -> Submission | None:
    """Return what a unit hands in."""
    cursor = await connection.execute(
        f"SELECT {_ROW} FROM indicator_submission s WHERE s.id = %s" + (" FOR NO KEY UPDATE" if lock else ""),
        (submission_id,),
    )
    found = await cursor.fetchone()
    return _row(found) if found else None


async def of(
    connection: Connection, form: str, org_id: int, start: date, *, lock: bool = False
) -> Submission | None:
    """Return what a unit hands in by a form for a period."""
    cursor = await connection.execute(
        f"SELECT {_ROW} FROM indicator_submission s WHERE s.form_code = %s AND s.org_id = %s AND s.start = %s"
        + (" FOR NO KEY UPDATE" if lock else ""),
        (form, org_id, start),
    )
    found = await cursor.fetchone()
    return _row(found) if found else None


async def of_figure(connection: Connection, indicator_id: int, org_id: int, start: date) -> Submission | None:
    """Return the form by which a unit hands an indicator in for a period."""
    cursor = await connection.execute(
        f"SELECT {_ROW} FROM indicator_submission s JOIN indicator i ON i.form_code = s.form_code "
        "WHERE i.id = %s AND s.org_id = %s AND s.start = %s FOR NO KEY UPDATE OF s",
        (indicator_id, org_id, start),
    )
    found = await cursor.fetchone()
    return _row(found) if found else None


async def open_for(
    connection: Connection, form: str, orgs: Mapping[int, bool], start: date, due_at: datetime
) -> int:
    """Open a form of a period for units (of each, whether it is made up); return how many were not open."""
    cursor = await connection.execute(
        "INSERT INTO indicator_submission (form_code, org_id, start, due_at, state, simulated) "
        "SELECT %s, o, %s, %s, 'open', m FROM unnest(%s::int[], %s::bool[]) AS u (o, m) ORDER BY o "
        "ON CONFLICT (form_code, org_id, start) DO NOTHING",
        (form, start, due_at, list(orgs), list(orgs.values())),
    )
    return cursor.rowcount


async def put(connection: Connection, row: Submission) -> None:
    """Write a row; the caller has locked it and counted the version."""
    names = [name for name in row.__struct_fields__ if name not in {"id", "form_code", "org_id", "start"}]
    values = [
        list(value) if isinstance(value, tuple) else value for value in (getattr(row, name) for name in names)
    ]
    await connection.execute(
        f"UPDATE indicator_submission SET {', '.join(f'{name} = %s' for name in names)} WHERE id = %s",
        (*values, row.id),
    )


async def untold(connection: Connection, limit: int) -> list[Submission]:
    """Return open forms whose unit has not got its task yet, locked; what another process holds is left
    out."""
    cursor = await connection.execute(
        f"SELECT {_ROW} FROM indicator_submission s WHERE s.task_id IS NULL AND s.looked_at IS NULL "
        "AND s.submitted_at IS NULL ORDER BY s.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
        (limit,),
    )
    return [_row(found) for found in await cursor.fetchall()]


async def passed(connection: Connection, now: datetime, limit: int) -> list[Submission]:
    """Return forms whose due has passed and that nobody has looked at since, locked."""
    cursor = await connection.execute(
        f"SELECT {_ROW} FROM indicator_submission s WHERE s.looked_at IS NULL AND s.due_at <= %s "
        "ORDER BY s.due_at, s.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
        (now, limit),
    )
    return [_row(found) for found in await cursor.fetchall()]


async def page(
    connection: Connection,
    principal: Principal,
    *,
    limit: int,
    after: int | None = None,
    **equal: Any,
) -> list[Submission]:
    """Return what units within the asker's sight hand in, the latest due first; ``after``: the row before."""
    where, values = scope_sql(principal, "indicator.read", org="s.org_id", area=None, sector="f.sector")
    limits = [where]
    for name, value in equal.items():
        if value is not None:
            limits.append(f"s.{name} = %(eq_{name})s")
            values[f"eq_{name}"] = value
    if after is not None:
        limits.append(
            "(s.due_at, s.id) < (SELECT a.due_at, a.id FROM indicator_submission a WHERE a.id = %(after)s)"
        )
    cursor = await connection.execute(
        f"SELECT {_ROW} FROM indicator_submission s JOIN indicator_form f ON f.code = s.form_code "
        f"WHERE {' AND '.join(limits)} ORDER BY s.due_at DESC, s.id DESC LIMIT %(limit)s",
        values | {"after": after, "limit": limit},
    )
    return [_row(found) for found in await cursor.fetchall()]


async def visible(connection: Connection, principal: Principal, submission_id: int) -> bool:
    """Say whether a form of a unit lies within the asker's sight."""
    where, values = scope_sql(principal, "indicator.read", org="s.org_id", area=None, sector="f.sector")
    cursor = await connection.execute(
        "SELECT 1 FROM indicator_submission s JOIN indicator_form f ON f.code = s.form_code "
        f"WHERE s.id = %(id)s AND {where}",
        values | {"id": submission_id},
    )
    return await cursor.fetchone() is not None


async def names(connection: Connection, orgs: Collection[int]) -> dict[int, str]:
    """Return what units are called."""
    cursor = await connection.execute("SELECT id, name FROM org WHERE id = ANY(%s)", (sorted(orgs),))
    return dict(await cursor.fetchall())


async def of_period(connection: Connection, form: str, start: date) -> list[Submission]:
    """Return what all units hand in by a form for a period, locked."""
    cursor = await connection.execute(
        f"SELECT {_ROW} FROM indicator_submission s WHERE s.form_code = %s AND s.start = %s "
        "ORDER BY s.id FOR NO KEY UPDATE",
        (form, start),
    )
    return [_row(found) for found in await cursor.fetchall()]


async def turn(connection: Connection, form: str, org_id: int) -> None:
    """Wait until nobody else writes a form of a unit; the turn ends with the transaction."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('indicator_form:' || %s, %s))", (form, org_id)
    )
