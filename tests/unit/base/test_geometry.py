"""Places: VN-2000 to WGS84 and back, distances, boxes, swapped coordinates."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from haidang.base import geometry

LON = st.floats(102, 116)
LAT = st.floats(7, 23.5)


@pytest.mark.parametrize(("meridian", "code"), geometry.TM3_ZONES.items())
def test_our_zones_are_those_of_epsg(meridian: float, code: int) -> None:
    crs = CRS.from_epsg(code)
    assert crs.coordinate_operation
    parameters = {parameter.name: parameter.value for parameter in crs.coordinate_operation.params}
    assert parameters["Longitude of natural origin"] == meridian
    easting, northing = 550_000.0, 1_800_000.0
    expected = Transformer.from_crs(code, 4326, always_xy=True).transform(easting, northing)
    assert geometry.from_vn2000(easting, northing, meridian) == pytest.approx(expected, abs=1e-9)


@given(LON, LAT, st.sampled_from([(105.75, 3), (108.25, 3), (105.0, 6), (111.0, 6)]))
def test_there_and_back(lon: float, lat: float, zone: tuple[float, int]) -> None:
    easting, northing = geometry.to_vn2000(lon, lat, *zone)
    assert geometry.from_vn2000(easting, northing, *zone) == pytest.approx((lon, lat), abs=1e-7)


def test_the_datum_shift_is_about_two_hundred_metres() -> None:
    # Hanoi's flag tower: the same numbers read as WGS84 would stand in another street.
    easting, northing = geometry.to_vn2000(105.8397, 21.0325, 105.0)
    plain = Transformer.from_crs(
        "+proj=tmerc +lon_0=105 +k=0.9999 +x_0=500000 +ellps=WGS84", 4326, always_xy=True
    ).transform(easting, northing)
    assert 150 < geometry.distance_m(105.8397, 21.0325, *plain) < 250


@pytest.mark.parametrize("zone", [(105.1, 3), (108.0, 6), (105.0, 5)])
def test_an_unknown_zone_is_refused(zone: tuple[float, int]) -> None:
    with pytest.raises(ValueError, match="VN-2000"):
        geometry.from_vn2000(500_000, 2_300_000, *zone)


def test_distance_hanoi_to_saigon() -> None:
    assert geometry.distance_m(105.8542, 21.0285, 106.6297, 10.8231) == pytest.approx(1_138_000, rel=0.005)


@given(LON, LAT, st.floats(1, 50_000), st.floats(0, 2 * math.pi))
def test_the_box_holds_the_circle(lon: float, lat: float, radius_m: float, bearing: float) -> None:
    west, south, east, north = geometry.box_around(lon, lat, radius_m)
    angle = radius_m / 6_371_008.8
    there = math.asin(
        math.sin(math.radians(lat)) * math.cos(angle)
        + math.cos(math.radians(lat)) * math.sin(angle) * math.cos(bearing)
    )
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(math.radians(lat)),
        math.cos(angle) - math.sin(math.radians(lat)) * math.sin(there),
    )
    assert south <= math.degrees(there) <= north
    assert west <= lon + math.degrees(turn) <= east


@pytest.mark.parametrize(
    ("lon", "lat", "inside", "swapped"),
    [
        (105.85, 21.03, True, False),
        (21.03, 105.85, False, True),
        (112.33, 16.83, True, False),
        (8.645, 111.92, False, True),
        (2.35, 48.86, False, False),
    ],
    ids=["Hà Nội", "Hà Nội swapped", "Phú Lâm, Hoàng Sa", "Trường Sa Lớn swapped", "elsewhere"],
)
def test_inside_and_swapped(lon: float, lat: float, inside: bool, swapped: bool) -> None:
    assert geometry.in_vietnam(lon, lat) is inside
    assert geometry.looks_swapped(lon, lat) is swapped


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (math.nan, 0), (0, math.inf)])
def test_no_place_on_earth(place: tuple[float, float]) -> None:
    assert not geometry.is_position(*place)
