"""Earned value against the worked table of docs/programme-analysis.md."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.programme.analysis.earned import REASONS, Inputs, measure

MILLION = 1_000_000
PLAN = tuple(amount * MILLION for amount in (500, 1_500, 3_000, 5_000, 7_500, 10_000))


def worked(**changed: int) -> Inputs:
    known = {
        "budget_dong": 10_000 * MILLION,
        "elapsed": 4,
        "earned_dong": 3_600 * MILLION,
        "cost_dong": 4_000 * MILLION,
    }
    return Inputs(planned_dong=PLAN, **(known | changed))


def test_the_worked_table() -> None:
    found = measure(worked())
    assert found.planned_dong == 5_000 * MILLION
    assert found.schedule_variance_dong == -1_400 * MILLION
    assert found.cost_variance_dong == -400 * MILLION
    assert (found.spi, found.cpi) == (Decimal("0.72"), Decimal("0.9"))
    assert found.estimates_dong == (10_400_000_000, 11_111_111_111, 13_876_543_210)
    assert found.variance_at_completion_dong == (-400_000_000, -1_111_111_111, -3_876_543_210)
    assert found.tcpi == Decimal("1.066667")
    assert found.earned_schedule == Decimal("3.3")
    assert found.schedule_variance_periods == Decimal("-0.7")
    assert found.spi_t == Decimal("0.825")
    assert found.finish_periods == Decimal("7.272727")
    assert found.reasons == {}


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"elapsed": 0, "earned_dong": 0, "cost_dong": 0},
         {"spi": "no_plan", "cpi": "no_cost", "estimate_at_cost": "no_cost", "estimate_at_both": "no_cost",
          "spi_t": "no_time", "finish": "no_time"}),
        ({"earned_dong": 0},
         {"estimate_at_cost": "nothing_earned", "estimate_at_both": "nothing_earned",
          "finish": "nothing_earned"}),
        ({"cost_dong": 10_000 * MILLION}, {"tcpi": "budget_spent"}),
    ],
)  # fmt: skip
def test_what_cannot_be_divided_is_none_with_its_reason(
    changed: dict[str, int], missing: dict[str, str]
) -> None:
    found = measure(worked(**changed))
    assert found.reasons == missing
    assert set(found.reasons.values()) <= REASONS.keys()
    fields = {
        "spi": found.spi, "cpi": found.cpi, "tcpi": found.tcpi, "spi_t": found.spi_t,
        "finish": found.finish_periods,
        "estimate_at_cost": found.estimates_dong[1], "estimate_at_both": found.estimates_dong[2],
    }  # fmt: skip
    assert {name for name, value in fields.items() if value is None} == missing.keys()


def test_a_plan_that_rests_is_earned_when_it_is_reached_not_when_it_ends() -> None:
    rests = Inputs(planned_dong=(10, 20, 20, 20), budget_dong=20, elapsed=4, earned_dong=20, cost_dong=20)
    assert measure(rests).earned_schedule == 2
    half = Inputs(planned_dong=(10, 10, 20), budget_dong=20, elapsed=2, earned_dong=10, cost_dong=10)
    assert measure(half).earned_schedule == 2


@pytest.mark.parametrize("planned", [(), (5, 4), (-1, 3)])
def test_a_plan_that_cannot_be_is_refused(planned: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="plan"):
        Inputs(planned_dong=planned, budget_dong=10, elapsed=1, earned_dong=0, cost_dong=0)


@given(
    steps=st.lists(st.integers(0, 10**12), min_size=1, max_size=13),
    part=st.fractions(0, 2),
    elapsed=st.integers(0, 20),
    cost=st.integers(0, 10**13),
)
def test_money_is_conserved_and_earned_schedule_grows_with_what_is_earned(
    steps: list[int], part: object, elapsed: int, cost: int
) -> None:
    planned = tuple(sum(steps[: number + 1]) for number in range(len(steps)))
    earned = int(planned[-1] * part)  # type: ignore[operator]
    inputs = Inputs(
        planned_dong=planned, budget_dong=planned[-1], elapsed=elapsed, earned_dong=earned, cost_dong=cost
    )
    found = measure(inputs)
    assert found.schedule_variance_dong + found.planned_dong == earned
    assert found.cost_variance_dong + cost == earned
    assert found.estimates_dong[0] - cost == planned[-1] - earned
    assert 0 <= found.earned_schedule <= len(planned)
    more = measure(
        Inputs(
            planned_dong=planned,
            budget_dong=planned[-1],
            elapsed=elapsed,
            earned_dong=earned + 1,
            cost_dong=cost,
        )
    )
    assert more.earned_schedule >= found.earned_schedule
