"""What reaching the goal takes, and moves of money that neither lose nor make a đồng."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.programme.analysis.pace import Budgeted, moves, pace

BILLION = 1_000_000_000


def test_the_worked_table() -> None:
    found = pace(plan_dong=100 * BILLION, paid_dong=30 * BILLION, accepted_dong=45 * BILLION, period=8)
    assert found.goal_dong == 95 * BILLION
    assert found.lacking_dong == 65 * BILLION
    assert (found.periods_left, found.monthly_dong) == (5, 13 * BILLION)
    assert (found.payable_dong, found.volume_dong) == (15 * BILLION, 50 * BILLION)
    assert found.allowed == "needs_volume"
    assert found.usual_dong == 3_750_000_000


@pytest.mark.parametrize(
    ("paid", "accepted", "period", "allowed"),
    [
        (96, 96, 10, "reached"),
        (60, 100, 10, "by_volume"),
        (60, 70, 10, "needs_volume"),
        (60, 100, 13, "too_late"),
    ],
)
def test_whether_accepted_volume_allows_it(paid: int, accepted: int, period: int, allowed: str) -> None:
    assert pace(plan_dong=100, paid_dong=paid, accepted_dong=accepted, period=period).allowed == allowed


def test_what_cannot_be_is_refused() -> None:
    for wrong in ({"period": 14}, {"period": -1}, {"paid_dong": -1}, {"goal": Decimal("1.1")}):
        with pytest.raises(ValueError, match="period"):
            pace(**({"plan_dong": 1, "paid_dong": 0, "accepted_dong": 0, "period": 1} | wrong))


@given(plan=st.integers(0, 10**15), paid=st.integers(0, 10**15), period=st.integers(0, 12))
def test_paying_so_much_a_month_reaches_the_goal_and_no_dong_less_does(
    plan: int, paid: int, period: int
) -> None:
    found = pace(plan_dong=plan, paid_dong=paid, accepted_dong=0, period=period)
    assert found.monthly_dong is not None
    assert paid + found.monthly_dong * found.periods_left >= plan * Decimal("0.95")
    if found.monthly_dong:
        assert paid + (found.monthly_dong - 1) * found.periods_left < found.goal_dong


def budgeted(name: str, plan: int, foreseen: int, room: int = 0, source: str = "provincial") -> Budgeted:
    return Budgeted(
        project=name, fund_source=source, plan_dong=plan * BILLION, foreseen_dong=foreseen * BILLION,
        certain_dong=foreseen * BILLION, absorbable_dong=room * BILLION,
    )  # fmt: skip


def test_money_moves_from_who_will_not_spend_it_to_who_can() -> None:
    found = moves([
        budgeted("slow", 50, 20), budgeted("slower", 80, 30), budgeted("ready", 40, 40, 60),
        budgeted("other source", 10, 10, 100, "central"),
    ])  # fmt: skip
    assert [(move.giver, move.taker, move.amount_dong // BILLION) for move in found] == [
        ("slower", "ready", 50), ("slow", "ready", 10),
    ]  # fmt: skip


project = st.builds(
    budgeted,
    name=st.text("abcdef", min_size=1, max_size=4),
    plan=st.integers(0, 500),
    foreseen=st.integers(0, 500),
    room=st.integers(0, 500),
    source=st.sampled_from(["central", "provincial"]),
)


@given(st.lists(project, max_size=12, unique_by=lambda each: each.project))
def test_nobody_gives_what_is_not_spare_nor_takes_what_it_cannot_pay(projects: list[Budgeted]) -> None:
    given_away: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    by_name = {each.project: each for each in projects}
    for move in moves(projects):
        assert move.amount_dong > 0
        assert by_name[move.giver].fund_source == by_name[move.taker].fund_source == move.fund_source
        given_away[move.giver] += move.amount_dong
        taken[move.taker] += move.amount_dong
    assert not given_away.keys() & taken.keys()
    for name, amount in given_away.items():
        assert amount <= by_name[name].plan_dong - by_name[name].foreseen_dong
    for name, amount in taken.items():
        assert amount <= by_name[name].absorbable_dong
