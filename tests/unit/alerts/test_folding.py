"""The queue folds into few lines, and the lines hold all of it; a flood begins and ends where it should."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.alerts.model.flood import flood
from haidang.alerts.model.folding import LEVELS, LINES_MAX, Cell, fold, key_of, read_key
from haidang.base.problems import Problem
from tests.unit.alerts.examples import NOW, alert

CELLS = st.builds(
    Cell,
    priority=st.integers(1, 4),
    group_by=st.sampled_from(["area", "type", "cause"]),
    rule=st.sampled_from([f"rule-{number}" for number in range(20)]),
    area=st.none() | st.sampled_from(["00001", "00002", "xã |=% lạ"]),
    sector=st.none() | st.sampled_from(["water", "fire"]),
    source=st.sampled_from(["", "feed:a", "feed:b|c"]),
    type=st.none() | st.sampled_from(["Camera", "https://example.org/T=1"]),
    count=st.integers(1, 500),
    first=st.floats(0, 1e9),
)
COLUMNS = {"group_by": "group_by", "rule": "rule", "area_code": "area", "sector": "sector",
           "source": "source", "entity_type": "type", "priority": "priority"}  # fmt: skip


@given(st.lists(CELLS, max_size=80), st.booleans())
def test_a_fold_is_small_and_loses_nothing(cells: list[Cell], flooded: bool) -> None:
    found = fold(cells, flood=flooded)
    assert len(found.folded) + sum(line.count for line in found.single) <= LINES_MAX
    assert sum(line.count for line in (*found.folded, *found.single)) == sum(each.count for each in cells)
    keys = [line.key for line in (*found.folded, *found.single)]
    assert len(keys) == len(set(keys))
    # Each cell is asked for by exactly one of the keys: no alert stands in two lines, none in no line.
    for cell in cells:
        asked_by = [
            key for key in keys
            if all(getattr(cell, COLUMNS[column]) == value for column, value in read_key(key).items())
        ]  # fmt: skip
        assert asked_by == [key_of(cell, found.level)]


def test_what_fits_is_shown_alert_by_alert() -> None:
    cells = [Cell(priority=3, group_by="area", rule="a", count=LINES_MAX)]
    assert fold(cells).folded == ()
    assert len(fold([*cells, Cell(priority=4, group_by="area", rule="b")]).folded) == 1


def test_in_a_flood_low_priorities_fold_and_high_ones_stay_single() -> None:
    cells = [
        Cell(priority=priority, group_by="area", rule=f"r{priority}", count=6) for priority in (1, 2, 3, 4)
    ]
    found = fold(cells, flood=True)
    assert [line.priority for line in found.folded] == [3, 4]
    assert [line.priority for line in found.single] == [1, 2]


def test_the_level_is_no_coarser_than_needed() -> None:
    many_areas = [
        Cell(priority=2, group_by="area", rule="a", area=f"{number:05}", count=2) for number in range(60)
    ]
    assert fold(many_areas).level == 1
    many_rules = [Cell(priority=2, group_by="area", rule=f"r{number}", count=2) for number in range(60)]
    assert fold(many_rules).level == 2
    assert fold([*many_rules, *many_areas]).level == 2


def test_the_key_in_a_row_is_that_of_its_group() -> None:
    cell = Cell.of(alert(area_code="00001"))
    assert key_of(cell, 0) == "2|by=area|rule=water-3|area=00001"
    assert [read_key(key_of(cell, level))["priority"] for level in range(len(LEVELS))] == [2, 2, 2, 2]


@pytest.mark.parametrize("key", ["", "5", "1|", "1|x=1", "1|rule", "1|rule=a|rule=b", "1;rule=a"])
def test_a_key_that_is_none_of_ours_is_refused(key: str) -> None:
    with pytest.raises(Problem):
        read_key(key)


def times(*minutes: int) -> dict[int, int]:
    return dict(Counter(int(NOW.timestamp()) // 60 + minute for minute in minutes))


def at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


def test_a_flood_needs_ten_in_ten_minutes() -> None:
    assert not flood({}, NOW).active
    assert not flood(times(*range(9)), at(9)).active
    assert flood(times(*range(10)), at(9)).active
    assert flood(times(*[0] * 10), NOW).since == NOW.astimezone(UTC)
    assert not flood(times(*range(0, 30, 2)), at(30)).active


def test_a_flood_lasts_until_fewer_than_five_in_ten_minutes() -> None:
    came = times(*[0] * 10, *[8] * 5, 12)
    assert (flood(came, at(10)).active, flood(came, at(10)).rate) == (True, 5)
    assert (flood(came, at(17)).active, flood(came, at(17)).rate) == (True, 6)
    ended = flood(came, at(18))
    assert (ended.active, ended.rate) == (False, 1)


@given(st.lists(st.integers(0, 300), max_size=120))
def test_a_flood_is_the_same_whoever_asks_and_from_wherever_they_count(minutes: list[int]) -> None:
    """Asked minute by minute with a memory, or at once from the record: the same answer."""
    came, flooding = Counter(minutes), False
    for minute in range(301):
        last_ten = sum(count for each, count in came.items() if minute - 10 < each <= minute)
        flooding = last_ten >= 10 or (flooding and last_ten >= 5)
        known = {
            each: count
            for each, count in times(*minutes).items()
            if each <= int(at(minute).timestamp()) // 60
        }
        found = flood(known, at(minute))
        assert (found.active, found.rate) == (flooding, last_ten)
