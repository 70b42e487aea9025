"""SQL of meetings and their decisions, and of what a pack reads that no other room's statement gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.programme.meetings.model import Decision, Meeting
from haidang.programme.store import rows
from haidang.tasks.model.due import Due

MEETINGS, DECISIONS = "programme_meeting", "programme_meeting_decision"
_HEAVY = {"pack", "conclusion"}


async def before(connection: Connection, meeting: Meeting) -> Meeting | None:
    """Return the last issued meeting of the programme before one."""
    cursor = await connection.execute(
        f"SELECT {rows.columns(Meeting, 'm')} FROM programme_meeting m WHERE m.program_id = %s "
        "AND m.held_on < %s AND m.issued_at IS NOT NULL ORDER BY m.held_on DESC LIMIT 1",
        (meeting.program_id, meeting.held_on),
    )
    found = await cursor.fetchone()
    return rows.build(Meeting, found) if found else None


async def concluded_before(connection: Connection, meeting: Meeting) -> list[tuple[int, date, int]]:
    """Return (meeting, day, document of directives) of meetings that were concluded before one."""
    cursor = await connection.execute(
        "SELECT m.id, m.held_on, m.document_id FROM programme_meeting m WHERE m.program_id = %s "
        "AND m.held_on < %s AND m.document_id IS NOT NULL ORDER BY m.held_on DESC LIMIT 60",
        (meeting.program_id, meeting.held_on),
    )
    return [(number, held_on, document) for number, held_on, document in await cursor.fetchall()]


async def listed(connection: Connection, program_id: int, *, limit: int) -> list[dict[str, Any]]:
    """Return the meetings of a programme, the latest first, with how many decisions each has."""
    fields = ", ".join(f"m.{name}" for name in Meeting.__struct_fields__ if name not in _HEAVY)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {fields}, (SELECT count(*)::int FROM programme_meeting_decision d "
            "WHERE d.meeting_id = m.id) AS decisions FROM programme_meeting m WHERE m.program_id = %s "
            "ORDER BY m.held_on DESC LIMIT %s",
            (program_id, limit),
        )
        return await cursor.fetchall()


async def decisions(connection: Connection, meeting_id: int) -> list[Decision]:
    """Return the decisions of a meeting in the order in which they were written down."""
    found = await rows.where(connection, DECISIONS, Decision, meeting_id=meeting_id)
    return [_typed(each) for each in found]


async def decision(connection: Connection, decision_id: int, *, lock: bool = False) -> Decision | None:
    """Return a decision."""
    found = await rows.get(connection, DECISIONS, Decision, decision_id, lock=lock)
    return found and _typed(found)


def _typed(row: Decision) -> Decision:
    return msgspec.structs.replace(row, due=msgspec.convert(row.due, Due | None))


async def drop(connection: Connection, decision_id: int) -> None:
    """Take a draft away; the log keeps what it said."""
    await connection.execute("DELETE FROM programme_meeting_decision WHERE id = %s", (decision_id,))


async def open_bottlenecks(connection: Connection, program_id: int, now: datetime) -> list[dict[str, Any]]:
    """Return what stands in the way of a programme's projects, what is overdue longest first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT b.id, b.cause, b.description, b.amount_dong, p.id AS project_id, p.name AS project, "
            "o.name AS unit, t.id AS task_id, t.due_end, t.review_at, "
            "coalesce(t.due_end <= %(now)s, false) AS overdue FROM bottleneck b "
            "JOIN project p ON p.id = b.project_id JOIN task t ON t.id = b.task_id "
            "JOIN org o ON o.id = t.owner_org WHERE p.program_id = %(program)s AND t.is_open "
            "ORDER BY t.due_end NULLS LAST, b.id LIMIT 2000",
            {"program": program_id, "now": now},
        )
        return await cursor.fetchall()


async def open_cases(connection: Connection, program_id: int) -> list[dict[str, Any]]:
    """Return cases of contractors that are not closed, whoever asks: the pack says who may see each."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT c.id, c.state, c.subject, c.reply_until, c.replied, c.plan_until, k.name AS contractor, "
            "n.contract_no, p.id AS project_id, p.name AS project, p.owner_org, p.area_code, p.sector "
            "FROM contractor_case c JOIN project p ON p.id = c.project_id "
            "JOIN contractor k ON k.id = c.contractor_id JOIN contract n ON n.id = c.contract_id "
            "WHERE p.program_id = %s AND c.state NOT IN ('replaced', 'closed') ORDER BY c.id LIMIT 500",
            (program_id,),
        )
        return await cursor.fetchall()
