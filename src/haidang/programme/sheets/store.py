"""SQL of imports: their rows, and what the register holds that a sheet can touch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.programme.model.plans import Line, Plan
from haidang.programme.store.rows import build, columns


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet that came in; the columns are explained in migration 0280."""

    id: int
    version: int = 1
    program_id: int
    name: str
    sha256: str
    size_bytes: int
    media_type: str
    scan: str
    options: dict[str, Any]
    valid_from: date
    state: str = "compared"
    figures: dict[str, Any]
    decision_id: int | None = None
    result: dict[str, Any] | None = None
    reason: str = ""
    created_by: str
    recorded_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


async def page(connection: Connection, program_id: int, *, before: int | None, limit: int) -> list[Import]:
    """Return the imports of a programme, the latest first."""
    cursor = await connection.execute(
        f"SELECT {columns(Import, 'i')} FROM programme_import i WHERE i.program_id = %s "
        "AND (%s::int IS NULL OR i.id < %s) ORDER BY i.id DESC LIMIT %s",
        (program_id, before, before, limit),
    )
    return [build(Import, found) for found in await cursor.fetchall()]


async def turn(connection: Connection, program_id: int) -> None:
    """Wait until no other import of a programme is being approved; the turn ends with the transaction."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('programme_import', %s))", (program_id,)
    )


async def plans_of(connection: Connection, program_id: int, years: Collection[int]) -> dict[Line, list[Plan]]:
    """Return what is known now of a programme's plans that begin in some years, line by line."""
    cursor = await connection.execute(
        f"SELECT {columns(Plan, 'c')} FROM capital_plan c WHERE c.program_id = %s AND c.plan_year = ANY(%s) "
        "AND c.superseded_at IS NULL ORDER BY c.valid_from",
        (program_id, sorted(years)),
    )
    found: dict[Line, list[Plan]] = {}
    for each in await cursor.fetchall():
        plan = build(Plan, each)
        found.setdefault(plan.line, []).append(plan)
    return found
