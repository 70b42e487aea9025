"""The invented towns stand on land as the base map draws it: a camera in the sea convinces nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely.geometry import Point, shape
from shapely.ops import unary_union

from haidang.demo.province import BOUNDS, COMMUNES, Commune

LAND = Path(__file__).resolve().parents[3] / "ui" / "src" / "map" / "data" / "land.json"


@pytest.mark.parametrize("commune", COMMUNES, ids=lambda commune: commune.code)
def test_a_commune_with_all_its_devices_stands_on_land(commune: Commune) -> None:
    land = unary_union([shape(feature["geometry"]) for feature in json.loads(LAND.read_text())["features"]])
    reach = Point(commune.lon, commune.lat).buffer(commune.reach_km / 111)
    assert land.contains(reach)
    west, south, east, north = BOUNDS
    assert west < commune.lon < east
    assert south < commune.lat < north
