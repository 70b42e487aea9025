"""Units: what sources write, the UN/CEFACT (Rec. 20) code it stands for, and lawful conversions."""

from __future__ import annotations

import unicodedata

import msgspec


class Unit(msgspec.Struct, frozen=True):
    """A unit: ``value × scale + offset`` gives the value in the base unit of its quantity."""

    code: str
    quantity: str
    scale: float
    offset: float
    spellings: tuple[str, ...]


_UNITS = (
    Unit("CEL", "temperature", 1, 273.15, ("°C", "℃", "oC", "degC", "độ C")),
    Unit("KEL", "temperature", 1, 0, ("K",)),
    Unit("FAH", "temperature", 5 / 9, 459.67 * 5 / 9, ("°F", "℉", "degF")),
    Unit("P1", "ratio", 0.01, 0, ("%", "percent", "phần trăm")),
    Unit("C62", "ratio", 1, 0, ("1", "one", "fraction", "count")),
    Unit("59", "ratio", 1e-6, 0, ("ppm",)),
    Unit("61", "ratio", 1e-9, 0, ("ppb",)),
    Unit("MTS", "speed", 1, 0, ("m/s", "mps")),
    Unit("KMH", "speed", 1 / 3.6, 0, ("km/h", "kmh", "kph", "km/giờ")),
    Unit("HM", "speed", 0.44704, 0, ("mph", "mi/h")),
    Unit("KNT", "speed", 1852 / 3600, 0, ("kn", "kt", "knot")),
    Unit("MTR", "length", 1, 0, ("m", "metre", "meter", "mét")),
    Unit("CMT", "length", 0.01, 0, ("cm",)),
    Unit("MMT", "length", 0.001, 0, ("mm",)),
    Unit("KMT", "length", 1000, 0, ("km",)),
    Unit("GQ", "mass concentration", 1, 0, ("µg/m³", "ug/m3", "µg/m3", "μg/m³", "μg/m3")),
    Unit("GP", "mass concentration", 1000, 0, ("mg/m³", "mg/m3")),
    Unit("PAL", "pressure", 1, 0, ("Pa",)),
    Unit("A97", "pressure", 100, 0, ("hPa",)),
    Unit("MBR", "pressure", 100, 0, ("mbar", "mb")),
    Unit("KPA", "pressure", 1000, 0, ("kPa",)),
    Unit("MQS", "volume flow", 1, 0, ("m³/s", "m3/s")),
    Unit("MQH", "volume flow", 1 / 3600, 0, ("m³/h", "m3/h")),
    Unit("H67", "rainfall rate", 1, 0, ("mm/h",)),
    Unit("D54", "irradiance", 1, 0, ("W/m²", "W/m2")),
    Unit("LUX", "illuminance", 1, 0, ("lx", "lux")),
    Unit("DD", "angle", 1, 0, ("°", "deg", "độ")),
    Unit("SEC", "time", 1, 0, ("s", "giây")),
    Unit("MIN", "time", 60, 0, ("min", "phút")),
    Unit("HUR", "time", 3600, 0, ("h", "giờ")),
    Unit("WTT", "power", 1, 0, ("W",)),
    Unit("KWT", "power", 1000, 0, ("kW",)),
    Unit("WHR", "energy", 1, 0, ("Wh",)),
    Unit("KWH", "energy", 1000, 0, ("kWh",)),
    Unit("VLT", "voltage", 1, 0, ("V",)),
    Unit("AMP", "current", 1, 0, ("A",)),
    Unit("2N", "sound level", 1, 0, ("dB", "dBA", "dB(A)")),
    Unit("M1", "concentration in water", 1, 0, ("mg/l", "mg/L")),
    Unit("Q30", "acidity", 1, 0, ("pH",)),
)


def _key(spelling: str) -> str:
    # NFKC makes one sign of µ and μ, ℃ and °C, m³ and m3; capitals matter (mW, MW), so they stay.
    return unicodedata.normalize("NFKC", spelling).replace(" ", "")


_BY_SPELLING = {_key(text): unit for unit in _UNITS for text in (unit.code, *unit.spellings)}


def find(spelling: str) -> Unit | None:
    """Return the unit that a source writes so, or that has this code; None where it is not known."""
    return _BY_SPELLING.get(_key(spelling))


def known() -> tuple[Unit, ...]:
    """Return every unit, in the order of the reference."""
    return _UNITS


def convert(value: float, source: Unit, target: Unit) -> float:
    """Convert between two units of one quantity; raise ``ValueError`` where they measure different things.

    The result is rounded to twelve significant digits, which removes the dust of binary fractions
    (36 km/h is 10 m/s, not 10.000000000000002) and nothing that an instrument could have measured.
    """
    if source.quantity != target.quantity:
        raise ValueError(
            f"{source.code} measures {source.quantity}, {target.code} measures {target.quantity}"
        )
    if source.code == target.code:
        return value
    base = value * source.scale + source.offset
    return float(f"{(base - target.offset) / target.scale:.12g}")
