"""Which unit a point lies in: a tree over the imported outlines, kept by the process."""

from __future__ import annotations

import asyncio
from typing import Literal

import shapely

from haidang.base.database import Database
from haidang.organisation.store import outlines as store

Level = Literal["province", "commune"]
_LEVELS: tuple[Level, ...] = ("commune", "province")


class Places:
    """The outlines of today's units as a search tree; empty where the site has imported none."""

    def __init__(self) -> None:
        self._version = -1
        self._trees: dict[Level, tuple[shapely.STRtree, list[str]]] = {}

    def find(self, lon: float, lat: float, level: Level = "commune") -> str | None:
        """Return the code of the unit that holds the point (WGS84 degrees), or ``None``.

        A point on a common border belongs to the lower code, so that the answer is always the same.
        """
        if level not in self._trees:
            return None
        tree, codes = self._trees[level]
        hits = tree.query(shapely.Point(lon, lat), predicate="intersects")
        return min((codes[hit] for hit in hits), default=None)

    async def refresh(self, db: Database) -> bool:
        """Read the outlines again where an import has changed them; return whether it had."""
        async with db.transaction() as connection:
            version = await store.version(connection)
            if version == self._version:
                return False
            rows = {level: await store.of_today(connection, level) for level in _LEVELS}
        self._trees = await asyncio.to_thread(_plant, rows)
        self._version = version
        return True


def _plant(
    rows: dict[Level, list[tuple[str, str, str, str | None, str]]],
) -> dict[Level, tuple[shapely.STRtree, list[str]]]:
    trees: dict[Level, tuple[shapely.STRtree, list[str]]] = {}
    for level, found in rows.items():
        if found:
            shapes = shapely.from_geojson([row[4] for row in found])
            shapely.prepare(shapes)
            trees[level] = shapely.STRtree(shapes), [row[0] for row in found]
    return trees


PLACES = Places()
"""The process's own tree; ``refresh`` it at the start, after an import, and where a feed begins a run."""


def locate(lon: float, lat: float) -> str | None:
    """Return the code of the commune that holds a point, or ``None`` (also where there are no outlines)."""
    return PLACES.find(lon, lat)
