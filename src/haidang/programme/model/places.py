"""Where a project lies: GeoJSON in WGS84, within Vietnam and its sea, of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from haidang.base.geometry import in_vietnam, looks_swapped

POSITIONS_MAX = 5_000
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def faults_of(  # noqa: PLR0911 - one return for each fault
    geometry: dict[str, Any] | None,
) -> list[tuple[str, str]]:
    """Return what is wrong with a geometry, in both languages; nothing where there is none."""
    if geometry is None:
        return []
    kind = geometry.get("type")
    if kind not in _DEPTH or set(geometry) - {"type", "coordinates"}:
        known = ", ".join(_DEPTH)
        return [(f"cần GeoJSON thuộc loại {known}", f"needs GeoJSON of a type among {known}")]
    try:
        positions = list(_positions(geometry.get("coordinates"), _DEPTH[str(kind)]))
    except (TypeError, ValueError):
        return [("tọa độ không đúng dạng GeoJSON", "coordinates are not as GeoJSON has them")]
    if not positions or len(positions) > POSITIONS_MAX:
        return [(f"từ 1 đến {POSITIONS_MAX} điểm", f"1 to {POSITIONS_MAX} positions")]
    outside = next((each for each in positions if not in_vietnam(*each)), None)
    if outside is None:
        return []
    if looks_swapped(*outside):
        return [("kinh độ và vĩ độ có vẻ bị đổi chỗ", "longitude and latitude seem to have changed places")]
    return [("ngoài lãnh thổ Việt Nam", "outside Vietnam")]


def _positions(value: Any, depth: int) -> Iterator[tuple[float, float]]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    if depth == 0:
        lon, lat = value[:2]
        if len(value) > 3 or isinstance(lon, bool) or isinstance(lat, bool):
            raise ValueError(value)
        yield float(lon), float(lat)
        return
    for each in value:
        yield from _positions(each, depth - 1)


def centre_of(geometry: dict[str, Any] | None) -> tuple[float, float] | None:
    """Return the mean of the positions, for a mark on the map; None where there is no place."""
    if geometry is None:
        return None
    found = list(_positions(geometry["coordinates"], _DEPTH[geometry["type"]]))
    return sum(lon for lon, _ in found) / len(found), sum(lat for _, lat in found) / len(found)
