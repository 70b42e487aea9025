"""SQL of the incident's own row, its clocks and its links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.incident import Holder, Incident

FIELDS: tuple[str, ...] = Incident.__struct_fields__
COLUMNS = ", ".join(f"i.{name}" for name in FIELDS)
_KEPT = tuple(name for name in FIELDS if name != "id")
_ALL = (*_KEPT, "title_fold")
_INSERT = (
    f"INSERT INTO incident ({', '.join(_ALL)}) VALUES ({', '.join(f'%({name})s' for name in _ALL)}) "
    "RETURNING id"
)
_UPDATE = f"UPDATE incident SET {', '.join(f'{name} = %({name})s' for name in _ALL)} WHERE id = %(id)s"


def row(values: Sequence[Any]) -> Incident:
    """Return an incident from its columns in the order of :data:`COLUMNS`."""
    found = dict(zip(FIELDS, values, strict=True))
    found["orgs"] = tuple(found["orgs"])
    found["roles"] = msgspec.convert(found["roles"], tuple[Holder, ...])
    return Incident(**found)


def _values(incident: Incident) -> dict[str, Any]:
    found = {name: getattr(incident, name) for name in FIELDS}
    return found | {
        "orgs": list(incident.orgs),
        "roles": Jsonb(msgspec.to_builtins(incident.roles)),
        "facts": Jsonb(incident.facts),
        "title_fold": fold(incident.title),
    }


async def next_number(connection: Connection, year: int, *, exercise: bool) -> int:
    """Return the next number of a year; openings take turns from here until the commit."""
    cursor = await connection.execute(
        "INSERT INTO incident_number (year, exercise, last) VALUES (%s, %s, 1) "
        "ON CONFLICT (year, exercise) DO UPDATE SET last = incident_number.last + 1 RETURNING last",
        (year, exercise),
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def insert(connection: Connection, incident: Incident) -> int:
    """Add an incident (its ``id`` is not used) and return its number."""
    cursor = await connection.execute(_INSERT, _values(incident))
    [(number,)] = await cursor.fetchall()
    return int(number)


async def update(connection: Connection, incident: Incident) -> None:
    """Write a whole row; the caller has locked it and counted the version."""
    await connection.execute(_UPDATE, _values(incident))


async def get(connection: Connection, incident_id: int, *, lock: bool = False) -> Incident | None:
    """Return an incident; ``lock`` holds its row for the caller's change."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM incident i WHERE i.id = %s" + (" FOR NO KEY UPDATE" if lock else ""),
        (incident_id,),
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def lock(connection: Connection, ids: Iterable[int]) -> None:
    """Hold several rows, in the order of their numbers, so that two such acts do not wait for each other."""
    await connection.execute(
        "SELECT 1 FROM incident WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (sorted(set(ids)),)
    )


async def joinable(connection: Connection, key: str, since: datetime) -> list[Incident]:
    """Return, locked, the open incidents that further alerts of a key may join, the youngest first."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM incident i WHERE i.is_open AND i.join_key = %s AND i.reported_at >= %s "
        "ORDER BY i.reported_at DESC, i.id DESC LIMIT 20 FOR NO KEY UPDATE",
        (key, since),
    )
    return [row(each) for each in await cursor.fetchall()]


async def existing(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Return which of these numbers are incidents."""
    cursor = await connection.execute("SELECT id FROM incident WHERE id = ANY(%s)", (sorted(set(ids)),))
    return {number for (number,) in await cursor.fetchall()}


async def org_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units."""
    cursor = await connection.execute("SELECT id, name FROM org WHERE id = ANY(%s)", (sorted(set(ids)),))
    return dict(await cursor.fetchall())


async def account_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of people."""
    cursor = await connection.execute(
        "SELECT id, display_name FROM account WHERE id = ANY(%s)", (sorted(set(ids)),)
    )
    return dict(await cursor.fetchall())


async def area_names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of today's areas."""
    cursor = await connection.execute(
        "SELECT code, name FROM area WHERE code = ANY(%s) AND valid_to IS NULL", (sorted(set(codes)),)
    )
    return dict(await cursor.fetchall())


# --- links


async def add_links(
    connection: Connection, incident_id: int, links: Sequence[LinkTo], *, at: datetime, by: str
) -> list[LinkTo]:
    """Add links; return those that were not there yet."""
    added = []
    for link in links:
        cursor = await connection.execute(
            "INSERT INTO incident_link (incident_id, kind, ref, note, at, by) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (incident_id, kind, ref) DO NOTHING",
            (incident_id, link.kind, link.ref, link.note, at, by),
        )
        if cursor.rowcount:
            added.append(link)
    return added


async def remove_links(connection: Connection, incident_id: int, links: Sequence[LinkTo]) -> list[LinkTo]:
    """Take links away; return those that were there."""
    removed = []
    for link in links:
        cursor = await connection.execute(
            "DELETE FROM incident_link WHERE incident_id = %s AND kind = %s AND ref = %s",
            (incident_id, link.kind, link.ref),
        )
        if cursor.rowcount:
            removed.append(link)
    return removed


async def move_links(connection: Connection, source: int, target: int) -> None:
    """Give everything that belongs to one incident to another; what belongs to both stays once."""
    await connection.execute(
        "DELETE FROM incident_link l WHERE incident_id = %s AND EXISTS (SELECT FROM incident_link o "
        "WHERE o.incident_id = %s AND o.kind = l.kind AND o.ref = l.ref)",
        (source, target),
    )
    await connection.execute(
        "UPDATE incident_link SET incident_id = %s WHERE incident_id = %s", (target, source)
    )


async def links(connection: Connection, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the links of incidents, in the order they were made."""
    found: dict[int, list[dict[str, Any]]] = {}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT incident_id, kind, ref, note, at, by FROM incident_link WHERE incident_id = ANY(%s) "
            "ORDER BY incident_id, at, kind, ref",
            (sorted(set(ids)),),
        )
        for each in await cursor.fetchall():
            found.setdefault(each.pop("incident_id"), []).append(each)
    return found


async def linked_to(connection: Connection, kind: str, refs: Sequence[str]) -> dict[str, int]:
    """Return which incident something belongs to: ref → the latest incident."""
    cursor = await connection.execute(
        "SELECT ref, max(incident_id) FROM incident_link WHERE kind = %s AND ref = ANY(%s) GROUP BY ref",
        (kind, list(refs)),
    )
    return dict(await cursor.fetchall())


async def merged_into(connection: Connection, incident_id: int) -> list[int]:
    """Return the incidents that were merged into one, at any remove."""
    cursor = await connection.execute(
        "WITH RECURSIVE family (id) AS (SELECT id FROM incident WHERE merged_into = %s UNION "
        "SELECT i.id FROM incident i JOIN family f ON i.merged_into = f.id) "
        "SELECT id FROM family ORDER BY id",
        (incident_id,),
    )
    return [number for (number,) in await cursor.fetchall()]


async def open_tasks(connection: Connection, incident_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return (task, version) of what units were given by being sent and have not reported yet."""
    cursor = await connection.execute(
        "SELECT id, version FROM task WHERE source_kind = 'incident' AND source_id = ANY(%s) "
        "AND state IN ('new', 'received', 'in_progress', 'returned', 'suspended') ORDER BY id",
        ([str(number) for number in incident_ids],),
    )
    return [(number, version) for number, version in await cursor.fetchall()]
