"""What the command and the routes say of a table: a row for each unit, published beside computed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec

from haidang.indicators.indices import ranking
from haidang.indicators.indices.computing import Outcome, coefficients, compute
from haidang.indicators.indices.findings import Fault, fault
from haidang.indicators.indices.model import Component, Method, is_template, unfilled, walk
from haidang.indicators.indices.tables import Row, Table

_PLACES = 6
_FULL = Fraction(1, 10_000)


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's row with what follows from it."""

    row: Row
    outcome: Outcome
    computed: Fraction | None
    """On the scale of the published total."""

    @property
    def difference(self) -> Fraction | None:
        """Computed less published."""
        if self.computed is None or self.row.published is None:
            return None
        return self.computed - self.row.published


class Computed(msgspec.Struct, frozen=True, kw_only=True):
    """A table computed by a method."""

    method: Method
    table: Table
    rated: tuple[Rated, ...]
    tolerance: Fraction
    """A larger difference from a published total is flagged."""
    scale: Fraction | None
    """The maximum of the scale that totals are published on; None: the method's own."""
    faults: tuple[Fault, ...]

    @property
    def totals(self) -> dict[str, Fraction]:
        """The totals that are compared, by unit: computed, or published where the method cannot compute."""
        compared = {each.row.key: self.total(each) for each in self.rated if each.row.sound}
        return {key: total for key, total in compared.items() if total is not None}

    def total(self, rated: Rated) -> Fraction | None:
        """Return what a unit is compared by; a unit that is not rated has none, whatever was published."""
        if self.basis == "computed":
            return rated.computed
        return rated.row.published

    @property
    def basis(self) -> str:
        """``computed``, or ``published`` for a template or a table without components."""
        return "computed" if any(each.computed is not None for each in self.rated) else "published"

    def find(self, key: str) -> Rated | None:
        """Return a unit's row."""
        return next((each for each in self.rated if each.row.key == key), None)


def tolerance_for(decimals: int) -> Fraction:
    """Return how far a total may lie from the published one when its inputs have so many decimals.

    0.03 for two (ten inputs rounded at the second decimal), and 0.0001 at full precision.
    """
    return max(_FULL, Fraction(3, 10**decimals))


def computed(method: Method, table: Table) -> Computed:
    """Compute every row of a table."""
    columns = frozenset(table.columns)
    outcomes = [compute(method, row.values, columns) for row in table.rows]
    scale = _scale(method, table)
    times = Fraction(1) if scale is None or method.max is None else scale / method.max
    rated = tuple(
        Rated(
            row=row, outcome=outcome,
            computed=outcome.total * times if outcome.total is not None and row.sound else None,
        )
        for row, outcome in zip(table.rows, outcomes, strict=True)
    )  # fmt: skip
    used = [table.decimals[code] for code in coefficients(method, columns) if code in table.decimals]
    if table.published_decimals is not None:
        used.append(table.published_decimals)
    faults = [*table.faults, *_beyond(method, table, outcomes), *_published_beyond(method, table, scale)]
    return Computed(
        method=method, table=table, rated=rated, scale=scale,
        tolerance=tolerance_for(min(used, default=2)) * min(times, Fraction(1)),
        faults=tuple(sorted(faults, key=lambda fault: (fault.row, fault.column))),
    )  # fmt: skip


def _scale(method: Method, table: Table) -> Fraction | None:
    """Return the narrowest scale of publication that holds every published total."""
    highest = max((row.published for row in table.rows if row.published is not None), default=None)
    if highest is None or not method.published_scales:
        return None
    return next((scale for scale in sorted(method.published_scales) if highest <= scale), method.max)


def _beyond(method: Method, table: Table, outcomes: list[Outcome]) -> list[Fault]:
    found = []
    for row, outcome in zip(table.rows, outcomes, strict=True):
        for each in outcome.beyond:
            ends = f"≥ {shown(each.min):g}"
            if each.max is not None:
                ends = f"{shown(each.min):g}–{shown(each.max):g}"
            said = {"vi": f"ngoài thang điểm {ends}", "en": f"is beyond the scale {ends}"}
            value = f"{shown(each.value):g}"
            found.append(fault(row.row, each.code, "out-of-scale", unit=row.unit, value=value, **said))
    return found


def _published_beyond(method: Method, table: Table, scale: Fraction | None) -> list[Fault]:
    high = scale if scale is not None else method.max
    low = Fraction(0) if scale is not None else method.min
    said = {"vi": "điểm công bố ngoài thang điểm", "en": "the published total is beyond its scale"}
    return [
        fault(row.row, "published", "out-of-scale", unit=row.unit, value=f"{shown(row.published):g}", **said)
        for row in table.rows
        if row.published is not None and (row.published < low or (high is not None and row.published > high))
    ]


def shown(value: Fraction) -> float:
    """Return a number as it is answered: six decimals."""
    return round(float(value), _PLACES) + 0.0


def maybe(value: Fraction | None) -> float | None:
    """Return a number as it is answered, or None."""
    return None if value is None else shown(value)


WHY: dict[str, tuple[str, str]] = {
    "not_rated": ("thiếu thành phần nên không xếp hạng", "components are missing, so it is not rated"),
    "out_of_scale": ("có giá trị ngoài thang điểm", "a value is beyond its scale"),
    "template": ("phương pháp chưa có đủ trọng số, thang điểm", "the method lacks weights or points"),
    "no_total": ("bộ chỉ số không có điểm tổng", "this set of indicators has no total"),
    "no_components": ("bảng chỉ có điểm công bố", "the table has published totals only"),
    "row": ("dòng có lỗi", "the row has faults"),
}


def report(found: Computed) -> dict[str, Any]:
    """Return the report of a table, ready for JSON."""
    method, table = found.method, found.table
    differences = [abs(each.difference) for each in found.rated if each.difference is not None]
    parts = [part for each in found.rated for part in _parts(found, each)]
    return {
        "method": method.method, "index": method.index, "version": method.version,
        "vi": method.vi, "en": method.en, "year": table.year,
        "units_on": None if table.units_on is None else table.units_on.isoformat(),
        "basis": found.basis, "tolerance": shown(found.tolerance),
        "published_scale": maybe(found.scale if found.scale is not None else method.max),
        "template": list(unfilled(method)),
        "rows": rows(found),
        "faults": msgspec.to_builtins(found.faults),
        "notes": [{"vi": vi, "en": en} for vi, en in table.notes],
        "summary": {
            "units": len(found.rated), "rated": len(found.totals), "compared": len(differences),
            "differing": sum(each > found.tolerance for each in differences), "faults": len(found.faults),
            "largest_difference": maybe(max(differences, default=None)),
            "parts_compared": len(parts), "parts_differing": sum(flagged for _, flagged in parts),
            "largest_part_difference": maybe(max((abs(each) for each, _ in parts), default=None)),
        },
    }  # fmt: skip


def rows(found: Computed) -> list[dict[str, Any]]:
    """Return the rows of a report in the order of the table."""
    totals = found.totals
    places = ranking.places(totals)
    quarters = ranking.quarters(totals) if found.method.compare == "quartiles" else {}
    return [_row(found, each, places, quarters) for each in found.rated]


def _row(
    found: Computed, each: Rated, places: Mapping[str, int], quarters: Mapping[str, ranking.Quarter]
) -> dict[str, Any]:
    key, why = each.row.key, each.outcome.why if each.row.sound else "row"
    vi, en = WHY.get(why or "", ("", ""))
    counted = each.row.sound
    return {
        "unit": each.row.unit, "name": each.row.name, "key": key, "row": each.row.row,
        "computed": maybe(each.computed), "published": maybe(each.row.published),
        "difference": maybe(each.difference),
        "flagged": each.difference is not None and abs(each.difference) > found.tolerance,
        "missing": list(each.outcome.missing) if each.outcome.why in ("not_rated", "out_of_scale") else [],
        "why": why, "why_vi": vi, "why_en": en,
        "rank": places.get(key) if counted else None, "rank_published": each.row.rank,
        "quarter": quarters.get(key) if counted else None,
        "components": [_figure(found, each, code) for code in _codes(found)],
    }  # fmt: skip


def _codes(found: Computed) -> list[str]:
    """Return the components that the table tells, or that are computed from what it tells."""
    has = set(found.table.columns)
    any_figure = found.rated[0].outcome.figures if found.rated else {}
    every = walk(found.method.components)
    return [each.code for each in every if each.code in has or any_figure[each.code].computed]


def _figure(found: Computed, each: Rated, code: str) -> dict[str, Any]:
    figure = each.outcome.figures[code]
    return {
        "code": code, "value": maybe(figure.value), "published": maybe(figure.given),
        "difference": maybe(figure.difference), "flagged": _flagged(found, each, code),
    }  # fmt: skip


def _flagged(found: Computed, each: Rated, code: str) -> bool:
    """Say whether a component differs from its published value by more than the rounding of its parts."""
    difference, component = each.outcome.figures[code].difference, found.method.find(code)
    if difference is None or component is None:
        return False
    decimals = found.table.decimals
    used = [decimals[part.code] for part in walk(component.components) if part.code in decimals]
    return abs(difference) > tolerance_for(min([*used, decimals.get(code, 8)]))


def _parts(found: Computed, each: Rated) -> list[tuple[Fraction, bool]]:
    """Return the differences of a row's components from their published values, and which are flagged."""
    every = each.outcome.figures.items()
    return [
        (difference, _flagged(found, each, code))
        for code, figure in every
        if (difference := figure.difference) is not None
    ]


def method_line(method: Method) -> dict[str, Any]:
    """Return what lists of methods say of one."""
    return {
        "method": method.method, "index": method.index, "version": method.version, "vi": method.vi,
        "en": method.en, "publisher": method.publisher, "basis": method.basis, "since": method.since,
        "until": method.until, "units": method.units, "aggregate": method.aggregate,
        "compare": method.compare, "components": sum(1 for _ in walk(method.components)),
        "template": is_template(method),
        "unchecked": [each.code for each in walk(method.components) if each.unchecked],
    }  # fmt: skip


def method_tree(method: Method) -> dict[str, Any]:
    """Return a method with its tree, as it is shown; numbers as they are answered."""
    return method_line(method) | {
        "factor": shown(method.factor), "min": shown(method.min), "max": maybe(method.max),
        "note_vi": method.note_vi, "note_en": method.note_en, "unfilled": list(unfilled(method)),
        "tree": [_branch(each) for each in method.components],
    }  # fmt: skip


def _branch(component: Component) -> dict[str, Any]:
    return {
        "code": component.code, "vi": component.vi, "en": component.en, "weight": maybe(component.weight),
        "min": shown(component.min), "max": maybe(component.max), "aggregate": component.aggregate,
        "missing": component.missing, "criteria": component.criteria, "unit": component.unit,
        "unchecked": component.unchecked, "components": [_branch(each) for each in component.components],
    }  # fmt: skip
