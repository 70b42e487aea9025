"""VN_AQI by the hour, as a station of the invented province computes it for itself.

Decision 1459/QĐ-TCMT of 12 November 2019 (Hướng dẫn kỹ thuật tính toán và công bố chỉ số chất lượng không
khí Việt Nam): the NowCast of twelve hours of dust, then a straight line between the two breakpoints round
it, the index being the highest of its parts. Only dust is computed here: it decides in the invented
province.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HOURS = 12
BREAKPOINTS: Mapping[str, tuple[float, ...]] = {
    "pm25": (0, 25, 50, 80, 150, 250, 350, 500),
    "pm10": (0, 50, 150, 250, 350, 420, 500, 600),
}
"""Concentrations in µg/m³ at which the index takes the values of :data:`INDEX`."""
INDEX: tuple[int, ...] = (0, 50, 100, 150, 200, 300, 400, 500)
_WEIGHT_MIN = 0.5
_RECENT_MIN = 2


def nowcast(hours: Sequence[float | None]) -> float | None:
    """Return the weighted mean of up to twelve hours, latest first; None without two of the last three."""
    if sum(value is not None for value in hours[:3]) < _RECENT_MIN:
        return None
    known = [value for value in hours[:HOURS] if value is not None]
    highest = max(known)
    weight = max(_WEIGHT_MIN, min(known) / highest) if highest else 1.0
    pairs = [(weight**age, value) for age, value in enumerate(hours[:HOURS]) if value is not None]
    return sum(share * value for share, value in pairs) / sum(share for share, _ in pairs)


def index(dust: Mapping[str, Sequence[float | None]]) -> int | None:
    """Return VN_AQI of an hour from the last hours of each substance; None where too little was measured."""
    parts = [
        _part(BREAKPOINTS[name], cast) for name, hours in dust.items() if (cast := nowcast(hours)) is not None
    ]
    return max(parts, default=None)


def _part(points: Sequence[float], value: float) -> int:
    for number in range(1, len(points)):
        if value <= points[number]:
            low, high = points[number - 1], points[number]
            below, above = INDEX[number - 1], INDEX[number]
            return round(below + (above - below) * (value - low) / (high - low))
    return INDEX[-1]
