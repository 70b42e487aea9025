"""One figure unfolded: every step with its text, unit, value, and what was missing, down to the facts."""

from __future__ import annotations

from typing import Any

from haidang.indicators.formulas.evaluating import Formula, Found, Scene, parts, until
from haidang.indicators.formulas.needs import earlier
from haidang.indicators.formulas.nodes import (
    Aggregate,
    Binary,
    Call,
    Convert,
    Days,
    Fact,
    Minus,
    Node,
    Number,
    Ratio,
    Ref,
    Round,
    Shift,
    below,
)
from haidang.indicators.model.period import Period
from haidang.indicators.model.register import plain
from haidang.indicators.model.value import REASON_WORDS, flags_of

PARTS_MAX = 200
"""Parts of an aggregate that are told one by one; the rest is counted."""
_SCOPES: dict[str, tuple[str, str]] = {
    "period": ("các kỳ trong kỳ", "the periods within"),
    "year": ("lũy kế từ đầu năm", "the year to date"),
    "area": ("các xã, phường, đặc khu", "the communes"),
    "units": ("các đơn vị trực thuộc", "the units below"),
}
_HOW: dict[str, tuple[str, str]] = {
    "sum": ("tổng", "sum"), "mean": ("trung bình", "mean"), "min": ("nhỏ nhất", "least"),
    "max": ("lớn nhất", "greatest"), "first": ("đầu kỳ", "first"), "last": ("cuối kỳ", "last"),
    "count": ("đếm", "count"),
}  # fmt: skip


def unfold(formula: Formula, scene: Scene, place: int, period: Period) -> dict[str, Any]:
    """Return the steps of a figure as a tree."""
    return _step(formula, formula.checked.node, scene, place, period)


def _step(formula: Formula, node: Node, scene: Scene, place: int, period: Period) -> dict[str, Any]:
    try:
        found = formula.part(node)(scene, place, period)
    except ArithmeticError:  # more digits than are counted with
        found = Found(None, "undefined")
    vi, en = words(node)
    unit = formula.checked.measures.get(node.at)
    told: dict[str, Any] = {
        "vi": vi, "en": en, "period": period.text(), "place": place,
        "unit": None if unit is None else str(unit), "parts": [], "more": 0,
    } | value_of(found)  # fmt: skip
    if isinstance(node, Ref):
        return told | {"code": node.code}
    if isinstance(node, Fact):
        return told | {"fact": node.name, "given": dict(node.given)}
    where = _places(formula, node, scene, place, period)
    of = below(node)
    told["parts"] = [
        _step(formula, part, scene, *each) for each in where[:PARTS_MAX] for part in of
    ]  # fmt: skip
    told["more"] = max(0, len(where) - PARTS_MAX)
    return told


def _places(
    formula: Formula, node: Node, scene: Scene, place: int, period: Period
) -> list[tuple[int, Period]]:
    """Return the places and periods that the parts of a node are about."""
    match node:
        case Aggregate(over="period"):
            return [(place, each) for each in parts(period, formula.finer(node))]
        case Aggregate(over="year"):
            return [(place, each) for each in until(period)]
        case Aggregate():
            return [(each, period) for each in scene.below(place, node.over)]
        case Shift():
            then = earlier(node, period)
            return [] if then is None else [(place, then)]
        case _:
            return [(place, period)]


def value_of(found: Found) -> dict[str, Any]:
    """Return what is told of a value: itself, or why there is none, and how many parts were known."""
    reason = REASON_WORDS.get(found.missing) if found.missing else None
    return {
        "value": None if found.value is None else plain(found.value), "missing": found.missing,
        "missing_vi": reason[0] if reason else None, "missing_en": reason[1] if reason else None,
        "flags": flags_of(found.flags), "have": found.have, "of": found.of,
    }  # fmt: skip


def words(node: Node) -> tuple[str, str]:  # noqa: PLR0911 - one return for each node
    """Return what a step does, in both languages."""
    match node:
        case Number():
            return plain(node.value), plain(node.value)
        case Ref():
            return node.code, node.code
        case Fact():
            return f"dữ kiện {node.name}", f"fact {node.name}"
        case Days():
            return "số ngày trong kỳ", "days of the period"
        case Minus():
            return "số đối", "the opposite"
        case Binary():
            signs = {
                "+": ("cộng", "plus"),
                "-": ("trừ", "minus"),
                "*": ("nhân", "times"),
                "/": ("chia", "divided by"),
            }
            return signs[node.sign]
        case Shift():
            return ("cùng kỳ năm trước", "same period last year") if node.to == "last_year" else (
                "kỳ trước", "the period before",
            )  # fmt: skip
        case Aggregate():
            how, over = _HOW[node.how], _SCOPES[node.over]
            return f"{how[0]} {over[0]}", f"{how[1]} over {over[1]}"
        case Ratio():
            kind = ("tỷ lệ %", "per cent") if node.times == 100 else ("tỷ số", "ratio")
            return f"{kind[0]} trên {node.name}", f"{kind[1]} of {node.name}"
        case Call():
            return _CALLS[node.name]
        case Round():
            return f"làm tròn {node.decimals} chữ số", f"rounded to {node.decimals} decimals"
        case Convert():
            return f"đổi ra {node.unit}", f"in {node.unit}"


_CALLS: dict[str, tuple[str, str]] = {
    "abs": ("giá trị tuyệt đối", "absolute value"),
    "least": ("số nhỏ nhất", "the least of"),
    "greatest": ("số lớn nhất", "the greatest of"),
    "first_known": ("số đầu tiên có số liệu", "the first that is known"),
}
