"""SQL of our own warnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from haidang.alerts.cap.model.draft import Draft
from haidang.alerts.cap.model.warning import CapWarning
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql

FIELDS: tuple[str, ...] = CapWarning.__struct_fields__
COLUMNS = ", ".join(f"w.{name}" for name in FIELDS)
_KEPT = tuple(name for name in FIELDS if name != "id")
_PLACES = ", ".join(f"%({name})s" for name in _KEPT)
_INSERT = f"INSERT INTO warning ({', '.join(_KEPT)}) VALUES ({_PLACES}) RETURNING id"
_UPDATE = f"UPDATE warning SET {', '.join(f'{name} = %({name})s' for name in _KEPT)} WHERE id = %(id)s"


def row(values: Sequence[Any]) -> CapWarning:
    """Return a warning from its columns in the order of :data:`COLUMNS`."""
    found = dict(zip(FIELDS, values, strict=True))
    found["content"] = msgspec.convert(found["content"], Draft)
    for name in ("refs", "authors"):
        found[name] = tuple(found[name])
    return CapWarning(**found)


def _values(warning: CapWarning) -> dict[str, Any]:
    found = {name: getattr(warning, name) for name in FIELDS}
    found["content"] = Jsonb(msgspec.to_builtins(warning.content))
    for name in ("refs", "authors"):
        found[name] = list(found[name])
    return found


async def insert(connection: Connection, warning: CapWarning) -> int:
    """Add a warning (its ``id`` is not used) and return its number."""
    [(number,)] = await (await connection.execute(_INSERT, _values(warning))).fetchall()
    return int(number)


async def update(connection: Connection, warning: CapWarning) -> None:
    """Write a whole row; the caller has locked it and counted the version."""
    await connection.execute(_UPDATE, _values(warning))


async def next_number(connection: Connection) -> int:
    """Return a number that no warning has had, for its identifier."""
    cursor = await connection.execute("SELECT nextval('warning_identifier')")
    [(number,)] = await cursor.fetchall()
    return int(number)


async def get(connection: Connection, warning_id: int, *, lock: bool = False) -> CapWarning | None:
    """Return a warning; ``lock`` holds its row for the caller's change."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM warning w WHERE w.id = %s" + (" FOR NO KEY UPDATE" if lock else ""),
        (warning_id,),
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def several(connection: Connection, ids: Iterable[int], *, lock: bool = False) -> list[CapWarning]:
    """Return warnings in the order of their numbers."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM warning w WHERE w.id = ANY(%s) ORDER BY w.id"
        + (" FOR NO KEY UPDATE" if lock else ""),
        (sorted(set(ids)),),
    )
    return [row(each) for each in await cursor.fetchall()]


async def page(
    connection: Connection,
    principal: Principal,
    *,
    states: tuple[str, ...],
    incident_id: int | None,
    before: tuple[datetime, int] | None,
    limit: int,
) -> list[CapWarning]:
    """Return warnings that the asker may see, the last changed first."""
    scope, values = scope_sql(
        principal, "warning.read", org="w.owner_org", area="w.area_code", sector="w.sector"
    )
    limits = [scope]
    if states:
        limits.append("w.state = ANY(%(states)s)")
    if incident_id is not None:
        limits.append("w.incident_id = %(incident)s")
    if before is not None:
        limits.append("(w.changed_at, w.id) < (%(before_at)s, %(before_id)s)")
        values |= {"before_at": before[0], "before_id": before[1]}
    values |= {"states": list(states), "incident": incident_id, "limit": limit}
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM warning w WHERE {' AND '.join(limits)} "
        "ORDER BY w.changed_at DESC, w.id DESC LIMIT %(limit)s",
        values,
    )
    return [row(each) for each in await cursor.fetchall()]


async def of_incident(connection: Connection, incident_id: int) -> list[CapWarning]:
    """Return the warnings of an incident in the order they were drafted."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM warning w WHERE w.incident_id = %s ORDER BY w.id LIMIT 500", (incident_id,)
    )
    return [row(each) for each in await cursor.fetchall()]


async def in_public(connection: Connection, now: datetime, since: datetime, limit: int) -> list[CapWarning]:
    """Return what the public feed lists: in force, or sent lately; the last sent first."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM warning w WHERE w.xml IS NOT NULL AND w.status = 'Actual' "
        "AND w.scope = 'Public' AND (w.sent >= %s OR (w.state = 'sent' AND w.expires > %s)) "
        "ORDER BY w.sent DESC, w.id DESC LIMIT %s",
        (since, now, limit),
    )
    return [row(each) for each in await cursor.fetchall()]


async def public_xml(connection: Connection, identifier: str) -> tuple[str, datetime] | None:
    """Return a public message as it left, and when."""
    cursor = await connection.execute(
        "SELECT xml, sent FROM warning WHERE identifier = %s AND xml IS NOT NULL AND status = 'Actual' "
        "AND scope = 'Public'",
        (identifier,),
    )
    found = await cursor.fetchone()
    return None if found is None else (found[0], found[1])


async def expired(connection: Connection, now: datetime, limit: int) -> list[CapWarning]:
    """Return, locked, warnings in force whose end has come; what another process holds is left to it."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM warning w WHERE w.state = 'sent' AND w.expires <= %s "
        "ORDER BY w.expires LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
        (now, limit),
    )
    return [row(each) for each in await cursor.fetchall()]


async def touch_public(connection: Connection) -> None:
    """Count a change of what the public sees."""
    await connection.execute("UPDATE warning_stamp SET stamp = stamp + 1")


async def stamp(connection: Connection) -> int:
    """Return how often what the public sees has changed."""
    [(found,)] = await (await connection.execute("SELECT stamp FROM warning_stamp")).fetchall()
    return int(found)


async def names(connection: Connection, words: Iterable[str | None]) -> dict[str, str]:
    """Return the names of people (``account:7``); a part of the system is called by its word."""
    wanted = {word for word in words if word}
    ids = [int(word.partition(":")[2]) for word in wanted if word.startswith("account:")]
    cursor = await connection.execute("SELECT id, display_name FROM account WHERE id = ANY(%s)", (ids,))
    found = {f"account:{number}": name for number, name in await cursor.fetchall()}
    return {word: found.get(word, word) for word in wanted}


async def log(connection: Connection, warning_id: int, limit: int) -> list[dict[str, Any]]:
    """Return the entries of the chain about a warning, oldest first."""
    cursor = await connection.execute(
        "SELECT no, at, actor, action, body FROM chain WHERE log = 'warnings' AND subject = %s "
        "ORDER BY no LIMIT %s",
        (f"warning:{warning_id}", limit),
    )
    return [
        {"no": no, "at": at, "actor": actor, "action": action, "body": msgspec.json.decode(body)}
        for no, at, actor, action, body in await cursor.fetchall()
    ]


async def org_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units."""
    cursor = await connection.execute("SELECT id, name FROM org WHERE id = ANY(%s)", (sorted(set(ids)),))
    return dict(await cursor.fetchall())


async def events(
    connection: Connection, after: int, last: int, kinds: Iterable[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Return (kind, body) of what happened to warnings of incidents in ``after < seq <= last`` of the log."""
    cursor = await connection.execute(
        "SELECT j->>'kind', j->'body' FROM change WHERE seq > %s AND seq <= %s AND kind = 9 "
        "AND j->>'topic' = 'warnings' AND j->>'kind' = ANY(%s) "
        "AND j->'body'->>'incident_id' IS NOT NULL ORDER BY seq",
        (after, last, list(kinds)),
    )
    return [(kind, body) for kind, body in await cursor.fetchall()]
