"""SQL of total investments: superseding, parts by source, what holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection


async def supersede(connection: Connection, wanted: Sequence[tuple[int, date]], at: datetime) -> None:
    """Note that the totals of these projects from these days are no longer what we hold for right."""
    await connection.execute(
        "UPDATE project_total t SET superseded_at = greatest(%s, t.recorded_at) "
        "FROM unnest(%s::int[], %s::date[]) AS x (project_id, valid_from) "
        "WHERE t.project_id = x.project_id AND t.valid_from = x.valid_from AND t.superseded_at IS NULL",
        (at, [project for project, _ in wanted], [day for _, day in wanted]),
    )


async def add_parts(connection: Connection, parts: Mapping[int, Mapping[int, int]]) -> None:
    """Add the parts by source of many totals by one statement."""
    plain = [
        {"total_id": total, "fund_source_id": source, "amount_dong": amount}
        for total, each in parts.items()
        for source, amount in each.items()
    ]
    await connection.execute(
        "INSERT INTO project_total_part SELECT x.* FROM jsonb_populate_recordset(NULL::project_total_part, "
        "%s::jsonb) AS x",
        (msgspec.json.encode(plain).decode(),),
    )


async def history(connection: Connection, project_id: int) -> list[dict[str, Any]]:
    """Return the totals of a project by day, each with its decision and the one before it."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT t.id, t.amount_dong, lag(t.amount_dong) OVER w AS before_dong, t.finish_on, "
            "t.valid_from, t.reason, t.recorded_at, t.decision_id, d.doc_number, "
            "d.signed_on, d.kind AS decision_kind, "
            "coalesce((SELECT jsonb_object_agg(s.code, p.amount_dong) FROM project_total_part p "
            "JOIN fund_source s ON s.id = p.fund_source_id WHERE p.total_id = t.id), '{}') AS parts "
            "FROM project_total t JOIN programme_decision d ON d.id = t.decision_id "
            "WHERE t.project_id = %s AND t.superseded_at IS NULL WINDOW w AS (ORDER BY t.valid_from) "
            "ORDER BY t.valid_from",
            (project_id,),
        )
        return await cursor.fetchall()


async def on(
    connection: Connection, projects: Collection[int], day: date, known_at: datetime
) -> dict[int, int]:
    """Return the total investment of projects on a day by what was known at a moment; some have none."""
    cursor = await connection.execute(
        "SELECT DISTINCT ON (t.project_id) t.project_id, t.amount_dong FROM project_total t "
        "WHERE t.project_id = ANY(%(projects)s) AND t.valid_from <= %(day)s AND t.recorded_at <= %(known)s "
        "AND (t.superseded_at IS NULL OR t.superseded_at > %(known)s) "
        "ORDER BY t.project_id, t.valid_from DESC",
        {"projects": sorted(projects), "day": day, "known": known_at},
    )
    return dict(await cursor.fetchall())
