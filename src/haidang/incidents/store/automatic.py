"""SQL of what opens by itself: alert events of a stretch of the log, silence counted by sector."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from haidang.base.database import Connection


class Silence(NamedTuple):
    """How many of a sector have fallen silent lately, of how many there are of their types."""

    sector: str
    alerts: list[int]
    entities: int
    of: int
    simulated: bool


async def any_open(connection: Connection) -> bool:
    """Say whether any alert is open."""
    cursor = await connection.execute("SELECT EXISTS (SELECT FROM alert WHERE is_open)")
    [(found,)] = await cursor.fetchall()
    return bool(found)


async def raised(connection: Connection, after: int, last: int) -> list[int]:
    """Return the alerts that events of ``after < seq <= last`` tell of as new, in their order."""
    cursor = await connection.execute(
        "SELECT (j->>'ref')::bigint, min(seq) FROM change WHERE seq > %s AND seq <= %s AND kind = 9 "
        "AND j->>'topic' = 'alerts' AND j->'body'->>'state' = 'new' GROUP BY 1 ORDER BY 2",
        (after, last),
    )
    return [number for number, _ in await cursor.fetchall()]


async def silence(connection: Connection, alerts: Iterable[int], since: datetime) -> list[Silence]:
    """Return, for the sectors of alerts that say that something is silent, who else is since an instant."""
    cursor = await connection.execute(
        """
        WITH asked AS (
            SELECT DISTINCT sector, simulated FROM alert
            WHERE id = ANY(%(alerts)s) AND common AND sector IS NOT NULL AND entity_id IS NOT NULL
        ), silent AS (
            SELECT a.sector, a.simulated, array_agg(a.id ORDER BY a.id) AS alerts,
                   count(DISTINCT a.entity_id) AS entities, array_agg(DISTINCT a.entity_type) AS types
            FROM alert a JOIN asked USING (sector, simulated)
            WHERE a.is_open AND a.active AND a.common AND a.entity_id IS NOT NULL AND NOT a.is_exercise
                  AND a.raised_at >= %(since)s
            GROUP BY 1, 2
        )
        SELECT s.sector, s.alerts, s.entities,
               (SELECT count(*) FROM entity e JOIN type t ON t.id = e.type_id
                WHERE e.tenant_id = 0 AND e.sector = s.sector AND e.simulated = s.simulated
                      AND t.name = ANY(s.types)),
               s.simulated
        FROM silent s ORDER BY s.sector, s.simulated
        """,
        {"alerts": list(alerts), "since": since},
    )
    return [Silence(*row) for row in await cursor.fetchall()]


async def untouched(connection: Connection, alerts: Iterable[int], opened_by: str) -> list[int]:
    """Return incidents that the house opened of some alerts and that nobody has touched yet."""
    cursor = await connection.execute(
        "SELECT DISTINCT i.id FROM incident i JOIN incident_link l ON l.incident_id = i.id "
        "WHERE l.kind = 'alert' AND l.ref = ANY(%s) AND i.is_open AND i.version = 1 AND i.opened_by = %s "
        "AND i.acknowledged_at IS NULL ORDER BY i.id",
        ([str(number) for number in alerts], opened_by),
    )
    return [number for (number,) in await cursor.fetchall()]


async def explained(connection: Connection, alert_id: int) -> list[int]:
    """Return the alerts for which another one stands."""
    cursor = await connection.execute(
        "SELECT id FROM alert WHERE parent_alert = %s AND is_open ORDER BY id", (alert_id,)
    )
    return [number for (number,) in await cursor.fetchall()]
