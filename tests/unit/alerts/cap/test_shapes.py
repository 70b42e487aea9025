"""Shapes against outlines: what others draw never takes long, and errs to "it touches"."""

from __future__ import annotations

import random
import time

import pytest

from haidang.alerts.cap.model import shapes
from haidang.alerts.cap.model.message import Circle, Point
from tests.unit.alerts.cap.examples import RING, area

OUTLINE = '{"type":"Polygon","coordinates":[[[106,21],[107,21],[107,22],[106,22],[106,21]]]}'
FAR = (Point(10.0, 104.0), Point(10.0, 104.2), Point(10.2, 104.2), Point(10.0, 104.0))
BOW = (Point(21.9, 105.0), Point(20.0, 108.0), Point(20.0, 105.0), Point(21.9, 108.0), Point(21.9, 105.0))


def drawn(*polygons: tuple[Point, ...], circles: tuple[Circle, ...] = ()) -> list[object]:
    return [area(polygons=polygons, circles=circles)]


@pytest.mark.parametrize(
    ("touches", "within", "given"),
    [
        (True, True, drawn(RING)),
        (False, False, drawn(FAR)),
        (True, False, drawn(FAR, RING)),
        (True, True, drawn(circles=(Circle(Point(21.5, 106.5), 5),))),
        (True, False, drawn(circles=(Circle(Point(21.5, 106.5), 500),))),
        (False, False, drawn(circles=(Circle(Point(10.0, 104.0), 5),))),
        (True, False, drawn(BOW)),
        (False, False, drawn((Point(10.0, 104.0), Point(10.0, 104.0)))),
        (False, True, drawn()),
        (True, False, drawn(*[FAR] * shapes.SHAPES_MAX, RING)),
        (False, False, drawn(*[FAR] * shapes.SHAPES_MAX, FAR)),
    ],
)
def test_what_touches_and_what_lies_within(touches: bool, within: bool, given: list[object]) -> None:
    assert shapes.touch(OUTLINE, given) is touches  # type: ignore[arg-type]
    assert shapes.lie_within(OUTLINE, given) is within  # type: ignore[arg-type]


@pytest.mark.parametrize(("rings", "points"), [(1, 250), (1, 5_000), (40, 1_900), (1, 70_000), (400, 150)])
def test_a_ring_that_crosses_itself_everywhere_takes_no_time(rings: int, points: int) -> None:
    dice = random.Random(7)

    def scrawl() -> tuple[Point, ...]:
        found = [Point(dice.uniform(8, 10), dice.uniform(103, 105)) for _ in range(points)]
        return (*found, found[0])

    given = drawn(*(scrawl() for _ in range(rings)))
    began = time.process_time()
    assert shapes.touch(OUTLINE, given) is False  # type: ignore[arg-type]
    assert time.process_time() - began < 1
