"""A unit's own view: what we owe, by when."""

from __future__ import annotations

from typing import Any

from haidang.base.database import Connection
from haidang.base.problems import FORBIDDEN, INVALID, Fault, Problem
from haidang.boards.directives import lines, store
from haidang.boards.directives.board import PLACES, SOURCE
from haidang.boards.directives.model import WHENS, when
from haidang.boards.directives.store import Found
from haidang.directives.model.counts import shown, standing
from haidang.directives.service import counting
from haidang.organisation.permissions import Principal
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.giving import soon_end
from haidang.tasks.store import inbox, people
from haidang.tasks.store.tasks import org_names

ROWS_MAX = 500
COOP_MAX = 100


async def owed(connection: Connection, desk: Desk, principal: Principal, unit: int | None) -> dict[str, Any]:
    """Return what a unit (absent: the asker's own) and those below it owe, the next to fall first.

    A task is late here against its **present** end: that is when it must be done; what it was first due
    stands beside it.
    """
    org = unit if unit is not None else principal.org_id
    if org is None:
        raise Problem(INVALID, faults=(Fault("unit", "cần chọn đơn vị", "choose a unit"),))
    if not principal.may("directive.read", org_id=org):
        raise Problem(FORBIDDEN)
    names = await org_names(connection, [org])
    if org not in names:
        raise Problem(
            INVALID, faults=(Fault("unit", "không có đơn vị này", "there is no such unit", str(org)),)
        )
    now = desk.now()
    cut = await counting.asked(connection, reading="current", unit=org)
    rows = await lines.listed(connection, desk, principal, cut, PLACES[:5], limit=ROWS_MAX)
    return {
        "as_of": now, "source": SOURCE, "unit": {"id": org, "name": names[org]},
        "total": shown(await counting.total(connection, desk, principal, cut)),
        "groups": [
            {"when": each, "rows": [
                row for row in rows if when(row["place"], row["due"]["end"], now) == each]} for each in WHENS
        ],
        "coop": await _coop(connection, desk, principal, org),
        "units": await _units(connection, principal),
    }  # fmt: skip


async def _coop(connection: Connection, desk: Desk, principal: Principal, org: int) -> list[dict[str, Any]]:
    """Return what others lead and the unit helps with."""
    now = desk.now()
    wanted = inbox.Filter(
        orgs=await people.below(connection, org), parts=("coop",), source_kind="directive", now=now,
        soon=soon_end(desk, now),
    )  # fmt: skip
    page = await inbox.page(connection, principal, wanted, limit=COOP_MAX)
    behind = await store.directive_of(connection, [each.task.id for each in page])
    found = [
        Found(each.task, standing(each.task, "current", now, desk.calendar) or "", behind.get(each.task.id))
        for each in page
    ]
    return await lines.rows(connection, desk, principal, found, reading="current")


async def _units(connection: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return the units that owe something, as far as the asker sees them."""
    found = {each.unit for each in await store.choices(connection, principal)}
    names = await org_names(connection, found | ({principal.org_id} if principal.org_id else set()))
    return [{"id": org, "title": name} for org, name in sorted(names.items(), key=lambda pair: pair[1])]
