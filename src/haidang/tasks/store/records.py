"""SQL of what stands beside a task: reports, changes of the due, refusals, evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.tasks.model.due import Due


class DueChange(msgspec.Struct, frozen=True, kw_only=True):
    """An asked or made change of a due."""

    id: int
    task_id: int
    kind: str
    asked_at: datetime
    asked_by: str
    in_time: bool
    reason: str
    document: str
    old_end: datetime | None
    new_end: datetime | None
    new_due: Due | None
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    why: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A file that shows a result."""

    id: int
    task_id: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    scan: str
    by: str
    at: datetime
    supersedes: int | None


async def add_report(
    connection: Connection, task_id: int, no: int, *, at: datetime, by: str, text: str, product: str
) -> None:
    """Keep a report of a result."""
    await connection.execute(
        "INSERT INTO task_report (task_id, no, at, by, text, product) VALUES (%s, %s, %s, %s, %s, %s)",
        (task_id, no, at, by, text, product),
    )


async def set_verdict(
    connection: Connection, task_id: int, no: int, *, verdict: str, at: datetime, by: str, why: str
) -> None:
    """Keep the verdict on a report."""
    await connection.execute(
        "UPDATE task_report SET verdict = %s, verdict_at = %s, verdict_by = %s, verdict_why = %s "
        "WHERE task_id = %s AND no = %s",
        (verdict, at, by, why, task_id, no),
    )


async def reports(connection: Connection, task_id: int) -> list[dict[str, Any]]:
    """Return the reports of a task, newest first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT no, at, by, text, product, verdict, verdict_at, verdict_by, verdict_why "
            "FROM task_report WHERE task_id = %s ORDER BY no DESC",
            (task_id,),
        )
        return await cursor.fetchall()


async def add_due_change(
    connection: Connection,
    task_id: int,
    *,
    kind: str,
    at: datetime,
    by: str,
    reason: str,
    document: str = "",
    in_time: bool = True,
    old_end: datetime | None,
    new_end: datetime | None,
    new_due: Due | None = None,
    decided: bool = True,
) -> int:
    """Keep a change of the due, decided at once by whoever made it, or still to be decided."""
    cursor = await connection.execute(
        "INSERT INTO due_change (task_id, kind, asked_at, asked_by, in_time, reason, document, old_end, "
        "new_end, new_due, decision, decided_at, decided_by) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (
            task_id, kind, at, by, in_time, reason, document, old_end, new_end,
            Jsonb(msgspec.to_builtins(new_due)) if new_due else None,
            "granted" if decided else None, at if decided else None, by if decided else None,
        ),
    )  # fmt: skip
    [(number,)] = await cursor.fetchall()
    return int(number)


async def decide_due_change(
    connection: Connection, change_id: int, *, decision: str, at: datetime, by: str, why: str
) -> None:
    """Keep the decision on an asked change."""
    await connection.execute(
        "UPDATE due_change SET decision = %s, decided_at = %s, decided_by = %s, why = %s WHERE id = %s",
        (decision, at, by, why, change_id),
    )


async def due_changes(connection: Connection, task_id: int) -> list[DueChange]:
    """Return the changes of a task's due, newest first."""
    names = DueChange.__struct_fields__
    cursor = await connection.execute(
        f"SELECT {', '.join(names)} FROM due_change WHERE task_id = %s ORDER BY id DESC LIMIT 200", (task_id,)
    )
    found = []
    for each in await cursor.fetchall():
        facts = dict(zip(names, each, strict=True))
        facts["new_due"] = msgspec.convert(facts["new_due"], Due) if facts["new_due"] else None
        found.append(DueChange(**facts))
    return found


async def add_refusal(
    connection: Connection,
    task_id: int,
    org_id: int,
    *,
    at: datetime,
    by: str,
    ground: str,
    proposed: int | None,
) -> None:
    """Keep a "not ours"."""
    await connection.execute(
        "INSERT INTO task_refusal (task_id, org_id, at, by, ground, proposed_org) "
        "VALUES (%s, %s, %s, %s, %s, %s)",
        (task_id, org_id, at, by, ground, proposed),
    )


async def decide_refusals(
    connection: Connection, task_id: int, *, decision: str, at: datetime, by: str
) -> None:
    """Keep what became of a "not ours" that nobody has answered yet."""
    await connection.execute(
        "UPDATE task_refusal SET decision = %s, decided_at = %s, decided_by = %s "
        "WHERE task_id = %s AND decision IS NULL",
        (decision, at, by, task_id),
    )


async def refusals(connection: Connection, task_id: int) -> list[dict[str, Any]]:
    """Return what units have said "not ours" to a task, the last first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT r.org_id, o.name AS org_name, r.at, r.by, r.ground, r.proposed_org, "
            "p.name AS proposed_name, r.decision, r.decided_at, r.decided_by "
            "FROM task_refusal r JOIN org o ON o.id = r.org_id "
            "LEFT JOIN org p ON p.id = r.proposed_org WHERE r.task_id = %s ORDER BY r.at DESC",
            (task_id,),
        )
        return await cursor.fetchall()


async def add_evidence(connection: Connection, evidence: Evidence) -> int | None:
    """Keep a file's row (its ``id`` is not used); None where what it supersedes is superseded already."""
    cursor = await connection.execute(
        "INSERT INTO task_evidence (task_id, name, media_type, size_bytes, sha256, scan, by, at, supersedes) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (supersedes) DO NOTHING RETURNING id",
        (
            evidence.task_id, evidence.name, evidence.media_type, evidence.size_bytes, evidence.sha256,
            evidence.scan, evidence.by, evidence.at, evidence.supersedes,
        ),
    )  # fmt: skip
    found = await cursor.fetchone()
    return int(found[0]) if found else None


async def evidence(connection: Connection, task_id: int) -> list[Evidence]:
    """Return the files of a task in the order they came."""
    names = Evidence.__struct_fields__
    cursor = await connection.execute(
        f"SELECT {', '.join(names)} FROM task_evidence WHERE task_id = %s ORDER BY id", (task_id,)
    )
    return [Evidence(**dict(zip(names, each, strict=True))) for each in await cursor.fetchall()]
