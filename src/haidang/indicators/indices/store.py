"""All SQL of loaded tables (migration 0310)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A table that was loaded; its bytes are read only where they are asked for."""

    id: int
    version: int
    method: str
    method_version: int
    method_sha256: str
    index_code: str
    year: int
    units_on: date | None
    title: str
    source: str
    shared: bool
    owner_org: int
    name: str
    sha256: str
    simulated: bool
    corrects: int | None
    reason: str
    created_by: str
    recorded_at: datetime
    superseded_at: datetime | None


_COLUMNS = ", ".join(f"t.{name}" for name in Loaded.__struct_fields__)


def _made(row: tuple[Any, ...]) -> Loaded:
    return Loaded(**dict(zip(Loaded.__struct_fields__, row, strict=True)))


def _sight(principal: Principal) -> tuple[str, dict[str, Any]]:
    """Return the predicate of the tables in sight: shared ones, and those of one's own part of the house."""
    where, values = scope_sql(principal, "indicator.read", org="t.owner_org", area=None, sector=None)
    return f"(t.shared OR {where})", values


async def add(connection: Connection, facts: dict[str, Any]) -> Loaded:
    """Keep a table."""
    names = list(facts)
    cursor = await connection.execute(
        f"INSERT INTO index_table AS t ({', '.join(names)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in names)}) RETURNING {_COLUMNS}",
        facts,
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an insert returns its row
    return _made(row)


async def supersede(connection: Connection, table_id: int, at: datetime) -> None:
    """Note that a table was corrected by another."""
    await connection.execute(
        "UPDATE index_table SET superseded_at = %s, version = version + 1 WHERE id = %s", (at, table_id)
    )


async def find(
    connection: Connection, principal: Principal, table_id: int, *, lock: bool = False
) -> Loaded | None:
    """Return a table in sight."""
    sight, values = _sight(principal)
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM index_table t WHERE t.id = %(id)s AND {sight}"
        + (" FOR UPDATE" if lock else ""),
        values | {"id": table_id},
    )
    row = await cursor.fetchone()
    return _made(row) if row else None


async def standing(connection: Connection, owner_org: int, index_code: str, year: int) -> int | None:
    """Return the table that stands for an index and a year of an agency."""
    cursor = await connection.execute(
        "SELECT id FROM index_table WHERE owner_org = %s AND index_code = %s AND year = %s "
        "AND superseded_at IS NULL",
        (owner_org, index_code, year),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def content(connection: Connection, table_id: int) -> bytes:
    """Return the file of a table."""
    cursor = await connection.execute("SELECT content FROM index_table WHERE id = %s", (table_id,))
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the caller has found it
    return bytes(row[0])


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Which tables are listed."""

    index: str | None
    year: int | None
    before: int | None
    limit: int


async def page(connection: Connection, principal: Principal, asked: Page) -> list[Loaded]:
    """Return the tables that stand, in sight, the latest first."""
    sight, values = _sight(principal)
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM index_table t WHERE t.superseded_at IS NULL AND {sight} "
        "AND (%(index)s::text IS NULL OR t.index_code = %(index)s) "
        "AND (%(year)s::int IS NULL OR t.year = %(year)s) "
        "AND (%(before)s::int IS NULL OR t.id < %(before)s) ORDER BY t.id DESC LIMIT %(limit)s",
        values | msgspec.structs.asdict(asked),
    )
    return [_made(row) for row in await cursor.fetchall()]


async def years(
    connection: Connection, principal: Principal, index: str, *, only: int | None = None
) -> list[Loaded]:
    """Return one table in sight for each year of an index: of several, the one that was recorded last."""
    sight, values = _sight(principal)
    cursor = await connection.execute(
        f"SELECT DISTINCT ON (t.year) {_COLUMNS} FROM index_table t WHERE t.superseded_at IS NULL "
        f"AND t.index_code = %(index)s AND {sight} AND (%(only)s::int IS NULL OR t.year = %(only)s) "
        "ORDER BY t.year, t.recorded_at DESC, t.id DESC LIMIT 120",
        values | {"index": index, "only": only},
    )
    return [_made(row) for row in await cursor.fetchall()]
