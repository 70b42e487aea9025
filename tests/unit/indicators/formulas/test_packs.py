"""Every formula that a sector pack declares fits its indicator; there are no circles among them."""

from __future__ import annotations

from haidang.city.packs import BUILTIN
from haidang.indicators.formulas.checking import Subject, check
from haidang.indicators.formulas.facts import SPECS
from haidang.indicators.formulas.graph import Graph
from haidang.indicators.packs import load


def test_the_formulas_of_the_packs_fit() -> None:
    declared = load([BUILTIN]).indicators
    register = {
        each.code: Subject(
            code=each.code,
            unit=each.unit,
            period_kind=each.period,
            level=each.level,
            aggregate=each.aggregate,
        )
        for each in declared.values()
    }
    found = {
        code: check(each.method.formula, register[code], register, SPECS)
        for code, each in declared.items()
        if each.method.formula
    }
    assert {"MT-PM25", "NV-DUNG-HAN", "DA-GIAI-NGAN"} <= set(found)
    assert set(Graph(found).order) == set(found)
    assert {declared[code].source for code in found} <= {"computed", "internal"}
