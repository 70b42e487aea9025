"""SQL of places and duties: what values are about, and who owes them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What a value is about: an area, with the day from which its code means it, or a unit."""

    id: int
    kind: str
    org_id: int
    area_code: str | None
    area_from: date | None
    name: str


class Owed(msgspec.Struct, frozen=True):
    """A figure that a unit owes: which indicator, about which place."""

    indicator_id: int
    place_id: int


_PLACE = "p.id, p.kind, p.org_id, p.area_code, p.area_from, p.name"


def _place(found: Sequence[object]) -> Place:
    return Place(**dict(zip(Place.__struct_fields__, found, strict=True)))  # type: ignore[arg-type]


async def of_unit(connection: Connection, org_id: int) -> Place | None:
    """Return the place that a unit is, making it where it is new; None where there is no such unit."""
    await connection.execute(
        "INSERT INTO indicator_place (kind, org_id, name) "
        "SELECT 'unit', o.id, o.name FROM org o WHERE o.id = %s "
        "ON CONFLICT (org_id) WHERE kind = 'unit' DO UPDATE SET name = EXCLUDED.name "
        "WHERE indicator_place.name <> EXCLUDED.name",
        (org_id,),
    )
    cursor = await connection.execute(
        f"SELECT {_PLACE} FROM indicator_place p WHERE p.org_id = %s AND p.kind = 'unit'", (org_id,)
    )
    found = await cursor.fetchone()
    return _place(found) if found else None


async def of_area(connection: Connection, code: str, on: date) -> Place | None:
    """Return the place of an area as its code means it on a day, making it where it is new; None: no such
    area. It belongs to whoever governs the area, else to the root."""
    await connection.execute(
        "INSERT INTO indicator_place (kind, org_id, area_code, area_from, name) "
        "SELECT 'area', coalesce("
        "  (SELECT o.id FROM org o WHERE o.area_code = a.code AND o.kind IN ('committee', 'commune') "
        "   ORDER BY cardinality(o.path), o.id LIMIT 1),"
        "  (SELECT o.id FROM org o WHERE o.parent_id IS NULL ORDER BY o.id LIMIT 1)), "
        "a.code, a.valid_from, a.full_name FROM area a WHERE a.code = %(code)s "
        "AND a.valid_from <= %(on)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s) "
        "ON CONFLICT (area_code, area_from) WHERE kind = 'area' DO NOTHING",
        {"code": code, "on": on},
    )
    cursor = await connection.execute(
        f"SELECT {_PLACE} FROM indicator_place p "
        "JOIN area a ON a.code = p.area_code AND a.valid_from = p.area_from "
        "WHERE p.kind = 'area' AND p.area_code = %(code)s AND a.valid_from <= %(on)s "
        "AND (a.valid_to IS NULL OR a.valid_to > %(on)s)",
        {"code": code, "on": on},
    )
    found = await cursor.fetchone()
    return _place(found) if found else None


async def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Place]:
    """Return places by their numbers."""
    cursor = await connection.execute(
        f"SELECT {_PLACE} FROM indicator_place p WHERE p.id = ANY(%s)", (sorted(ids),)
    )
    return {each.id: each for each in map(_place, await cursor.fetchall())}


async def visible(
    connection: Connection, principal: Principal, *, limit: int, after: int | None = None
) -> list[Place]:
    """Return the places over which the asker reads, by number."""
    where, values = scope_sql(principal, "indicator.read", org="p.org_id", area="p.area_code", sector=None)
    cursor = await connection.execute(
        f"SELECT {_PLACE} FROM indicator_place p WHERE {where} AND p.id > %(after)s "
        "ORDER BY p.id LIMIT %(limit)s",
        values | {"after": after or 0, "limit": limit},
    )
    return [_place(found) for found in await cursor.fetchall()]


async def add_duty(
    connection: Connection, owed: Owed, org_id: int, valid_from: date, *, simulated: bool = False
) -> bool:
    """Let a unit owe a figure from a day on; whoever owed it before does so until then. False: as it was."""
    cursor = await connection.execute(
        "SELECT org_id, valid_from FROM indicator_duty WHERE indicator_id = %s AND place_id = %s "
        "AND valid_to IS NULL FOR UPDATE",
        (owed.indicator_id, owed.place_id),
    )
    before = await cursor.fetchone()
    if before and before[0] == org_id:
        return False
    if before and before[1] >= valid_from:
        await connection.execute(
            "UPDATE indicator_duty SET org_id = %s WHERE indicator_id = %s AND place_id = %s "
            "AND valid_to IS NULL",
            (org_id, owed.indicator_id, owed.place_id),
        )
        return True
    if before:
        await end_duty(connection, owed, valid_from)
    await connection.execute(
        "INSERT INTO indicator_duty (indicator_id, place_id, org_id, valid_from, simulated) "
        "VALUES (%s, %s, %s, %s, %s)",
        (owed.indicator_id, owed.place_id, org_id, valid_from, simulated),
    )
    return True


async def end_duty(connection: Connection, owed: Owed, valid_to: date) -> bool:
    """Let a figure be owed no longer from a day on; False where nobody owed it."""
    cursor = await connection.execute(
        "UPDATE indicator_duty SET valid_to = %s WHERE indicator_id = %s AND place_id = %s "
        "AND valid_to IS NULL AND valid_from < %s",
        (valid_to, owed.indicator_id, owed.place_id, valid_to),
    )
    return cursor.rowcount > 0


async def duties(connection: Connection, indicator_id: int) -> list[tuple[int, int, date, date | None]]:
    """Return who owes an indicator: place, unit, from, to."""
    cursor = await connection.execute(
        "SELECT place_id, org_id, valid_from, valid_to FROM indicator_duty WHERE indicator_id = %s "
        "ORDER BY place_id, valid_from LIMIT 5000",
        (indicator_id,),
    )
    return await cursor.fetchall()


async def owed(connection: Connection, form: str, org_id: int, start: date) -> list[Owed]:
    """Return the figures of a form that a unit owes for a period."""
    cursor = await connection.execute(
        "SELECT d.indicator_id, d.place_id FROM indicator_duty d JOIN indicator i ON i.id = d.indicator_id "
        "WHERE i.form_code = %(form)s AND d.org_id = %(org)s AND d.valid_from <= %(start)s "
        "AND (d.valid_to IS NULL OR d.valid_to > %(start)s) "
        "AND (i.retired_on IS NULL OR i.retired_on > %(start)s) ORDER BY i.code, d.place_id",
        {"form": form, "org": org_id, "start": start},
    )
    return [Owed(*found) for found in await cursor.fetchall()]


async def owing(connection: Connection, form: str, start: date) -> dict[int, bool]:
    """Return the units that owe any figure of a form for a period, and whether that is made up."""
    cursor = await connection.execute(
        "SELECT d.org_id, bool_or(d.simulated) FROM indicator_duty d JOIN indicator i ON i.id = "
        "d.indicator_id "
        "WHERE i.form_code = %(form)s AND d.valid_from <= %(start)s "
        "AND (d.valid_to IS NULL OR d.valid_to > %(start)s) "
        "AND (i.retired_on IS NULL OR i.retired_on > %(start)s) GROUP BY 1 ORDER BY 1",
        {"form": form, "start": start},
    )
    return dict(await cursor.fetchall())


async def ower(connection: Connection, indicator_id: int, place_id: int, start: date) -> int | None:
    """Return the unit that owes a figure for a period."""
    cursor = await connection.execute(
        "SELECT org_id FROM indicator_duty WHERE indicator_id = %s AND place_id = %s AND valid_from <= %s "
        "AND (valid_to IS NULL OR valid_to > %s)",
        (indicator_id, place_id, start, start),
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None
