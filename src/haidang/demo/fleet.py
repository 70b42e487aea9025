"""The devices of the invented province: how many of each kind, where, whose, and how often they report."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from haidang.demo.noise import chance, swing
from haidang.demo.province import COMMUNES, RIVERS, STREETS, Commune

_KM_PER_DEGREE = 111.32
_CUMULATIVE = [sum(commune.weight for commune in COMMUNES[: index + 1]) for index in range(len(COMMUNES))]


class Kind(msgspec.Struct, frozen=True):
    """A kind of device."""

    type: str
    """NGSI-LD type, as in the sector packs."""
    number: int
    """Its place in the list of kinds; part of every hash, so kinds do not move together."""
    count: int
    """Devices at scale 1."""
    period_s: int
    """How often one reports when it lives."""
    past_period_s: int
    """How often it reports in the made-up past: thinner, so that the first start takes seconds."""
    sector: str
    agency: str
    title: str
    """What its name begins with."""


KINDS: tuple[Kind, ...] = (
    Kind("Camera", 1, 120, 60, 3600, "transport", "police", "Camera"),
    Kind("TrafficFlowObserved", 2, 60, 30, 600, "transport", "construction", "Nút giao"),
    Kind("OffStreetParking", 3, 15, 60, 600, "transport", "construction", "Bãi đỗ xe"),
    Kind("Vehicle", 4, 24, 10, 600, "transport", "construction", "Xe buýt"),
    Kind("AirQualityObserved", 5, 12, 300, 1800, "environment", "environment", "Trạm quan trắc không khí"),
    Kind("FloodMonitoring", 6, 10, 120, 600, "environment", "environment", "Trạm thủy văn"),
    Kind("WeatherObserved", 7, 8, 120, 900, "environment", "environment", "Trạm khí tượng"),
    Kind("Streetlight", 8, 200, 300, 3600, "lighting", "lighting", "Đèn"),
)


class Device(msgspec.Struct, frozen=True):
    """One device."""

    kind: Kind
    number: int
    """From 1, within its kind."""
    id: str
    name: str
    commune: Commune
    lon: float
    lat: float
    phase_s: int
    """At which second of its period it reports; all different, so that load is flat."""
    facts: dict[str, Any]
    """What never changes: attributes without a time of observation."""

    @property
    def keys(self) -> tuple[int, int]:
        """What its chances are hashed from, besides the seed."""
        return (self.kind.number, self.number)


def fleet(scale: float = 1.0, seed: int = 2026) -> tuple[Device, ...]:
    """Return the devices of a province ``scale`` times the usual size; at least one of each kind."""
    return tuple(_devices(scale, seed))


def _devices(scale: float, seed: int) -> Iterator[Device]:
    for kind in KINDS:
        for number in range(1, max(1, round(kind.count * scale)) + 1):
            commune = _commune(chance(seed, kind.number, number, 1))
            # A root makes the middle of the commune denser than its edge, as towns are.
            reach = commune.reach_km * chance(seed, kind.number, number, 2) ** 0.7
            angle = 2 * math.pi * chance(seed, kind.number, number, 3)
            lat = commune.lat + reach * math.sin(angle) / _KM_PER_DEGREE
            lon = commune.lon + reach * math.cos(angle) / (
                _KM_PER_DEGREE * math.cos(math.radians(commune.lat))
            )
            name, facts = _particulars(kind, number, commune, seed)
            yield Device(
                kind=kind,
                number=number,
                id=f"urn:ngsi-ld:{kind.type}:HD-{number:04d}",
                name=name,
                commune=commune,
                lon=round(lon, 6),
                lat=round(lat, 6),
                phase_s=int(kind.period_s * chance(seed, kind.number, number, 4)),
                facts=facts,
            )


def _commune(draw: float) -> Commune:
    mark = draw * _CUMULATIVE[-1]
    return next(commune for commune, upto in zip(COMMUNES, _CUMULATIVE, strict=True) if mark < upto)


def _particulars(kind: Kind, number: int, commune: Commune, seed: int) -> tuple[str, dict[str, Any]]:
    """Return a device's name and what never changes about it."""
    draw = int(chance(seed, kind.number, number, 5) * 1_000_000)
    street, crossing = STREETS[draw % len(STREETS)], STREETS[(draw // 16 + 1) % len(STREETS)]
    if crossing == street:
        crossing = STREETS[(draw + 1) % len(STREETS)]
    where = f"{street}, {'phường' if commune.kind == 'ward' else 'xã'} {commune.name}"
    address = {"address": {"streetAddress": street, "addressLocality": commune.name}}
    # The highest tide, without rain, stays below all of them.
    level = 2.6 + 0.25 * swing(seed, number, 6)
    levels = {"warningLevel": level, "alertLevel": level + 0.5, "dangerLevel": level + 1.0}
    particular: dict[str, tuple[str, dict[str, Any]]] = {
        "Camera": (
            f"{number:03d} {where}",
            {"cameraNum": f"HD-{number:04d}", "cameraUsage": "TRAFFIC", "cameraAngle": draw % 360},
        ),
        "TrafficFlowObserved": (f"{street} – {crossing}, {commune.name}", {}),
        "OffStreetParking": (where, {"totalSpotNumber": 40 + 20 * (draw % 16)}),
        "Vehicle": (
            f"{number:02d} tuyến {1 + number % 8}",
            {"vehicleType": "bus", "fleetVehicleId": f"HD-B{number:03d}"},
        ),
        "FloodMonitoring": (
            f"{RIVERS[number % len(RIVERS)]}, {commune.name}",
            {name: round(value, 2) for name, value in levels.items()},
        ),
        "Streetlight": (f"{number:04d} đường {where}", {"lanternHeight": (8, 9, 10.5)[draw % 3]}),
    }
    rest, facts = particular.get(kind.type, (where, {}))
    return f"{kind.title} {rest}", facts if kind.type == "Vehicle" else address | facts
