"""SQL of meetings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.directives.model.document import Meeting
from haidang.directives.store import sight
from haidang.organisation.permissions import Principal

FIELDS: tuple[str, ...] = Meeting.__struct_fields__
COLUMNS = ", ".join(f"m.{name}" for name in FIELDS)
_KEPT = tuple(name for name in FIELDS if name != "id")


def row(values: Sequence[Any]) -> Meeting:
    """Return a meeting from its columns in the order of :data:`COLUMNS`."""
    found = dict(zip(FIELDS, values, strict=True))
    found["participants"] = tuple(found["participants"])
    found["readers"] = tuple(found["readers"])
    return Meeting(**found)


def _values(meeting: Meeting) -> dict[str, Any]:
    return {name: getattr(meeting, name) for name in FIELDS} | {
        "participants": list(meeting.participants),
        "readers": list(meeting.readers),
        "title_fold": fold(f"{meeting.title} {meeting.chair} {meeting.invitation_no}"),
    }


async def insert(connection: Connection, meeting: Meeting) -> int:
    """Add a meeting (its ``id`` is not used) and return its number."""
    names = (*_KEPT, "title_fold")
    cursor = await connection.execute(
        f"INSERT INTO meeting ({', '.join(names)}) VALUES ({', '.join(f'%({name})s' for name in names)}) "
        "RETURNING id",
        _values(meeting),
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def update(connection: Connection, meeting: Meeting) -> None:
    """Write a whole row; the caller has locked it and counted the version."""
    names = (*_KEPT, "title_fold")
    await connection.execute(
        f"UPDATE meeting SET {', '.join(f'{name} = %({name})s' for name in names)} WHERE id = %(id)s",
        _values(meeting),
    )


async def get(
    connection: Connection, principal: Principal, meeting_id: int, *, lock: bool = False
) -> Meeting | None:
    """Return a meeting that the asker may see; ``lock`` holds its row."""
    seen, values = sight.meetings(principal)
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM meeting m WHERE m.id = %(id)s AND {seen}"
        + (" FOR NO KEY UPDATE OF m" if lock else ""),
        values | {"id": meeting_id},
    )
    found = await cursor.fetchone()
    return row(found) if found else None


async def page(
    connection: Connection, principal: Principal, *, q: str, before: int | None, limit: int
) -> list[tuple[Meeting, int]]:
    """Return meetings that the asker may see, the last entered first, with how many documents they have."""
    seen, values = sight.meetings(principal)
    cursor = await connection.execute(
        f"SELECT {COLUMNS}, (SELECT count(*)::int FROM directive_document x WHERE x.meeting_id = m.id "
        f"AND x.state <> 'withdrawn') FROM meeting m WHERE {seen} "
        "AND (%(q)s = '' OR strpos(m.title_fold, %(q)s) > 0) "
        "AND (%(before)s::bigint IS NULL OR m.id < %(before)s) ORDER BY m.id DESC LIMIT %(limit)s",
        values | {"q": fold(q), "before": before, "limit": limit},
    )
    return [(row(each[:-1]), each[-1]) for each in await cursor.fetchall()]


async def named(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return meetings in a few words; who sees one of their documents may see these."""
    cursor = await connection.execute(
        "SELECT id, title, held_on FROM meeting WHERE id = ANY(%s)", (sorted(set(ids)),)
    )
    return {
        number: {"id": number, "title": title, "held_on": held_on}
        for number, title, held_on in await cursor.fetchall()
    }


async def called(connection: Connection, owner_org: int, title: str, held_on: Any) -> int | None:
    """Return the meeting of an office with this title on this day, so that notices of one share it."""
    cursor = await connection.execute(
        "SELECT id FROM meeting WHERE owner_org = %s AND title = %s AND held_on IS NOT DISTINCT FROM %s "
        "AND secrecy = 'normal' ORDER BY id LIMIT 1",
        (owner_org, title, held_on),
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None
