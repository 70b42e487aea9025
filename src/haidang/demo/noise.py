"""Chance without memory: numbers that look random and depend on nothing but their own keys.

The demonstration has no state. What a device measures at 14:05 must be the same whether the server has run
since morning or was started a minute ago, so every "random" number is hashed from seed, device and time.
"""

from __future__ import annotations

from datetime import datetime

_MASK = (1 << 64) - 1


def chance(*keys: int) -> float:
    """Return a number in [0, 1) that only the keys decide (splitmix64 over them)."""
    state = 0x9E3779B97F4A7C15
    for key in keys:
        state = (state ^ (key & _MASK)) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ state >> 27) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return (state >> 11) / (1 << 53)


def swing(*keys: int) -> float:
    """Return a number in (-1, 1), small ones being likelier: the sum of two chances."""
    return chance(*keys, 1) + chance(*keys, 2) - 1


def drift(at: datetime, span_s: int, *keys: int) -> float:
    """Return a number in [0, 1] that wanders: a new one every ``span_s`` seconds, joined smoothly."""
    seconds = at.timestamp()
    block = int(seconds // span_s)
    part = seconds / span_s - block
    smooth = part * part * (3 - 2 * part)
    before, after = chance(block, *keys), chance(block + 1, *keys)
    return before + (after - before) * smooth
