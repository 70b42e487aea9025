"""Pieces of the temporal API: periods, sums, cut answers, what a write adds to history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.city.evolution import PART, parts
from haidang.city.items import Evolution, Item, Op
from haidang.city.query.instances import Cut, Point
from haidang.city.query.periods import Duration, bounds, duration_of, place_of
from haidang.city.query.sums import came_to
from haidang.city.query.temporal import LAST, entered_under, instance_id

START = datetime(2026, 1, 31, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "months", "rest"),
    [
        ("PT1H", 0, timedelta(hours=1)),
        ("P1DT12H", 0, timedelta(hours=36)),
        ("P2W", 0, timedelta(weeks=2)),
        ("PT0.5S", 0, timedelta(milliseconds=500)),
        ("P1M", 1, timedelta()),
        ("P1Y2M3DT4H5M6S", 14, timedelta(days=3, hours=4, minutes=5, seconds=6)),
    ],
)
def test_1_2_aggrPeriodDuration(text: str, months: int, rest: timedelta) -> None:  # noqa: N802
    assert duration_of(text) == Duration(months, rest)


@pytest.mark.parametrize("text", [None, "", "PT0S", "P0D"])
def test_1_2_one_period_for_all(text: str | None) -> None:
    assert duration_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "1H",
        "P",
        "PT",
        "P1H",
        "PT1D",
        "P-1D",
        "P1.5D",
        "P1W2D",
        "p1d",
        "P1D ",
        "P١D",
        "P9999999999D",
        "P200000Y",
    ],
)
def test_1_2_no_duration(text: str) -> None:
    with pytest.raises(Problem):
        duration_of(text)


def test_1_2_months_are_counted_from_the_start() -> None:
    edges = bounds(START, datetime(2026, 4, 1, tzinfo=UTC), Duration(1, timedelta()))
    assert [(edge.month, edge.day, edge.hour) for edge in edges] == [
        (1, 31, 10), (2, 28, 10), (3, 31, 10), (4, 30, 10)
    ]  # fmt: skip
    first, last = place_of(datetime(2026, 3, 1, tzinfo=UTC), START, Duration(1, timedelta()), edges)
    assert (first, last) == (edges[1], edges[2])


def test_1_2_periods_end_with_the_calendar() -> None:
    huge = Duration(0, timedelta(days=3_660_000))
    assert place_of(START, START, huge, ()) == (START, LAST)
    assert bounds(START, START + timedelta(days=1), Duration(119_988, timedelta()))[-1] == LAST
    with pytest.raises(Problem):
        bounds(datetime(1, 1, 3, tzinfo=UTC), START, Duration(1, timedelta()))


def test_1_2_aggrMethod_of_numbers() -> None:  # noqa: N802
    came = came_to([2, 4, 4, 4, 5, 5, 7, 9], "P")
    assert came == {
        "totalCount": 8, "distinctCount": 5, "sum": 40, "avg": 5, "min": 2, "max": 9, "stddev": 2,
        "sumsq": 232,
    }  # fmt: skip


def test_1_2_aggrMethod_of_other_kinds() -> None:  # noqa: N802
    truths = came_to([True, False, True], "P")
    assert (truths["sum"], truths["avg"], truths["totalCount"]) == (2, pytest.approx(2 / 3), 3)
    texts = came_to(["b", "a", "b"], "P")
    assert (texts["min"], texts["max"], texts["distinctCount"]) == ("a", "b", 2)
    assert "sum" not in texts
    assert "avg" not in texts
    links = came_to(["urn:a", "urn:a"], "R")
    assert (links["totalCount"], links["distinctCount"]) == (2, 1)


def point(at: int, attr: int = 1, seq: int = 1) -> Point:
    return Point(at, attr, seq, 1.0, "P", {"v": 1.0}, at, None, None)


def held(cut: Cut, *places: int) -> list[list[int]]:
    return [[one.at_us for one in cut.of(place)] for place in places]


def test_1_2_a_cut_answer_holds_the_same_range_for_all() -> None:
    cut = Cut(3, backwards=False)
    cut.add(0, [point(1), point(3), point(5)], None)
    assert held(cut, 0) == [[1, 3, 5]]
    cut.add(1, [point(2), point(4)], None)
    assert cut.was
    assert held(cut, 0, 1) == [[1, 3], [2]]
    assert cut.range() == (1, 3)


def test_1_2_a_cut_answer_with_lastN_ends_with_the_newest() -> None:  # noqa: N802
    cut = Cut(3, backwards=True)
    cut.add(0, [point(1), point(3), point(5)], None)
    cut.add(1, [point(2), point(4)], None)
    assert held(cut, 0, 1) == [[3, 5], [4]]
    assert cut.range() == (3, 5)


@pytest.mark.parametrize("backwards", [False, True])
def test_1_2_one_instant_is_never_torn(backwards: bool) -> None:
    cut = Cut(2, backwards=backwards)
    cut.add(0, [point(7, attr) for attr in range(5)], None)
    cut.add(1, [point(6 if backwards else 8)], None)
    assert held(cut, 0, 1) == [[7] * 5, []]


def test_1_2_where_reading_stopped_the_answer_ends() -> None:
    cut = Cut(9, backwards=False)
    cut.add(0, [point(1), point(2), point(3)], 3)
    cut.add(1, [point(2), point(9)], None)
    assert cut.was
    assert held(cut, 0, 1) == [[1, 2], [2]]


def test_1_2_instanceId() -> None:  # noqa: N802
    assert entered_under(instance_id(7, 3, None)) == (7, 3)
    assert entered_under(instance_id(7, 3, "urn:x:1")) == (7, 3)
    assert instance_id(7, 3, "urn:x:1") != instance_id(7, 3, "urn:x:2")
    for foreign in ("urn:ngsi-ld:Instance:٣-1", "urn:ngsi-ld:Instance:1", "urn:x:1-1", "1-1", ""):
        assert entered_under(foreign) is None


def test_1_1_a_large_write_goes_in_parts() -> None:
    long: list[tuple[str, dict[str, Any]]] = [("1", {"v": n, "o": -n}) for n in range(2 * PART + 1)]
    long.append(("2", {"v": 1}))
    item = Item(Op.TEMPORAL_UPSERT, 0, "urn:x:1", 5, evolution=Evolution(tuple(long), (("/a", None),)))
    found = [one.evolution for one in parts(item) if one.evolution is not None]
    assert [len(one.instances) for one in found] == [PART, PART, 2]
    assert [one.scopes for one in found] == [(("/a", None),), (), ()]
    assert found[0].instances[0][1]["o"] == -2 * PART
    assert found[-1].instances[-1] == ("2", {"v": 1})
