"""Places and quarters, and how far the rounding of what was published lets them move."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Literal, TypeVar

Key = TypeVar("Key", bound=Hashable)
Quarter = Literal["highest", "upper", "lower", "lowest"]


def places(totals: Mapping[Key, Fraction]) -> dict[Key, int]:
    """Return each unit's place, the highest first; equal totals share one, the next is left out (1, 1, 3)."""
    ordered = sorted(totals.values())
    return {key: len(ordered) - bisect_right(ordered, value) + 1 for key, value in totals.items()}


def place_of(value: Fraction, others: Sequence[Fraction]) -> int:
    """Return the place that a value would have among others, given in ascending order."""
    return len(others) - bisect_right(others, value) + 1


def median(values: Sequence[Fraction]) -> Fraction:
    """Return the middle value, or the mean of the two in the middle."""
    return quantile(values, Fraction(1, 2))


def quantile(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """Return the value below which a share of the values lies, between two of them by proportion."""
    if not values:
        raise ValueError("there are no values")
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def quarters(totals: Mapping[Key, Fraction]) -> dict[Key, Quarter]:
    """Return the quarter of each unit by the cuts at 25, 50 and 75 per cent; a unit at a cut is above it."""
    if not totals:
        return {}
    q1, q2, q3 = (quantile(list(totals.values()), Fraction(part, 4)) for part in (1, 2, 3))

    def quarter(value: Fraction) -> Quarter:
        if value >= q3:
            return "highest"
        if value >= q2:
            return "upper"
        return "lower" if value >= q1 else "lowest"

    return {key: quarter(value) for key, value in totals.items()}


def reach(totals: Mapping[Key, Fraction], half: Fraction) -> dict[Key, tuple[int, int]]:
    """Return the best and the worst place of each unit when every total may be off by ``half`` either way."""
    lows = sorted(value - half for value in totals.values())
    highs = sorted(value + half for value in totals.values())
    found = {}
    for key, value in totals.items():
        surely_above = len(lows) - bisect_right(lows, value + half)
        # Its own high is above its own low, so it counts itself once; without rounding nobody does.
        maybe_above = len(highs) - bisect_right(highs, value - half) - (1 if half > 0 else 0)
        found[key] = (1 + surely_above, 1 + maybe_above)
    return found
