"""The shipped font, and which letters it has.

Liberation Serif has the metrics of Times New Roman, which Decree 30/2020 asks for and which is not free. What
it cannot show is shown as □, so that a reader sees that something stood there and the file stays one that
archives take.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).with_name("fonts")
FAMILY = "Liberation Serif"
FILES = ("Regular", "Bold", "Italic", "BoldItalic")
ABSENT = "□"


@lru_cache(maxsize=1)
def letters() -> frozenset[int]:
    """Return the code points that all four cuts of the font have."""
    cuts = [_covered((FOLDER / f"LiberationSerif-{cut}.ttf").read_bytes()) for cut in FILES]
    return frozenset(set.intersection(*cuts))


def shown(text: str) -> str:
    """Return ``text`` with □ for every letter that the font does not have; line breaks stay."""
    known = letters()
    return "".join(letter if letter == "\n" or ord(letter) in known else ABSENT for letter in text)


def width_mm(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of text is in the shipped font, which has the widths of Times New Roman."""
    units, widths = _widths("Bold" if bold else "Regular")
    return sum(widths.get(ord(letter), units // 2) for letter in text) / units * size * 25.4 / 72


@lru_cache(maxsize=2)
def _widths(cut: str) -> tuple[int, dict[int, int]]:
    """Return the units of an em, and how many of them each letter takes."""
    font = (FOLDER / f"LiberationSerif-{cut}.ttf").read_bytes()
    places = _tables(font)
    (units,) = struct.unpack_from(">H", font, places[b"head"] + 18)
    (count,) = struct.unpack_from(">H", font, places[b"hhea"] + 34)
    table = places[b"hmtx"]
    return units, {
        code: struct.unpack_from(">H", font, table + 4 * min(glyph, count - 1))[0]
        for code, glyph in _glyphs(font).items()
    }


def _covered(font: bytes) -> set[int]:
    return set(_glyphs(font))


def _tables(font: bytes) -> dict[bytes, int]:
    (tables,) = struct.unpack_from(">H", font, 4)
    return {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)
    }


def _glyphs(font: bytes) -> dict[int, int]:
    """Read the character map of a TrueType font: its Unicode table of format 4."""
    start = _tables(font)[b"cmap"]
    (count,) = struct.unpack_from(">H", font, start + 2)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * number)
        if (platform, encoding) == (3, 1):
            return _segments(font, start + offset)
    raise ValueError("the font has no Unicode table of the basic plane")


def _segments(font: bytes, at: int) -> dict[int, int]:
    kind, _, _, doubled = struct.unpack_from(">HHHH", font, at)
    if kind != 4:
        raise ValueError("the font's Unicode table is not of format 4")
    count = doubled // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{count}H", font, at + 14 + step * doubled + (2 if step else 0))
        for step in range(4)
    )
    places = at + 16 + 3 * doubled
    found: dict[int, int] = {}
    for segment in range(count):
        for code in range(starts[segment], min(ends[segment], 0xFFFE) + 1):
            glyph = code
            if ranges[segment]:
                where = places + 2 * segment + ranges[segment] + 2 * (code - starts[segment])
                (glyph,) = struct.unpack_from(">H", font, where)
            if glyph or not ranges[segment]:
                glyph = (glyph + deltas[segment]) & 0xFFFF
            if glyph:
                found[code] = glyph
    return found
