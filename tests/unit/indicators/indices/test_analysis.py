"""Gaps add up to the last digit; what-if is the race run again; years break where methods or units do."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.indicators.indices import methods, ranking
from haidang.indicators.indices.analysis import Field, field_of, gap, half_width, profile, weakest
from haidang.indicators.indices.report import computed
from haidang.indicators.indices.tables import read
from haidang.indicators.indices.trend import trend
from haidang.indicators.indices.whatif import raises, steps, what_if
from tests.unit.indicators.indices.examples import TABLE, field_table, mean


def field(text: str = TABLE) -> Field:
    found = field_of(field_table(text))
    assert found is not None
    return found


def test_the_worked_gap_of_the_docs() -> None:
    # Delta to Alpha: a 5·(8−4) = 20, b 3·(6−4) = 6, c 2·(4−4) = 0; together 26 = 66 − 40.
    told = profile(field_table(), "delta")
    best = next(each for each in told["gaps"] if each["to"] == "best")
    assert (best["name"], best["gap"]) == ("Alpha", 26.0)
    assert [(each["code"], each["adds"]) for each in best["components"]] == [
        ("a", 20.0),
        ("b", 6.0),
        ("c", 0.0),
    ]
    assert told["weakest"] == "a"
    # Medians a 6, b 5, c 5: 5·2 + 3·1 + 2·1 = 15.
    assert next(each for each in told["gaps"] if each["to"] == "median")["gap"] == 15.0
    assert (told["place"], told["units"], told["median"]) == (4, 4, 61.0)


def test_neighbours_are_those_beside_or_those_asked_for() -> None:
    told = profile(field_table(), "delta")
    assert {each["name"] for each in told["neighbours"]} == {"Beta", "Gamma"}
    asked = profile(field_table(), "delta", ["alpha", "nobody"])
    assert [each["name"] for each in asked["neighbours"]] == ["Alpha"]
    assert asked["components"][0]["neighbours"] == 8.0


def test_a_unit_that_is_not_rated_has_a_profile_and_no_gaps() -> None:
    told = profile(field_table(TABLE.replace("Beta,5,8,6", "Beta,5,,6")), "beta")
    assert (told["place"], told["total"]) == (None, None)
    assert "gaps" not in told
    assert [each["value"] for each in told["components"]] == [5.0, None, 6.0]
    with pytest.raises(KeyError):
        profile(field_table(), "nobody")


values = st.lists(
    st.tuples(*[st.integers(10, 100).map(lambda tenth: Fraction(tenth, 10))] * 3), min_size=2, max_size=8
)


def made(rows: list[tuple[Fraction, ...]]) -> Field:
    lines = [f"U{no}," + ",".join(f"{float(each):.1f}" for each in row) for no, row in enumerate(rows)]
    return field("unit,a,b,c\n" + "\n".join(lines))


@given(values)
def test_every_gap_is_the_sum_of_what_components_add(rows: list[tuple[Fraction, ...]]) -> None:
    found = made(rows)
    for one in found.values:
        for two in found.values:
            added = sum(share * (found.values[two][code] - found.values[one][code])
                        for code, share in found.shares.items())  # fmt: skip
            assert added == found.totals[two] - found.totals[one]
            told = sum(each["adds"] for each in gap(found, found.values[one], found.values[two]))
            assert told == pytest.approx(float(added), abs=1e-5)


@given(values)
def test_what_if_is_the_race_run_again(rows: list[tuple[Fraction, ...]]) -> None:
    found = made(rows)
    for key in found.values:
        told = what_if(found, key)
        assert told["place"] == ranking.places(found.totals)[key]
        for each in [*told["steps"], *told["pairs"]]:
            again = dict(found.values[key])
            for step in each["components"]:
                again[step["code"]] = next(
                    made.value
                    for made in steps(found, key)
                    if (made.code, made.to) == (step["code"], step["to"])
                )
            raced = found.totals | {key: found.total(again)}
            assert each["place"] == ranking.places(raced)[key]
            assert each["places"] == told["place"] - each["place"]
        assert told["steps"] == sorted(told["steps"], key=lambda each: -each["places"])


@given(values)
def test_what_a_place_needs_reaches_it_and_less_does_not(rows: list[tuple[Fraction, ...]]) -> None:
    found = made(rows)
    for key in found.values:
        needed = what_if(found, key)["needed"]
        if needed is None:
            assert ranking.places(found.totals)[key] == 1
            continue
        target = next(total for name, total in sorted(found.totals.items(), key=lambda each: each[1])
                      if total > found.totals[key] and name != key)  # fmt: skip
        raced = found.totals | {key: target}
        assert ranking.places(raced)[key] <= needed["place"]
        short = found.totals | {key: target - Fraction(1, 1000)}
        assert ranking.places(short)[key] == ranking.places(found.totals)[key]


def test_the_worked_what_if_of_the_docs() -> None:
    told = what_if(field(), "delta", place=2)
    # To 61 Delta lacks 21: a would have to be 4 + 21/5 = 8.2, which nobody has; b 11 is beyond the scale.
    needed = {each["code"]: each for each in told["needed"]["components"]}
    assert (needed["a"]["value"], needed["a"]["reached_by_others"]) == (8.2, False)
    assert (needed["b"]["value"], needed["b"]["possible"]) == (None, False)
    # No single improvement that others reached is enough; two are: 40 + 5·(7.25−4) + 3·(6.5−4) = 63.75.
    assert {each["places"] for each in told["steps"]} == {0}
    [pair] = told["pairs"]
    assert [(each["code"], each["value"]) for each in pair["components"]] == [("a", 7.25), ("b", 6.5)]
    assert (pair["total"], pair["place"], pair["places"]) == (63.75, 2, 2)
    gamma = what_if(field(), "gamma")
    # Gamma shares Alpha's place with a at 8, which is one ninth of the scale; b at 6.5 would take more.
    first = gamma["steps"][0]
    assert (first["components"][0]["code"], first["components"][0]["to"], first["places"]) == ("a", "best", 1)
    assert first["effort"] == pytest.approx(1 / 9, abs=1e-6)


def test_a_raise_is_quick_by_the_past_of_the_units() -> None:
    before = field(TABLE.replace("Alpha,8", "Alpha,7").replace("Beta,5,8", "Beta,4.5,8"))
    quick = raises(before, field())
    assert quick == {"a": Fraction("0.875")}  # rises of 0.5 and 1; three quarters of the way
    told = what_if(field(), "delta", quick=quick)
    of_a = [each["components"][0] for each in told["steps"] if each["components"][0]["code"] == "a"]
    assert [each["quick"] for each in of_a] == [False, False, False]


def test_rounding_to_two_decimals_moves_a_total_by_a_twentieth() -> None:
    text = TABLE.replace("8,6,4,66", "8.00,6.00,4.00,66.00")
    found = field_table(text)
    shares = field_of(found)
    assert shares is not None
    assert half_width(found, shares) == Fraction(5, 100)
    told = profile(found, "beta")["rounding"]
    assert (told["best_place"], told["worst_place"]) == (2, 3)


def test_the_weakest_component_is_that_with_the_largest_weighted_gap() -> None:
    assert weakest(field(), "beta") == "a"
    assert weakest(field(), "gamma") == "b"


def of_year(year: int, text: str, code: str = "PAPI-2018") -> Any:
    method = methods.named(code)
    return computed(method, read(text.encode(), method, year=year))


DIMENSIONS = "province,1,2,3,4,5,6,7,8"


def test_a_series_breaks_where_the_method_or_the_unit_does() -> None:
    fives = f"{DIMENSIONS}\nBắc Ninh,5,5,5,5,5,5,5,5\nQuảng Ninh,5,5,,5,5,5,5,5\n"
    sixes = fives.replace("Bắc Ninh,5", "Bắc Ninh,6").replace(",,", ",5,")
    tables = [of_year(2018, fives), of_year(2019, fives, "PAPI-2019"), of_year(2020, sixes, "PAPI-2019")]
    told = trend(tables, "27")
    assert [point["total"] for point in told["points"]] == [40.0, 40.0, 41.0]
    assert [change["break"] for change in told["changes"]] == ["method_changed", None]
    assert told["changes"][1]["change"] == 1.0
    assert told["changes"][1]["components"][0] == {"code": "1", "own": 5.0, "other": 6.0, "adds": 1.0}
    assert told["successor"]["key"] == "24@2025-07-01"
    assert trend(tables, "22")["changes"][1]["break"] == "not_rated"
    apart = trend([tables[1], of_year(2021, sixes, "PAPI-2019")], "27")
    assert apart["changes"][0]["break"] == "years_missing"


def test_a_merged_province_has_no_past_of_its_own() -> None:
    fives = f"{DIMENSIONS}\nBắc Ninh,5,5,5,5,5,5,5,5\nBắc Giang,6,6,6,6,6,6,6,6\n"
    told = trend([of_year(2018, fives)], "24@2025-07-01")
    assert told["points"][0]["total"] is None
    assert told["points"][0]["why"] == "unit_absent"
    assert {each["key"] for each in told["predecessors"]} == {"24", "27"}


def test_a_method_of_one_s_own_is_a_field_too() -> None:
    assert set(field().shares) == {each.code for each in mean().components}
    assert field().shares["a"] == 5
