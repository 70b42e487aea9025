"""Which commune an entity lies in, where nobody said: from its location and the imported outlines."""

from __future__ import annotations

from collections.abc import Sequence

from haidang.base.database import Connection
from haidang.city.service import City
from haidang.city.store import liveness as store
from haidang.city.store.liveness import Unplaced
from haidang.organisation import PLACES, locate
from haidang.organisation.permissions import system

PAGE = 1_000
_PRINCIPAL = system("place")


async def place_some(city: City, conn: Connection, after: int, last: int) -> int:
    """Give the entities that the changes ``after < seq <= last`` made or moved their commune, where they have
    none and lie in one; return how many got it.

    The writer does it in a transaction of its own: after a crash it may be asked again, and finds nothing
    left to do. Where outlines were imported since the last call, all entities without an area get their turn.
    """
    if await PLACES.refresh(city.db):
        return await _place_all(city, conn)
    return await _place(city, await store.without_area(conn, after, last))


async def _place_all(city: City, conn: Connection) -> int:
    placed, after = 0, 0
    while rows := await store.all_without_area(conn, after, PAGE):
        placed += await _place(city, rows)
        after = rows[-1][0]
    return placed


async def _place(city: City, rows: Sequence[Unplaced]) -> int:
    tenants = {number: name for name, number in city.terms.tenants.items()}
    found: dict[str, list[tuple[str, str]]] = {}
    for _, entity_id, tenant_id, lon, lat in rows:
        area = locate(lon, lat)
        if area is not None and tenant_id in tenants:
            found.setdefault(tenants[tenant_id], []).append((entity_id, area))
    placed = 0
    for tenant, areas in found.items():
        placed += len((await city.place(_PRINCIPAL, areas, tenant=tenant)).updated)
    return placed
