"""SQL of the boards of directives, over the same tasks as ``directives.store.counts`` counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import class_row, dict_row

from haidang.base.database import Connection
from haidang.directives.store import sight
from haidang.directives.store.counts import Cut, counted_tasks, moments, place_sql
from haidang.organisation.permissions import Principal
from haidang.tasks.model.task import Task
from haidang.tasks.store.tasks import COLUMNS, FIELDS, row


class Found(msgspec.Struct, frozen=True):
    """A task, where it stands, and the directive that it comes from."""

    task: Task
    place: str
    directive: int | None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says of a directive to whoever may see it."""

    id: int
    no: str
    text: str
    product: str
    given_by: str
    given_on: date
    sector: str | None
    simulated: bool
    document_id: int
    number: str
    kind: str
    issued_on: date | None
    subject: str
    meeting_id: int | None
    meeting: str | None
    held_on: date | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Units, leaders, fields, documents and meetings that stand together in some tasks."""

    unit: int
    leader: str | None
    field: str | None
    document: int | None
    meeting: int | None
    simulated: bool


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast something is done, in the middle; unit None: all of them together."""

    unit: int | None
    measure: str
    median_s: float | None
    have: int
    """Of how many it is known."""
    of: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened to a task."""

    kind: str
    at: datetime
    task_id: int
    title: str
    unit: str
    document: str


class MeetingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting that may be seen."""

    id: int
    title: str
    chair: str
    held_on: date | None
    place: str
    invitation_no: str
    simulated: bool


_ORDER = "coalesce(t.due_end, t.review_at) NULLS LAST, t.id"
_LATE_FIRST = "coalesce(t.due_original, t.review_at), t.id"


async def found(
    connection: Connection,
    principal: Principal,
    cut: Cut,
    places: Sequence[str],
    *,
    now: datetime,
    soon: datetime,
    limit: int,
    band: str | None = None,
    before: datetime | None = None,
) -> list[Found]:
    """Return tasks that stand in some places (of one band; whose end is ``before``), earliest end first."""
    source, values = counted_tasks(principal, cut)
    values |= moments(now, soon) | {"places": list(places), "limit": limit, "band": band, "before": before}
    inner = f"SELECT {COLUMNS}, t.directive, {place_sql(cut)} AS place {source}"
    order = _LATE_FIRST if cut.reading == "original" and tuple(places) == ("overdue",) else _ORDER
    cursor = await connection.execute(
        f"""
        SELECT {COLUMNS}, t.place, t.directive FROM ({inner}) AS t
        WHERE split_part(t.place, ' ', 1) = ANY(%(places)s)
        AND (%(band)s::text IS NULL OR t.place = 'overdue ' || %(band)s)
        AND (%(before)s::timestamptz IS NULL OR coalesce(t.due_end, t.review_at) <= %(before)s)
        ORDER BY {order} LIMIT %(limit)s
        """,
        values,
    )
    cut_at = len(FIELDS)
    return [
        Found(row(each[:cut_at]), each[cut_at].split(" ")[0], _number(each[cut_at + 1]))
        for each in await cursor.fetchall()
    ]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


async def directive_of(connection: Connection, task_ids: Iterable[int]) -> dict[int, int]:
    """Return the directive behind each task that has one, whatever stands between them."""
    cursor = await connection.execute(
        """
        WITH RECURSIVE up AS (
            SELECT id AS task_id, id AS above, parent_id FROM task WHERE id = ANY(%s)
            UNION ALL
            SELECT up.task_id, p.id, p.parent_id FROM up JOIN task p ON p.id = up.parent_id
        )
        SELECT up.task_id, given.directive_id FROM up JOIN directive_task given ON given.task_id = up.above
        """,
        (list(task_ids),),
    )
    return dict(await cursor.fetchall())


async def facts(connection: Connection, principal: Principal, ids: Iterable[int]) -> dict[int, Facts]:
    """Return what may be seen of some directives."""
    where, values = sight.directives(principal)
    async with connection.cursor(row_factory=class_row(Facts)) as cursor:
        await cursor.execute(
            f"""
            SELECT v.id, v.no, v.text, v.product, v.given_by, v.given_on, v.sector, v.simulated,
                v.document_id, d.number, d.kind, d.issued_on, d.subject, d.meeting_id,
                m.title AS meeting, m.held_on
            FROM directive v JOIN directive_document d ON d.id = v.document_id
            LEFT JOIN meeting m ON m.id = d.meeting_id
            WHERE v.id = ANY(%(ids)s) AND {where}
            """,
            values | {"ids": sorted(set(ids))},
        )
        return {each.id: each for each in await cursor.fetchall()}


async def choices(connection: Connection, principal: Principal) -> list[Choice]:
    """Return what the board can be narrowed to."""
    # By document: the statement then joins the directive and its document.
    source, values = counted_tasks(principal, Cut(by="document"))
    async with connection.cursor(row_factory=class_row(Choice)) as cursor:
        await cursor.execute(
            f"""
            SELECT t.owner_org AS unit, d.given_by AS leader, t.sector AS field, d.document_id AS document,
                doc.meeting_id AS meeting, coalesce(bool_or(d.simulated), false) AS simulated
            {source} GROUP BY 1, 2, 3, 4, 5
            """,
            values,
        )
        return await cursor.fetchall()


async def paces(connection: Connection, principal: Principal, cut: Cut) -> list[Pace]:
    """Return how long units take to receive and to report, and the office to answer; by unit and together."""
    source, values = counted_tasks(principal, cut)
    async with connection.cursor(row_factory=class_row(Pace)) as cursor:
        await cursor.execute(
            f"""
            WITH counted AS (SELECT t.id, t.owner_org, t.given_at {source} AND t.state <> 'cancelled'),
            took AS (
                SELECT owner_org, 'receive' AS measure, (
                    SELECT min(entry.at) FROM chain entry
                    WHERE entry.log = 'tasks' AND entry.subject = 'task:' || counted.id AND entry.action IN
                        ('task.receive', 'task.start', 'task.progress', 'task.report')
                ) - given_at AS took FROM counted
                UNION ALL
                SELECT owner_org, 'report', first.at - given_at
                FROM counted LEFT JOIN task_report first ON first.task_id = counted.id AND first.no = 1
                UNION ALL
                SELECT owner_org, 'answer', each.verdict_at - each.at
                FROM counted JOIN task_report each ON each.task_id = counted.id
                WHERE each.verdict IS DISTINCT FROM 'withdrawn'
            )
            SELECT owner_org AS unit, measure, count(took)::int AS have, count(*)::int AS of,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM took)::float8) AS median_s
            FROM took GROUP BY GROUPING SETS ((measure), (owner_org, measure))
            """,
            values,
        )
        return await cursor.fetchall()


async def changed(
    connection: Connection, principal: Principal, cut: Cut, *, since: datetime, until: datetime
) -> list[Change]:
    """Return what happened to the tasks of directives in a time, the newest first."""
    source, values = counted_tasks(principal, cut)
    async with connection.cursor(row_factory=class_row(Change)) as cursor:
        await cursor.execute(
            f"""
            WITH counted AS (SELECT t.* {source}), happened AS (
                SELECT 'given' AS kind, given_at AS at, id AS task_id FROM counted
                UNION ALL
                SELECT 'reported', r.at, r.task_id FROM counted JOIN task_report r ON r.task_id = counted.id
                UNION ALL
                SELECT CASE r.verdict WHEN 'returned' THEN 'returned' ELSE 'accepted' END, r.verdict_at,
                    r.task_id
                FROM counted JOIN task_report r ON r.task_id = counted.id
                WHERE r.verdict IN ('accepted', 'partly', 'returned')
                UNION ALL
                SELECT 'extension_asked', c.asked_at, c.task_id FROM counted JOIN due_change c
                ON c.task_id = counted.id AND c.kind = 'extension'
                UNION ALL
                SELECT 'extension_' || c.decision, c.decided_at, c.task_id FROM counted JOIN due_change c
                ON c.task_id = counted.id AND c.kind = 'extension' AND c.decision IS NOT NULL
                UNION ALL
                SELECT 'overdue', coalesce(due_original, review_at), id FROM counted
                WHERE is_open AND state <> 'suspended'
                    AND (state <> 'reported' OR reported_at >= coalesce(due_original, review_at))
            )
            SELECT h.kind, h.at, h.task_id, c.title, o.name AS unit, c.by_document AS document
            FROM happened h JOIN counted c ON c.id = h.task_id JOIN org o ON o.id = c.owner_org
            WHERE h.at > %(changed_since)s AND h.at <= %(changed_until)s
            ORDER BY h.at DESC, h.task_id, h.kind
            """,
            values | {"changed_since": since, "changed_until": until},
        )
        return await cursor.fetchall()


async def asked_extensions(connection: Connection, task_ids: Iterable[int]) -> set[int]:
    """Return which of some tasks wait for the decision of an extension."""
    cursor = await connection.execute(
        "SELECT task_id FROM due_change WHERE task_id = ANY(%s) AND kind = 'extension' AND decision IS NULL",
        (list(task_ids),),
    )
    return {task for (task,) in await cursor.fetchall()}


async def waiting_extensions(connection: Connection, principal: Principal, cut: Cut) -> list[int]:
    """Return the tasks whose extension waits for a decision, the one asked first of all first."""
    source, values = counted_tasks(principal, cut)
    cursor = await connection.execute(
        f"SELECT c.task_id FROM (SELECT t.id {source}) AS counted JOIN due_change c "
        "ON c.task_id = counted.id WHERE c.kind = 'extension' AND c.decision IS NULL "
        "ORDER BY c.asked_at, c.id",
        values,
    )
    return [task for (task,) in await cursor.fetchall()]


async def meeting(connection: Connection, principal: Principal, meeting_id: int) -> MeetingRow | None:
    """Return a meeting, if the asker may see it."""
    where, values = sight.meetings(principal)
    async with connection.cursor(row_factory=class_row(MeetingRow)) as cursor:
        await cursor.execute(
            "SELECT m.id, m.title, m.chair, m.held_on, m.place, m.invitation_no, m.simulated FROM meeting m "
            f"WHERE m.id = %(meeting_id)s AND {where}",
            values | {"meeting_id": meeting_id},
        )
        return await cursor.fetchone()


async def notices_of(connection: Connection, principal: Principal, meeting_id: int) -> list[dict[str, Any]]:
    """Return the documents of a meeting that the asker may see, in the order of their days."""
    where, values = sight.documents(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT d.id, d.kind, d.number, d.issued_on, d.issuer, d.subject, d.state "
            f"FROM directive_document d WHERE d.meeting_id = %(meeting_id)s AND d.state <> 'withdrawn' "
            f"AND {where} ORDER BY d.issued_on NULLS LAST, d.id",
            values | {"meeting_id": meeting_id},
        )
        return await cursor.fetchall()
