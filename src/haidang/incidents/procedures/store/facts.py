"""SQL of what conditions are asked over: the attributes of entities, as they are now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from haidang.base.database import Connection
from haidang.city.represent import observed_of, stored_attributes, value_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Value(NamedTuple):
    """An attribute's value."""

    value: Any
    observed_at: datetime | None
    """None: it is of no moment (a name, a limit)."""
    type: str
    """The entity's."""


async def values(
    connection: Connection, entities: Iterable[str], names: Iterable[str]
) -> dict[str, dict[str, Value]]:
    """Return the named attributes of entities: entity → name → value."""
    cursor = await connection.execute("SELECT id, name FROM attr WHERE name = ANY(%s)", (sorted(set(names)),))
    wanted: dict[int, str] = dict(await cursor.fetchall())
    if not wanted:
        return {}
    cursor = await connection.execute(
        "SELECT e.id, y.name, e.doc, s.doc FROM entity e JOIN entity_static s USING (eid) "
        "JOIN type y ON y.id = e.type_id WHERE e.tenant_id = 0 AND e.id = ANY(%s)",
        (sorted(set(entities)),),
    )
    found: dict[str, dict[str, Value]] = {}
    for id_, type_, doc, static in await cursor.fetchall():
        for number, stored, at_us in stored_attributes(doc, static):
            if number in wanted:
                observed = observed_of(stored, at_us)
                at = None if observed is None else _EPOCH + timedelta(microseconds=observed)
                found.setdefault(id_, {})[wanted[number]] = Value(value_of(stored), at, type_)
    return found


async def of_type(connection: Connection, entities: Iterable[str], type_name: str) -> list[str]:
    """Return those entities that are of a type, in their order."""
    ids = list(entities)
    cursor = await connection.execute(
        "SELECT e.id FROM entity e JOIN type y ON y.id = e.type_id WHERE e.tenant_id = 0 "
        "AND e.id = ANY(%(ids)s) AND y.name = %(type)s ORDER BY array_position(%(ids)s::text[], e.id)",
        {"ids": ids, "type": type_name},
    )
    return [id_ for (id_,) in await cursor.fetchall()]


async def simulated(connection: Connection, entities: Iterable[str]) -> set[str]:
    """Return which of these entities are simulated; what is not known here is not."""
    cursor = await connection.execute(
        "SELECT id FROM entity WHERE tenant_id = 0 AND simulated AND id = ANY(%s)", (sorted(set(entities)),)
    )
    return {id_ for (id_,) in await cursor.fetchall()}


async def near(
    connection: Connection, type_name: str, box: tuple[float, float, float, float]
) -> list[tuple[str, float, float]]:
    """Return (id, lon, lat) of entities of a type within west, south, east, north."""
    west, south, east, north = box
    cursor = await connection.execute(
        "SELECT e.id, e.loc[0], e.loc[1] FROM entity e JOIN type y ON y.id = e.type_id "
        "WHERE e.tenant_id = 0 AND y.name = %s AND e.loc <@ box(point(%s, %s), point(%s, %s)) LIMIT 5000",
        (type_name, west, south, east, north),
    )
    return await cursor.fetchall()
