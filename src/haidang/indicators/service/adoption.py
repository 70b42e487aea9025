"""Which boards are looked at, by which units: unused dashboards must be seen to be unused. No persons."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.indicators.service.desk import Desk, wrong
from haidang.indicators.store import discipline as store
from haidang.organisation.permissions import Principal

Board = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9/_-]{0,79}$")]
SPAN_DAYS_MAX = 1_100


async def count(connection: Connection, desk: Desk, principal: Principal, board: str) -> dict[str, Any]:
    """Count a look at a board by the asker's unit; a machine's looks are nobody's and are not counted."""
    counted = principal.org_id is not None and principal.id.startswith("account:")
    if counted:
        assert principal.org_id is not None  # noqa: S101 - just asked
        await store.viewed(connection, desk.today(), principal.org_id, board)
    return {"counted": counted}


async def by_unit(connection: Connection, principal: Principal, first: date, last: date) -> dict[str, Any]:
    """Return the views of each unit with people, board by board; a unit that looked at none has no boards."""
    if not 0 <= (last - first).days <= SPAN_DAYS_MAX:
        raise wrong("last", f"tối đa {SPAN_DAYS_MAX} ngày", f"at most {SPAN_DAYS_MAX} days", last.isoformat())
    units: dict[int, dict[str, Any]] = {}
    for row in await store.views(connection, principal, first, last):
        unit = units.setdefault(
            row["org_id"], {"org": {"id": row["org_id"], "name": row["org"]}, "views": 0, "boards": []}
        )
        if row["board"] is not None:
            unit["views"] += row["views"]
            unit["boards"].append({name: row[name] for name in ("board", "views", "last_day")})
    boards: dict[str, int] = {}
    for unit in units.values():
        for each in unit["boards"]:
            boards[each["board"]] = boards.get(each["board"], 0) + each["views"]
    return {
        "from": first, "to": last, "units": list(units.values()),
        "unused": sum(unit["views"] == 0 for unit in units.values()), "boards": boards,
    }  # fmt: skip
