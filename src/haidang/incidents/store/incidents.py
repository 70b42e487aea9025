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


async def units_of(connection: Connection, account_id: int) -> list[int]:
    """Return the unit of a person and those above it, the own one last; none where nobody is it."""
    cursor = await connection.execute(
        "SELECT o.path FROM account a JOIN org o ON o.id = a.org_id WHERE a.id = %s", (account_id,)
    )
    found = await cursor.fetchone()
    return list(found[0]) if found else []


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
    """Add links by one statement; return those that were not there yet."""
    cursor = await connection.execute(
        "INSERT INTO incident_link (incident_id, kind, ref, note, at, by) "
        "SELECT %(id)s, x.kind, x.ref, x.note, %(at)s, %(by)s "
        "FROM unnest(%(kinds)s::text[], %(refs)s::text[], %(notes)s::text[]) AS x (kind, ref, note) "
        "ON CONFLICT (incident_id, kind, ref) DO NOTHING RETURNING kind, ref",
        _told(links) | {"id": incident_id, "at": at, "by": by},
    )
    added = set(await cursor.fetchall())
    return [link for link in links if (link.kind, link.ref) in added]


async def remove_links(connection: Connection, incident_id: int, links: Sequence[LinkTo]) -> list[LinkTo]:
    """Take links away by one statement; return those that were there."""
    cursor = await connection.execute(
        "DELETE FROM incident_link l USING unnest(%(kinds)s::text[], %(refs)s::text[]) AS x (kind, ref) "
        "WHERE l.incident_id = %(id)s AND l.kind = x.kind AND l.ref = x.ref RETURNING l.kind, l.ref",
        _told(links) | {"id": incident_id},
    )
    removed = set(await cursor.fetchall())
    return [link for link in links if (link.kind, link.ref) in removed]


def _told(links: Sequence[LinkTo]) -> dict[str, Any]:
    return {
        "kinds": [link.kind for link in links],
        "refs": [link.ref for link in links],
        "notes": [link.note for link in links],
    }


async def known_links(
    connection: Connection, incident_id: int, kind: str | None = None
) -> set[tuple[str, str]]:
    """Return (kind, ref) of everything that belongs to an incident, or of one kind of it."""
    cursor = await connection.execute(
        "SELECT kind, ref FROM incident_link WHERE incident_id = %(id)s "
        "AND (%(kind)s::text IS NULL OR kind = %(kind)s)",
        {"id": incident_id, "kind": kind},
    )
    return set(await cursor.fetchall())


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


async def links(
    connection: Connection, ids: Iterable[int], most: int = 1_000
) -> dict[int, list[dict[str, Any]]]:
    """Return the latest links of each incident, at most so many of each kind, in the order they were made."""
    found: dict[int, list[dict[str, Any]]] = {}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT incident_id, kind, ref, note, at, by FROM (SELECT l.*, row_number() OVER "
            "(PARTITION BY incident_id, kind ORDER BY at DESC, ref DESC) AS place FROM incident_link l "
            "WHERE incident_id = ANY(%s)) ranked WHERE place <= %s ORDER BY incident_id, at, kind, ref",
            (sorted(set(ids)), most),
        )
        for each in await cursor.fetchall():
            found.setdefault(each.pop("incident_id"), []).append(each)
    return found


async def link_counts(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return how much belongs to each incident, by kind."""
    cursor = await connection.execute(
        "SELECT incident_id, kind, count(*) FROM incident_link WHERE incident_id = ANY(%s) GROUP BY 1, 2",
        (sorted(set(ids)),),
    )
    found: dict[int, dict[str, int]] = {}
    for number, kind, count in await cursor.fetchall():
        found.setdefault(number, {})[kind] = count
    return found


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
