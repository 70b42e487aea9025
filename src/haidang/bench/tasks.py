"""The inboxes of tasks and the counts of directives on a database of a million: what they cost, and why.

A database of its own in a temporary data folder is filled in bulk with tasks of a province's shape (200
units, one in eight open), and each inbox is asked for as the screen asks, warm, many times. The goal of
governance, section 3: 50 rows in under 50 ms. Beside each figure stands what the plan read.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.opening import opened
from haidang.base.settings import Settings
from haidang.bench.counts import GOAL_MS as COUNTS_GOAL_MS
from haidang.bench.counts import bench_counts, fill
from haidang.organisation import prepare, system
from haidang.organisation.permissions import Principal, Scope
from haidang.tasks.service.desk import desk_of
from haidang.tasks.service.reading import Asked, filter_of
from haidang.tasks.store import inbox

TASKS = 1_000_000
UNITS = 200
ROUNDS = 40
GOAL_MS = 50.0
NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)

_ORGS = """
INSERT INTO org (parent_id, path, name, name_fold, name_sort, kind)
SELECT r.id, r.path || (r.id + n), 'Đơn vị ' || n, 'don vi ' || n, 'don vi ' || n, 'department'
FROM (SELECT id, path FROM org WHERE parent_id IS NULL) r, generate_series(1, %(units)s) AS n
"""
_TASKS = """
INSERT INTO task (title, title_fold, source_kind, policy, owner_org, assignee, assigner_org, assigner,
    priority, state, given_at, due, due_precision, due_end, due_original, due_set_at, reported_at,
    accepted_at, created_at, changed_at)
SELECT 'Nhiệm vụ ' || n, 'nhiem vu ' || n, 'directive', 'directive', %(first)s + (n / 8 + n) %% %(units)s,
    CASE WHEN n %% 40 = 0 THEN 1 END,
    (SELECT id FROM org WHERE parent_id IS NULL), 'account:1', 1 + n %% 4,
    CASE WHEN n %% 8 = 0
         THEN (ARRAY['new', 'received', 'in_progress', 'reported'])[1 + n / 8 %% 4]
         ELSE 'closed' END,
    due - interval '30 days', '{"precision": "day"}', 'day', due, due, due - interval '30 days',
    CASE WHEN n %% 8 <> 0 OR n / 8 %% 4 = 3 THEN due - interval '1 day' END,
    CASE WHEN n %% 8 <> 0 THEN due END, due - interval '30 days', due
FROM (SELECT n, %(now)s::timestamptz + (n %% 400 - 60) * interval '1 day' AS due
      FROM generate_series(%(from)s, %(to)s) AS n) AS made
"""
_PARTIES = """
INSERT INTO task_party (task_id, org_id, part, is_open, due_sort)
SELECT id, org_id, part, is_open, due_sort FROM task,
    LATERAL (VALUES (owner_org, 'lead'), (assigner_org, 'assigner')) AS party (org_id, part)
"""


def bench_tasks(*, count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill a database and measure every inbox; return the report."""
    with tempfile.TemporaryDirectory(prefix="hd-tasks-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        return asyncio.run(_bench(Path(folder) / "data", count, say))


async def _bench(folder: Path, count: int, say: Callable[[str], None]) -> dict[str, Any]:
    settings = Settings(data_dir=folder)
    clock = FixedClock(NOW)
    async with opened(settings) as db:
        await prepare(db, settings, clock)
        say(f"{count:,} tasks of {UNITS} units")
        first = await _fill(db, count)
        boss, unit, few = _askers(first)
        desk = desk_of(settings, clock)
        found: dict[str, Any] = {}
        for name, who, asked in (
            ("mine", unit, Asked(view="mine")),
            ("unit", unit, Asked(view="unit")),
            ("unit, overdue", unit, Asked(view="unit", timeliness="overdue")),
            ("overdue of ten units", few, Asked(view="overdue")),
            ("overdue of the whole house", boss, Asked(view="overdue")),
            ("due soon of the whole house", boss, Asked(view="all", timeliness="due_soon")),
            ("all of the whole house", boss, Asked(view="all")),
            ("all of one unit", unit, Asked(view="all")),
            ("done of one unit", unit, Asked(view="done")),
        ):
            async with db.transaction() as connection:
                wanted = await filter_of(connection, desk, who, asked)
                found[name] = await _measure(connection, who, wanted)
            say(f"{name}: {found[name]['median_ms']} ms")
        counts = await bench_counts(db, desk, first, say)
        return {
            "tasks": count, "goal_ms": GOAL_MS, "inboxes": found, "counts_goal_ms": COUNTS_GOAL_MS,
            "counts": counts,
        }  # fmt: skip


async def _fill(db: Database, count: int) -> int:
    async with db.transaction() as connection:
        await connection.execute("SET statement_timeout = 0")
        await connection.execute(_ORGS, {"units": UNITS})
        await connection.execute(
            "INSERT INTO account (username, display_name, org_id, created_at) "
            "SELECT 'bench', 'Bench', id, now() FROM org WHERE parent_id IS NOT NULL LIMIT 1"
        )
        cursor = await connection.execute("SELECT min(id) FROM org WHERE parent_id IS NOT NULL")
        [(first,)] = await cursor.fetchall()
        # In bulk the parties are written by one statement; the trigger's own cost is a write's, not a list's.
        await connection.execute("ALTER TABLE task DISABLE TRIGGER task_parties")
        step = 50_000
        for begin in range(0, count, step):
            span = {"from": begin, "to": min(begin + step, count) - 1}
            await connection.execute(_TASKS, span | {"first": first, "units": UNITS, "now": NOW})
        await connection.execute(_PARTIES)
        await connection.execute("ALTER TABLE task ENABLE TRIGGER task_parties")
        await fill(connection)
    connection = await db.dedicated()
    try:
        await connection.execute(
            "VACUUM ANALYZE task, task_party, directive, directive_document, directive_task"
        )
    finally:
        await connection.close()
    return int(first)


def _askers(first: int) -> tuple[Principal, Principal, Principal]:
    read = frozenset({"task.read"})
    return (
        system("bench"),
        Principal("account:1", "unit", first, (Scope(read, frozenset({first})),)),
        Principal("account:1", "few", first, (Scope(read, frozenset(range(first, first + 10))),)),
    )


async def _measure(connection: Connection, who: Principal, wanted: inbox.Filter) -> dict[str, Any]:
    times = []
    rows = 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        lines = await inbox.page(connection, who, wanted, limit=51)
        times.append((time.perf_counter() - began) * 1_000)
        rows = len(lines)
    query, values = inbox.statement(who, wanted, limit=51, after=None)
    cursor = await connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", values)
    [(plan,)] = await cursor.fetchall()
    return {
        "rows": rows,
        "median_ms": round(median(times), 2),
        "max_ms": round(max(times[1:]), 2),
        "buffers": plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"],
        "indexes": sorted(set(_indexes(plan[0]["Plan"]))),
    }


def _indexes(node: dict[str, Any]) -> list[str]:
    own = [str(node["Index Name"])] if "Index Name" in node else []
    seq = [f"SEQ SCAN {node['Relation Name']}"] if node["Node Type"] == "Seq Scan" else []
    return own + seq + [each for child in node.get("Plans", []) for each in _indexes(child)]
