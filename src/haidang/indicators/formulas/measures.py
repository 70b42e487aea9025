"""Units of measure: what may be added, what a share of two gives, what converts into what.

A unit is a size of something: ``triệu đồng`` is a million of ``đồng``, ``nghìn người`` a thousand ``người``.
Units of one family differ by a factor and are converted only where the formula says so; others never meet.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

_SIZES: dict[str, Decimal] = {
    "nghìn": Decimal(10) ** 3, "ngàn": Decimal(10) ** 3, "triệu": Decimal(10) ** 6, "tỷ": Decimal(10) ** 9,
    "tỉ": Decimal(10) ** 9, "nghìn tỷ": Decimal(10) ** 12,
}  # fmt: skip
_ALIKE: dict[str, tuple[str, Decimal]] = {
    "m": ("m", Decimal(1)), "km": ("m", Decimal(1000)), "cm": ("m", Decimal("0.01")),
    "m²": ("m²", Decimal(1)), "ha": ("m²", Decimal(10_000)), "km²": ("m²", Decimal(1_000_000)),
    "kg": ("kg", Decimal(1)), "tạ": ("kg", Decimal(100)), "tấn": ("kg", Decimal(1000)),
    "phút": ("phút", Decimal(1)), "giờ": ("phút", Decimal(60)), "ngày": ("phút", Decimal(1440)),
    "wh": ("wh", Decimal(1)), "kwh": ("wh", Decimal(1000)), "mwh": ("wh", Decimal(1_000_000)),
    "µg/m³": ("µg/m³", Decimal(1)), "mg/m³": ("µg/m³", Decimal(1000)),
    "lần": ("", Decimal(1)), "%": ("", Decimal("0.01")), "‰": ("", Decimal("0.001")),
    "vnd": ("đồng", Decimal(1)), "đ": ("đồng", Decimal(1)), "đồng": ("đồng", Decimal(1)),
}  # fmt: skip


class Measure(msgspec.Struct, frozen=True):
    """A unit: so much of something."""

    base: str
    """What is counted; empty: a pure number."""
    size: Decimal = Decimal(1)

    def __str__(self) -> str:
        return written(self)

    @property
    def pure(self) -> bool:
        """Whether it is a number of nothing in particular (a share, a percentage)."""
        return self.base == ""


PURE = Measure("")
PERCENT = Measure("", Decimal("0.01"))


def measure(unit: str) -> Measure:
    """Return the unit that a text names: ``tỷ đồng``, ``%``, ``hồ sơ/người``, anything else by its name."""
    text = " ".join(unit.lower().split())
    if text in ("", "1"):
        return PURE
    if text in _ALIKE:
        base, size = _ALIKE[text]
        return Measure(base, size)
    for word in sorted(_SIZES, key=len, reverse=True):
        if text.startswith(word + " "):
            rest = measure(text.removeprefix(word + " "))
            return Measure(rest.base, rest.size * _SIZES[word])
    above, stroke, under = text.partition("/")
    if stroke and above and under:
        return divided(measure(above), measure(under))
    return Measure(text)


def divided(above: Measure, under: Measure) -> Measure:
    """Return the unit of a share."""
    if above.base == under.base:
        return Measure("", above.size / under.size)
    base = above.base if under.pure else f"{above.base}/{under.base}"
    return Measure(base, above.size / under.size)


def multiplied(one: Measure, two: Measure) -> Measure | None:
    """Return the unit of a product where one of the two is a pure number; None where neither is."""
    if two.pure:
        return Measure(one.base, one.size * two.size)
    return Measure(two.base, one.size * two.size) if one.pure else None


def factor(of: Measure, into: Measure) -> Decimal | None:
    """Return what a value is multiplied by to be told in another unit; None where it cannot be."""
    return of.size / into.size if of.base == into.base else None


def written(unit: Measure) -> str:
    """Return a unit as people write it."""
    if unit.pure:
        return {Decimal("0.01"): "%", Decimal(1): "lần"}.get(unit.size, f"×{unit.size:f}")
    for word, size in _SIZES.items():
        if size == unit.size:
            return f"{word} {unit.base}"
    return unit.base if unit.size == 1 else f"{unit.base} ×{unit.size:f}"
