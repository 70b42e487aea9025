"""SQL of shifts and handovers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from haidang.base.database import Connection


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Who leads a unit's duty, since when."""

    id: int
    org_id: int
    lead: int
    started_at: datetime
    ended_at: datetime | None


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed over, and who has signed it."""

    id: int
    version: int
    org_id: int
    shift_id: int
    outgoing: int
    incoming: int
    made_at: datetime
    note: str
    items: dict[str, Any]
    items_sha256: str
    outgoing_signed_at: datetime | None
    incoming_signed_at: datetime | None
    withdrawn_at: datetime | None
    told_at: datetime | None

    @property
    def signed(self) -> bool:
        """Whether both have."""
        return self.outgoing_signed_at is not None and self.incoming_signed_at is not None


_SHIFT = ", ".join(f"s.{name}" for name in Shift.__struct_fields__)
_HANDOVER = ", ".join(f"h.{name}" for name in Handover.__struct_fields__)
UNSIGNED = "((h.outgoing_signed_at IS NULL OR h.incoming_signed_at IS NULL) AND h.withdrawn_at IS NULL)"


def _shift(row: tuple[Any, ...]) -> Shift:
    return Shift(**dict(zip(Shift.__struct_fields__, row, strict=True)))


def _handover(row: tuple[Any, ...]) -> Handover:
    return Handover(**dict(zip(Handover.__struct_fields__, row, strict=True)))


async def current(connection: Connection, org_id: int, *, lock: bool = False) -> Shift | None:
    """Return the shift that is on in a unit."""
    cursor = await connection.execute(
        f"SELECT {_SHIFT} FROM shift s WHERE s.org_id = %s AND s.ended_at IS NULL"
        + (" FOR NO KEY UPDATE" if lock else ""),
        (org_id,),
    )
    found = await cursor.fetchone()
    return _shift(found) if found else None


async def all_current(connection: Connection, scope: str, values: dict[str, Any]) -> list[Shift]:
    """Return the shifts that are on in the units a scope lets through."""
    cursor = await connection.execute(
        f"SELECT {_SHIFT} FROM shift s WHERE {scope} AND s.ended_at IS NULL ORDER BY s.org_id LIMIT 500",
        values,
    )
    return [_shift(row) for row in await cursor.fetchall()]


async def begin(connection: Connection, org_id: int, lead: int, at: datetime) -> int | None:
    """Begin a shift; None where one is on in the unit."""
    cursor = await connection.execute(
        "INSERT INTO shift (org_id, lead, started_at) VALUES (%s, %s, %s) "
        "ON CONFLICT (org_id) WHERE ended_at IS NULL DO NOTHING RETURNING id",
        (org_id, lead, at),
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def end(connection: Connection, shift_id: int, at: datetime) -> None:
    """End a shift."""
    await connection.execute("UPDATE shift SET ended_at = %s WHERE id = %s", (at, shift_id))


async def add_handover(connection: Connection, facts: dict[str, Any]) -> int | None:
    """Add a handover; None where one of the unit is not signed yet."""
    cursor = await connection.execute(
        "INSERT INTO handover (org_id, shift_id, outgoing, incoming, made_at, note, items, items_sha256) "
        "VALUES (%(org_id)s, %(shift_id)s, %(outgoing)s, %(incoming)s, %(made_at)s, %(note)s, %(items)s, "
        "%(items_sha256)s) "
        "ON CONFLICT (org_id) WHERE (outgoing_signed_at IS NULL OR incoming_signed_at IS NULL) "
        "AND withdrawn_at IS NULL DO NOTHING RETURNING id",
        facts | {"items": Jsonb(facts["items"])},
    )
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def handover(connection: Connection, handover_id: int, *, lock: bool = False) -> Handover | None:
    """Return a handover."""
    cursor = await connection.execute(
        f"SELECT {_HANDOVER} FROM handover h WHERE h.id = %s" + (" FOR NO KEY UPDATE" if lock else ""),
        (handover_id,),
    )
    found = await cursor.fetchone()
    return _handover(found) if found else None


async def handovers(  # noqa: PLR0917 - which ones
    connection: Connection,
    scope: str,
    values: dict[str, Any],
    unsigned: bool | None,
    before: int | None,
    limit: int,
) -> list[Handover]:
    """Return handovers of the units a scope lets through, newest first."""
    cursor = await connection.execute(
        f"SELECT {_HANDOVER} FROM handover h WHERE {scope} "
        f"AND (%(unsigned)s::boolean IS NULL OR {UNSIGNED} = %(unsigned)s) "
        "AND (%(before)s::bigint IS NULL OR h.id < %(before)s) ORDER BY h.id DESC LIMIT %(limit)s",
        values | {"unsigned": unsigned, "before": before, "limit": limit},
    )
    return [_handover(row) for row in await cursor.fetchall()]


async def sign(connection: Connection, handover_id: int, side: str, at: datetime) -> None:
    """Note a signature of ``outgoing`` or ``incoming``; what is signed stays so, the database sees to it."""
    if side not in {"outgoing", "incoming"}:
        raise ValueError(side)
    await connection.execute(
        f"UPDATE handover SET {side}_signed_at = %s, version = version + 1 WHERE id = %s", (at, handover_id)
    )


async def withdraw(connection: Connection, handover_id: int, at: datetime) -> None:
    """Note that a handover does not hold: another one can be made."""
    await connection.execute(
        "UPDATE handover SET withdrawn_at = %s, version = version + 1 WHERE id = %s", (at, handover_id)
    )


async def overdue(connection: Connection, before: datetime, limit: int) -> list[Handover]:
    """Return, locked, handovers that are unsigned since before an instant and of which nobody was told."""
    cursor = await connection.execute(
        f"SELECT {_HANDOVER} FROM handover h WHERE {UNSIGNED} AND h.told_at IS NULL AND h.made_at <= %s "
        "ORDER BY h.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
        (before, limit),
    )
    return [_handover(row) for row in await cursor.fetchall()]


async def told(connection: Connection, handover_id: int, at: datetime) -> None:
    """Note that the leader was told."""
    await connection.execute("UPDATE handover SET told_at = %s WHERE id = %s", (at, handover_id))


async def holders(connection: Connection, permission: str) -> list[tuple[int, str]]:
    """Return active people with a role that holds a permission somewhere, by name."""
    cursor = await connection.execute(
        "SELECT DISTINCT a.id, a.display_name FROM account a JOIN account_grant g ON g.account_id = a.id "
        "JOIN role r ON r.name = g.role WHERE a.active AND %s = ANY(r.permissions) "
        "ORDER BY a.display_name, a.id LIMIT 200",
        (permission,),
    )
    return [(number, name) for number, name in await cursor.fetchall()]
