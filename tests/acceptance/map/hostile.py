"""A PMTiles archive that holds everything a foreign base map can do wrong, made without any library.

One tile, zoom 0, in the schema of Protomaps: boundaries round the sea, names, airfields, ferries and land in
the sea mask, and beside them one honest town and one honest road that must be drawn.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

EXTENT = 65536  # fine enough for one tile of the whole world: 600 m
HONEST_TOWN = "Cẩm Phả"
HOSTILE_NAMES = ("Sansha", "Nansha District", "South China Sea", "Xisha Airport", "China")

Point = tuple[float, float]
Feature = tuple[int, dict[str, str], Sequence[Point]]  # 1 point, 2 line, 3 polygon; properties; lon, lat


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def number(field_number: int, value: int) -> bytes:
    return varint(field_number << 3) + varint(value)


def tile_xy(lon: float, lat: float) -> tuple[int, int]:
    y = 0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / (2 * math.pi)
    return round((lon / 360 + 0.5) * EXTENT), round(y * EXTENT)


def geometry(kind: int, points: Sequence[Point]) -> bytes:
    """Commands of the vector tile format: MoveTo the first, LineTo the rest, ClosePath for a polygon."""
    steps: list[int] = []
    x = y = 0
    for place, (lon, lat) in enumerate(points):
        to_x, to_y = tile_xy(lon, lat)
        if place == 0:
            steps.append(1 << 3 | 1)
        elif place == 1:
            steps.append((len(points) - 1) << 3 | 2)
        steps += [((to_x - x) << 1) ^ ((to_x - x) >> 31), ((to_y - y) << 1) ^ ((to_y - y) >> 31)]
        x, y = to_x, to_y
    if kind == 3:
        steps.append(1 << 3 | 7)
    return b"".join(varint(step) for step in steps)


def layer(name: str, features: Iterable[Feature]) -> bytes:
    keys: list[str] = []
    values: list[str] = []
    body = b""
    for kind, properties, points in features:
        tags = b""
        for key, value in properties.items():
            for known, item in ((keys, key), (values, value)):
                if item not in known:
                    known.append(item)
                tags += varint(known.index(item))
        body += field(2, field(2, tags) + number(3, kind) + field(4, geometry(kind, points)))
    head = number(15, 2) + field(1, name.encode())
    words = b"".join(field(3, key.encode()) for key in keys)
    words += b"".join(field(4, field(1, value.encode())) for value in values)
    return field(3, head + body + words + number(5, EXTENT))


def square(lon: float, lat: float, size: float) -> list[Point]:
    return [
        (lon - size, lat - size),
        (lon - size, lat + size),
        (lon + size, lat + size),
        (lon + size, lat - size),
    ]


DASHES = [[(109.8, 15.0 - i), (110.2, 14.5 - i)] for i in range(9)]
LAYERS: dict[str, list[Feature]] = {
    "earth": [
        (3, {"kind": "earth", "name": "Sansha"}, square(112.33, 16.83, 0.3)),
        (3, {"kind": "earth"}, square(107.2, 21.1, 0.4)),
        (1, {"kind": "island", "name": "Nansha District"}, [(114.3, 10.4)]),
    ],
    "water": [
        (1, {"kind": "ocean", "name": "South China Sea"}, [(113.0, 13.5)]),
        (1, {"kind": "lake", "name": "South China Sea"}, [(112.0, 12.0)]),
    ],
    "boundaries": [(2, {"kind": "country", "kind_detail": "2", "disputed": "true"}, dash) for dash in DASHES],
    "roads": [
        (2, {"kind": "highway", "name": "Sansha"}, [(112.30, 16.80), (112.36, 16.86)]),
        (2, {"kind": "ferry", "name": "Sansha"}, [(108.5, 16.0), (112.33, 16.83)]),
        (2, {"kind": "highway", "name": "Đường 18"}, [(107.0, 20.97), (107.4, 21.03)]),
    ],
    "places": [
        (1, {"kind": "locality", "name": "Sansha"}, [(112.33, 16.83)]),
        (1, {"kind": "locality", "name": "三沙", "script": "Han"}, [(108.6, 21.5)]),
        (1, {"kind": "country", "name": "China"}, [(108.0, 23.5)]),
        (1, {"kind": "locality", "name": HONEST_TOWN}, [(107.33, 21.01)]),
    ],
    "pois": [
        (1, {"kind": "aerodrome", "name": "Xisha Airport"}, [(112.33, 16.83)]),
        (1, {"kind": "school", "name": "Sansha"}, [(112.34, 16.83)]),
    ],
}


def archive() -> bytes:
    """PMTiles version 3: header, one directory entry, metadata, one tile; nothing compressed."""
    tile = b"".join(layer(name, features) for name, features in LAYERS.items())
    metadata = json.dumps({"vector_layers": [{"id": name, "fields": {}} for name in LAYERS]}).encode()
    directory = b"".join(varint(value) for value in (1, 0, 1, len(tile), 1))
    directory_at, metadata_at = 127, 127 + len(directory)
    tile_at = metadata_at + len(metadata)
    header = b"PMTiles" + bytes([3])
    header += struct.pack(
        "<11Q",
        directory_at,
        len(directory),
        metadata_at,
        len(metadata),
        tile_at,
        0,
        tile_at,
        len(tile),
        1,
        1,
        1,
    )
    header += bytes([1, 1, 1, 1, 0, 0])  # clustered; uncompressed twice; vector tiles; zoom 0 to 0
    header += struct.pack("<4i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    header += bytes([5]) + struct.pack("<2i", 1_080_000_000, 160_000_000)
    return header + directory + metadata + tile


def write(path: Path) -> None:
    path.write_bytes(archive())
