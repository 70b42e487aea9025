"""One meeting: its notices, and what became of each directive."""

from __future__ import annotations

from typing import Any

from haidang.base.database import Connection
from haidang.boards.directives import lines, store
from haidang.boards.directives.board import PLACES, SOURCE
from haidang.directives.model.counts import shown
from haidang.directives.service import counting
from haidang.directives.store.counts import Cut
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.service.desk import Desk

ROWS_MAX = 1_000
_DONE = ("done_on_time", "done_late", "cancelled")


async def meeting(
    connection: Connection, desk: Desk, principal: Principal, meeting_id: int
) -> dict[str, Any]:
    """Return a meeting with its notices, its counts and its tasks; ``Problem`` (404) where it is hidden."""
    found = await store.meeting(connection, principal, meeting_id)
    if found is None:
        raise missing("Không có cuộc họp này.", "There is no such meeting.")
    cut = Cut(meeting=meeting_id)
    rows = await lines.listed(connection, desk, principal, cut, (*PLACES, *_DONE), limit=ROWS_MAX)
    return {
        "as_of": desk.now(), "source": SOURCE, "reading": cut.reading,
        "meeting": lines.plain(found),
        "documents": await store.notices_of(connection, principal, meeting_id),
        "total": shown(await counting.total(connection, desk, principal, cut)),
        "rows": rows,
    }  # fmt: skip
