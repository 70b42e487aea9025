"""SQL of bottlenecks with what their tasks say of owner, due and state."""

from __future__ import annotations

from typing import Any

from psycopg.rows import dict_row

from haidang.base.database import Connection


async def lines(
    connection: Connection, *, project_id: int, bottleneck_id: int | None = None
) -> list[dict[str, Any]]:
    """Return bottlenecks of a project, or one of them, open ones first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT b.id, b.version, b.project_id, b.cause, b.description, b.amount_dong, b.created_by, "
            "b.recorded_at, t.is_open, jsonb_build_object('id', t.id, 'state', t.state, 'title', t.title, "
            "'owner_org', t.owner_org, 'owner_name', o.name, 'due_end', t.due_end, 'review_at', t.review_at, "
            "'version', t.version) AS task FROM bottleneck b JOIN task t ON t.id = b.task_id "
            "JOIN org o ON o.id = t.owner_org WHERE b.project_id = %(project)s "
            "AND (%(id)s::int IS NULL OR b.id = %(id)s) ORDER BY t.is_open DESC, b.id DESC LIMIT 500",
            {"project": project_id, "id": bottleneck_id},
        )
        return await cursor.fetchall()
