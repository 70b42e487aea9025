"""What counting a million tasks of directives costs: the figures of boards and reports, by what they go."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from haidang.base.database import Connection, Database
from haidang.directives.service.counting import Cut, count
from haidang.organisation.permissions import Principal, Scope, system
from haidang.tasks.model.due import local_day
from haidang.tasks.service.desk import Desk

ROUNDS = 5
GOAL_MS = 3_000.0
"""Of the whole house over all its years; a province gives some 20,000 tasks a year."""


_DIRECTIVES = (
    """
INSERT INTO directive_document (owner_org, kind, number, fold, state, created_by, created_at, changed_at)
SELECT r.id, 'thông báo', n || '/TB-UBND', '', 'issued', 'bench', now(), now()
FROM (SELECT id FROM org WHERE parent_id IS NULL) r, generate_series(1, %(documents)s) AS n""",
    """
INSERT INTO extraction_candidate (document_id, origin, state, span_start, span_end, text, lead, cooperating,
    action, settled_at)
SELECT (SELECT min(id) FROM directive_document) + n %% %(documents)s, 'hand', 'issued', 0, 1, 'x', '[]',
    '[]', '', now() FROM generate_series(0, %(directives)s - 1) AS n""",
    """
INSERT INTO directive (document_id, candidate_id, no, owner_org, text, span_start, span_end, text_hash,
    action, fold, product, due, given_by, given_on, issued_by, issued_at)
SELECT c.document_id, c.id, c.id::text, d.owner_org, 'x', 0, 1, '', '', '', '', '{}',
    'Lãnh đạo ' || c.id %% 12, '2026-01-01', 'bench', now()
FROM extraction_candidate c JOIN directive_document d ON d.id = c.document_id""",
    """
INSERT INTO directive_task (task_id, directive_id)
SELECT t.id, (SELECT min(id) FROM directive) + t.id %% %(directives)s FROM task t""",
)
DOCUMENTS, DIRECTIVES = 1_000, 40_000


async def fill(connection: Connection) -> None:
    """Let every task be one of a directive, of one of a dozen leaders."""
    for statement in _DIRECTIVES:
        await connection.execute(statement, {"documents": DOCUMENTS, "directives": DIRECTIVES})


async def bench_counts(db: Database, desk: Desk, unit: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure counts on a filled database; every one must reconcile."""
    boss = system("bench")
    few = Principal("account:1", "unit", unit, (Scope(frozenset({"directive.read"}), frozenset({unit})),))
    year = local_day(desk.now()) - timedelta(days=90)
    found: dict[str, Any] = {}
    for name, who, cut in (
        ("everything", boss, Cut()),
        ("by unit", boss, Cut(by="unit")),
        ("by unit, present due", boss, Cut(by="unit", reading="current")),
        ("unit x month", boss, Cut(by="unit_month")),
        ("by leader", boss, Cut(by="leader")),
        ("by unit, last quarter", boss, Cut(by="unit", since=year)),
        ("one unit by month", few, Cut(by="month", units=(unit,))),
    ):
        async with db.transaction() as connection:
            found[name] = await _measure(connection, desk, who, cut)
        say(f"{name}: {found[name]['median_ms']} ms")
    return found


async def _measure(connection: Connection, desk: Desk, who: Principal, cut: Cut) -> dict[str, Any]:
    times = []
    given = lines = 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = await count(connection, desk, who, cut)
        times.append((time.perf_counter() - began) * 1_000)
        given, lines = sum(line.counts.given for line in found), len(found)
        if not all(line.counts.identity() for line in found) or not given:
            raise AssertionError(f"counts that do not reconcile: {cut}")
    return {
        "tasks": given, "lines": lines, "median_ms": round(median(times), 1), "max_ms": round(max(times), 1)
    }  # fmt: skip
