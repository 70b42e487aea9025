"""What goes wrong in the invented province, and when: chances hashed from seed, device and time.

These are the *built-in disturbances*. The alert rules of the sector packs must find them, and must find
nothing in a province without them (``tests/unit/sectors/test_demo_day.py`` runs a day of each).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from haidang.base.clock import LOCAL
from haidang.demo.fleet import Device
from haidang.demo.noise import chance, drift

Troubles = frozenset[str]

SILENT = "silent"
"""The device reports nothing at all."""
LOST = "lost"
"""A camera's picture does not come."""
SLOW = "slow"
"""A camera's picture stutters."""
JAM = "jam"
"""Traffic stands at a junction, for an hour of a rush."""
SMOKE = "smoke"
"""Straw burns near a station, for an evening."""
HIGH_WATER = "high-water"
"""Days of rain upstream: every river stands higher."""
DARK = "dark"
"""A lamp is defective."""
BURNING = "burning"
"""A lamp burns by day, the fault citizens report most."""

SILENCE_BLOCK_S = 3 * 3600
"""Devices fall silent for whole blocks of this length, each at its own offset."""
SILENT_SHARE = 0.015
RUSHES = (7.2, 17.3)
_JAM_SHARE = 0.05
_DAY_S = 86_400


def troubles(device: Device, at: datetime, seed: int) -> Troubles:
    """Return all that is wrong with a device, or round it, at an instant."""
    found = {SILENT} if silent(device, at, seed) else set()
    match device.kind.type:
        case "Camera":
            found |= _camera(device, at, seed)
        case "TrafficFlowObserved" if _jam(device, at, seed):
            found.add(JAM)
        case "AirQualityObserved" if _smoke(device, at, seed):
            found.add(SMOKE)
        case "FloodMonitoring" if high_water(at, seed):
            found.add(HIGH_WATER)
        case "Streetlight":
            found |= _lamp(device, at, seed)
    return frozenset(found)


def silent(device: Device, at: datetime, seed: int) -> bool:
    """Say whether a device reports nothing at all just now."""
    block = int((at.timestamp() + 997 * device.number) // SILENCE_BLOCK_S)
    return chance(seed, *device.keys, block, 90) < SILENT_SHARE


def high_water(at: datetime, seed: int) -> float:
    """Return by how many metres rain upstream lifts the rivers: 0 on most days, 0.9 at the most."""
    return max(0.0, drift(at, _DAY_S, seed, 43) - 0.7) * 3


def _camera(device: Device, at: datetime, seed: int) -> set[str]:
    block = int(at.timestamp() // (4 * 3600))
    # A few wait for their repair for ever; the others come back.
    lost = chance(seed, *device.keys, 10) < 0.04 or chance(seed, *device.keys, block, 11) < 0.02
    slow = chance(seed, *device.keys, block, 12) < 0.01
    return {LOST} if lost else {SLOW} if slow else set()


def _jam(device: Device, at: datetime, seed: int) -> bool:
    local = at.astimezone(LOCAL)
    day = local.toordinal()
    hour = local.hour + local.minute / 60 + local.second / 3600
    return any(
        abs(hour - middle) < 0.5 and chance(seed, *device.keys, day, number, 24) < _JAM_SHARE
        for number, middle in enumerate(RUSHES)
    )


def _smoke(device: Device, at: datetime, seed: int) -> bool:
    """Say whether straw burns near a station: from six in the evening till after midnight."""
    evening = at.astimezone(LOCAL) - timedelta(hours=18)
    burns = chance(seed, *device.keys, evening.toordinal(), 56) < 0.04
    return burns and evening.hour < 7


def _lamp(device: Device, at: datetime, seed: int) -> set[str]:
    block = int(at.timestamp() // _DAY_S)
    dark = chance(seed, *device.keys, block // 5, 81) < 0.02
    burning = chance(seed, *device.keys, block, 82) < 0.006
    return ({DARK} if dark else set()) | ({BURNING} if burning else set())
