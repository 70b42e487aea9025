"""Figures by hand: exact, and what is missing is never zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.indicators.formulas.evaluating import Found, told
from haidang.indicators.model.value import Flag
from tests.unit.indicators.formulas.scenes import COMMUNES, UNITS, Memory, formula, made


def year() -> Memory:
    scene = Memory()
    for month, value in ((1, "10"), (2, "20"), (3, "30")):
        scene.put("A-1", f"2026-{month:02}", value).put("A-1", f"2025-{month:02}", str(int(value) - 5))
    return scene.put("B-1", "2026-03", "120")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[A-1]", "30"),
        ("[A-1] + 2 * 3", "36"),
        ("([A-1] + 2) * 3", "96"),
        ("-[A-1] / 4", "-7.5"),
        ("cumulative([A-1])", "60"),
        ("cumulative([A-1]) - last_year(cumulative([A-1]))", "15"),
        ("[A-1] - previous([A-1])", "10"),
        ("mean([A-1] over year)", "20"),
        ("max([A-1] over year) - min([A-1] over year)", "20"),
        ("first([A-1] over year)", "10"),
        ("least([A-1], [B-1], 7)", "7"),
        ("greatest([A-1], [B-1])", "120"),
        ("first_known(previous([B-1]), [A-1])", "30"),
        ("round([A-1] / 7, 2)", "4.29"),
        ("[A-1] * days()", "930"),
    ],
)
def test_figures_by_hand(text: str, value: str) -> None:
    found = made(text, year())
    assert (found.value, found.missing) == (Decimal(value), None)


def test_shares_name_and_scale_their_denominator() -> None:
    scene = year().put("MONEY-1", "2026-03", "45000").put("MONEY-2", "2026-03", "90")
    assert made('percent([A-1], [B-1], of: "dân số")', scene, unit="%").value == 25
    # 45,000 million of 90 billion is one half.
    assert made('percent([MONEY-1], [MONEY-2], of: "kế hoạch")', scene, unit="%").value == 50
    assert made('to("tỷ đồng", [MONEY-1]) + [MONEY-2]', scene, unit="tỷ đồng").value == 135


def test_nothing_is_divided_by_zero() -> None:
    scene = year().put("B-1", "2026-03", "0")
    found = made('percent([A-1], [B-1], of: "dân số")', scene, unit="%")
    assert (found.value, found.missing) == (None, "undefined")
    assert made('100 - percent([A-1], [B-1], of: "dân số")', scene, unit="%").missing == "undefined"


@pytest.mark.parametrize(
    "text",
    ["[A-1] + 0 * [B-1]", "least([A-1], [B-1])", "cumulative([B-1])", "previous([B-1])", "last_year([B-1])",
     "abs([B-1]) * 0"],
)  # fmt: skip
def test_what_is_missing_makes_the_figure_missing(text: str) -> None:
    scene = Memory().put("A-1", "2026-03", "30")
    assert made(text, scene)[:2] == (None, "incomplete")


def communes(*values: str | None) -> Memory:
    scene = Memory()
    for place, value in zip(COMMUNES, values, strict=True):
        if value is not None:
            scene.put("C-1", "2026-03", value, place)
    return scene


def test_the_policy_says_how_many_parts_must_be_known() -> None:
    scene = communes("1", None, "3")
    assert made("sum([C-1] over area)", scene) == Found(None, "incomplete", 0, 2, 3)
    skipped = made("sum([C-1] over area, missing: skip)", scene)
    assert skipped == Found(Decimal(4), None, Flag.PARTIAL, 2, 3)
    assert made("sum([C-1] over area, missing: 60%)", scene).value == 4
    assert made("sum([C-1] over area, missing: 70%)", scene).value is None
    assert made("sum([C-1] over area, missing: skip)", communes(None, None, None)).missing == "incomplete"
    assert made("count([C-1] over area, missing: skip)", scene, unit="xã").value == 2
    assert made("sum([C-1] over area)", communes("1", "0", "3")).value == 4


def test_units_below_and_their_shares() -> None:
    scene = Memory()
    for place, done, all_ in ((UNITS[0], "30", "40"), (UNITS[1], "10", "60")):
        scene.put("U-1", "2026-03", done, place).put("U-2", "2026-03", all_, place)
    text = 'percent(sum([U-1] over units), sum([U-2] over units), of: "hồ sơ tiếp nhận")'
    assert made(text, scene, unit="%").value == 40


def test_a_quarter_is_its_months_and_a_week_of_none() -> None:
    scene = Memory()
    for month in (1, 2, 3):
        scene.put("A-1", f"2026-{month:02}", str(month))
    assert made("sum([A-1] over period)", scene, "2026-Q1").value == 6
    assert made("last([A-1] over period)", scene, "2026-Q1").value == 3
    assert made("sum([A-1] over period)", scene, "2026-Q2").missing == "incomplete"
    # The stock at the end of a quarter needs the last month only.
    last = Memory().put("A-1", "2026-03", "7")
    assert made("last([A-1] over period)", last, "2026-Q1").value == 7
    assert made("first([A-1] over period)", last, "2026-Q1").value is None
    assert made("first([A-1] over period, missing: skip)", last, "2026-Q1").value == 7


def test_29_february_has_no_same_day_last_year() -> None:
    scene = Memory().put("D-1", "2023-02-28", "5")
    assert made("last_year([D-1])", scene, "2024-02-29", "lượt").missing == "incomplete"
    assert made("last_year([D-1])", scene, "2024-02-28", "lượt").value == 5


def test_estimates_and_simulations_are_inherited() -> None:
    scene = Memory().put("A-1", "2026-03", Found(Decimal(1), None, Flag.ESTIMATE | Flag.LATE))
    scene.put("B-1", "2026-03", Found(Decimal(2), None, Flag.SIMULATED))
    assert made("[A-1] + [B-1]", scene).flags == Flag.ESTIMATE | Flag.SIMULATED
    assert made("greatest([A-1], [B-1])", scene).flags == Flag.ESTIMATE | Flag.SIMULATED
    assert made("first_known([A-1], [B-1])", scene).flags & Flag.SIMULATED == 0


def test_facts_come_from_the_product() -> None:
    scene = Memory()
    assert made('fact("tasks.overdue")', scene, unit="nhiệm vụ").missing == "incomplete"
    scene.facts["tasks.overdue"] = Found(Decimal(4))
    assert made('fact("tasks.overdue") * 2', scene, unit="nhiệm vụ").value == 8


numbers = st.decimals(-(10**12), 10**12, places=6, allow_nan=False)


@given(st.lists(numbers.map(str), min_size=3, max_size=3))
def test_sums_and_means_are_exact(values: list[str]) -> None:
    scene = communes(*values)
    exact = sum((Fraction(value) for value in values), Fraction(0))
    assert made("sum([C-1] over area)", scene).value == Decimal(exact.numerator) / Decimal(exact.denominator)
    mean = made("sum([C-1] over area) / 3", scene).value
    assert mean is not None
    assert abs(Fraction(mean) - exact / 3) < Fraction(1, 10**18)


@given(numbers, numbers, numbers)
def test_a_part_that_is_taken_away_takes_the_whole(one: Decimal, two: Decimal, three: Decimal) -> None:
    whole = communes(str(one), str(two), str(three))
    text = "sum([C-1] over area) + mean([C-1] over area)"
    assert made(text, whole).value is not None
    for gone in COMMUNES:
        values = {key: value for key, value in whole.values.items() if key[1] != gone}
        less = Memory()
        less.values = values
        assert made(text, less).value is None


def test_a_figure_is_told_with_the_decimals_of_its_indicator() -> None:
    assert told(Found(Decimal("2.345")), 2).value == Decimal("2.35")
    assert told(Found(Decimal("-2.5")), 0).value == Decimal("-3")
    assert told(Found(None, "undefined"), 2).value is None


def test_a_formula_is_made_once_and_used_often() -> None:
    figure = formula("cumulative([A-1])")
    scene = year()
    assert {figure(scene, 1, period).value for _, _, period in scene.values if period.start.year == 2026} == {
        None, Decimal(10), Decimal(30), Decimal(60),
    } - {None}  # fmt: skip
