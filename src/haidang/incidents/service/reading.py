"""Reading incidents: lists, one with all that stands beside it, its log."""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.incidents.model.acts import offered
from haidang.incidents.service import journal
from haidang.incidents.service.desk import Desk, parts_of, visible, wrong
from haidang.incidents.service.lines import lines, mark_of
from haidang.incidents.store import incidents, lists, resources
from haidang.incidents.store.lists import Filter
from haidang.organisation.permissions import Principal


async def listed(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    wanted: Filter,
    *,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page: open ones by severity and age, past ones the newest first."""
    try:
        after = lists.place_of(cursor, wanted) if cursor else None
    except ValueError:
        raise wrong("cursor", "không hợp lệ", "not a cursor of ours", (cursor or "")[:40]) from None
    found = await lists.page(connection, principal, wanted, limit=limit + 1, after=after)
    shown = found[:limit]
    return {
        "items": await lines(connection, desk, shown),
        "next": lists.cursor_of(shown[-1], wanted) if len(found) > limit else None,
        "now": desk.now(),
    }


async def incident(
    connection: Connection, desk: Desk, principal: Principal, incident_id: int
) -> dict[str, Any]:
    """Return one incident as the API says it, with what the asker may do now."""
    found = await visible(connection, principal, incident_id)
    [line] = await lines(connection, desk, [found])
    orgs = await incidents.org_names(connection, found.orgs)
    parts = parts_of(principal, found)
    decided = desk.tables.severity_of(found.facts | {"kind": found.kind})
    return line | {
        "text": found.text,
        "facts": found.facts,
        "severity_table": {
            "severity": decided.severity, "row": decided.row, "vi": decided.vi, "en": decided.en
        },
        "resources": msgspec.to_builtins(await resources.uses(connection, found.id)),
        "orgs": [{"id": org, "name": orgs.get(org, f"#{org}")} for org in found.orgs],
        "acts": offered(found, parts),
        "parts": sorted(parts),
        "now": desk.now(),
    }  # fmt: skip


async def log(
    connection: Connection,
    principal: Principal,
    incident_id: int,
    *,
    before: int | None,
    after: int | None,
    limit: int,
) -> dict[str, Any]:
    """Return the log of an incident, newest first, or from an entry on (``after``) in its order."""
    incident_ = await visible(connection, principal, incident_id)
    found = await journal.entries(connection, incident_id, before=before, after=after, limit=limit + 1)
    shown = found[:limit]
    return {
        "items": shown, "next": str(shown[-1]["no"]) if len(found) > limit else None,
        "is_exercise": incident_.is_exercise, "mark": mark_of(incident_),
    }  # fmt: skip


def kinds(desk: Desk) -> dict[str, Any]:
    """Return the kinds that this site knows, and the facts that its table of severity asks for."""
    asked = sorted({name for row in desk.tables.severity.rows for name in row.when} - {"kind"})
    return {
        "kinds": [
            {"kind": each.kind, "vi": each.vi, "en": each.en, "sector": each.sector}
            for each in desk.tables.kinds.values()
        ],
        "facts": asked,
        "severity": [
            {"row": row.row, "severity": row.severity, "vi": row.vi, "en": row.en}
            for row in desk.tables.severity.rows
        ],
    }
