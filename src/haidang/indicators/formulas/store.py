"""SQL of computed figures: the formulas in force, values in bulk, places and what lies below them, facts.

Facts read the tables of the rooms below (city, tasks, programme); they change nothing there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.indicators.store.values import readable
from haidang.organisation.permissions import Principal

Row = tuple[Any, Decimal | None, bool]
"""A place (area code, unit; None: the whole), a number, whether any of it is simulated."""
TaskCount = Literal["due", "due_on_time", "overdue", "open", "done"]


class Ruled(msgspec.Struct, frozen=True):
    """A version of a formula that holds for periods that begin within its days."""

    code: str
    version: int
    valid_from: date
    valid_to: date | None
    text: str


class Spot(msgspec.Struct, frozen=True):
    """A place with what it is: a unit with the one above it, or an area with the days it stood."""

    id: int
    kind: str
    org_id: int
    parent_org: int | None
    area_code: str | None
    since: date | None
    until: date | None


async def stamp(connection: Connection) -> tuple[Any, ...]:
    """Return what changes whenever register, formulas or places do: a cheap look before they are read."""
    cursor = await connection.execute(
        "SELECT (SELECT (count(*), sum(version), max(changed_at))::text FROM indicator), "
        "(SELECT (count(*), count(valid_to), max(created_at))::text FROM indicator_method), "
        "(SELECT (count(*), max(id))::text FROM indicator_place), "
        "(SELECT (count(*), sum(version))::text FROM org), "
        "(SELECT (count(*), count(valid_to))::text FROM area)"
    )
    found = await cursor.fetchone()
    info = connection.info
    return (info.host, info.port, info.dbname, *(found or ()))


async def ruled(connection: Connection) -> list[Ruled]:
    """Return every version of every formula of indicators that are kept."""
    cursor = await connection.execute(
        "SELECT i.code, m.version, m.valid_from, m.valid_to, m.formula FROM indicator_method m "
        "JOIN indicator i ON i.id = m.indicator_id WHERE m.formula IS NOT NULL AND m.formula <> '' "
        "AND i.retired_on IS NULL AND i.source_kind IN ('computed', 'internal') ORDER BY i.code, m.version"
    )
    return [Ruled(*row) for row in await cursor.fetchall()]


async def spots(connection: Connection) -> list[Spot]:
    """Return all places."""
    cursor = await connection.execute(
        "SELECT p.id, p.kind, p.org_id, o.parent_id, p.area_code, p.area_from, a.valid_to "
        "FROM indicator_place p LEFT JOIN org o ON o.id = p.org_id AND p.kind = 'unit' "
        "LEFT JOIN area a ON a.code = p.area_code AND a.valid_from = p.area_from "
        "WHERE a.kind IS NULL OR a.kind IN ('commune', 'ward', 'township', 'special_zone') ORDER BY p.id"
    )
    return [Spot(*row) for row in await cursor.fetchall()]


async def areas_with_entities(connection: Connection) -> list[str]:
    """Return the codes of areas in which the city has anything and that are no places yet."""
    cursor = await connection.execute(
        "SELECT DISTINCT e.area_code FROM entity e WHERE e.area_code IS NOT NULL AND NOT EXISTS ("
        "SELECT FROM indicator_place p JOIN area a ON a.code = p.area_code AND a.valid_from = p.area_from "
        "WHERE p.kind = 'area' AND p.area_code = e.area_code AND a.valid_to IS NULL) LIMIT 4000"
    )
    return [code for (code,) in await cursor.fetchall()]


async def units_without_place(connection: Connection, on: date) -> list[int]:
    """Return the units that stand on a day and are no places yet."""
    cursor = await connection.execute(
        "SELECT o.id FROM org o WHERE (o.valid_to IS NULL OR o.valid_to > %s) AND NOT EXISTS ("
        "SELECT FROM indicator_place p WHERE p.kind = 'unit' AND p.org_id = o.id) ORDER BY o.id LIMIT 4000",
        (on,),
    )
    return [number for (number,) in await cursor.fetchall()]


async def values_of(
    connection: Connection, indicators: Collection[int], start: date, places: Collection[int] | None
) -> list[tuple[int, int, Decimal | None, int, int]]:
    """Return (indicator, place, value, missing, flags) of the periods that begin on a day; no drafts."""
    cursor = await connection.execute(
        "SELECT v.indicator_id, v.place_id, v.value, v.missing, v.flags FROM indicator_value v "
        "WHERE v.indicator_id = ANY(%(indicators)s) AND v.start = %(start)s AND v.state > 0 "
        "AND (%(places)s::int[] IS NULL OR v.place_id = ANY(%(places)s))",
        {
            "indicators": sorted(indicators), "start": start,
            "places": None if places is None else sorted(places),
        },
    )  # fmt: skip
    return await cursor.fetchall()


async def told(connection: Connection, after: int, last: int) -> list[dict[str, Any]]:
    """Return the bodies of the events of values in ``after < seq <= last`` of the log."""
    cursor = await connection.execute(
        "SELECT j->'body' FROM change WHERE seq > %s AND seq <= %s AND kind = 9 "
        "AND j->>'topic' = 'indicators' AND j->>'kind' = 'values' ORDER BY seq",
        (after, last),
    )
    return [body for (body,) in await cursor.fetchall() if body]


_OF_TYPE = (
    "e.tenant_id = 0 AND e.type_id IN (SELECT y.id FROM type y WHERE y.name = %(type)s OR EXISTS ("
    "SELECT FROM type m WHERE m.id = ANY(y.members) AND m.name = %(type)s))"
)
_HOW: dict[str, str] = {
    "mean": "avg(h.total / h.n)",
    "sum": "sum(h.total)",
    "min": "min(h.low)",
    "max": "max(h.high)",
    "hours_above": "count(DISTINCT h.hour) FILTER (WHERE h.total / h.n > %(above)s)",
    "device_hours_above": "count(*) FILTER (WHERE h.total / h.n > %(above)s)",
}


async def city_numbers(
    connection: Connection, *, how: str, type_name: str, attribute: str, first: datetime, after: datetime,
    above: float | None,
) -> list[Row]:  # fmt: skip
    """Return what the hourly sums of an attribute come to, by area and for the whole."""
    cursor = await connection.execute(
        f"""
        WITH h AS (
            SELECT e.area_code, e.simulated, r.hour, r.x[5 * q.at - 4] AS n, r.x[5 * q.at - 3] AS total,
                r.x[5 * q.at - 1] AS low, r.x[5 * q.at] AS high
            FROM entity e JOIN rollup r ON r.eid = e.eid
            LEFT JOIN keyset s ON s.id = r.k AND r.k > 0
            CROSS JOIN LATERAL (
                SELECT array_position(coalesce(s.attrs, r.attrs), w.id) AS at FROM attr w
                WHERE w.name = %(attribute)s
            ) q
            WHERE {_OF_TYPE} AND r.hour >= %(first)s AND r.hour < %(after)s AND q.at IS NOT NULL
        )
        SELECT h.area_code, ({_HOW[how]})::numeric, bool_or(h.simulated) FROM h WHERE h.n > 0
        GROUP BY GROUPING SETS ((h.area_code), ()) HAVING count(*) > 0
            AND (grouping(h.area_code) = 1 OR h.area_code IS NOT NULL)
        """,
        {"type": type_name, "attribute": attribute, "first": first, "after": after, "above": above},
    )
    return await cursor.fetchall()


async def entities(connection: Connection, type_name: str, end: datetime) -> list[Row]:
    """Return how many entities of a type there are that were made before an instant."""
    cursor = await connection.execute(
        f"SELECT e.area_code, count(*)::numeric, bool_or(e.simulated) FROM entity e WHERE {_OF_TYPE} "
        "AND e.created < %(end)s GROUP BY GROUPING SETS ((e.area_code), ()) "
        "HAVING count(*) > 0 AND (grouping(e.area_code) = 1 OR e.area_code IS NOT NULL)",
        {"type": type_name, "end": end},
    )
    return await cursor.fetchall()


async def reporting(connection: Connection, type_name: str, first: datetime, after: datetime) -> list[Row]:
    """Return how many entities of a type sent anything in a stretch of time.

    Hours are summed up a while after they came: the last change of an entity tells of the running ones.
    """
    cursor = await connection.execute(
        f"SELECT e.area_code, count(*)::numeric, bool_or(e.simulated) FROM entity e WHERE {_OF_TYPE} "
        "AND (e.mod >= %(first)s AND e.mod < %(after)s OR EXISTS (SELECT FROM rollup r WHERE r.eid = e.eid "
        "AND r.hour >= %(first)s AND r.hour < %(after)s)) "
        "GROUP BY GROUPING SETS ((e.area_code), ()) "
        "HAVING count(*) > 0 AND (grouping(e.area_code) = 1 OR e.area_code IS NOT NULL)",
        {"type": type_name, "first": first, "after": after},
    )
    return await cursor.fetchall()


_GIVEN = "t.given_at < %(end)s AND t.state NOT IN ('draft', 'cancelled') AND NOT t.is_exercise"
_UNDONE = (
    "(t.accepted_at IS NULL OR t.accepted_at >= %(end)s) "
    "AND (t.reported_at IS NULL OR t.reported_at >= %(end)s)"
)
_IN_PERIOD = "t.due_original >= %(first)s AND t.due_original < %(after)s"
_TASKS: dict[TaskCount, str] = {
    "due": _IN_PERIOD,
    "due_on_time": f"{_IN_PERIOD} AND t.accepted_at IS NOT NULL AND t.reported_at < t.due_original",
    "overdue": f"t.due_end < %(end)s AND {_UNDONE}",
    "open": "(t.accepted_at IS NULL OR t.accepted_at >= %(end)s)",
    "done": "t.accepted_at >= %(first)s AND t.accepted_at < %(end)s",
}


async def tasks(
    connection: Connection, which: TaskCount, first: datetime, after: datetime, end: datetime, *,
    source: str | None, sector: str | None,
) -> list[Row]:  # fmt: skip
    """Return counts of tasks by the unit that leads them, and of all."""
    cursor = await connection.execute(
        f"SELECT t.owner_org, count(*)::numeric, false FROM task t WHERE {_GIVEN} AND {_TASKS[which]} "
        "AND (%(source)s::text IS NULL OR t.source_kind = %(source)s) "
        "AND (%(sector)s::text IS NULL OR t.sector = %(sector)s) "
        "GROUP BY GROUPING SETS ((t.owner_org), ()) HAVING count(*) > 0",
        {"first": first, "after": after, "end": end, "source": source, "sector": sector},
    )
    return await cursor.fetchall()


async def paid(connection: Connection, year: int, end: datetime) -> list[Row]:
    """Return what the Treasury has confirmed of a plan year's own capital before an instant, by owner."""
    cursor = await connection.execute(
        "SELECT y.owner_org, sum(CASE WHEN y.kind = 'recovery' THEN -y.confirmed_dong "
        "ELSE y.confirmed_dong END)::numeric, bool_or(p.simulated) "
        "FROM payment y JOIN project p ON p.id = y.project_id "
        "WHERE y.state = 'confirmed' AND NOT y.carry_over AND y.plan_year = %(year)s "
        "AND y.paid_on < (%(end)s AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 1 "
        "GROUP BY GROUPING SETS ((y.owner_org), ()) HAVING count(*) > 0",
        {"year": year, "end": end},
    )
    return await cursor.fetchall()


async def planned(connection: Connection, year: int, end: datetime) -> list[Row]:
    """Return the year's plan as decisions had set it by an instant, by owner of the project."""
    cursor = await connection.execute(
        "SELECT p.owner_org, sum(c.amount_dong)::numeric, bool_or(p.simulated) FROM capital_plan c "
        "JOIN project p ON p.id = c.project_id CROSS JOIN LATERAL ("
        "SELECT ((%(end)s AT TIME ZONE 'Asia/Ho_Chi_Minh') - interval '1 second')::date AS day) d "
        "WHERE c.plan_kind = 'annual' AND c.plan_year = %(year)s AND c.superseded_at IS NULL "
        "AND c.valid_from <= d.day AND (c.valid_to IS NULL OR c.valid_to > d.day) "
        "GROUP BY GROUPING SETS ((p.owner_org), ()) HAVING count(*) > 0",
        {"year": year, "end": end},
    )
    return await cursor.fetchall()


async def late_projects(connection: Connection, end: datetime) -> list[Row]:
    """Return how many projects have a milestone past its baseline and not met by an instant, by owner."""
    cursor = await connection.execute(
        "SELECT p.owner_org, count(DISTINCT p.id)::numeric, bool_or(p.simulated) FROM milestone m "
        "JOIN project p ON p.id = m.project_id CROSS JOIN LATERAL ("
        "SELECT ((%(end)s AT TIME ZONE 'Asia/Ho_Chi_Minh') - interval '1 second')::date AS day) d "
        "WHERE m.baseline_on < d.day AND (m.actual_on IS NULL OR m.actual_on > d.day) "
        "GROUP BY GROUPING SETS ((p.owner_org), ()) HAVING count(*) > 0",
        {"end": end},
    )
    return await cursor.fetchall()


async def readable_pairs(
    connection: Connection, principal: Principal, indicators: Collection[int], places: Collection[int]
) -> set[tuple[int, int]]:
    """Return which indicators the asker may see about which of these places."""
    where, values = readable(principal)
    cursor = await connection.execute(
        "SELECT i.id, p.id FROM indicator i, indicator_place p WHERE i.id = ANY(%(indicators)s) "
        f"AND p.id = ANY(%(places)s) AND {where}",
        values | {"indicators": sorted(indicators), "places": sorted(places)},
    )
    return set(await cursor.fetchall())
