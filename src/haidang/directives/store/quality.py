"""SQL of what became of proposals."""

from __future__ import annotations

from datetime import datetime

from haidang.base.database import Connection
from haidang.directives.model.quality import Judged
from haidang.directives.store import sight
from haidang.organisation.permissions import Principal


async def judged(
    connection: Connection, principal: Principal, since: datetime, before: datetime
) -> list[Judged]:
    """Return the proposals of the engine, and those added by hand, that were settled in a time.

    Those of offices for which the asker registers; what a further reading replaced, nobody has judged.
    """
    where, values = sight.office(principal, "directive.register")
    cursor = await connection.execute(
        "SELECT c.origin, c.state, c.settled_at, c.rules, c.edited, c.deadline IS NOT NULL "
        "FROM extraction_candidate c JOIN directive_document d ON d.id = c.document_id "
        "WHERE c.origin IN ('engine', 'hand') AND c.settled_at >= %(since)s AND c.settled_at < %(before)s "
        f"AND {where} AND (c.state <> 'replaced' OR EXISTS (SELECT FROM candidate_verdict v "
        "WHERE v.candidate_id = c.id AND v.act IN ('split', 'merge'))) ORDER BY c.id",
        values | {"since": since, "before": before},
    )
    return [
        Judged(
            origin=origin, state=state, at=at, rules=tuple(rules), edited=tuple(edited), had_deadline=timed
        )
        for origin, state, at, rules, edited, timed in await cursor.fetchall()
    ]
