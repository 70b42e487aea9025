"""A small register and a scene of values in memory for the tests of formulas."""

from __future__ import annotations

from decimal import Decimal

from haidang.indicators.formulas.checking import Checked, FactSpec, Subject, check
from haidang.indicators.formulas.evaluating import UNKNOWN, Formula, Found
from haidang.indicators.formulas.nodes import Fact, Scope
from haidang.indicators.model.period import Kind, Period, parse
from haidang.indicators.model.register import Aggregate, Level

PROVINCE, COMMUNES, UNITS = 1, (11, 12, 13), (21, 22)


def subject(
    code: str,
    unit: str = "người",
    kind: Kind = "month",
    level: Level = "province",
    together: Aggregate = "sum",
) -> Subject:
    return Subject(code=code, unit=unit, period_kind=kind, level=level, aggregate=together)


REGISTER = {
    each.code: each
    for each in (
        subject("A-1"),
        subject("B-1"),
        subject("MONEY-1", "triệu đồng"),
        subject("MONEY-2", "tỷ đồng"),
        subject("RATE-1", "%", level="commune", together="none"),
        subject("MEAN-1", "µg/m³", level="commune", together="mean"),
        subject("C-1", level="commune"),
        subject("U-1", "hồ sơ", level="unit"),
        subject("U-2", "hồ sơ", level="unit"),
        subject("D-1", "lượt", kind="day"),
        subject("W-1", "lượt", kind="week"),
        subject("Q-1", kind="quarter"),
        subject("KM-1", "km²"),
    )
}
FACTS = {
    "tasks.overdue": FactSpec(
        name="tasks.overdue", vi="Quá hạn", en="Overdue", unit="nhiệm vụ",
        levels=frozenset({"province", "unit"}), words=frozenset({"sector"}),
    ),
    "city.mean": FactSpec(
        name="city.mean", vi="Trung bình", en="Mean", unit="µg/m³", levels=frozenset({"province", "commune"}),
        needed=frozenset({"type", "attribute"}),
    ),
}  # fmt: skip


def checked(
    text: str, unit: str = "người", kind: Kind = "month", level: Level = "province", code: str = "X-1"
) -> Checked:  # fmt: skip
    return check(text, subject(code, unit, kind, level), REGISTER, FACTS)


def formula(text: str, unit: str = "người", kind: Kind = "month", level: Level = "province") -> Formula:
    kinds = {code: each.period_kind for code, each in REGISTER.items()}
    return Formula(checked(text, unit, kind, level), kinds)


class Memory:
    """Values by code, place and period."""

    def __init__(self, **values: object) -> None:
        self.values: dict[tuple[str, int, Period], Found] = {}
        self.facts: dict[str, Found] = {}

    def put(self, code: str, when: str, value: str | Found | None, place: int = PROVINCE) -> Memory:
        found = value if isinstance(value, Found) else Found(None if value is None else Decimal(value))
        self.values[code, place, parse(when)] = found
        return self

    def value(self, code: str, place: int, period: Period) -> Found:
        return self.values.get((code, place, period), UNKNOWN)

    def below(self, place: int, scope: Scope) -> tuple[int, ...]:
        if place != PROVINCE:
            return ()
        return COMMUNES if scope == "area" else UNITS

    def fact(self, fact: Fact, place: int, period: Period) -> Found:
        return self.facts.get(fact.name, UNKNOWN)


def made(
    text: str, scene: Memory, when: str = "2026-03", unit: str = "người", place: int = PROVINCE
) -> Found:
    period = parse(when)
    return formula(text, unit, period.kind)(scene, place, period)
