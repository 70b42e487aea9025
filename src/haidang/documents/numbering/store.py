"""SQL of the register of numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.documents.numbering.model import Gap, Number, Series

_NUMBER = ", ".join(f"n.{name}" for name in Number.__struct_fields__)
_OF = "org_id = %(org_id)s AND type_code = %(type_code)s AND year = %(year)s"


def _number(row: tuple[Any, ...]) -> Number:
    return Number(**dict(zip(Number.__struct_fields__, row, strict=True)))


def _of(series: Series) -> dict[str, Any]:
    return msgspec.structs.asdict(series)


async def next_number(connection: Connection, series: Series) -> int:
    """Count a register on by one and return the number; its row stays locked until the transaction ends."""
    cursor = await connection.execute(
        "INSERT INTO paper_series AS s (org_id, type_code, year, last) "
        "VALUES (%(org_id)s, %(type_code)s, %(year)s, 1) "
        "ON CONFLICT (org_id, type_code, year) DO UPDATE SET last = s.last + 1 RETURNING s.last",
        _of(series),
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def last_number(connection: Connection, series: Series, *, lock: bool = False) -> int:
    """Return the highest number of a register, 0 where it has none."""
    cursor = await connection.execute(
        f"SELECT last FROM paper_series WHERE {_OF}" + (" FOR NO KEY UPDATE" if lock else ""), _of(series)
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def raise_to(connection: Connection, series: Series, last: int) -> bool:
    """Let a register's last number be ``last``; False where it is as high already."""
    cursor = await connection.execute(
        "INSERT INTO paper_series AS s (org_id, type_code, year, last) "
        "VALUES (%(org_id)s, %(type_code)s, %(year)s, %(last)s) "
        "ON CONFLICT (org_id, type_code, year) DO UPDATE SET last = excluded.last "
        "WHERE s.last < excluded.last",
        _of(series) | {"last": last},
    )
    return bool(cursor.rowcount)


async def add(
    connection: Connection, series: Series, number: int, *, symbol: str, subject: str, at: datetime, by: str
) -> Number:
    """Write a number into the register."""
    cursor = await connection.execute(
        "INSERT INTO paper_number AS n "
        "(org_id, type_code, year, number, symbol, subject, given_at, given_by) "
        "VALUES (%(org_id)s, %(type_code)s, %(year)s, %(number)s, %(symbol)s, %(subject)s, %(at)s, %(by)s) "
        f"RETURNING {_NUMBER}",
        _of(series) | {"number": number, "symbol": symbol, "subject": subject, "at": at, "by": by},
    )
    [row] = await cursor.fetchall()
    return _number(row)


async def one(
    connection: Connection, number_id: int, scope: str, values: dict[str, Any], *, lock: bool = False
) -> Number | None:
    """Return a number that a scope lets through."""
    cursor = await connection.execute(
        f"SELECT {_NUMBER} FROM paper_number n WHERE n.id = %(id)s AND {scope}"
        + (" FOR NO KEY UPDATE" if lock else ""),
        values | {"id": number_id},
    )
    row = await cursor.fetchone()
    return _number(row) if row else None


async def page(
    connection: Connection,
    scope: str,
    values: dict[str, Any],
    *,
    series: dict[str, Any],
    before: int | None,
    limit: int,
) -> list[Number]:
    """Return numbers, newest first; ``series`` may name org_id, type_code and year."""
    wanted = "".join(f" AND n.{name} = %({name})s" for name, value in series.items() if value is not None)
    cursor = await connection.execute(
        f"SELECT {_NUMBER} FROM paper_number n WHERE {scope}{wanted} "
        "AND (%(before)s::bigint IS NULL OR n.id < %(before)s) ORDER BY n.id DESC LIMIT %(limit)s",
        values | series | {"before": before, "limit": limit},
    )
    return [_number(row) for row in await cursor.fetchall()]


async def void(connection: Connection, number_id: int, at: datetime, by: str, why: str) -> Number:
    """Mark a number as one whose paper did not leave."""
    cursor = await connection.execute(
        "UPDATE paper_number n SET void_at = %s, void_by = %s, void_why = %s, version = version + 1 "
        f"WHERE n.id = %s RETURNING {_NUMBER}",
        (at, by, why, number_id),
    )
    [row] = await cursor.fetchall()
    return _number(row)


async def registers(
    connection: Connection, scope: str, values: dict[str, Any], series: dict[str, Any]
) -> list[tuple[Series, int]]:
    """Return the registers that a scope lets through, each with its last number."""
    wanted = "".join(f" AND s.{name} = %({name})s" for name, value in series.items() if value is not None)
    cursor = await connection.execute(
        f"SELECT s.org_id, s.type_code, s.year, s.last FROM paper_series s WHERE {scope}{wanted} "
        "ORDER BY s.year DESC, s.org_id, s.type_code LIMIT 500",
        values | series,
    )
    return [(Series(*row[:3]), int(row[3])) for row in await cursor.fetchall()]


async def taken(connection: Connection, series: Series) -> list[tuple[int, int]]:
    """Return the ranges of numbers that papers have, one after the other."""
    cursor = await connection.execute(
        "SELECT min(number), max(number) FROM "
        "(SELECT number, number - row_number() OVER (ORDER BY number) AS run "
        f"FROM paper_number WHERE {_OF}) AS numbered GROUP BY run ORDER BY 1",
        _of(series),
    )
    return [(int(first), int(last)) for first, last in await cursor.fetchall()]


async def explained(connection: Connection, series: Series) -> list[Gap]:
    """Return the gaps of a register that have been explained."""
    cursor = await connection.execute(
        f"SELECT first, last, why, explained_at, explained_by FROM paper_gap WHERE {_OF} ORDER BY first",
        _of(series),
    )
    return [
        Gap(**_of(series), first=first, last=last, why=why, explained_at=at, explained_by=by)
        for first, last, why, at, by in await cursor.fetchall()
    ]


async def explain(
    connection: Connection, series: Series, first: int, last: int, *, why: str, at: datetime, by: str
) -> None:
    """Keep why some numbers have no paper."""
    await connection.execute(
        "INSERT INTO paper_gap (org_id, type_code, year, first, last, why, explained_at, explained_by) "
        "VALUES (%(org_id)s, %(type_code)s, %(year)s, %(first)s, %(last)s, %(why)s, %(at)s, %(by)s)",
        _of(series) | {"first": first, "last": last, "why": why, "at": at, "by": by},
    )


async def short_name(connection: Connection, org_id: int) -> str | None:
    """Return the abbreviation of a unit in symbols; None where there is no such unit.

    Every people's committee is UBND there, whatever the tree calls it for short ("UBND tỉnh").
    """
    cursor = await connection.execute(
        "SELECT CASE WHEN kind = 'committee' THEN 'UBND' ELSE coalesce(short_name, '') END FROM org "
        "WHERE id = %s",
        (org_id,),
    )
    found = await cursor.fetchone()
    return str(found[0]) if found else None
