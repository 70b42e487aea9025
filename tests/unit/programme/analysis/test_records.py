"""A contractor's record: rates drawn towards all, with their number and interval; few contracts give none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.programme.analysis.records import RATED_FROM, Done, prior, records

PLANNED = date(2020, 6, 30)


def done(contractor: str, number: int, slip: int, **more: int) -> Done:
    return Done(
        contract=f"{contractor}-{number}", contractor=contractor, planned_on=PLANNED,
        actual_on=PLANNED + timedelta(days=slip), seen_on=date(2021, 1, 1), **more,
    )  # fmt: skip


def test_few_contracts_show_the_list_and_no_rate() -> None:
    (found,) = records([done("A", number, 40, extensions=1) for number in range(RATED_FROM - 1)])
    assert len(found.contracts) == RATED_FROM - 1
    assert found.late == RATED_FROM - 1
    assert (found.late_rate, found.late_low, found.median_slip_days) == (None, None, None)
    assert found.extensions == RATED_FROM - 1


def test_five_late_of_five_is_not_always_late() -> None:
    contracts = [done("A", number, 40) for number in range(5)]
    contracts += [done(name, number, 10 if number == 0 else -1) for name in "BCDEFG" for number in range(8)]
    found = {record.contractor: record for record in records(contracts)}
    rate = found["A"].late_rate
    assert rate is not None
    assert found["B"].late_rate is not None
    assert 11 / 53 < rate < 1
    assert found["B"].late_rate < rate
    assert found["A"].late_low < rate < found["A"].late_high  # type: ignore[operator]
    assert found["A"].median_slip_days == 40


def test_the_worked_table() -> None:
    # Nobody differs from the others by more than chance: the prior weighs its most, 200 contracts.
    mean, weight = prior(dict.fromkeys("ABCD", (2, 8)))
    assert (mean, weight) == (0.25, 200)
    (record, *_) = records(
        [done(name, number, 5 if number < 2 else -5) for name in "ABCD" for number in range(8)]
    )
    assert record.late_rate == 0.25
    assert record.late_low == pytest.approx(0.202, abs=0.003)
    assert record.late_high == pytest.approx(0.302, abs=0.003)


def test_a_contract_that_still_runs_past_its_end_is_late_by_today() -> None:
    still = Done(
        contract="c", contractor="A", planned_on=PLANNED, actual_on=None, seen_on=PLANNED + timedelta(days=9)
    )
    assert (still.late, still.slip_days) == (True, 9)


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3), st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8
    )
)
def test_a_rate_lies_between_its_own_and_that_of_all(raw: dict[str, tuple[int, int]]) -> None:
    contracts = [
        done(name, number, 5 if number < late else -5)
        for name, (late, fine) in raw.items()
        for number in range(late + fine)
    ]
    mean, _ = prior({name: (late, late + fine) for name, (late, fine) in raw.items() if late + fine})
    for record in records(contracts):
        if record.late_rate is None:
            assert len(record.contracts) < RATED_FROM
            continue
        own = record.late / len(record.contracts)
        assert min(own, mean) - 0.006 <= record.late_rate <= max(own, mean) + 0.006
        assert record.late_low is not None
        assert record.late_high is not None
        assert 0 <= record.late_low <= record.late_high <= 1
