"""The release gate of the base map, first half: what the committed files hold (docs/decisions/0045).

The second half, the built pages in a browser, stands in tests/acceptance/map.
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod
from shapely import get_parts
from shapely.geometry import Point, box, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points, unary_union
from tests.acceptance.map.words import FORBIDDEN

UI = Path(__file__).resolve().parents[3] / "ui"
DATA = UI / "src" / "map" / "data"
HOANG_SA, TRUONG_SA = "20333", "22736"
BOXES = {HOANG_SA: box(111, 15.6, 113.2, 17.3), TRUONG_SA: box(111.4, 6.4, 116, 12.1)}
SEA_MASK = box(109.6, 6, 118, 18)
GEOD = Geod(ellps="WGS84")


def load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def islands() -> dict[str, BaseGeometry]:
    return {
        item["properties"]["code"]: shape(item["geometry"]) for item in load("vn-islands.json")["features"]
    }


@pytest.fixture(scope="module")
def land() -> list[BaseGeometry]:
    parts = [get_parts(shape(item["geometry"])) for item in load("land.json")["features"]]
    return [part for geometry in parts for part in geometry]


def metres(geometry: BaseGeometry, point: Point) -> float:
    if geometry.covers(point):
        return 0.0
    near, _ = nearest_points(geometry, point)
    return float(GEOD.inv(near.x, near.y, point.x, point.y)[2])


# What the base map must know, written out here and not read from the files under test.
NAMED = [
    (HOANG_SA, "Hoàng Sa", 111.61, 16.53),
    (HOANG_SA, "Phú Lâm", 112.33, 16.83),
    (HOANG_SA, "Linh Côn", 112.73, 16.667),
    (HOANG_SA, "Tri Tôn", 111.20, 15.783),
    (HOANG_SA, "Quang Ảnh", 111.51, 16.45),
    (HOANG_SA, "Duy Mộng", 111.74, 16.463),
    (TRUONG_SA, "Trường Sa Lớn", 111.92, 8.645),
    (TRUONG_SA, "Song Tử Tây", 114.331, 11.429),
    (TRUONG_SA, "Thị Tứ", 114.285, 11.053),
    (TRUONG_SA, "Bến Lạc", 115.02, 11.08),
    (TRUONG_SA, "Vĩnh Viễn", 115.80, 10.73),
    (TRUONG_SA, "Bình Nguyên", 115.83, 10.83),
    (TRUONG_SA, "Ba Bình", 114.366, 10.376),
    (TRUONG_SA, "Sơn Ca", 114.478, 10.374),
    (TRUONG_SA, "Nam Yết", 114.366, 10.179),
    (TRUONG_SA, "Sinh Tồn", 114.33, 9.885),
    (TRUONG_SA, "Phan Vinh", 113.70, 8.97),
    (TRUONG_SA, "Tốc Tan", 113.98, 8.80),
    (TRUONG_SA, "Đá Tây", 112.22, 8.86),
    (TRUONG_SA, "Thuyền Chài", 113.31, 8.18),
    (TRUONG_SA, "An Bang", 112.92, 7.89),
]


@pytest.mark.parametrize(("code", "name", "lon", "lat"), NAMED, ids=[named[1] for named in NAMED])
def test_every_named_island_lies_in_vietnams_own_layer(
    islands: dict[str, BaseGeometry], code: str, name: str, lon: float, lat: float
) -> None:
    assert metres(islands[code], Point(lon, lat)) <= 5000
    points = {item["properties"]["name"]: item for item in load("points.json")["features"]}
    assert points[name]["properties"]["code"] == code
    assert points[name]["geometry"]["coordinates"] == [lon, lat]


def test_the_archipelagos_reach_as_far_as_they_must(islands: dict[str, BaseGeometry]) -> None:
    assert set(islands) == {HOANG_SA, TRUONG_SA}
    assert all(
        item["properties"]["area"] == item["properties"]["code"]
        for item in load("vn-islands.json")["features"]
    )
    assert islands[HOANG_SA].bounds[2] >= 112.7
    assert islands[TRUONG_SA].bounds[1] <= 7.9
    assert islands[TRUONG_SA].bounds[2] >= 115.8
    for code, geometry in islands.items():
        assert geometry.is_valid
        assert BOXES[code].covers(geometry)


# A point inside each Natural Earth ring of the two boxes; the last of each had been lost by quantisation.
RINGS = {
    HOANG_SA: [
        (111.199, 15.780), (111.759, 16.046), (111.604, 16.530), (112.732, 16.663),
        (112.331, 16.831), (112.336, 16.929), (111.680, 16.579),
    ],
    TRUONG_SA: [
        (115.368, 10.238), (114.377, 9.685), (114.033, 10.016), (114.365, 10.182), (114.467, 10.374),
        (114.362, 10.375), (114.455, 10.393), (115.822, 10.729), (115.837, 10.829), (114.280, 11.046),
        (115.015, 11.111), (114.362, 9.769),
    ],
}  # fmt: skip


@pytest.mark.parametrize("code", RINGS)
def test_every_ring_of_the_general_map_is_vietnams(islands: dict[str, BaseGeometry], code: str) -> None:
    assert [point for point in RINGS[code] if not islands[code].buffer(0.002).covers(Point(point))] == []


def test_the_neutral_land_draws_nothing_in_the_sea_mask(land: list[BaseGeometry]) -> None:
    inside = [part for part in land if SEA_MASK.covers(part)]
    # What remains lies east of 116.8 E and south of 12 N: the islets before Palawan and Sabah.
    assert all(part.bounds[0] >= 116.8 and part.bounds[1] <= 12 for part in inside)
    archipelagos = unary_union(list(BOXES.values()))
    assert not any(part.intersects(archipelagos) for part in land)
    assert box(100, 5, 119, 25).covers(unary_union(land))


def test_the_land_that_must_be_there_is_there(land: list[BaseGeometry]) -> None:
    whole = unary_union(land)
    for name, lon, lat in [
        ("Hà Nội", 105.85, 21.03),
        ("Buôn Ma Thuột", 108.05, 12.68),
        ("Phú Quốc", 104.0, 10.25),
    ]:
        assert whole.covers(Point(lon, lat)), name


def test_the_sea_cover_hides_the_mask_and_no_land(land: list[BaseGeometry]) -> None:
    sheet = load("sheet.json")
    cover = shape(sheet["cover"])
    assert cover.covers(unary_union(list(BOXES.values())))
    assert not any(part.intersects(cover) for part in land)
    assert shape(sheet["mask"]).equals(SEA_MASK)


@pytest.mark.parametrize(
    ("vi", "en", "lon", "lat"),
    [
        ("Quần đảo Hoàng Sa (TP. Đà Nẵng)", "Hoàng Sa Archipelago (Đà Nẵng City)", 112.0, 16.5),
        ("Quần đảo Trường Sa (tỉnh Khánh Hòa)", "Trường Sa Archipelago (Khánh Hòa Province)", 114.2, 9.6),
        ("Biển Đông", "East Sea", 112.0, 13.0),
    ],
)
def test_the_sea_and_the_archipelagos_bear_our_names(vi: str, en: str, lon: float, lat: float) -> None:
    labels = {item["properties"]["vi"]: item for item in load("labels.json")["features"]}
    assert labels[vi]["properties"]["en"] == en
    assert labels[vi]["geometry"]["coordinates"] == [lon, lat]


def test_no_country_is_named() -> None:
    kinds = {item["properties"]["kind"] for item in load("labels.json")["features"]}
    assert kinds == {"archipelago", "sea", "city"}
    assert [item["properties"] for item in load("land.json")["features"]] == [{}]


def test_no_file_of_the_base_map_holds_a_foreign_name() -> None:
    folders = [UI / "map-data", UI / "src", UI / "public"]
    files = [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    guilty = [
        f"{path.relative_to(UI)}: {found.group()}"
        for path in files
        if path.suffix in {".ts", ".tsx", ".css", ".json", ".geojson", ".svg", ".html", ".py", ".md"}
        for found in [FORBIDDEN.search(path.read_text(encoding="utf-8"))]
        if found
    ]
    assert guilty == []


def test_the_words_are_found_where_they_stand() -> None:
    for word in ["Sansha Yongxing", "the Spratly group", "南海", "SOUTH CHINA SEA"]:
        assert FORBIDDEN.search(word), word
    assert not re.search(FORBIDDEN, "Quần đảo Hoàng Sa, Biển Đông, đặc khu Trường Sa")


def test_the_input_is_named_with_its_hash() -> None:
    inputs = json.loads((UI / "map-data" / "inputs.json").read_text(encoding="utf-8"))
    assert inputs["land"]["package"] == "npm world-atlas 2.0.2"
    assert re.fullmatch(r"[0-9a-f]{64}", inputs["land"]["sha256"])


def test_another_input_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "land-10m.json"
    other.write_text("{}", encoding="utf-8")
    build = runpy.run_path(str(UI / "map-data" / "build.py"))["build"]
    with pytest.raises(SystemExit, match="SHA-256"):
        build(other)


def test_a_tiny_topology_becomes_land_mask_and_islands(tmp_path: Path) -> None:
    """The way of a ring: decoded with shared and reversed arcs, dropped in the mask, kept elsewhere."""
    module = runpy.run_path(str(UI / "map-data" / "build.py"))
    square = [[0, 0], [10, 0], [0, 10]]  # delta-coded, in tenths of a degree from 100 E, 5 N
    topology = {
        "transform": {"scale": [0.1, 0.1], "translate": [100.0, 5.0]},
        "objects": {
            "land": {
                "type": "GeometryCollection",
                "geometries": [{"type": "MultiPolygon", "arcs": [[[0, ~1]], [[2]]]}],
            }
        },
        "arcs": [square, [[0, 0], [10, 10]], [[120, 60], [5, 0], [0, 5], [-5, 0], [0, -5]]],
    }
    path = tmp_path / "land.json"
    path.write_text(json.dumps(topology), encoding="utf-8")
    mainland, islet = module["read_land"](path).geoms
    assert mainland.bounds == pytest.approx((100.0, 5.0, 101.0, 6.0))
    assert mainland.area == pytest.approx(0.5)
    assert islet.bounds == pytest.approx((112.0, 11.0, 112.5, 11.5))
    assert not module["in_sea_mask"](mainland)
    assert module["in_sea_mask"](islet)
    own = module["islands"]([islet], [{"code": TRUONG_SA, "lon": 113.0, "lat": 8.0}])
    assert own[TRUONG_SA].covers(islet)
    assert own[TRUONG_SA].area == pytest.approx(0.25 + 3.14159 * 1500**2 / 111_000**2 / 0.99, rel=0.01)
    assert own[HOANG_SA].is_empty
