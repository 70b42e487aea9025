"""SQL that only the papers need: what is late, what happened, which reports and letters were issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.directives.papers.model import Events
from haidang.directives.store.counts import Cut, counted_tasks, moments, place_sql
from haidang.organisation.permissions import Principal, scope_sql

_REPORT = (
    "r.id, r.kind, r.period_from, r.period_to, r.issuer_org, r.unit_org, r.number, r.cut_off, r.sha256, "
    "r.made_by, o.name AS issuer, u.name AS unit, a.display_name AS made_by_name"
)
_REPORT_FROM = (
    "directive_report r JOIN org o ON o.id = r.issuer_org LEFT JOIN org u ON u.id = r.unit_org "
    "LEFT JOIN account a ON 'account:' || a.id = r.made_by"
)
_LETTER = (
    "l.id, l.issuer_org, l.org_id, l.year, l.turn, l.number, l.made_at, l.made_by, l.sha256, "
    "i.name AS issuer, o.name AS org, a.display_name AS made_by_name"
)
_LETTER_FROM = (
    "directive_letter l JOIN org i ON i.id = l.issuer_org JOIN org o ON o.id = l.org_id "
    "LEFT JOIN account a ON 'account:' || a.id = l.made_by"
)

_TASKS = (
    "(SELECT coalesce(json_agg(json_build_object('id', x.task_id, 'due_version', x.due_version, "
    "'step', x.step) ORDER BY x.task_id), '[]') FROM directive_letter_task x WHERE x.letter_id = l.id) "
    "AS tasks"
)


async def late(
    connection: Connection,
    principal: Principal,
    cut: Cut,
    *,
    now: datetime,
    soon: datetime,
    limit: int,
    tasks: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """Return what is overdue (of ``tasks``, if given) with its document, what has waited longest first."""
    # By document: the statement then joins the directive and its document.
    source, values = counted_tasks(principal, msgspec.structs.replace(cut, by="document"))
    end = "due_original" if cut.reading == "original" else "due_end"
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"""
            SELECT f.*, o.name AS unit FROM (
                SELECT t.id, t.title, t.owner_org, t.policy, t.due_version, t.due_end, t.by_document,
                    coalesce(t.{end}, t.review_at) AS "end", {place_sql(cut)} AS place,
                    coalesce(d.given_by, '') AS leader, coalesce(doc.number, '') AS number, doc.issued_on,
                    coalesce(doc.secrecy, 'normal') AS secrecy, coalesce(d.simulated, false) AS simulated
                {source}
            ) AS f JOIN org o ON o.id = f.owner_org
            WHERE f.place LIKE 'overdue%%' AND (%(tasks)s::bigint[] IS NULL OR f.id = ANY(%(tasks)s))
            ORDER BY f."end", f.id LIMIT %(limit)s
            """,
            values | moments(now, soon) | {"tasks": None if tasks is None else list(tasks), "limit": limit},
        )
        return await cursor.fetchall()


async def events(
    connection: Connection, principal: Principal, cut: Cut, *, since: datetime, until: datetime
) -> Events:
    """Return what happened from one moment to another to the tasks that a cut takes in."""
    source, values = counted_tasks(principal, cut)
    cursor = await connection.execute(
        f"""
        WITH counted AS MATERIALIZED (SELECT t.id {source}),
        report AS (
            SELECT r.* FROM task_report r JOIN counted ON counted.id = r.task_id
            WHERE r.at >= %(from)s AND r.at < %(to)s OR r.verdict_at >= %(from)s AND r.verdict_at < %(to)s
        ), answer AS (
            SELECT verdict, extract(epoch FROM verdict_at - at) / 86400 AS took FROM report
            WHERE verdict IN ('accepted', 'partly', 'returned')
            AND verdict_at >= %(from)s AND verdict_at < %(to)s
        )
        SELECT (SELECT count(*) FROM report WHERE at >= %(from)s AND at < %(to)s),
            count(*) FILTER (WHERE verdict = 'returned'),
            (SELECT count(*) FROM due_change c JOIN counted ON counted.id = c.task_id
             WHERE c.kind = 'extension' AND c.decision = 'granted'
             AND c.decided_at >= %(from)s AND c.decided_at < %(to)s),
            count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY took)
        FROM answer
        """,
        values | {"from": since, "to": until},
    )
    [(reports, returns, extensions, answered, days)] = await cursor.fetchall()
    return Events(
        reports=reports, returns=returns, extensions=extensions, answered=answered,
        answer_days=None if days is None else round(float(days), 2),
    )  # fmt: skip


async def simulated(connection: Connection, principal: Principal, cut: Cut) -> bool:
    """Say whether any of the directives was made by a demonstration."""
    source, values = counted_tasks(principal, msgspec.structs.replace(cut, by="document"))
    cursor = await connection.execute(f"SELECT coalesce(bool_or(d.simulated), false) {source}", values)
    [(found,)] = await cursor.fetchall()
    return bool(found)


# --- Reports ----------------------------------------------------------------------------------------------


async def add_report(connection: Connection, facts: dict[str, Any]) -> int:
    """Keep an issued report and return its number in the table."""
    names = (
        "kind", "period_from", "period_to", "issuer_org", "unit_org", "number", "cut_off", "figures",
        "sha256", "made_by",
    )  # fmt: skip
    cursor = await connection.execute(
        f"INSERT INTO directive_report ({', '.join(names)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in names)}) RETURNING id",
        facts,
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def reports(
    connection: Connection, principal: Principal, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return issued reports of offices for which the asker reports, newest first."""
    where, values = scope_sql(principal, "directive.report", org="r.issuer_org", area=None, sector=None)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {_REPORT} FROM {_REPORT_FROM} WHERE {where} "
            "AND (%(before)s::bigint IS NULL OR r.id < %(before)s) ORDER BY r.id DESC LIMIT %(limit)s",
            values | {"before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def report(connection: Connection, principal: Principal, report_id: int) -> dict[str, Any] | None:
    """Return an issued report with its figures; None where there is none for this asker."""
    where, values = scope_sql(principal, "directive.report", org="r.issuer_org", area=None, sector=None)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {_REPORT}, r.figures FROM {_REPORT_FROM} WHERE r.id = %(id)s AND {where}",
            values | {"id": report_id},
        )
        return await cursor.fetchone()


# --- Letters ----------------------------------------------------------------------------------------------


async def lock_letters(connection: Connection, issuer: int, org: int) -> None:
    """Let one at a time count the letters of an office to a unit, until the transaction ends."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(260, hashint8(%s::bigint << 32 | %s))", (issuer, org)
    )


async def turn(connection: Connection, issuer: int, org: int, year: int) -> int:
    """Return the how manieth letter to a unit in a year the next one is."""
    cursor = await connection.execute(
        "SELECT coalesce(max(turn), 0) + 1 FROM directive_letter WHERE issuer_org = %s AND org_id = %s "
        "AND year = %s",
        (issuer, org, year),
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def last_letter(connection: Connection, issuer: int, org: int) -> tuple[str, datetime] | None:
    """Return number and time of the last letter of an office to a unit."""
    cursor = await connection.execute(
        "SELECT number, made_at FROM directive_letter WHERE issuer_org = %s AND org_id = %s "
        "ORDER BY id DESC LIMIT 1",
        (issuer, org),
    )
    found: tuple[str, datetime] | None = await cursor.fetchone()
    return found


async def add_letter(
    connection: Connection, facts: dict[str, Any], tasks: Sequence[tuple[int, int, str]]
) -> int:
    """Keep a letter with its tasks (task, version of the due, step) and return its number in the table."""
    names = (
        "issuer_org", "org_id", "year", "turn", "number", "made_at", "made_by", "figures", "sha256",
    )  # fmt: skip
    cursor = await connection.execute(
        f"INSERT INTO directive_letter ({', '.join(names)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in names)}) RETURNING id",
        facts,
    )
    [(letter,)] = await cursor.fetchall()
    async with connection.cursor() as many:
        await many.executemany(
            "INSERT INTO directive_letter_task (letter_id, task_id, due_version, step) "
            "VALUES (%s, %s, %s, %s)",
            [(letter, *each) for each in tasks],
        )
    return int(letter)


def _letters_seen(principal: Principal) -> tuple[str, dict[str, Any]]:
    """Return the predicate of the letters an asker may see: of their office, or to a unit of theirs."""
    issuer, values = scope_sql(principal, "directive.report", org="l.issuer_org", area=None, sector=None)
    issuer = issuer.replace("%(scope_", "%(issuer_scope_")
    unit, more = scope_sql(principal, "directive.read", org="l.org_id", area=None, sector=None)
    return f"({issuer} OR {unit})", {f"issuer_{name}": each for name, each in values.items()} | more


async def letters(
    connection: Connection,
    principal: Principal,
    *,
    org: int | None,
    year: int | None,
    task: int | None,
    before: int | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return letters that the asker may see, newest first, with the tasks they remind of."""
    where, values = _letters_seen(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {_LETTER}, {_TASKS} FROM {_LETTER_FROM} WHERE {where} "
            "AND (%(before)s::bigint IS NULL OR l.id < %(before)s) "
            "AND (%(org)s::int IS NULL OR l.org_id = %(org)s) "
            "AND (%(year)s::int IS NULL OR l.year = %(year)s) "
            "AND (%(task)s::bigint IS NULL OR EXISTS (SELECT FROM directive_letter_task x "
            "WHERE x.letter_id = l.id AND x.task_id = %(task)s)) "
            "ORDER BY l.id DESC LIMIT %(limit)s",
            values | {"before": before, "org": org, "year": year, "task": task, "limit": limit},
        )
        return await cursor.fetchall()


async def letter(connection: Connection, principal: Principal, letter_id: int) -> dict[str, Any] | None:
    """Return a letter with what it says; None where there is none for this asker."""
    where, values = _letters_seen(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT {_LETTER}, {_TASKS}, l.figures FROM {_LETTER_FROM} WHERE l.id = %(id)s AND {where}",
            values | {"id": letter_id},
        )
        return await cursor.fetchone()


async def reminded(
    connection: Connection,
    issuer: int,
    units: Sequence[int] | None,
    *,
    since: datetime,
    until: datetime,
    year: int,
) -> list[tuple[str, int, int]]:
    """Return (unit, letters of an office to it from one moment to another, in the year)."""
    cursor = await connection.execute(
        "SELECT o.name, (count(*) FILTER (WHERE l.made_at >= %(since)s AND l.made_at < %(until)s))::int, "
        "count(*)::int FROM directive_letter l JOIN org o ON o.id = l.org_id WHERE l.issuer_org = %(issuer)s "
        "AND l.year = %(year)s AND (%(units)s::int[] IS NULL OR l.org_id = ANY(%(units)s)) "
        "GROUP BY o.id, o.name, o.name_sort ORDER BY 2 DESC, 3 DESC, o.name_sort",
        {"issuer": issuer, "since": since, "until": until, "year": year,
         "units": None if units is None else list(units)},
    )  # fmt: skip
    return await cursor.fetchall()


async def fallen(connection: Connection, tasks: Sequence[int], steps: Sequence[str]) -> dict[int, str]:
    """Return the step of the ladder (one of ``steps``) that has fallen for each task's present due."""
    cursor = await connection.execute(
        "SELECT DISTINCT ON (t.id) t.id, r.step FROM task t JOIN reminder r ON r.task_id = t.id "
        "AND r.version = t.due_version WHERE t.id = ANY(%s) AND r.step = ANY(%s) "
        "ORDER BY t.id, r.due_at DESC",
        (list(tasks), list(steps)),
    )
    return dict(await cursor.fetchall())


async def written(connection: Connection, tasks: Sequence[int], issuer: int) -> set[tuple[int, int]]:
    """Return (task, version of the due) for which an office has written a letter already."""
    cursor = await connection.execute(
        "SELECT x.task_id, x.due_version FROM directive_letter_task x JOIN directive_letter l "
        "ON l.id = x.letter_id WHERE x.task_id = ANY(%s) AND l.issuer_org = %s",
        (list(tasks), issuer),
    )
    return set(await cursor.fetchall())
