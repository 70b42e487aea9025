"""SQL of OCDS imports: their rows, and what the register holds that a package can touch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.programme.store.rows import build, columns


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A package that came in; the columns are explained in migration 0282."""

    id: int
    version: int = 1
    program_id: int
    name: str
    sha256: str
    size_bytes: int
    scan: str
    state: str = "compared"
    figures: dict[str, Any]
    document: str = ""
    result: dict[str, Any] | None = None
    reason: str = ""
    created_by: str
    recorded_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


async def page(
    connection: Connection, program_id: int, created_by: str | None, *, before: int | None, limit: int
) -> list[Import]:
    """Return imports of a programme, or those that one person brought in, the latest first."""
    cursor = await connection.execute(
        f"SELECT {columns(Import, 'i')} FROM contracting_import i WHERE i.program_id = %(program)s "
        "AND (%(by)s::text IS NULL OR i.created_by = %(by)s) AND (%(before)s::int IS NULL OR i.id < "
        "%(before)s) "
        "ORDER BY i.id DESC LIMIT %(limit)s",
        {"program": program_id, "by": created_by, "before": before, "limit": limit},
    )
    return [build(Import, found) for found in await cursor.fetchall()]


async def turn(connection: Connection, program_id: int) -> None:
    """Wait until no other package of a programme is being approved; the turn ends with the transaction."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('contracting_import', %s))", (program_id,)
    )


async def tax_codes(connection: Connection, contractors: Collection[int]) -> dict[int, str]:
    """Return the tax codes of contractors."""
    cursor = await connection.execute(
        "SELECT id, tax_code FROM contractor WHERE id = ANY(%s)", (sorted(set(contractors)),)
    )
    return dict(await cursor.fetchall())
