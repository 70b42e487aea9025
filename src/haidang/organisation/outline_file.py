"""Reading a site's file of outlines: which rows can be used, and which not and why. No I/O."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import shapely
from shapely.geometry import mapping, shape

from haidang.base.problems import Fault

_POLYGONS = ("Polygon", "MultiPolygon")
# Vietnam with both archipelagos and the sea between; outside it coordinates are swapped or not WGS84.
_WORLD = shapely.box(101.0, 6.0, 119.0, 24.0)


class Outline(msgspec.Struct, frozen=True):
    """One usable outline: the code that the file gives, and its polygons."""

    code: str
    geometry: Any

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        west, south, east, north = self.geometry.bounds
        return (west, south, east, north)

    @property
    def text(self) -> str:
        """GeoJSON geometry, six decimals (0.1 m)."""
        return msgspec.json.encode(_rounded(mapping(self.geometry))).decode()


class Reading(msgspec.Struct, frozen=True):
    """What a file holds: outlines to use, and one fault for each row refused, which it names."""

    outlines: tuple[Outline, ...]
    refused: tuple[Fault, ...]


def read_outlines(content: bytes, *, code_field: str = "code") -> Reading:
    """Read a GeoJSON FeatureCollection; raise ``ValueError`` where the file as a whole is none.

    A feature's code stands in the property ``code_field``, or else in its ``id``.
    """
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise ValueError(f"not JSON: {cause}") from cause
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise ValueError("not a GeoJSON FeatureCollection")  # noqa: TRY004 - the file is wrong, not a caller
    outlines: dict[str, Outline] = {}
    refused: list[Fault] = []
    for number, feature in enumerate(features):
        found = _read(feature, code_field, f"features[{number}]")
        if isinstance(found, Fault):
            refused.append(found)
        elif found.code in outlines:
            refused.append(
                Fault(
                    f"features[{number}]",
                    "mã lặp lại trong tệp",
                    "this code came before in the file",
                    found.code,
                )
            )
        else:
            outlines[found.code] = found
    return Reading(tuple(outlines.values()), tuple(refused))


def _read(feature: Any, code_field: str, where: str) -> Outline | Fault:
    if not isinstance(feature, dict):
        return Fault(where, "không phải Feature", "not a Feature")
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code = str(properties.get(code_field) or feature.get("id") or "").strip()
    label = f"{code} {properties.get('fullName') or properties.get('name') or ''}".strip()
    if not code:
        return Fault(
            where, "thiếu mã đơn vị hành chính", f"no code in property {code_field!r} or in id", label
        )

    def refuse(vi: str, en: str) -> Fault:
        return Fault(where, vi, en, label)

    return _polygons(code, feature.get("geometry"), refuse)


def _polygons(code: str, geometry: Any, refuse: Callable[[str, str], Fault]) -> Outline | Fault:
    if not isinstance(geometry, dict) or geometry.get("type") not in _POLYGONS:
        return refuse(
            "hình phải là Polygon hoặc MultiPolygon", "the geometry is neither Polygon nor MultiPolygon"
        )
    try:
        found = shape(geometry)
    except (ValueError, TypeError, IndexError, AttributeError, shapely.errors.ShapelyError) as cause:
        return refuse("tọa độ không hợp lệ", f"the coordinates are not valid: {cause}")
    if found.is_empty:
        return refuse("hình rỗng", "the geometry is empty")
    if not found.is_valid:
        return refuse(
            "đường ranh giới tự cắt hoặc không khép kín",
            f"the outline is not valid: {shapely.is_valid_reason(found)}",
        )
    if not _WORLD.covers(found):
        return refuse(
            "tọa độ nằm ngoài Việt Nam; cần kinh độ, vĩ độ WGS84 theo đúng thứ tự",
            "outside Vietnam; longitude, latitude in WGS84 are needed, in this order",
        )
    return Outline(code, found)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
