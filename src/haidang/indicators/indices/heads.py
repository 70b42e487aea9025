"""The heading of a table: which column is which component, and what a table lacks."""

from __future__ import annotations

import re
from typing import NamedTuple

from haidang.base.text import fold
from haidang.indicators.indices.computing import untold
from haidang.indicators.indices.findings import Fault, fault, unreadable
from haidang.indicators.indices.model import Component, Method, unfilled, walk

_UNIT = (
    "province", "unit", "locality", "name", "tinh", "tinh thanh pho", "tinh thanh", "don vi", "dia phuong",
    "ten don vi", "co quan",
)  # fmt: skip
_TOTAL = (
    "published", "total", "score", "tong diem", "diem tong", "diem cong bo", "cong bo", "tong", "diem so",
)  # fmt: skip
_RANK = ("rank", "ranking", "hang", "xep hang", "thu hang", "vi tri")
_YEAR = ("year", "nam")
_SIGNS = re.compile(r"[\W_]+")
_TOLD_MAX = 20


class Heads(NamedTuple):
    """Where the columns of a table are."""

    unit: int
    published: int | None
    rank: int | None
    year: int | None
    components: dict[int, Component]


def plain(text: str) -> str:
    """Return a heading as headings are compared."""
    return _SIGNS.sub(" ", fold(text)).strip()


def headings(component: Component) -> set[str]:
    """Return every heading that means a component: its code, its names, both together."""
    names = {component.code, component.vi, component.en, *component.columns} - {""}
    return {plain(name) for name in names | {f"{component.code} {name}" for name in names}}


def read_heads(line: list[str], method: Method) -> tuple[Heads, list[Fault], list[tuple[str, str]]]:
    """Say which column is which; what means nothing here is told and not used."""
    meanings, found = _meanings(method), dict[str, int]()
    faults: list[Fault] = []
    unused: list[str] = []
    for at, text in enumerate(line):
        meaning = meanings.get(plain(text))
        if meaning is None:
            unused.append(text or f"({at + 1})")
        elif meaning in found:
            said = {"vi": "cột lặp lại", "en": "a second column of the same meaning"}
            faults.append(fault(1, text, "column-twice", **said))
        else:
            found[meaning] = at
    if "unit" not in found:
        raise unreadable(
            f"Dòng 1: không có cột đơn vị (ví dụ: {', '.join(_UNIT[:3])}, đơn vị, tỉnh).",
            f"Row 1: there is no column of units (such as: {', '.join(_UNIT[:3])}).",
        )
    components = {
        found[f"={each.code}"]: each for each in walk(method.components) if f"={each.code}" in found
    }
    listed = ", ".join(unused[:_TOLD_MAX])
    notes = [(f"không dùng cột: {listed}", f"columns not used: {listed}")] if unused else []
    published, rank, year = (found.get(meaning) for meaning in ("published", "rank", "year"))
    return Heads(found["unit"], published, rank, year, components), faults, notes


def _meanings(method: Method) -> dict[str, str]:
    index = plain(method.index)
    totals = {*_TOTAL, index, f"{index} published", f"published {index}", f"diem {index}", f"{index} score"}
    found = dict.fromkeys(totals, "published")
    found |= dict.fromkeys(_RANK, "rank") | dict.fromkeys(_YEAR, "year")
    for each in walk(method.components):
        found |= dict.fromkeys(headings(each), f"={each.code}")
    return found | dict.fromkeys(_UNIT, "unit")


def lacking(method: Method, heads: Heads) -> list[Fault]:
    """Name the columns without which nothing can be computed, unless the table has published totals only."""
    published_only = not heads.components and heads.published is not None
    if method.aggregate == "none" or unfilled(method) or published_only:
        return []
    found = []
    for code in untold(method, frozenset(each.code for each in heads.components.values())):
        component = method.find(code)
        name = f"{code} ({component.vi} / {component.en})" if component else code
        said = {"vi": f"thiếu cột {name}", "en": f"there is no column {name}"}
        found.append(fault(1, code, "column-missing", **said))
    return found
