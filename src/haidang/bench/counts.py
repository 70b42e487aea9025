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
GOAL_MS = 1_500.0
"""Of the whole house over all its years; a board asks for a year, a unit for its own."""


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
        ("by unit, last quarter", boss, Cut(by="unit", since=year)),
        ("one unit by month", few, Cut(by="month", units=(unit,))),
    ):
        async with db.transaction() as connection:
            await connection.execute("SET LOCAL statement_timeout = 0")
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
