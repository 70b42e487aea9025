"""SQL of discipline: the counted register, what was due and in time, and which boards are looked at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql


async def count_late(
    connection: Connection, submission_id: int, org_id: int, year: int, at: datetime
) -> int | None:
    """Enter a late form into the register; return the unit's count of the year; None: it stood already."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('indicator_late', %s))", (org_id,)
    )
    cursor = await connection.execute(
        "INSERT INTO indicator_late (submission_id, org_id, year, at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (submission_id) DO NOTHING",
        (submission_id, org_id, year, at),
    )
    if not cursor.rowcount:
        return None
    cursor = await connection.execute(
        "SELECT count(*) FROM indicator_late WHERE org_id = %s AND year = %s AND waived_at IS NULL",
        (org_id, year),
    )
    [(count,)] = await cursor.fetchall()
    return int(count)


async def reach(connection: Connection, org_id: int, year: int, mark: int, at: datetime) -> bool:
    """Note that a unit has come to a mark; False where that stood already."""
    cursor = await connection.execute(
        "INSERT INTO indicator_review (org_id, year, mark, reached_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        (org_id, year, mark, at),
    )
    return cursor.rowcount > 0


async def late(
    connection: Connection, principal: Principal, year: int, org_id: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return the entries of a year, unit by unit in their order; waived ones stay and do not count."""
    where, values = scope_sql(principal, "indicator.read", org="l.org_id", area=None, sector=None)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT l.id, l.version, l.org_id, o.name AS org, l.at, l.waived_at, l.waived_by, l.waived_why, "
            "l.submission_id, s.form_code, f.vi AS form_vi, f.en AS form_en, f.period_kind, s.start, "
            "s.due_at, "
            "s.submitted_at, s.expected, cardinality(s.lacking) AS lacking, s.task_id, s.simulated, "
            "CASE WHEN l.waived_at IS NULL THEN row_number() OVER "
            "(PARTITION BY l.org_id, l.waived_at IS NULL ORDER BY l.at, l.id) END::int AS no "
            "FROM indicator_late l JOIN indicator_submission s ON s.id = l.submission_id "
            "JOIN indicator_form f ON f.code = s.form_code JOIN org o ON o.id = l.org_id "
            f"WHERE l.year = %(year)s AND {where} AND (%(org)s::int IS NULL OR l.org_id = %(org)s) "
            "ORDER BY o.name, l.org_id, l.at, l.id LIMIT %(limit)s",
            values | {"year": year, "org": org_id, "limit": limit},
        )
        return await cursor.fetchall()


async def units(connection: Connection, principal: Principal, first: date, after: date, now: datetime) -> Any:
    """Return for each unit what was owed within days, by their due: forms, in time, late, still lacking,
    reminders that its tasks have sent, entries of the register and the highest mark reached."""
    where, values = scope_sql(principal, "indicator.read", org="s.org_id", area=None, sector=None)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT s.org_id, o.name AS org, count(*)::int AS due, "
            "count(*) FILTER (WHERE s.submitted_at IS NOT NULL)::int AS received, "
            "count(*) FILTER (WHERE s.submitted_at < s.due_at)::int AS in_time, "
            "count(*) FILTER (WHERE s.submitted_at >= s.due_at)::int AS late, "
            "count(*) FILTER (WHERE s.submitted_at IS NULL)::int AS lacking, "
            "(SELECT count(*) FROM reminder r JOIN task t ON t.id = r.task_id WHERE t.source_kind = "
            "'indicator' "
            " AND t.owner_org = s.org_id AND r.collapsed IS NULL AND r.step LIKE 'before-%%' "
            " AND r.made_at >= %(first)s AND r.made_at < %(after)s)::int AS reminders, "
            "(SELECT count(*) FROM indicator_late l WHERE l.org_id = s.org_id AND l.waived_at IS NULL "
            " AND l.at >= %(first)s AND l.at < %(after)s)::int AS counted, "
            "(SELECT max(w.mark) FROM indicator_review w WHERE w.org_id = s.org_id "
            " AND w.year = extract(year FROM %(first)s::date)) AS mark "
            "FROM indicator_submission s JOIN org o ON o.id = s.org_id "
            f"WHERE s.due_at >= %(first)s AND s.due_at < %(after)s AND s.due_at <= %(now)s AND {where} "
            "GROUP BY s.org_id, o.name ORDER BY o.name LIMIT 2000",
            values | {"first": first, "after": after, "now": now},
        )
        return await cursor.fetchall()


async def of_indicator(
    connection: Connection, principal: Principal, indicator_id: int, first: date, last: date
) -> list[dict[str, Any]]:
    """Return for each unit and period whether an indicator was in time: what lacked as the due passed was
    not."""
    where, values = scope_sql(principal, "indicator.read", org="s.org_id", area=None, sector="i.sector")
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT s.org_id, o.name AS org, i.period_kind, s.start, s.due_at, s.submitted_at, s.state, "
            "CASE WHEN s.looked_at IS NOT NULL THEN NOT (%(id)s = ANY(s.lacking)) END AS in_time "
            "FROM indicator_submission s JOIN indicator i ON i.form_code = s.form_code "
            "JOIN org o ON o.id = s.org_id WHERE i.id = %(id)s AND s.start BETWEEN %(first)s AND %(last)s "
            "AND EXISTS (SELECT FROM indicator_duty d WHERE d.indicator_id = i.id AND d.org_id = s.org_id "
            " AND d.valid_from <= s.start AND (d.valid_to IS NULL OR d.valid_to > s.start)) "
            f"AND {where} ORDER BY s.start DESC, o.name LIMIT 5000",
            values | {"id": indicator_id, "first": first, "last": last},
        )
        return await cursor.fetchall()


async def entry(connection: Connection, late_id: int) -> dict[str, Any] | None:
    """Return an entry of the register, locked."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT id, version, org_id, year, at, waived_at, waived_by, waived_why FROM indicator_late "
            "WHERE id = %s FOR NO KEY UPDATE",
            (late_id,),
        )
        return await cursor.fetchone()


async def waive(connection: Connection, late_id: int, at: datetime, by: str, why: str) -> None:
    """Let an entry no longer count, for a reason; it stays in the register."""
    await connection.execute(
        "UPDATE indicator_late SET waived_at = %s, waived_by = %s, waived_why = %s, version = version + 1 "
        "WHERE id = %s",
        (at, by, why, late_id),
    )


async def in_time(
    connection: Connection, first: datetime, after: datetime, orgs: list[int] | None
) -> tuple[int, int]:
    """Return how many forms fell due within instants, and how many of them were handed in before."""
    cursor = await connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE submitted_at < due_at) FROM indicator_submission "
        "WHERE due_at >= %s AND due_at < %s AND (%s::int[] IS NULL OR org_id = ANY(%s))",
        (first, after, orgs, orgs),
    )
    [(due, early)] = await cursor.fetchall()
    return due, early


async def coverage(
    connection: Connection, first: datetime, after: datetime, orgs: list[int] | None
) -> tuple[int, int]:
    """Return how many figures were owed by forms that fell due, and how many were there as the due passed."""
    cursor = await connection.execute(
        "SELECT coalesce(sum(expected), 0), coalesce(sum(expected - cardinality(lacking)), 0) "
        "FROM indicator_submission WHERE looked_at IS NOT NULL AND due_at >= %s AND due_at < %s "
        "AND (%s::int[] IS NULL OR org_id = ANY(%s))",
        (first, after, orgs, orgs),
    )
    [(owed, there)] = await cursor.fetchall()
    return int(owed), int(there)


async def viewed(connection: Connection, day: date, org_id: int, board: str) -> None:
    """Count a view of a board by a unit."""
    await connection.execute(
        "INSERT INTO board_view AS b (day, org_id, board, views) VALUES (%s, %s, %s, 1) "
        "ON CONFLICT (day, org_id, board) DO UPDATE SET views = b.views + 1",
        (day, org_id, board),
    )


async def views(
    connection: Connection, principal: Principal, first: date, last: date
) -> list[dict[str, Any]]:
    """Return how often units with accounts looked at boards within days; who never did stands with 0."""
    where, values = scope_sql(principal, "indicator.read", org="o.id", area=None, sector=None)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT o.id AS org_id, o.name AS org, b.board, coalesce(sum(b.views), 0)::int AS views, "
            "max(b.day) AS last_day FROM org o LEFT JOIN board_view b ON b.org_id = o.id "
            "AND b.day BETWEEN %(first)s AND %(last)s "
            f"WHERE {where} AND EXISTS (SELECT FROM account a WHERE a.org_id = o.id AND a.active) "
            "GROUP BY o.id, o.name, b.board ORDER BY o.name, b.board LIMIT 5000",
            values | {"first": first, "last": last},
        )
        return await cursor.fetchall()


async def looked(connection: Connection, first: date, last: date) -> tuple[int, int]:
    """Return how many units have people, and how many of them looked at any board within days."""
    cursor = await connection.execute(
        "SELECT count(DISTINCT a.org_id), count(DISTINCT b.org_id) FROM account a LEFT JOIN board_view b "
        "ON b.org_id = a.org_id AND b.day BETWEEN %s AND %s WHERE a.active",
        (first, last),
    )
    [(units_, active)] = await cursor.fetchall()
    return units_, active


async def owing_units(connection: Connection, first: datetime, after: datetime) -> list[int]:
    """Return the units whose forms fell due within instants."""
    cursor = await connection.execute(
        "SELECT DISTINCT org_id FROM indicator_submission WHERE due_at >= %s AND due_at < %s ORDER BY 1 "
        "LIMIT 5000",
        (first, after),
    )
    return [org for (org,) in await cursor.fetchall()]
