"""SQL of what stands around an alert: maintenance, parents, sources, and the names of things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from haidang.alerts.model.alert import Alert
from haidang.alerts.store.alerts import read
from haidang.base.database import Connection


class Maintenance(msgspec.Struct, frozen=True, kw_only=True):
    """Work on an entity during which its alerts are expected."""

    id: int = 0
    version: int = 1
    entity_id: str
    rule: str | None = None
    """None: every rule."""
    owner_org: int | None = None
    area_code: str | None = None
    sector: str | None = None
    starts_at: datetime
    until: datetime
    reason: str
    by: str
    ended_at: datetime | None = None


_FIELDS = Maintenance.__struct_fields__
_NAMES = ", ".join(f"m.{name}" for name in _FIELDS)


async def maintenance(
    connection: Connection, where: str, values: dict[str, Any], more: str = ""
) -> list[Maintenance]:
    """Return maintenances ``m`` of a condition of ours."""
    cursor = await connection.execute(
        f"SELECT {_NAMES} FROM alert_maintenance m WHERE {where} {more}", values
    )
    return [Maintenance(**dict(zip(_FIELDS, row, strict=True))) for row in await cursor.fetchall()]


async def under_maintenance(
    connection: Connection, entities: Iterable[str], now: datetime
) -> list[Maintenance]:
    """Return what is being worked on now, of these entities."""
    return await maintenance(
        connection,
        "m.entity_id = ANY(%(entities)s) AND m.ended_at IS NULL AND m.starts_at <= %(now)s "
        "AND m.until > %(now)s",
        {"entities": sorted(set(entities)), "now": now},
        "ORDER BY m.until DESC",
    )


async def add_maintenance(connection: Connection, new: Maintenance) -> int:
    """Add work on an entity and return its number."""
    kept = [name for name in _FIELDS if name not in {"id", "ended_at"}]
    cursor = await connection.execute(
        f"INSERT INTO alert_maintenance ({', '.join(kept)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in kept)}) RETURNING id",
        {name: getattr(new, name) for name in kept},
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def end_maintenance(connection: Connection, ids: Iterable[int], at: datetime) -> None:
    """Note that work is over."""
    await connection.execute(
        "UPDATE alert_maintenance SET ended_at = %s, version = version + 1 WHERE id = ANY(%s)",
        (at, sorted(ids)),
    )


async def down(connection: Connection, entities: Iterable[str]) -> dict[str, Alert]:
    """Return, of these entities, those with an alert whose condition is present; one alert of each."""
    found = await read(
        connection,
        "a.is_open AND a.active AND a.entity_id = ANY(%s)",
        (sorted(set(entities)),),
        "ORDER BY a.priority DESC, a.id DESC",
    )
    return {str(each.entity_id): each for each in found}


async def silent(connection: Connection, sources: Iterable[str], since: datetime) -> list[Alert]:
    """Return, locked, alerts of sources that say something is down, raised lately and not explained yet."""
    return await read(
        connection,
        "a.is_open AND a.active AND a.common AND a.suppressed IS NULL AND a.source = ANY(%s) "
        "AND a.raised_at >= %s",
        (sorted(set(sources)), since),
        "ORDER BY a.id FOR NO KEY UPDATE",
    )


async def dependants(connection: Connection, entities: Iterable[str], since: datetime) -> list[Alert]:
    """Return, locked, new alerts of what depends on these entities, raised lately."""
    return await read(
        connection,
        "a.is_open AND a.active AND a.state = 'new' AND a.parent_entity = ANY(%s) AND a.raised_at >= %s",
        (sorted(set(entities)), since),
        "ORDER BY a.id FOR NO KEY UPDATE",
    )


async def explained_by(connection: Connection, parents: Iterable[int]) -> list[Alert]:
    """Return, locked, the alerts for which these stand."""
    return await read(
        connection,
        "a.is_open AND a.parent_alert = ANY(%s)",
        (sorted(set(parents)),),
        "ORDER BY a.id FOR NO KEY UPDATE",
    )


async def populations(connection: Connection, sources: Iterable[str]) -> dict[str, int]:
    """Return how many entities come from each of these sources."""
    cursor = await connection.execute(
        "SELECT source, count(*) FROM entity WHERE tenant_id = 0 AND source = ANY(%s) GROUP BY source",
        (sorted(set(sources)),),
    )
    return dict(await cursor.fetchall())


async def entity_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of entities, of those that have one."""
    cursor = await connection.execute(
        "SELECT e.id, s.name FROM entity e JOIN entity_static s USING (eid) "
        "WHERE e.tenant_id = 0 AND e.id = ANY(%s) AND s.name <> ''",
        (sorted(set(ids)),),
    )
    return dict(await cursor.fetchall())


class Thing(msgspec.Struct, frozen=True):
    """An entity as an alert speaks of it."""

    owner_org: int
    area_code: str | None
    sector: str | None
    type: str
    name: str | None
    place: tuple[float, float] | None
    """Longitude, latitude."""


async def entity(connection: Connection, entity_id: str) -> Thing | None:
    """Return an entity of the default tenant."""
    cursor = await connection.execute(
        "SELECT e.owner_org, e.area_code, e.sector, t.name, nullif(s.name, ''), e.loc[0], e.loc[1] "
        "FROM entity e JOIN type t ON t.id = e.type_id LEFT JOIN entity_static s USING (eid) "
        "WHERE e.tenant_id = 0 AND e.id = %s",
        (entity_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    owner, area, sector, kind, name, lon, lat = row
    return Thing(owner, area, sector, kind, name, None if lon is None else (lon, lat))


class Names(msgspec.Struct, frozen=True):
    """What units, areas and people are called."""

    orgs: dict[int, str]
    areas: dict[str, str]
    people: dict[str, str]

    def person(self, word: str | None) -> str | None:
        """Return the name behind ``account:7``; other words stay as they are."""
        return None if word is None else self.people.get(word, word)


async def names(
    connection: Connection,
    orgs: Iterable[int | None],
    areas: Iterable[str | None],
    people: Iterable[str | None],
) -> Names:
    """Return the names of units, of areas as they are called now, and of accounts."""
    org_rows = await connection.execute(
        "SELECT id, name FROM org WHERE id = ANY(%s)", (sorted({each for each in orgs if each is not None}),)
    )
    found_orgs: dict[int, str] = dict(await org_rows.fetchall())
    area_rows = await connection.execute(
        "SELECT DISTINCT ON (code) code, full_name FROM area WHERE code = ANY(%s) "
        "ORDER BY code, valid_from DESC",
        (sorted({each for each in areas if each is not None}),),
    )
    found_areas: dict[str, str] = dict(await area_rows.fetchall())
    numbers = {
        int(each.removeprefix("account:"))
        for each in people
        if each is not None and each.startswith("account:") and each.removeprefix("account:").isdecimal()
    }
    people_rows = await connection.execute(
        "SELECT 'account:' || id, display_name FROM account WHERE id = ANY(%s)", (sorted(numbers),)
    )
    return Names(found_orgs, found_areas, dict(await people_rows.fetchall()))
