"""Build the base map that Hải Đăng draws itself, from public-domain land and our own named points.

    python ui/map-data/build.py path/to/world-atlas/land-10m.json

The input is Natural Earth 10m land (public domain) as the npm package world-atlas carries it in TopoJSON;
`inputs.json` names its version and SHA-256, and another file is refused. The outputs in `ui/src/map/data`
are small and committed, so neither a build nor a site needs the input; the gate in `tests/unit/map` reads
the outputs.

Why not a ready-made map: general-purpose sets draw Hoàng Sa and Trường Sa as another country's land or leave
them out (docs/decisions/0045). Here every ring in the sea mask leaves the neutral land and comes back as
Vietnam's own layer, together with a disc round every named island, so that none is lost to a coarse coast.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from pyproj import Geod
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import unary_union

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src" / "map" / "data"

SHEET = (100.0, 5.0, 119.0, 25.0)  # west, south, east, north of everything we draw, degrees WGS84
SEA_MASK = (109.6, 6.0, 118.0, 18.0)  # no land, line or name but ours in here …
MASK_EAST, MASK_NORTH = 116.8, 12.0  # … except what lies both east of 116.8 E and south of 12 N
ARCHIPELAGOS = {
    "20333": (111.0, 15.6, 113.2, 17.3),  # Đặc khu Hoàng Sa, thành phố Đà Nẵng
    "22736": (111.4, 6.4, 116.0, 12.1),  # Đặc khu Trường Sa, tỉnh Khánh Hòa
}
DISC_M = 1500.0
LAND_DECIMALS, ISLAND_DECIMALS = 3, 4  # 110 m and 11 m: the coast itself is generalised to some 300 m
FINE = (102.0, 8.0, 111.5, 23.5)  # our own coast and borderland, drawn as fine as the source has it
COARSE_DEGREES = 0.02  # elsewhere the coast is context, and its bytes are better saved
INSET_WIDTH = 190.0  # units of the inset's own drawing: 10 to a degree of longitude, before x·cos φ
GEOD = Geod(ellps="WGS84")


def polygons(geometry: BaseGeometry) -> Iterator[Polygon]:
    """The polygons of any geometry; what has no area is dropped."""
    if isinstance(geometry, Polygon):
        if not geometry.is_empty:
            yield geometry
        return
    for part in getattr(geometry, "geoms", ()):
        yield from polygons(part)


def read_land(path: Path) -> MultiPolygon:
    """Decode TopoJSON: arcs are delta-coded integers shared between rings; ~index runs an arc backwards."""
    topology = json.loads(path.read_bytes())
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[tuple[float, float]]] = []
    for coded in topology["arcs"]:
        x = y = 0
        arc = []
        for step in coded:
            x, y = x + step[0], y + step[1]
            arc.append((x * kx + dx, y * ky + dy))
        arcs.append(arc)

    def ring(indices: Iterable[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for index in indices:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc if not points else arc[1:])
        return points

    land: list[Polygon] = []
    (collection,) = topology["objects"].values()
    for geometry in collection.get("geometries", [collection]):
        parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for shell, *holes in parts:
            land.append(Polygon(ring(shell), [ring(hole) for hole in holes]).buffer(0))
    return MultiPolygon([part for geometry in land for part in polygons(geometry)])


def in_sea_mask(part: BaseGeometry) -> bool:
    """Whether a part of the land lies wholly where only our own islands may be drawn."""
    west, south, _, _ = part.bounds
    return box(*SEA_MASK).covers(part) and (west < MASK_EAST or south > MASK_NORTH)


def disc(lon: float, lat: float) -> Polygon:
    """A circle of 1.5 km on the ellipsoid, as 32 points."""
    lons, lats, _ = GEOD.fwd([lon] * 32, [lat] * 32, [i * 11.25 for i in range(32)], [DISC_M] * 32)
    return Polygon(zip(lons, lats, strict=True))


def islands(rings: Iterable[Polygon], points: list[dict[str, Any]]) -> dict[str, MultiPolygon]:
    """Per unit code: the rings of its box united with a disc round each of its points.

    The points are the named islands and two islets that the land set lost when it was quantised.
    """
    rings = list(rings)
    united = {}
    for code, bounds in ARCHIPELAGOS.items():
        own = [ring for ring in rings if box(*bounds).covers(ring)]
        own += [disc(point["lon"], point["lat"]) for point in points if point["code"] == code]
        united[code] = MultiPolygon(list(polygons(unary_union(own))))
    return united


def coarser_abroad(part: Polygon) -> Polygon:
    """The polygon with its points outside FINE thinned out; those inside stay, so our coast is untouched."""

    def ring(coords: Iterable[tuple[float, ...]]) -> list[tuple[float, ...]]:
        points, thinned = list(coords), []
        for fine, run in groupby(points, lambda point: box(*FINE).covers(Point(point))):
            piece = list(run)
            if not fine and len(piece) > 2:
                piece = list(LineString(piece).simplify(COARSE_DEGREES).coords)
            thinned += piece
        return thinned if len(thinned) > 3 else points

    return Polygon(ring(part.exterior.coords), [ring(hole.coords) for hole in part.interiors])


def sea_cover(land: Iterable[Polygon]) -> Polygon:
    """What is painted as sea above a site's own tiles: the mask without the land that reaches into it."""
    west, south, east, north = SEA_MASK
    mask = box(west, south, MASK_EAST, north).union(box(west, MASK_NORTH, east, north))
    reaching = unary_union([part.intersection(mask) for part in land if part.intersects(mask)])
    cover = mask.difference(reaching.buffer(0.1)).simplify(0.03)
    return max(polygons(cover), key=lambda part: part.area)


def rounded(geometry: BaseGeometry, decimals: int) -> dict[str, Any]:
    """GeoJSON with right-handed rings and short numbers."""

    def short(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, decimals)
        return [short(item) for item in value]

    parts = MultiPolygon([orient(part) for part in polygons(geometry)])
    return {"type": "MultiPolygon", "coordinates": short(mapping(parts)["coordinates"])}


def feature(properties: dict[str, Any], geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point_feature(place: dict[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in place.items() if key not in ("lon", "lat")}
    return feature(properties, {"type": "Point", "coordinates": [place["lon"], place["lat"]]})


def svg_path(geometry: BaseGeometry, tolerance: float) -> str:
    """An SVG path in the inset's drawing: x·cos φ at the sheet's middle, y downwards, one decimal."""
    west, _, east, north = SHEET
    scale = INSET_WIDTH / (east - west)
    height = scale / inset_shrink()

    def xy(lon: float, lat: float) -> str:
        return f"{(lon - west) * scale:.1f} {(north - lat) * height:.1f}"

    return "".join(
        "M" + "L".join(xy(lon, lat) for lon, lat in list(ring.coords)[:-1]) + "Z"
        for part in polygons(geometry.simplify(tolerance))
        for ring in (part.exterior, *part.interiors)
    )


def inset_shrink() -> float:
    """cos φ at 15° N, the middle of the sheet: a degree of longitude against one of latitude."""
    return 0.9659


def write(name: str, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def build(source: Path) -> None:
    """Check the input's hash, then write the five files of the base map."""
    inputs = json.loads((HERE / "inputs.json").read_text(encoding="utf-8"))
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != inputs["land"]["sha256"]:
        raise SystemExit(f"{source}: SHA-256 {found} is not that of {inputs['land']['file']} in inputs.json")
    places = json.loads((HERE / "places.json").read_text(encoding="utf-8"))

    world = [part for part in read_land(source).geoms if part.intersects(box(*SHEET))]
    at_sea = [part for part in world if in_sea_mask(part)]
    neutral = [part.intersection(box(*SHEET)) for part in world if not in_sea_mask(part)]
    land = [piece for part in neutral for piece in polygons(part)]
    land = [piece for part in land for piece in polygons(coarser_abroad(part).buffer(0))]
    own = islands(at_sea, places["islands"] + places["islets"])

    OUT.mkdir(parents=True, exist_ok=True)
    write("land.json", collection([feature({}, rounded(MultiPolygon(land), LAND_DECIMALS))]))
    parts = [feature({"code": code, "area": code}, rounded(own[code], ISLAND_DECIMALS)) for code in own]
    write("vn-islands.json", collection(parts))
    write("points.json", collection([point_feature(place) for place in places["islands"]]))
    write("labels.json", collection([point_feature(place) for place in places["labels"]]))
    west, south, east, north = SHEET
    write(
        "sheet.json",
        {
            "bounds": list(SHEET),
            "sea": rounded(box(*SHEET), 1),
            "mask": rounded(box(*SEA_MASK), 1),
            "cover": rounded(sea_cover(land), 2),
            "inset": {
                "width": INSET_WIDTH,
                "height": round((north - south) * INSET_WIDTH / (east - west) / inset_shrink(), 1),
                "land": svg_path(MultiPolygon(land), 0.04),
                "islands": svg_path(unary_union(list(own.values())), 0.004),
            },
        },
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]))
