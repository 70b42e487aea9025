"""How well documents are read, from what people said: precision and recall by month and by rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from haidang.base.database import Connection
from haidang.directives.model.quality import tally
from haidang.directives.service.desk import Desk, wrong
from haidang.directives.store import quality
from haidang.organisation.permissions import Principal
from haidang.tasks.model.due import end_of, start_of

DAYS = 365
DAYS_MAX = 3 * 366


async def report(
    connection: Connection, desk: Desk, principal: Principal, since: date | None, until: date | None
) -> dict[str, Any]:
    """Return the figures of the proposals settled from day to day in documents of the asker's offices."""
    for name, day in (("from", since), ("to", until)):
        if day is not None and not 1990 <= day.year <= 2150:
            raise wrong(name, "năm từ 1990 đến 2150", "a year from 1990 to 2150", str(day))
    last = until or desk.today()
    first = since or last - timedelta(days=DAYS)
    if not 0 <= (last - first).days <= DAYS_MAX:
        raise wrong("from", f"tối đa {DAYS_MAX} ngày", f"at most {DAYS_MAX} days", str(first))
    judged = await quality.judged(connection, principal, start_of(first), end_of(last))
    return {"from": first, "to": last} | tally(judged)
