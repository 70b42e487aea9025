"""SQL of places: the units of a province on a day, what became of them, projects whose place is only text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from haidang.base.database import Connection
from haidang.organisation.model import Area
from haidang.programme.model.register import Project
from haidang.programme.store.rows import build, columns

_UNITS = """
WITH RECURSIVE top (code, valid_from) AS (
    SELECT a.code, a.valid_from FROM area a WHERE a.code = %(province)s AND a.valid_to IS NULL
    UNION
    SELECT s.old_code, s.old_valid_from FROM area_succession s
    JOIN top t ON (s.new_code, s.new_valid_from) = (t.code, t.valid_from)
), unit AS (
    SELECT a.* FROM area a JOIN top t ON (a.code, a.valid_from) = (t.code, t.valid_from)
    WHERE a.valid_from <= %(on)s AND (a.valid_to IS NULL OR %(on)s < a.valid_to)
    UNION
    SELECT a.* FROM area a JOIN unit u ON a.parent_code = u.code
    WHERE a.valid_from <= %(on)s AND (a.valid_to IS NULL OR %(on)s < a.valid_to)
)
SELECT code, valid_from, valid_to, since_exact, name, full_name, kind, parent_code, lon, lat, source FROM unit
"""
_BECAME = """
WITH RECURSIVE follow (first, code, valid_from, share) AS (
    SELECT x.code, x.code, x.valid_from, 'whole'
    FROM unnest(%(codes)s::text[], %(days)s::date[]) AS x (code, valid_from)
    UNION
    SELECT f.first, s.new_code, s.new_valid_from, CASE WHEN f.share = 'part' THEN 'part' ELSE s.share_kind END
    FROM follow f JOIN area_succession s ON (s.old_code, s.old_valid_from) = (f.code, f.valid_from)
)
SELECT DISTINCT f.first, a.code, a.full_name FROM follow f
JOIN area a ON (a.code, a.valid_from) = (f.code, f.valid_from) WHERE a.valid_to IS NULL
"""
_NAMES = ("code", "valid_from", "valid_to", "since_exact", "name", "full_name", "kind", "parent_code")


async def units(connection: Connection, province: str, on: date) -> list[Area]:
    """Return the units of a day that lie in what is one province today, itself among them."""
    cursor = await connection.execute(_UNITS, {"province": province, "on": on})
    return [
        Area(**dict(zip((*_NAMES, "lon", "lat", "source"), row, strict=True)))
        for row in await cursor.fetchall()
    ]


async def became(connection: Connection, areas: Collection[Area]) -> dict[str, dict[str, str]]:
    """Return, for each unit of a day by its code, the units of today that it went into: code → name."""
    cursor = await connection.execute(
        _BECAME,
        {"codes": [area.code for area in areas], "days": [area.valid_from for area in areas]},
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for first, code, name in await cursor.fetchall():
        found[first][code] = name
    return found


async def unplaced(
    connection: Connection, ids: Collection[int], *, after: int | None, limit: int
) -> list[Project]:
    """Return those of some projects that say their place in words and have no area, by number."""
    cursor = await connection.execute(
        f"SELECT {columns(Project, 'p')} FROM project p WHERE p.id = ANY(%(ids)s) AND p.place <> '' "
        "AND p.area_codes = '{}' AND (%(after)s::int IS NULL OR p.id > %(after)s) "
        "ORDER BY p.id LIMIT %(limit)s",
        {"ids": sorted(ids), "after": after, "limit": limit},
    )
    return [build(Project, found) for found in await cursor.fetchall()]
