"""Computed figures of a province: a period for all communes, one changed value, a board (issue: 3,000 × 168).

A database of its own is filled in bulk: two thirds of the indicators come from outside, one third is computed
from them (shares, growth against last year, the year to date, sums over the communes). Then a month is made
for all places, one value is changed and followed, and a board of forty figures is read.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.opening import opened
from haidang.base.settings import Settings
from haidang.indicators.formulas import service
from haidang.indicators.formulas.graph import Key
from haidang.indicators.model.period import parse
from haidang.indicators.model.value import NewValue
from haidang.indicators.service import values
from haidang.indicators.service.desk import Desk, desk_of
from haidang.indicators.store import values as store
from haidang.organisation import prepare, system

INDICATORS, COMMUNES, MONTHS = 3_000, 168, 14
NOW = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
MONTH = parse("2026-02")
GOALS = {"period_s": 60.0, "change_ms": 50.0, "board_ms": 200.0}
ROUNDS = 15
BOARD = 40
_FORMULAS = (
    'percent([{a}], [{b}], of: "kế hoạch")',
    "cumulative([{a}])",
    'percent([{a}] - last_year([{a}]), last_year([{a}]), of: "cùng kỳ")',
    "[{a}] + [{b}] - previous([{b}])",
    "sum([{a}] over area)",
)
"""The last one is of the province, the others of each commune."""

_PLACES = """
INSERT INTO indicator_place (kind, org_id, area_code, area_from, name)
SELECT 'area', (SELECT min(id) FROM org), a.code, a.valid_from, a.full_name FROM area a
WHERE a.valid_to IS NULL AND a.kind IN ('commune', 'ward') ORDER BY a.code LIMIT %(communes)s
"""
_INDICATORS = """
INSERT INTO indicator (code, vi, en, unit, decimals, direction, level, period_kind, source_kind, aggregate,
    fold, created_by, created_at, changed_at)
SELECT 'BN-' || n, 'Chỉ tiêu ' || n, 'Indicator ' || n, %(unit)s, 2, 'up', %(level)s, 'month', %(source)s,
    'sum', '', 'bench', now(), now() FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""
_VALUES = """
INSERT INTO indicator_value (batch, judged, indicator_id, place_id, start, source, missing, flags, method,
    revision, state, value)
SELECT %(batch)s, %(batch)s, i.id, p.id, m.start, 3, 0, 0, 1, 1, 2, 100 + (i.id * 7 + p.id * 3) %% 50
FROM indicator i, indicator_place p,
    generate_series(%(from)s::date, %(to)s::date, interval '1 month') AS m (start)
WHERE i.source_kind = 'pulled' AND i.code LIKE 'BN-%%' AND p.kind = 'area'
"""


def bench_indicators(
    *, indicators: int, communes: int, months: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Fill a database and measure; return the report."""
    with tempfile.TemporaryDirectory(prefix="hd-indicators-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        return asyncio.run(_bench(Path(folder) / "data", indicators, communes, months, say))


async def _bench(
    folder: Path, indicators: int, communes: int, months: int, say: Callable[[str], None]
) -> dict[str, Any]:
    settings, clock = Settings(data_dir=folder), FixedClock(NOW)
    async with opened(settings) as db:
        await prepare(db, settings, clock)
        desk = desk_of(settings, clock)
        say(f"{indicators:,} indicators × {communes} communes × {months} months")
        await _fill(db, desk, indicators, communes, months)
        say("one month for all places")
        began = time.perf_counter()
        async with db.transaction() as connection:
            made = await service.make_periods(connection, desk, MONTH.start)
        period_s = time.perf_counter() - began
        say("the same once more, nothing has changed")
        began = time.perf_counter()
        async with db.transaction() as connection:
            again = await service.make_periods(connection, desk, MONTH.start)
        again_s = time.perf_counter() - began
        say("one value changes; a board is read")
        change_ms, reached = await _changes(db, desk)
        report = {
            "figures": made.figures, "changed": made.changed, "period_s": period_s, "again_s": again_s,
            "again_changed": again.changed, "change_ms": median(change_ms), "change_ms_max": max(change_ms),
            "reached": reached, "board_ms": await _board(db),
        }  # fmt: skip
    missed = [name for name, goal in GOALS.items() if report[name] > goal]
    return report | {"goals": GOALS, "missed": missed}


async def _fill(db: Database, desk: Desk, indicators: int, communes: int, months: int) -> None:
    base = indicators * 2 // 3
    first = MONTH.shifted(1 - months).start
    async with db.transaction() as connection:
        await connection.execute(_PLACES, {"communes": communes})
        await service.ready_places(connection, desk)
        said = {"unit": "người", "level": "commune", "source": "pulled", "first": 1, "last": base}
        await connection.execute(_INDICATORS, said)
        batch = await store.add_batch(
            connection, store.Batch(at=desk.now(), author="bench", act="record", source_kind="pulled")
        )
        await connection.execute(_VALUES, {"batch": batch, "from": first, "to": MONTH.start})
        for number in range(base + 1, indicators + 1):
            which = number % len(_FORMULAS)
            text = _FORMULAS[which].format(a=f"BN-{number - base}", b=f"BN-{number - base + 1}")
            unit = "%" if text.startswith("percent") else "người"
            level = "province" if which == len(_FORMULAS) - 1 else "commune"
            said = {"unit": unit, "level": level, "source": "computed", "first": number, "last": number}
            await connection.execute(_INDICATORS, said)
            await connection.execute(
                "INSERT INTO indicator_method (indicator_id, version, valid_from, vi, en, formula, "
                "created_by, created_at) SELECT id, 1, '2021-01-01', '', '', %s, 'bench', now() "
                "FROM indicator WHERE code = %s",
                (text, f"BN-{number}"),
            )
    async with db.transaction() as connection:
        await connection.execute("ANALYZE indicator, indicator_value, indicator_place, indicator_method")


async def _changes(db: Database, desk: Desk) -> tuple[list[float], int]:
    """Change one value after another and make what it reaches; return milliseconds and figures reached."""
    took, reached = [], 0
    async with db.transaction() as connection:
        cursor = await connection.execute("SELECT min(id) FROM indicator_place WHERE kind = 'area'")
        [(place,)] = await cursor.fetchall()
        cursor = await connection.execute("SELECT id FROM indicator WHERE code = 'BN-2'")
        [(indicator,)] = await cursor.fetchall()
    for turn in range(ROUNDS + 2):
        async with db.transaction() as connection:
            new = NewValue(
                indicator_id=indicator, place_id=place, start=MONTH.start, value=Decimal(200 + turn)
            )
            await values.record_many(connection, desk, "bench", [new], source="pulled")
        began = time.perf_counter()
        async with db.transaction() as connection:
            made = await service.make_after(connection, desk, [Key("BN-2", place, MONTH)])
        if turn >= 2:  # the first ones compile and warm
            took.append(1000 * (time.perf_counter() - began))
            reached = made.figures
    return took, reached


async def _board(db: Database) -> float:
    """Read the last thirteen months of forty figures of the province and a commune, as a board does."""
    took = []
    async with db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT array_agg(id) FROM (SELECT id FROM indicator WHERE code LIKE 'BN-%%' "
            "ORDER BY id DESC LIMIT %s) x",
            (BOARD,),
        )
        [(ids,)] = await cursor.fetchall()
        cursor = await connection.execute(
            "SELECT array_agg(id) FROM (SELECT id FROM indicator_place LIMIT 3) x"
        )
        [(places,)] = await cursor.fetchall()
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await store.series(
                connection, system("bench"), ids, places, first=date(2025, 1, 1), last=MONTH.last
            )
            took.append(1000 * (time.perf_counter() - began))
    return median(took)
