"""Geographic conditions: every relation, distances in metres, and the box that must never lose a match."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.city.query.geo import METRES_PER_DEGREE, GeoQuery, Matcher, parse_geo

SQUARE = [[[108.0, 16.0], [108.2, 16.0], [108.2, 16.2], [108.0, 16.2], [108.0, 16.0]]]
BOW_TIE = [[[108.0, 16.0], [108.2, 16.2], [108.2, 16.0], [108.0, 16.2], [108.0, 16.0]]]


def query(georel: str, geometry: str, coordinates: Any) -> GeoQuery:
    found = parse_geo(georel=georel, geometry=geometry, coordinates=json.dumps(coordinates), geoproperty=None)
    assert found is not None
    return found


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


INSIDE, EDGE, OUTSIDE = point(108.1, 16.1), point(108.0, 16.1), point(109.0, 16.1)
SMALL = {"type": "Polygon", "coordinates": [[[108.1, 16.1], [108.15, 16.1], [108.15, 16.15], [108.1, 16.1]]]}
ACROSS = {"type": "Polygon", "coordinates": [[[108.1, 16.1], [108.5, 16.1], [108.5, 16.15], [108.1, 16.1]]]}
LARGE = {
    "type": "Polygon",
    "coordinates": [[[107.0, 15.0], [109.0, 15.0], [109.0, 17.0], [107.0, 17.0], [107.0, 15.0]]],
}


@pytest.mark.parametrize(
    ("georel", "target", "expected"),
    [
        ("within", INSIDE, True), ("within", EDGE, True), ("within", OUTSIDE, False),
        ("within", ACROSS, False),
        ("contains", LARGE, True), ("contains", SMALL, False),
        ("intersects", ACROSS, True), ("intersects", EDGE, True), ("intersects", OUTSIDE, False),
        ("disjoint", OUTSIDE, True), ("disjoint", INSIDE, False),
        ("equals", {"type": "Polygon", "coordinates": SQUARE}, True), ("equals", SMALL, False),
        ("overlaps", ACROSS, True), ("overlaps", SMALL, False),
        ("within", {"type": "Nonsense"}, False), ("within", {}, False),
    ],
)  # fmt: skip
def test_relations(georel: str, target: dict[str, Any], expected: bool) -> None:
    assert Matcher(query(georel, "Polygon", SQUARE)).matches(target) is expected


def test_self_crossing_outline_is_mended() -> None:
    assert Matcher(query("within", "Polygon", BOW_TIE)).matches(point(108.19, 16.1))


def test_near_is_in_metres() -> None:
    north = point(108.0, 16.0 + 1_000 / METRES_PER_DEGREE)
    east = point(108.0 + 1_000 / METRES_PER_DEGREE / math.cos(math.radians(16.0)), 16.0)
    for target in (north, east):
        assert Matcher(query("near;maxDistance==1001", "Point", [108.0, 16.0])).matches(target)
        assert not Matcher(query("near;maxDistance==999", "Point", [108.0, 16.0])).matches(target)
        assert Matcher(query("near;minDistance==999", "Point", [108.0, 16.0])).matches(target)


@given(
    st.floats(102, 117), st.floats(7, 24), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.integers(1, 20_000)
)
def test_the_box_never_loses_a_match(lon: float, lat: float, east: float, north: float, metres: int) -> None:
    condition = query(f"near;maxDistance=={metres}", "Point", [lon, lat])
    target = (lon + east, lat + north)
    box = condition.box
    assert box is not None
    if Matcher(condition).matches(point(*target)):
        assert box.west <= target[0] <= box.east
        assert box.south <= target[1] <= box.north


@pytest.mark.parametrize(
    ("georel", "geometry", "coordinates"),
    [
        ("near", "Point", "[108,16]"),
        ("near;maxDistance==-5", "Point", "[108,16]"),
        ("near;maxDistance==ten", "Point", "[108,16]"),
        ("touches", "Point", "[108,16]"),
        ("within", "Circle", "[108,16]"),
        ("within", "Point", "108,16"),
        ("within", "Point", '["108",16]'),
        ("within", "Point", "[true,16]"),
        ("within", "Point", "[16.0,108.0]"),
        ("within", "Point", "[108]"),
        ("within", "Polygon", "[[108,16],[109,16]]"),
        ("within", "Polygon", "[[[108,16],[109,16]]]"),
        ("within", "Polygon", "[]"),
        ("within", "Point", "[" * 10_000),
        ("within", None, "[108,16]"),
        ("within", "Point", None),
        (None, "Point", "[108,16]"),
    ],
)
def test_refused(georel: str | None, geometry: str | None, coordinates: str | None) -> None:
    with pytest.raises(Problem):
        parse_geo(georel=georel, geometry=geometry, coordinates=coordinates, geoproperty=None)


@given(st.text(max_size=60), st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString"]))
def test_nothing_but_a_condition_or_a_problem(coordinates: str, geometry: str) -> None:
    try:
        parse_geo(georel="within", geometry=geometry, coordinates=coordinates, geoproperty=None)
    except Problem as problem:
        assert problem.kind.status in (400, 403)
