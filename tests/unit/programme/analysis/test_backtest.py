"""The methods against portfolios whose truth is known, and the ways in which they must be silent."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haidang.programme.analysis.backtest import SHOWN, Foresight, Score, backtest, spearman
from haidang.programme.analysis.curves import PERIODS, Curve, Open, opened, size_of
from haidang.programme.analysis.methods import ENOUGH, FORESEE, Past
from haidang.programme.analysis.synthetic import portfolio

SEEDS = (1, 2)


@pytest.fixture(scope="module", params=SEEDS)
def scores(request: pytest.FixtureRequest) -> dict[tuple[str, int], Score]:
    return {
        (score.method, score.period): score
        for score in backtest(portfolio(request.param, years=5, projects=70))
    }


@pytest.mark.parametrize("period", SHOWN)
@pytest.mark.parametrize("method", ["committed", "reference", "nearest"])
def test_each_method_beats_the_straight_line(
    scores: dict[tuple[str, int], Score], method: str, period: int
) -> None:
    assert (scores[method, period].error_points or 100) < (scores["linear", period].error_points or 0)


@pytest.mark.parametrize("period", SHOWN)
def test_the_interval_of_the_best_methods_holds_four_of_five(
    scores: dict[tuple[str, int], Score], period: int
) -> None:
    coverage = scores["nearest", period].coverage
    assert coverage is not None
    assert 0.75 <= coverage <= 0.85


def test_errors_are_least_at_the_end_of_the_year(scores: dict[tuple[str, int], Score]) -> None:
    for method in FORESEE:
        errors = [scores[method, period].error_points or 100 for period in SHOWN]
        assert errors[-1] == min(errors)


def curve(number: int, end: int = 80, year: int = 2019, *, phase: str = "", owner: str = "") -> Curve:
    paid = tuple(round(end * (period / PERIODS) ** 2) for period in range(1, PERIODS + 1))
    return Curve(project=f"p{number}", year=year, plan_dong=100, paid_dong=paid, phase=phase, owner=owner)


def test_too_little_history_says_so() -> None:
    one = Open(project="new", plan_dong=100, paid_dong=(1, 2, 3, 4))
    few = Past([curve(number) for number in range(ENOUGH - 1)])
    assert FORESEE["reference"](one, few, None) is None
    assert FORESEE["nearest"](one, few, None) is None
    assert FORESEE["committed"](one, few, None) is None
    assert Foresight([]).forecast(one, "nearest") is None
    assert Foresight([]).total([one], "nearest") is None
    assert Foresight([]).best(4) is None


def test_the_reference_class_is_the_narrowest_with_enough_years() -> None:
    slow = [curve(number, 40, phase="new", owner="a") for number in range(ENOUGH)]
    fast = [curve(number, 90, phase="completing", owner="b") for number in range(ENOUGH)]
    past = Past([*slow, *fast])
    rows, names = past.alike(Open(project="x", plan_dong=1, paid_dong=(0,), phase="new", owner="a"))
    assert {past.curves[row].owner for row in rows} == {"a"}
    assert "owner" in names
    _, names = past.alike(Open(project="x", plan_dong=1, paid_dong=(0,), phase="new", owner="c"))
    assert names == ("sector", "phase", "size")


def test_the_reference_class_by_hand() -> None:
    # Ends at 40 of 100, of which 2 (a twentieth) by period 3: 5 paid, and 19/20 of 40 to come.
    past = Past([curve(number, 40, phase="new") for number in range(ENOUGH)])
    one = Open(project="x", plan_dong=100, paid_dong=(0, 0, 5), phase="new")
    assert FORESEE["reference"](one, past, None) == pytest.approx(0.05 + 0.95 * 0.4)


def test_promises_count_as_far_as_they_were_kept() -> None:
    half = [
        msgspec.structs.replace(curve(number, 50, owner="a"), promised_dong=(0,) * 4 + (10,) * 9)
        for number in range(ENOUGH)
    ]
    kept = Past(half).kept_ratio("a", 4)
    assert kept is not None
    one = Open(
        project="x", plan_dong=100, paid_dong=(1, 2, 3, 5), promised_dong=(0,) * 4 + (8,) * 9, owner="a"
    )
    assert kept == pytest.approx((50 - half[0].paid_dong[3]) / 90)
    assert FORESEE["committed"](one, Past(half), None) == pytest.approx(0.05 + 0.72 * kept)


def test_a_portfolio_is_foreseen_as_wide_as_its_years_were_alike() -> None:
    curves = portfolio(5, years=5, projects=40)
    last = max(each.year for each in curves)
    foresight = Foresight([each for each in curves if each.year < last])
    ones = [opened(each, 8) for each in curves if each.year == last]
    found = foresight.total(ones, "nearest")
    assert found is not None
    low, middle, high = found
    assert sum(one.paid_dong[-1] for one in ones) <= low < middle < high <= sum(one.plan_dong for one in ones)
    came = sum(each.paid_dong[-1] for each in curves if each.year == last)
    assert 0.8 * came < middle < 1.2 * came
    assert found == foresight.total(ones, "nearest")


@given(
    paid=st.lists(st.integers(0, 2 * 10**12), min_size=1, max_size=12),
    plan=st.integers(1, 10**12),
)
@settings(max_examples=60)
def test_no_forecast_lies_below_what_has_been_paid_nor_above_the_plan(paid: list[int], plan: int) -> None:
    one = Open(project="x", plan_dong=plan, paid_dong=tuple(sorted(paid)), promised_dong=(plan,) * PERIODS)
    foresight = Foresight(HISTORY)
    now = one.paid_dong[-1] / plan
    for method in FORESEE:
        found = foresight.forecast(one, method)
        assert found is not None
        assert now <= found.low <= found.share <= found.high <= max(1.0, now)


HISTORY = portfolio(9, years=3, projects=15)


def test_a_rank_correlation_by_hand() -> None:
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == 1
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == -1
    assert spearman([1, 2, 2, 4], [1, 2, 3, 4]) == pytest.approx(0.9487, abs=1e-4)
    assert spearman([1, 1, 1], [1, 2, 3]) is None
    assert spearman([1, 2], [1, 2]) is None


def test_sizes_and_curves_that_cannot_be() -> None:
    assert [size_of(billions * 10**9) for billions in (4, 5, 30, 100)] == ["s", "m", "l", "xl"]
    with pytest.raises(ValueError, match="above zero"):
        Curve(project="x", year=2020, plan_dong=0, paid_dong=(0,) * PERIODS)
    with pytest.raises(ValueError, match="13 periods"):
        Curve(project="x", year=2020, plan_dong=1, paid_dong=(0,))


def test_the_same_seed_is_the_same_portfolio_and_its_money_comes_late() -> None:
    curves = portfolio(3, years=2, projects=20)
    assert curves == portfolio(3, years=2, projects=20)
    assert all(
        np.all(np.diff(each.paid_dong) >= 0) and each.paid_dong[-1] <= each.plan_dong for each in curves
    )
    at_four = np.mean([each.paid_dong[3] / each.paid_dong[-1] for each in curves])
    assert at_four < 4 / PERIODS


def test_one_year_alone_is_held_against_nothing() -> None:
    scores = backtest(portfolio(1, years=1, projects=20))
    assert {score.error_points for score in scores} == {None}


def test_many_are_foreseen_as_each_alone() -> None:
    curves = portfolio(5)
    foresight = Foresight([curve for curve in curves if curve.year < 2020])
    ones = [opened(curve, 7) for curve in curves if curve.year == 2020]
    for method in FORESEE:
        alone = [foresight.forecast(one, method) for one in ones]
        together = foresight.forecasts(ones, method)
        assert together == foresight.forecasts(ones, method)
        for one, other in zip(alone, together, strict=True):
            assert one is not None
            assert other is not None
            assert (other.low, other.share, other.high) == pytest.approx((one.low, one.share, one.high))


def test_an_even_sample_of_a_year_is_held_against() -> None:
    curves = portfolio(3, years=3, projects=60)
    scores = backtest(curves, (8,), most=20)
    assert {score.count for score in scores} == {40}
    whole = {score.method: score.error_points for score in backtest(curves, (8,))}
    for score in scores:
        assert score.error_points == pytest.approx(whole[score.method], abs=6)
