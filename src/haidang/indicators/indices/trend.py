"""A unit through the years: its total, its place, and what each component did to the change.

Years are compared component by component only within one method; where the method or the unit changes, the
series breaks and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from haidang.indicators.indices import ranking, units
from haidang.indicators.indices.analysis import field_of, gap
from haidang.indicators.indices.report import Computed, maybe, shown

BREAKS: dict[str, tuple[str, str]] = {
    "method_changed": ("phương pháp thay đổi, không so sánh được", "the method changed; not comparable"),
    "not_rated": ("một trong hai năm không được xếp hạng", "one of the two years is not rated"),
    "years_missing": ("thiếu năm ở giữa", "a year between them is missing"),
    "unit_absent": ("không có trong bảng của năm", "it does not stand in the table of the year"),
    "published_only": ("chỉ có điểm công bố", "only published totals are known"),
}


def trend(tables: Sequence[Computed], key: str) -> dict[str, Any]:
    """Return the series of a unit over tables of one index, given in any order; each table names its year."""
    dated = sorted(
        (table for table in tables if table.table.year is not None), key=lambda each: each.table.year or 0
    )
    unit = units.by_key(key)
    points = [_point(table, key) for table in dated]
    changes = [_change(one, two, key) for one, two in pairwise(dated)]
    before = units.predecessors(unit) if unit else ()
    later = units.successor(unit) if unit else None
    return {
        "key": key, "name": unit.name if unit else key, "points": points, "changes": changes,
        "predecessors": [{"key": each.key, "name": each.name} for each in before],
        "successor": None if later is None else {"key": later.key, "name": later.name},
    }  # fmt: skip


def _point(table: Computed, key: str) -> dict[str, Any]:
    rated, totals = table.find(key), table.totals
    point: dict[str, Any] = {
        "year": table.table.year, "method": table.method.method, "units": len(totals), "basis": table.basis,
        "median": maybe(ranking.median(list(totals.values())) if totals else None),
        "total": None, "published": None, "place": ranking.places(totals).get(key), "why": "unit_absent",
    }  # fmt: skip
    if rated is not None:
        total = table.total(rated) if rated.row.sound else None
        why = None if total is not None else (rated.outcome.why if rated.row.sound else "row")
        point |= {"total": maybe(total), "published": maybe(rated.row.published), "why": why}
    return point


def _change(one: Computed, two: Computed, key: str) -> dict[str, Any]:
    """Return the change from one table to the next and what each component did to it."""
    told: dict[str, Any] = {
        "from": one.table.year, "to": two.table.year, "change": None, "components": [], "break": None,
        "break_vi": "", "break_en": "",
    }  # fmt: skip
    why = _break(one, two, key)
    if why is not None:
        return told | {"break": why, "break_vi": BREAKS[why][0], "break_en": BREAKS[why][1]}
    told["change"] = shown(two.totals[key] - one.totals[key])
    before, after = field_of(one), field_of(two)
    if before is None or after is None or before.shares != after.shares:
        return told | {"break": "published_only", "break_vi": BREAKS["published_only"][0],
                       "break_en": BREAKS["published_only"][1]}  # fmt: skip
    return told | {"components": gap(after, before.values[key], after.values[key])}


def _break(one: Computed, two: Computed, key: str) -> str | None:
    if one.find(key) is None or two.find(key) is None:
        return "unit_absent"
    if one.method.method != two.method.method:
        return "method_changed"
    if key not in one.totals or key not in two.totals:
        return "not_rated"
    return "years_missing" if (two.table.year or 0) - (one.table.year or 0) != 1 else None
