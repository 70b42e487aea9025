"""Where an entity is: the six ways in which sources say so, brought to one WGS84 shape.

Coordinates that look swapped, or lie outside Vietnam, are never put right in silence: a swapped pair is left
out (no point on earth has it), a foreign one is taken, and both are recorded.
"""

from __future__ import annotations

from typing import Any

from haidang.base import geometry
from haidang.base.problems import Fault
from haidang.base.text import fold
from haidang.feeds.model import cells
from haidang.feeds.model.cells import Refused
from haidang.feeds.model.declaration import Location
from haidang.feeds.model.rows import Values, absent, pick

_EASTING_MAX = 900_000.0
"""Above every easting and below every northing of Vietnam in VN-2000, metres."""


_METRES_MIN = 10_000.0
"""Numbers beyond this are metres, not degrees that were mistyped."""


class Placer:
    """The compiled ``location`` of a mapping."""

    def __init__(self, location: Location, numbers: str) -> None:
        self._location = location
        self._numbers = location.numbers or numbers
        self.required = location.required
        plane, lookup = location.vn2000, location.lookup
        ways = {
            "lon/lat": (location.lon, location.lat) if location.lon or location.lat else None,
            "latlon": (location.latlon,) if location.latlon else None,
            "vn2000": (plane.easting, plane.northing) if plane else None,
            "wkt": (location.wkt,) if location.wkt else None,
            "geojson": (location.geojson,) if location.geojson else None,
            "lookup": (lookup.source,) if lookup else None,
        }
        given = [columns for columns in ways.values() if columns]
        if len(given) != 1 or None in given[0]:
            raise Refused(
                "Cần đúng một cách cho vị trí: lon và lat, latlon, vn2000, wkt, geojson hoặc lookup.",
                "Exactly one way to the place: lon and lat, latlon, vn2000, wkt, geojson or lookup.",
            )
        if plane is not None:
            try:
                geometry.from_vn2000(500_000, 1_800_000, plane.meridian, plane.zone)
            except ValueError as cause:
                raise Refused(
                    f"VN-2000 không có múi {plane.zone}° ở kinh tuyến {plane.meridian:g}.",
                    f"VN-2000 has no {plane.zone}° zone at the meridian {plane.meridian:g}.",
                ) from cause
        self.columns = tuple(column for column in given[0] if column)
        self._table = {fold(name): (at.lon, at.lat) for name, at in lookup.table.items()} if lookup else {}

    def place(
        self, row: Values, missing: frozenset[str], faults: list[Fault], warnings: list[Fault]
    ) -> dict[str, Any] | None:
        """Return the GeoJSON geometry of a row; None where it has none, the reason among ``faults``."""
        raw = [pick(row, column) for column in self.columns]
        shown = ", ".join(cells.shown(value) for value in raw)
        empty = [absent(value, missing) for value in raw]
        if any(empty):
            if self.required or not all(empty):
                faults.append(Fault("location", "Thiếu tọa độ.", "The coordinates are missing.", shown))
            return None
        try:
            return self._read(raw, shown, warnings)
        except Refused as why:
            faults.append(cells.fault("location", why, shown))
            return None

    def _read(self, raw: list[Any], shown: str, warnings: list[Fault]) -> dict[str, Any]:
        if self._location.wkt or self._location.geojson:
            shape = cells.shape(raw[0])
            for lon, lat in _ends(shape["coordinates"]):
                _check(lon, lat, shown, warnings)
            return shape
        if self._location.lookup:
            found = self._table.get(fold(cells.text(raw[0])))
            if found is None:
                raise Refused("Không có trong bảng vị trí.", "Not in the table of places.")
            lon, lat = found
        elif self._location.vn2000:
            plane = self._location.vn2000
            easting, northing = (float(cells.number(value, self._numbers)) for value in raw)
            if easting > _EASTING_MAX > northing:
                raise Refused(
                    "easting và northing có vẻ bị đảo (trên bản vẽ X là northing); vị trí không được nhận.",
                    "Easting and northing look swapped (X on drawings is northing); the place is not taken.",
                )
            lon, lat = geometry.from_vn2000(easting, northing, plane.meridian, plane.zone)
        else:
            if self._location.latlon:
                raw = [*reversed(cells.pair(raw[0]))]
            lon, lat = (
                cells.angle(value, axis, self._numbers)
                for value, axis in zip(raw, ("lon", "lat"), strict=True)
            )
        _check(lon, lat, shown, warnings)
        return {"type": "Point", "coordinates": [lon, lat]}


def _check(lon: float, lat: float, shown: str, warnings: list[Fault]) -> None:
    if geometry.looks_swapped(lon, lat):
        raise Refused(
            "Kinh độ và vĩ độ có vẻ bị đảo; vị trí không được nhận.",
            "Longitude and latitude look swapped; the place is not taken.",
        )
    if max(lon, lat) > _METRES_MIN:
        raise Refused(
            "Không phải độ mà có vẻ là mét VN-2000: khai báo location.vn2000 hoặc đổi sang WGS84.",
            "No degrees, but metres of VN-2000 it seems: declare location.vn2000, or convert to WGS84.",
        )
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refused("Tọa độ không có trên Trái Đất.", "No place on earth has these coordinates.")
    if not geometry.in_vietnam(lon, lat):
        already = any(warning.field == "location" for warning in warnings)
        if not already:
            warnings.append(
                Fault("location", "Vị trí ở ngoài Việt Nam.", "The place is outside Vietnam.", shown)
            )


def _ends(coordinates: Any) -> list[tuple[float, float]]:
    """Return the first position of each part of a geometry: enough to see swapped axes and foreign places."""
    if isinstance(coordinates[0], int | float):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [_ends(part)[0] for part in coordinates[:1000]]
