"""SQL of administrative units: their rows with days, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from haidang.base.database import Connection
from haidang.base.text import fold, sort_key
from haidang.organisation.model import Area, AreaSuccession

PACKAGE = "vietnamadminunits"
"""How the source of every row begins that comes from the package's list or our overlay on it."""

_COLUMNS = (
    "a.code, a.valid_from, a.valid_to, a.since_exact, a.name, a.full_name, a.kind, a.parent_code, "
    "a.lon, a.lat, a.source"
)
_STORED = (
    "code, valid_from, valid_to, since_exact, name, full_name, kind, parent_code, fold, sort_key, lon, lat, "
    "source"
)
_ON = "a.valid_from <= %(on)s AND (a.valid_to IS NULL OR %(on)s < a.valid_to)"


def _area(row: tuple[Any, ...]) -> Area:
    names = ("code", "valid_from", "valid_to", "since_exact", "name", "full_name", "kind", "parent_code")
    return Area(**dict(zip((*names, "lon", "lat", "source"), row, strict=True)))


def _stored(area: Area) -> tuple[Any, ...]:
    """Return the values of ``_STORED``."""
    return (
        area.code, area.valid_from, area.valid_to, area.since_exact, area.name, area.full_name, area.kind,
        area.parent_code, fold(area.full_name), sort_key(area.name), area.lon, area.lat, area.source,
    )  # fmt: skip


async def lock_list_version(connection: Connection) -> str:
    """Return which list stands in the tables, and hold its row so that two starts take turns."""
    cursor = await connection.execute("SELECT list_version FROM area_state FOR UPDATE")
    row = await cursor.fetchone()
    return str(row[0]) if row else ""


async def replace_list(
    connection: Connection, version: str, areas: Iterable[Area], successions: Iterable[AreaSuccession]
) -> None:
    """Put a whole new list in place of the old one, by COPY; rows of other sources stay as they are."""
    await connection.execute("DELETE FROM area WHERE starts_with(source, %s)", (PACKAGE,))
    await connection.execute(
        "DELETE FROM area_succession s WHERE NOT EXISTS "
        "(SELECT FROM area a WHERE (a.code, a.valid_from) = (s.old_code, s.old_valid_from))"
    )
    async with connection.cursor() as cursor:
        async with cursor.copy(f"COPY area ({_STORED}) FROM STDIN") as copy:
            for area in areas:
                await copy.write_row(_stored(area))
        async with cursor.copy("COPY area_succession FROM STDIN") as copy:
            for s in successions:
                await copy.write_row(
                    (s.old_code, s.old_valid_from, s.new_code, s.new_valid_from, s.share_kind)
                )
    await connection.execute("UPDATE area_state SET list_version = %s", (version,))
    await connection.execute("ANALYZE area, area_succession")


async def add(connection: Connection, areas: Iterable[Area]) -> None:
    """Add units that are not there yet; those that are stay as they are."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            f"INSERT INTO area ({_STORED}) VALUES ({', '.join(['%s'] * 13)}) ON CONFLICT DO NOTHING",
            [_stored(area) for area in areas],
        )


async def on_day(connection: Connection, code: str, on: date) -> Area | None:
    """Return the unit that ``code`` means on a day."""
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM area a WHERE a.code = %(code)s AND {_ON}", {"code": code, "on": on}
    )
    row = await cursor.fetchone()
    return _area(row) if row else None


async def latest(connection: Connection, code: str) -> Area | None:
    """Return the newest unit of a code, where it has not ended: the one that outlines are drawn of."""
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM area a WHERE a.code = %s AND a.valid_to IS NULL", (code,)
    )
    row = await cursor.fetchone()
    return _area(row) if row else None


async def search(
    connection: Connection,
    on: date,
    *,
    parent: str | None = None,
    kinds: tuple[str, ...] = (),
    text: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int,
) -> list[Area]:
    """Return units of a day in dictionary order; ``after`` is (sort key, code) of the last one seen."""
    where = [_ON]
    values: dict[str, Any] = {"on": on, "limit": limit}
    if parent is not None:
        where.append("a.parent_code = %(parent)s")
        values["parent"] = parent
    if kinds:
        where.append("a.kind = ANY(%(kinds)s)")
        values["kinds"] = list(kinds)
    if text:
        where.append("(a.fold LIKE %(text)s OR a.code = %(code)s)")
        values["text"] = "%" + fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        values["code"] = text.strip()
    if after:
        where.append("(a.sort_key, a.code) > (%(after_key)s, %(after_code)s)")
        values["after_key"], values["after_code"] = after
    cursor = await connection.execute(
        f"SELECT {_COLUMNS} FROM area a WHERE {' AND '.join(where)} "
        "ORDER BY a.sort_key, a.code LIMIT %(limit)s",
        values,
    )
    return [_area(row) for row in await cursor.fetchall()]


async def became(connection: Connection, code: str, valid_from: date) -> list[tuple[Area, str]]:
    """Follow a unit through every succession to the units of today, each with ``whole`` or ``part``.

    A unit that lives on today is returned itself; one without any successor gives nothing.
    """
    cursor = await connection.execute(
        f"""
        WITH RECURSIVE follow (code, valid_from, share) AS (
            SELECT %(code)s::text, %(valid_from)s::date, 'whole'
            UNION
            SELECT s.new_code, s.new_valid_from,
                   CASE WHEN f.share = 'part' THEN 'part' ELSE s.share_kind END
            FROM follow f JOIN area_succession s ON (s.old_code, s.old_valid_from) = (f.code, f.valid_from)
        )
        SELECT {_COLUMNS}, min(f.share) FROM follow f
        JOIN area a ON (a.code, a.valid_from) = (f.code, f.valid_from)
        WHERE a.valid_to IS NULL GROUP BY a.code, a.valid_from ORDER BY a.sort_key, a.code
        """,
        {"code": code, "valid_from": valid_from},
    )
    return [(_area(row[:-1]), row[-1]) for row in await cursor.fetchall()]


async def subtree(connection: Connection, code: str) -> frozenset[str]:
    """Return the code and those of the units of today in it."""
    cursor = await connection.execute(
        "SELECT code FROM area WHERE parent_code = %s AND valid_to IS NULL", (code,)
    )
    return frozenset({code, *(row[0] for row in await cursor.fetchall())})


async def stands(connection: Connection, code: str) -> bool:
    """Say whether a code names a unit of today."""
    cursor = await connection.execute("SELECT 1 FROM area WHERE code = %s AND valid_to IS NULL", (code,))
    return await cursor.fetchone() is not None
