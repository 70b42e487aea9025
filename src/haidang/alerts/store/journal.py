"""SQL of an alert's log and of the measures that are taken of rules and operators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql


async def entries(
    connection: Connection, log: str, subject: str, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return entries of the log about a thing, newest first."""
    cursor = await connection.execute(
        "SELECT no, at, actor, action, body FROM chain WHERE log = %s AND subject = %s "
        "AND (%s::bigint IS NULL OR no < %s) ORDER BY no DESC LIMIT %s",
        (log, subject, before, before, limit),
    )
    return [
        {"no": no, "at": at, "actor": actor, "action": action, "body": msgspec.json.decode(body)}
        for no, at, actor, action, body in await cursor.fetchall()
    ]


async def head(connection: Connection, log: str) -> int:
    """Return the number of the last entry of a log."""
    cursor = await connection.execute("SELECT no FROM chain_head WHERE log = %s", (log,))
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def explained(connection: Connection, alert_id: int) -> tuple[int, list[int]]:
    """Return for how many open alerts this one stands, and the numbers of some of them."""
    cursor = await connection.execute(
        "SELECT count(*), (array_agg(id ORDER BY id))[1:20] FROM alert WHERE is_open AND parent_alert = %s",
        (alert_id,),
    )
    [(count, sample)] = await cursor.fetchall()
    return int(count), list(sample or ())


def _scope(principal: Principal) -> tuple[str, dict[str, Any]]:
    return scope_sql(principal, "alert.read", org="r.owner_org", area="r.area_code", sector="r.sector")


async def by_rule(
    connection: Connection, principal: Principal, start: datetime, end: datetime
) -> list[tuple[str, int, int]]:
    """Return (rule, how often it came before an operator, on how many entities), the busiest first."""
    where, values = _scope(principal)
    cursor = await connection.execute(
        "SELECT r.rule, count(*), count(DISTINCT r.subject) FROM alert_raise r "
        f"WHERE {where} AND r.told AND NOT r.is_exercise AND r.at >= %(start)s AND r.at < %(end)s "
        "GROUP BY 1 ORDER BY 2 DESC, 1",
        values | {"start": start, "end": end},
    )
    return [(str(rule), int(came), int(subjects)) for rule, came, subjects in await cursor.fetchall()]


async def by_priority(
    connection: Connection, principal: Principal, start: datetime, end: datetime
) -> dict[int, int]:
    """Return how often alerts of each priority came before an operator."""
    where, values = _scope(principal)
    cursor = await connection.execute(
        f"SELECT r.priority, count(*) FROM alert_raise r WHERE {where} AND r.told AND NOT r.is_exercise "
        "AND r.at >= %(start)s AND r.at < %(end)s GROUP BY 1",
        values | {"start": start, "end": end},
    )
    return dict(await cursor.fetchall())


async def chattering(
    connection: Connection, principal: Principal, start: datetime, end: datetime, *, times: int, limit: int
) -> list[dict[str, Any]]:
    """Return what came at least ``times`` within a minute: rule, subject, how often, the worst minute."""
    where, values = _scope(principal)
    cursor = await connection.execute(
        "SELECT rule, subject, count(*), max(came), max(at) FROM ("
        "SELECT r.rule, r.subject, r.at, count(*) OVER (PARTITION BY r.rule, r.subject ORDER BY r.at "
        "RANGE BETWEEN interval '1 minute' PRECEDING AND CURRENT ROW) AS came FROM alert_raise r "
        f"WHERE {where} AND r.at >= %(start)s AND r.at < %(end)s) AS windows "
        "WHERE came >= %(times)s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %(limit)s",
        values | {"start": start, "end": end, "times": times, "limit": limit},
    )
    return [
        {"rule": rule, "subject": subject, "times": count, "worst_per_minute": worst, "last_at": last}
        for rule, subject, count, worst, last in await cursor.fetchall()
    ]


async def by_operator(
    connection: Connection, principal: Principal, start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """Return what each person of the asker's units did, and how long alerts waited to be acknowledged."""
    where, values = scope_sql(principal, "alert.read", org="w.org_id", area=None, sector=None)
    cursor = await connection.execute(
        "SELECT d.actor, coalesce(max(w.display_name), d.actor), sum(d.alerts), "
        "sum(d.alerts) FILTER (WHERE d.act = 'acknowledge'), "
        "sum(d.seconds * d.alerts) FILTER (WHERE d.seconds IS NOT NULL), "
        "sum(d.alerts) FILTER (WHERE d.seconds IS NOT NULL), "
        "count(DISTINCT date_trunc('hour', d.at)) "
        "FROM alert_deed d LEFT JOIN account w ON d.actor = 'account:' || w.id "
        f"WHERE {where} AND d.at >= %(start)s AND d.at < %(end)s GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 200",
        values | {"start": start, "end": end},
    )
    return [
        {
            "name": name, "acts": int(acts), "acknowledged": int(acked or 0), "hours": int(hours),
            "per_hour": round(int(acts) / hours, 1),
            "seconds_to_acknowledge": None if not timed else round(float(seconds) / int(timed), 1),
        }
        for _, name, acts, acked, seconds, timed, hours in await cursor.fetchall()
    ]  # fmt: skip
