"""Places: WGS84 inside, VN-2000 at the edges, metres where somebody asks how far.

VN-2000 (EPSG 4756) is Vietnam's own datum since 2000; survey drawings come in it, projected as TM-3 zones
(3°, one per province, chosen by its central meridian: Circular 973/2001/TT-TCĐC) or UTM zones 48 and 49 (6°).
The parameters are those of EPSG transformation 6960, which needs no grid file and so no network; its accuracy
of about a metre is enough for a map, not for a land register.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Transformer

METRES_PER_DEGREE = 111_195.0
"""Length of a degree of latitude on the mean sphere."""

VIETNAM_BOX = (102.0, 6.0, 118.2, 23.6)
"""West, south, east, north around the mainland, the islands, Hoàng Sa and Trường Sa, with some sea."""

TM3_ZONES: dict[float, int] = {
    102.0: 5896,
    105.0: 5897,
    108.0: 5898,
    107.75: 5899,
    103.0: 9205,
    104.0: 9206,
    104.5: 9207,
    104.75: 9208,
    105.5: 9209,
    105.75: 9210,
    106.0: 9211,
    106.25: 9212,
    106.5: 9213,
    107.0: 9214,
    107.25: 9215,
    107.5: 9216,
    108.25: 9217,
    108.5: 9218,
}
"""Central meridian of each TM-3 zone of VN-2000 → its EPSG code."""

UTM_ZONES: dict[float, int] = {105.0: 3405, 111.0: 3406}
"""Central meridian of the 6° zones of VN-2000 → EPSG code."""

_DATUM_SHIFT = (
    "+proj=pipeline +step +inv {projection} "
    "+step +proj=cart +ellps=WGS84 "
    "+step +proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 "
    "+rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=coordinate_frame "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def from_vn2000(easting: float, northing: float, meridian: float, zone_width: int = 3) -> tuple[float, float]:
    """Return WGS84 (longitude, latitude) of a point given in metres in a zone of VN-2000.

    ``meridian`` is the zone's central meridian in degrees, ``zone_width`` 3 (TM-3) or 6 (UTM). An unknown
    zone raises ``ValueError``.
    """
    lon, lat = _zone(meridian, zone_width).transform(easting, northing)
    return float(lon), float(lat)


def to_vn2000(lon: float, lat: float, meridian: float, zone_width: int = 3) -> tuple[float, float]:
    """Return (easting, northing) in metres in a zone of VN-2000 of a WGS84 point."""
    easting, northing = _zone(meridian, zone_width).transform(lon, lat, direction="INVERSE")
    return float(easting), float(northing)


@cache
def _zone(meridian: float, zone_width: int) -> Transformer:
    # Tens of megabytes that most processes never need.
    from pyproj import Transformer  # noqa: PLC0415

    zones = {3: (TM3_ZONES, 0.9999), 6: (UTM_ZONES, 0.9996)}
    if zone_width not in zones:
        raise ValueError(f"a zone of VN-2000 is 3 or 6 degrees wide, not {zone_width}")
    known, scale = zones[zone_width]
    if meridian not in known:
        raise ValueError(f"VN-2000 has no {zone_width}-degree zone at {meridian}°")
    projection = f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0=500000 +y_0=0 +ellps=WGS84"
    return Transformer.from_pipeline(_DATUM_SHIFT.format(projection=projection))


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return metres between two points on the mean sphere (haversine; within 0.5 % of the ellipsoid)."""
    half_lat = math.radians(lat_b - lat_a) / 2
    half_lon = math.radians(lon_b - lon_a) / 2
    chord = math.sin(half_lat) ** 2 + (
        math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * math.sin(half_lon) ** 2
    )
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(chord)))


def box_around(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) of the smallest box that surely holds the circle."""
    angle = radius_m / METRES_PER_DEGREE * 1.001
    south, north = max(-90.0, lat - angle), min(90.0, lat + angle)
    narrowest = math.cos(math.radians(max(abs(south), abs(north))))
    if narrowest * 180 <= angle:  # the circle reaches a pole: all longitudes
        return -180.0, south, 180.0, north
    wide = angle / narrowest
    return max(-180.0, lon - wide), south, min(180.0, lon + wide), north


def is_position(lon: float, lat: float) -> bool:
    """Return whether the two numbers are a place on earth."""
    return math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90


def in_vietnam(lon: float, lat: float) -> bool:
    """Return whether a point lies in the box around Vietnam, its islands and its sea."""
    west, south, east, north = VIETNAM_BOX
    return west <= lon <= east and south <= lat <= north


def looks_swapped(lon: float, lat: float) -> bool:
    """Return whether the two were exchanged: in Vietnam the other way round (and so on no earth as given)."""
    return in_vietnam(lat, lon)
