"""A formula against the register: units, periods, levels, cost; each misfit at its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from haidang.base.problems import Problem
from haidang.indicators.formulas.checking import Subject, check
from haidang.indicators.formulas.facts import SPECS
from haidang.indicators.formulas.measures import Measure, divided, factor, measure, written
from tests.unit.indicators.formulas.scenes import FACTS, REGISTER, checked, subject


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("[A-1] + [B-1]", "người"),
        ("[A-1] * 2 - 5", "người"),
        ('to("tỷ đồng", [MONEY-1]) + [MONEY-2]', "tỷ đồng"),
        ('percent([A-1], [B-1], of: "dân số")', "%"),
        ('100 - percent([A-1], [B-1], of: "dân số")', "%"),
        ('percent([MONEY-1], [MONEY-2], of: "kế hoạch")', "%"),
        ('ratio([A-1], [KM-1], of: "diện tích")', "người/km²"),
        ('ratio([MONEY-1], [A-1], of: "dân số")', "triệu đồng/người"),
        ('[A-1] * ratio([B-1], [A-1], of: "dân số")', "người"),
        ("sum([C-1] over area)", "người"),
        ("count([C-1] over area, missing: skip)", "xã"),
        ("max([RATE-1] over area)", "%"),
        ("mean([MEAN-1] over area)", "µg/m³"),
        ('percent(sum([U-1] over units), sum([U-2] over units), of: "hồ sơ")', "%"),
        ("cumulative([A-1]) - last_year(cumulative([A-1]))", "người"),
        ("mean([D-1] over period)", "lượt"),
        ('fact("tasks.overdue")', "nhiệm vụ"),
        ('fact("city.mean", type: "Air", attribute: "pm25")', "µg/m³"),
    ],
)
def test_what_fits(text: str, unit: str) -> None:
    assert checked(text, unit).reads >= 1


@pytest.mark.parametrize(
    ("text", "unit", "at", "word"),
    [
        ("[A-1] + [MONEY-1]", "người", 7, "different units"),
        ("[MONEY-1] + [MONEY-2]", "triệu đồng", 11, "different units"),
        ("[A-1] * [B-1]", "người", 7, "not multiplied"),
        ("[MONEY-1]", "tỷ đồng", 1, 'to("tỷ đồng"'),
        ('to("kg", [A-1])', "kg", 1, "does not convert"),
        ('percent([A-1], [KM-1], of: "diện tích")', "%", 1, "two different things"),
        ("[NO-1]", "người", 1, "no indicator NO-1"),
        ("[C-1]", "người", 1, "level"),
        ("[D-1]", "lượt", 1, "by day"),
        ("sum([Q-1] over period)", "người", 1, "does not make up"),
        ("sum([W-1] over period)", "lượt", 1, "does not make up"),
        ("sum([D-1] + [W-1] over period)", "lượt", 1, "one kind"),
        ("sum(1 over period)", "người", 1, "one kind"),
        ("sum(1 over area)", "người", 1, "nothing to put together"),
        ("sum([RATE-1] over area)", "%", 1, "no sum"),
        ("mean([RATE-1] over area)", "%", 1, "no mean"),
        ("sum([MEAN-1] over area)", "µg/m³", 1, "no sum"),
        ("sum(round([RATE-1], 1) over area)", "%", 1, "no sum"),
        ("last([C-1] over area)", "người", 1, "over time only"),
        ("sum(sum([C-1] over area) over area)", "người", 5, "within"),
        ("first_known([A-1], 0)", "người", 20, "never becomes a number"),
        ('fact("no.such")', "x", 1, "no such fact"),
        ('fact("tasks.overdue", colour: "red")', "nhiệm vụ", 1, "does not take colour"),
        ('fact("city.mean", type: "Air")', "µg/m³", 1, "attribute is needed"),
    ],
)
def test_what_does_not_fit_is_named_at_its_place(text: str, unit: str, at: int, word: str) -> None:
    with pytest.raises(Problem) as refusal:
        checked(text, unit)
    assert refusal.value.faults[0].field == f"formula:{at}"
    assert word in refusal.value.en


def test_levels_go_downwards_only() -> None:
    for text, level in (("sum([C-1] over area)", "commune"), ("sum([U-1] over units)", "commune")):
        with pytest.raises(Problem):
            checked(text, "người", level=level)  # type: ignore[arg-type]
    with pytest.raises(Problem):
        checked('fact("tasks.overdue")', "nhiệm vụ", level="commune")
    assert checked("[C-1]", level="commune").reads == 1


def test_five_years_have_neither_a_year_before_nor_a_year_to_date() -> None:
    five = REGISTER | {"F-1": subject("F-1", kind="five_years")}
    for text in ("last_year([F-1])", "cumulative([F-1])"):
        with pytest.raises(Problem):
            check(text, subject("X-1", kind="five_years"), five, FACTS)
    assert check("previous([F-1])", subject("X-1", kind="five_years"), five, FACTS).reads == 1


def test_a_figure_that_takes_too_many_values_is_refused() -> None:
    day = REGISTER | {"CD-1": subject("CD-1", kind="day", level="commune")}
    at = subject("X-1", kind="year")
    with pytest.raises(Problem) as refusal:
        check("sum(sum([CD-1] over area) over period)", at, day, FACTS)
    assert "values" in refusal.value.en
    assert checked("cumulative(sum([C-1] over area))").reads == 12 * 400


@pytest.mark.parametrize(
    ("text", "base", "size"),
    [
        ("người", "người", "1"),
        ("nghìn người", "người", "1000"),
        ("Tỷ đồng", "đồng", "1000000000"),
        ("nghìn tỷ đồng", "đồng", "1000000000000"),
        ("VND", "đồng", "1"),
        ("%", "", "0.01"),
        ("", "", "1"),
        ("km²", "m²", "1000000"),
        ("giờ", "phút", "60"),
        ("triệu đồng/người", "đồng/người", "1000000"),
    ],
)
def test_units_are_sizes_of_things(text: str, base: str, size: str) -> None:
    assert measure(text) == Measure(base, Decimal(size))


def test_units_divide_and_convert() -> None:
    assert divided(measure("triệu đồng"), measure("tỷ đồng")) == Measure("", Decimal("0.001"))
    assert divided(measure("nghìn người"), measure("km²")) == measure("nghìn người/km²")
    assert factor(measure("tỷ đồng"), measure("triệu đồng")) == 1000
    assert factor(measure("tỷ đồng"), measure("người")) is None
    assert [written(measure(text)) for text in ("triệu đồng", "%", "", "km²")] == [
        "triệu đồng", "%", "lần", "triệu m²",
    ]  # fmt: skip


@pytest.mark.parametrize("above", ['"cao"', '"nan"', '"inf"', '"1e400"'])
def test_a_limit_of_a_fact_is_a_number(above: str) -> None:
    hours = Subject(code="GIO", unit="giờ", period_kind="month", level="province")
    text = f'fact("city.hours_above", type: "AirQualityObserved", attribute: "pm25", above: {above})'
    with pytest.raises(Problem) as refusal:
        check(text, hours, {}, SPECS)
    assert refusal.value.kind.code == "formula"
    check(text.replace(above, '"35.5"'), hours, {}, SPECS)
    check(text.replace(above, "35.5"), hours, {}, SPECS)
