"""SQL of the times to react."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from haidang.base.database import Connection
from haidang.incidents.model.incident import ClockName


class Clock(NamedTuple):
    """One time to react: until when, and when it happened."""

    name: str
    target_at: datetime
    met_at: datetime | None
    missed_at: datetime | None
    ended: bool


async def of(connection: Connection, ids: Iterable[int]) -> dict[int, list[Clock]]:
    """Return the clocks of incidents."""
    cursor = await connection.execute(
        "SELECT incident_id, name, target_at, met_at, missed_at, ended FROM incident_clock "
        "WHERE incident_id = ANY(%s) ORDER BY incident_id, target_at",
        (sorted(set(ids)),),
    )
    found: dict[int, list[Clock]] = {}
    for incident_id, *rest in await cursor.fetchall():
        found.setdefault(incident_id, []).append(Clock(*rest))
    return found


async def set_target(connection: Connection, incident_id: int, name: str, target_at: datetime) -> None:
    """Set until when; what has been met or missed keeps the target it was held against."""
    await connection.execute(
        "INSERT INTO incident_clock AS c (incident_id, name, target_at) VALUES (%s, %s, %s) "
        "ON CONFLICT (incident_id, name) DO UPDATE SET target_at = excluded.target_at "
        "WHERE c.met_at IS NULL AND c.missed_at IS NULL",
        (incident_id, name, target_at),
    )


async def drop(connection: Connection, incident_id: int, names: Iterable[str]) -> None:
    """Take away clocks that a new severity does not have, unless they were met or missed."""
    await connection.execute(
        "DELETE FROM incident_clock WHERE incident_id = %s AND name = ANY(%s) AND met_at IS NULL "
        "AND missed_at IS NULL",
        (incident_id, sorted(names)),
    )


async def meet(connection: Connection, incident_id: int, name: str, at: datetime) -> None:
    """Note when it happened, once."""
    await connection.execute(
        "UPDATE incident_clock SET met_at = %s WHERE incident_id = %s AND name = %s AND met_at IS NULL "
        "AND NOT ended",
        (at, incident_id, name),
    )


async def end(connection: Connection, incident_id: int) -> None:
    """Stop what still waits: nobody does any more."""
    await connection.execute(
        "UPDATE incident_clock SET ended = true WHERE incident_id = %s AND met_at IS NULL", (incident_id,)
    )


async def miss(connection: Connection, incident_id: int, name: str, at: datetime) -> bool:
    """Note that a clock has run out; False where that was said already, or it was met meanwhile."""
    cursor = await connection.execute(
        "UPDATE incident_clock SET missed_at = %s WHERE incident_id = %s AND name = %s AND met_at IS NULL "
        "AND missed_at IS NULL AND NOT ended",
        (at, incident_id, name),
    )
    return bool(cursor.rowcount)


async def late(connection: Connection, now: datetime, limit: int) -> list[tuple[int, ClockName]]:
    """Return (incident, clock) that have run out and were not told, the oldest first."""
    cursor = await connection.execute(
        "SELECT incident_id, name FROM incident_clock WHERE met_at IS NULL AND missed_at IS NULL "
        "AND NOT ended AND target_at <= %s ORDER BY target_at LIMIT %s",
        (now, limit),
    )
    return [(incident_id, name) for incident_id, name in await cursor.fetchall()]
