"""The commands that were given, from the audit log: each with its end, as far as one is recorded."""

from __future__ import annotations

from typing import Any

from haidang.city.registrations import store
from haidang.city.service import City
from haidang.city.times import format_us, to_us
from haidang.organisation.permissions import Principal, scope_sql


async def actuations(
    city: City, principal: Principal, *, before: int | None, limit: int, entity: str | None
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of commands, newest first, and where the next one begins."""
    where, values = scope_sql(
        principal,
        "registration.read",
        org="c.org_id",
        area="(c.body::jsonb->>'area_code')",
        sector="(c.body::jsonb->>'sector')",
    )
    async with city.db.transaction() as conn:
        rows = await store.commands(
            conn, where, values | {"before": before, "entity": entity, "limit": limit + 1}
        )
    items = [
        {
            "no": no,
            "at": format_us(to_us(at)),
            "actor": actor,
            "entity_id": subject,
            "owner_org": org,
            "registration": begin.get("registration"),
            "attributes": begin.get("attributes"),
            "operation": begin.get("operation"),
            "body": begin.get("body"),
            "end": None if end is None else end.get("end"),
            "ended_at": None if ended is None else format_us(to_us(ended)),
            "status": None if end is None else end.get("status"),
            "reason": None if end is None else end.get("reason"),
        }
        for no, at, actor, subject, org, begin, ended, end in rows[:limit]
    ]
    return items, rows[limit - 1][0] if len(rows) > limit else None
