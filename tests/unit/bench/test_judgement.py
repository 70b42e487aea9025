"""What the benchmark concludes: an audit that finds anything fails a run, too few rounds say nothing."""

from __future__ import annotations

import msgspec
import pytest

from haidang.bench.audit import Audit
from haidang.bench.city import TARGETS, _verdict
from haidang.bench.rounds import PASSES, Sizes, hot_numbers

WHOLE = Audit(head=500, rows=500, distinct=500, states=40, stale_states=0, acknowledged=480)


def test_a_whole_log_has_no_faults() -> None:
    assert WHOLE.faults() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"acknowledged": 501}, "1 acknowledged observations are not in the log"),
        ({"rows": 499, "distinct": 499}, "the head says 500 changes, the log holds 499"),
        ({"head": 498}, "the head says 498 changes, the log holds 500"),
        ({"distinct": 497}, "3 numbers stand in the log twice"),
        ({"stale_states": 2}, "2 entities do not point to their last change"),
    ],
)
def test_whatever_is_lost_doubled_or_stale_is_said(change: dict[str, int], said: str) -> None:
    assert said in msgspec.structs.replace(WHOLE, **change).faults()


def test_the_verdict_names_what_missed_and_faults_go_before_speed() -> None:
    good = {name: {"median": target} for name, target in TARGETS.items()}
    assert _verdict(good, 3, []) == "all targets met"
    assert _verdict(good, 3, ["one row is gone"]).startswith("failed")
    assert _verdict(good, 2, []).startswith("no verdict")
    for name, target in TARGETS.items():
        worse = target * (1.01 if name.startswith("S") else 0.99)
        assert _verdict(good | {name: {"median": worse}}, 3, []) == f"missed: {name}"


@pytest.mark.parametrize(("entities", "hot"), [(1_000_000, 10_000), (20_000, 2_000), (100, 100)])
def test_the_hot_entities_are_scattered_and_of_both_kinds(entities: int, hot: int) -> None:
    sizes = Sizes(entities=entities, hot=hot, rounds=1, window_s=1, sensors=1, steps=PASSES)
    numbers = hot_numbers(sizes)
    assert len(set(numbers)) == hot
    assert abs(sum(number % 2 for number in numbers) * 2 - hot) <= hot // 10
