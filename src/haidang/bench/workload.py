"""The seeded city of the benchmark, and its request bodies with a place left for the time.

Two kinds alternate, as ``AirQualityObserved`` (13 attributes) and ``TrafficFlowObserved`` (12), so that a
batch of 100 is about 132 kB. Bodies are built before the clock starts; only the observation time is put in
when a body is sent, for a time that stands still would make every write but the first one "older".
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

TIME_MARK = b"2000-01-01T00:00:00.000Z"
"""Stands in every body where the observation time goes; the same length as what replaces it."""

_AIR = ("pm25", "pm10", "no2", "so2", "o3", "co", "temperature", "relativeHumidity", "windSpeed", "pressure")
_FLOW = (
    "intensity",
    "occupancy",
    "averageVehicleSpeed",
    "averageVehicleLength",
    "averageGapDistance",
    "averageHeadwayTime",
    "heavyShare",
    "queueLength",
    "greenShare",
)


def entity_id(number: int) -> str:
    """Return the id of the ``number``-th entity."""
    kind = "AirQualityObserved" if number % 2 == 0 else "TrafficFlowObserved"
    return f"urn:ngsi-ld:{kind}:bench-{number:07d}"


def numeric_names(number: int) -> tuple[str, ...]:
    """Return the numeric attributes that telemetry of this entity carries."""
    return _AIR if number % 2 == 0 else _FLOW


def entity(number: int, round_no: int) -> dict[str, Any]:
    """Return the whole entity with the values of its ``round_no``-th observation."""
    dice = random.Random(number * 1_000_003 + round_no)
    time_text = TIME_MARK.decode()
    kind = "AirQualityObserved" if number % 2 == 0 else "TrafficFlowObserved"
    body: dict[str, Any] = {"id": entity_id(number), "type": kind}
    for name in numeric_names(number):
        body[name] = {
            "type": "Property",
            "value": round(dice.uniform(0, 200), 1),
            "unitCode": "GQ" if number % 2 == 0 else "C62",
            "observedAt": time_text,
        }
    body["name"] = {"type": "Property", "value": f"Trạm quan trắc số {number}"}
    body["address"] = {
        "type": "Property",
        "value": {"addressCountry": "VN", "streetAddress": f"Đường {number}"},
    }
    spread = random.Random(number)
    body["location"] = {
        "type": "GeoProperty",
        "value": {
            "type": "Point",
            "coordinates": [round(spread.uniform(106.4, 108.4), 6), round(spread.uniform(20.7, 21.6), 6)],
        },
    }
    return body


def batches(numbers: list[int], round_no: int, size: int = 100) -> Iterator[bytes]:
    """Yield upsert bodies of ``size`` entities each."""
    for start in range(0, len(numbers), size):
        yield orjson.dumps([entity(number, round_no) for number in numbers[start : start + size]])


def sensor_batches(sensors: int, step_times_ms: Iterable[int], size: int = 100) -> Iterator[bytes]:
    """Yield upsert bodies of the history measurement: every sensor's 12 numeric values, step after step."""
    names = [f"channel{number:02d}" for number in range(12)]
    for time_ms in step_times_ms:
        observed = time_text(time_ms).decode()
        for start in range(0, sensors, size):
            dice = random.Random(time_ms + start)
            yield orjson.dumps(
                [
                    {"id": f"urn:ngsi-ld:Device:history-{number:05d}", "type": "Device"}
                    | {
                        name: {
                            "type": "Property",
                            "value": round(dice.gauss(50, 20), 2),
                            "observedAt": observed,
                        }
                        for name in names
                    }
                    for number in range(start, min(start + size, sensors))
                ]
            )


def patch(number: int, round_no: int) -> bytes:
    """Return the small body of a device that reports one value (about 90 bytes)."""
    name = numeric_names(number)[0]
    value = round(random.Random(number * 7 + round_no).uniform(0, 200), 1)
    return orjson.dumps({name: {"type": "Property", "value": value, "observedAt": TIME_MARK.decode()}})


def stamp(body: bytes, time_ms: int) -> bytes:
    """Return ``body`` with its observation time set to ``time_ms`` (epoch milliseconds)."""
    return body.replace(TIME_MARK, time_text(time_ms))


def time_text(time_ms: int) -> bytes:
    """Return epoch milliseconds as the fixed-length text ``2026-11-22T06:00:00.000Z``."""
    seconds, millis = divmod(time_ms, 1000)
    days, second = divmod(seconds, 86_400)
    year, month, day = _civil(days)
    return (
        f"{year:04d}-{month:02d}-{day:02d}T{second // 3600:02d}:{second % 3600 // 60:02d}:"
        f"{second % 60:02d}.{millis:03d}Z"
    ).encode()


def _civil(days: int) -> tuple[int, int, int]:
    # Howard Hinnant's civil_from_days; datetime would cost more than the send itself.
    shifted = days + 719_468
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    return year_of_era + era * 400 + (month <= 2), month, day
