"""What each device measures at an instant: the daily rhythm of an invented town, with noise and outages.

All curves run in Vietnam time. They are made to look right and are no model of anything. What goes wrong
(jams, high water, smoke, dead lamps, silent devices) is ``demo.trouble``'s to say: a calm province is the
same one without it, and no rule may find anything in that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from haidang.base.clock import LOCAL
from haidang.demo.fleet import Device
from haidang.demo.noise import chance, drift, swing
from haidang.demo.province import COMMUNES
from haidang.demo.trouble import (
    BURNING,
    DARK,
    HIGH_WATER,
    JAM,
    LOST,
    SILENT,
    SLOW,
    SMOKE,
    Troubles,
    high_water,
    troubles,
)
from haidang.demo.vn_aqi import HOURS, index

Value = tuple[Any, str | None]
"""A measured value and its UN/CEFACT unit code."""
Reading = dict[str, Value]

TIDE_S = 24.84 * 3600
"""The tide of the Gulf of Tonkin comes once a lunar day."""


def reading(device: Device, at: datetime, seed: int, *, calm: bool = False) -> Reading | None:
    """Return what the device measures at ``at``, or None while it is silent.

    ``calm``: as if nothing ever went wrong.
    """
    wrong = _wrong(device, at, seed, calm=calm)
    if SILENT in wrong:
        return None
    measured = _CURVES[device.kind.type](device, at, seed, wrong)
    if device.kind.type == "AirQualityObserved":
        measured |= _vn_aqi(device, at, seed, calm=calm)
    return measured


def _wrong(device: Device, at: datetime, seed: int, *, calm: bool) -> Troubles:
    return frozenset() if calm else troubles(device, at, seed)


def position(device: Device, at: datetime, seed: int) -> tuple[float, float] | None:
    """Return where a moving device is at ``at`` (longitude, latitude); None for one that stands."""
    if device.kind.type != "Vehicle":
        return None
    stops = _route(device, seed)
    # Out along the stops and back, one leg in 9 to 15 minutes.
    leg_s = 540 + 360 * chance(seed, *device.keys, 70)
    progress = at.timestamp() / leg_s % (2 * (len(stops) - 1))
    turn = len(stops) - 1
    place = progress if progress <= turn else 2 * turn - progress
    index = min(int(place), turn - 1)
    (west, south), (east, north) = stops[index], stops[index + 1]
    part = place - index
    return round(west + (east - west) * part, 6), round(south + (north - south) * part, 6)


def _route(device: Device, seed: int) -> list[tuple[float, float]]:
    """Return the stops of a bus: commune centres from west to east; buses of one line share them."""
    line = device.number % 8
    chosen = sorted(COMMUNES, key=lambda commune: chance(seed, line, int(commune.code[2:]), 71))[:4]
    return sorted((commune.lon, commune.lat) for commune in chosen)


def _hour(at: datetime) -> float:
    local = at.astimezone(LOCAL)
    return local.hour + local.minute / 60 + local.second / 3600


def _bell(hour: float, middle: float, width: float) -> float:
    apart = abs(hour - middle)
    apart = min(apart, 24 - apart)
    return math.exp(-0.5 * (apart / width) ** 2)


def demand(at: datetime) -> float:
    """Return how much the streets are asked of, 0 to about 1: two rush hours, quieter at the weekend."""
    hour = _hour(at)
    peaks = 0.75 * _bell(hour, 7.2, 0.9) + 0.85 * _bell(hour, 17.3, 1.2) + 0.4 * _bell(hour, 12, 3)
    weekend = 0.7 if at.astimezone(LOCAL).weekday() >= 5 else 1.0
    return min(1.0, 0.08 + peaks * weekend)


def _daylight(at: datetime) -> float:
    """Return the sun's height, 0 at night to 1 at noon."""
    return max(0.0, math.sin(math.pi * (_hour(at) - 5.7) / 12.2))


def _temperature(device: Device, at: datetime, seed: int) -> float:
    day = at.astimezone(LOCAL).timetuple().tm_yday
    season = 23.5 - 6 * math.cos(2 * math.pi * (day - 20) / 365)
    return (
        season
        + 3.5 * math.sin(2 * math.pi * (_hour(at) - 9) / 24)
        + 2 * drift(at, 86_400, seed, 40)
        + swing(seed, *device.keys, int(at.timestamp() // 600))
    )


def _camera(device: Device, at: datetime, seed: int, wrong: Troubles) -> Reading:
    if LOST in wrong:
        return {"status": ("offline", None)}
    minute = int(at.timestamp() // 60)
    return {
        "status": ("online", None),
        "frameRate": (8 if SLOW in wrong else 25, "HTZ"),
        "bitrate": (round(3200 + 700 * swing(seed, *device.keys, minute, 13)), "C74"),
        "latency": (round(120 + 60 * chance(seed, *device.keys, minute, 14)), "C26"),
    }


def _traffic(device: Device, at: datetime, seed: int, wrong: Troubles) -> Reading:
    load = demand(at) * (0.65 + 0.6 * chance(seed, *device.keys, 20))
    load = min(0.92, max(0.02, load * (0.8 + 0.4 * drift(at, 900, seed, *device.keys, 21))))
    if JAM in wrong:
        load = 1.14 + 0.06 * drift(at, 900, seed, *device.keys, 21)
    speed = max(4.0, 52 - 36 * load**1.4 + 3 * swing(seed, *device.keys, int(at.timestamp() // 30), 22))
    lanes = 1 + device.number % 3
    return {
        "averageVehicleSpeed": (round(speed, 1), "KMH"),
        "intensity": (round(lanes * 900 * min(load, 1.0)), "H10"),
        "occupancy": (round(min(0.95, 0.04 + 0.5 * load * load), 2), "C62"),
        "queueLength": (round(max(0.0, load - 0.75) * 320), "MTR"),
        "motorcycleShare": (round(0.62 + 0.12 * swing(seed, *device.keys, 23), 2), "C62"),
        "congested": (speed < 15, None),
    }


def _parking(device: Device, at: datetime, seed: int, _: Troubles) -> Reading:
    total: int = device.facts["totalSpotNumber"]
    hour = _hour(at)
    busy = 0.25 + 0.6 * _bell(hour, 10.5, 2.6) + 0.5 * _bell(hour, 15.5, 2.4) + 0.2 * _bell(hour, 20, 1.5)
    share = min(
        1.0,
        busy * (0.75 + 0.4 * chance(seed, *device.keys, 30))
        + 0.08 * (drift(at, 1800, seed, *device.keys) - 0.5),
    )
    taken = round(total * max(0.02, share))
    return {
        "availableSpotNumber": (total - taken, "C62"),
        "occupiedSpotNumber": (taken, "C62"),
        "occupancy": (round(taken / total, 2), "C62"),
        "status": ("full" if taken == total else "open", None),
    }


def _bus(device: Device, at: datetime, seed: int, _: Troubles) -> Reading:
    speed = max(0.0, 38 - 20 * demand(at) + 12 * swing(seed, *device.keys, int(at.timestamp() // 10), 72))
    return {"speed": (round(speed, 1), "KMH"), "serviceStatus": ("onRoute", None)}


def _air(device: Device, at: datetime, seed: int, wrong: Troubles) -> Reading:
    pm25 = _dust(device, at, seed, wrong)
    pm10 = pm25 * _coarse(device, seed)
    humidity = 82 - 18 * _daylight(at) + 8 * drift(at, 6 * 3600, seed, 52)
    return {
        "pm25": (round(pm25, 1), "GQ"),
        "pm10": (round(pm10, 1), "GQ"),
        "no2": (round(9 + 38 * demand(at) + 6 * drift(at, 1800, seed, *device.keys, 54), 1), "GQ"),
        "o3": (round(25 + 60 * _daylight(at) * drift(at, 86_400, seed, 55), 1), "GQ"),
        "co": (round(350 + 700 * demand(at), 0), "GQ"),
        "temperature": (round(_temperature(device, at, seed), 1), "CEL"),
        "relativeHumidity": (round(min(100.0, humidity)), "P1"),
    }


def _dust(device: Device, at: datetime, seed: int, wrong: Troubles) -> float:
    """Return PM2.5 in µg/m³: haze over the whole province, traffic, and straw that burns nearby."""
    haze = 12 + 45 * drift(at, 2 * 86_400, seed, 50)
    smoke = 130 if SMOKE in wrong else 0
    return haze + 14 * demand(at) + 5 * drift(at, 3600, seed, *device.keys, 51) + smoke


def _coarse(device: Device, seed: int) -> float:
    """Return how many times as much PM10 as PM2.5 there is."""
    return 1.35 + 0.1 * swing(seed, *device.keys, 53)


def _vn_aqi(device: Device, at: datetime, seed: int, *, calm: bool) -> Reading:
    """Return the index that a station computes itself from its last twelve hours; nothing where they lack."""
    dust: list[float | None] = []
    for hour in (at - timedelta(hours=ago) for ago in range(HOURS)):
        wrong = _wrong(device, hour, seed, calm=calm)
        dust.append(None if SILENT in wrong else _dust(device, hour, seed, wrong))
    coarse = _coarse(device, seed)
    found = index({"pm25": dust, "pm10": [None if value is None else value * coarse for value in dust]})
    return {} if found is None else {"vnAqi": (found, "C62")}


def _water(device: Device, at: datetime, seed: int, wrong: Troubles) -> Reading:
    tide = math.sin(2 * math.pi * at.timestamp() / TIDE_S + 0.2 * swing(seed, *device.keys, 60))
    flood = high_water(at, seed) if HIGH_WATER in wrong else 0.0
    level = 1.3 + 0.75 * tide + flood + 0.05 * drift(at, 1200, seed, *device.keys, 61)
    return {
        "currentLevel": (round(level, 2), "MTR"),
        "batteryVoltage": (round(12.4 + 0.9 * _daylight(at) + 0.1 * swing(seed, *device.keys, 62), 2), "VLT"),
    }


def _weather(device: Device, at: datetime, seed: int, _: Troubles) -> Reading:
    rain = max(0.0, drift(at, 5400, seed, 43) - 0.78) * 60
    return {
        "temperature": (round(_temperature(device, at, seed), 1), "CEL"),
        "relativeHumidity": (
            round(min(100.0, 80 - 18 * _daylight(at) + 6 * drift(at, 7200, seed, 44) + rain)),
            "P1",
        ),
        "windSpeed": (round(1 + 6 * drift(at, 3600, seed, *device.keys, 45), 1), "MTS"),
        "windDirection": (round(360 * drift(at, 4 * 3600, seed, 46)) % 360, "DD"),
        "precipitation": (round(rain, 1), "H67"),
        "atmosphericPressure": (round(1008 + 8 * drift(at, 86_400, seed, 47)), "A97"),
        "solarRadiation": (round(880 * _daylight(at) * (0.5 + 0.5 * drift(at, 3600, seed, 48))), "D54"),
    }


def _lamp(device: Device, at: datetime, seed: int, wrong: Troubles) -> Reading:
    hour = _hour(at) + 0.15 * swing(seed, *device.keys, 80)
    should = hour >= 17.75 or hour < 5.6
    defective = DARK in wrong
    on = (should and not defective) or (not should and BURNING in wrong)
    dim = 0.5 if (hour >= 23 or hour < 4.5) else 1.0
    power = 96 * dim + 4 * swing(seed, *device.keys, 83) if on else 0.0
    voltage = 221 + 6 * swing(seed, int(device.commune.code[2:]), int(at.timestamp() // 900), 84)
    return {
        "powerState": ("on" if on else "off", None),
        "status": ("defectiveLamp" if defective else "ok", None),
        "illuminanceLevel": (dim if on else 0.0, "C62"),
        "activePower": (round(power), "WTT"),
        "voltage": (round(voltage), "VLT"),
    }


_CURVES: dict[str, Callable[[Device, datetime, int, Troubles], Reading]] = {
    "Camera": _camera,
    "TrafficFlowObserved": _traffic,
    "OffStreetParking": _parking,
    "Vehicle": _bus,
    "AirQualityObserved": _air,
    "FloodMonitoring": _water,
    "WeatherObserved": _weather,
    "Streetlight": _lamp,
}
