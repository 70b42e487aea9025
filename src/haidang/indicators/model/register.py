"""What an indicator is: its row, its methods by version, its targets and how a value stands to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from haidang.indicators.model.due import DueRule
from haidang.indicators.model.period import Kind, Period
from haidang.indicators.model.value import Source

Direction = Literal["up", "down", "band", "none"]
"""Which way is better; ``band``: within the bounds of the thresholds; ``none``: neither, a size."""
Level = Literal["province", "commune", "unit"]
Aggregate = Literal["sum", "mean", "none"]
"""How values of the parts of an area may be put together; rates, ranks and indices: not at all."""
Band = Literal["good", "near", "far", "unknown"]

Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9-]{1,39}$")]
FormCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Long = Annotated[str, msgspec.Meta(max_length=4_000)]
Unit = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]

MAGNITUDE = Decimal(10) ** 15
_WRITTEN_OUT = 40
"""Beyond it no value lies: a thousand million million."""
DIRECTIONS: dict[Direction, tuple[str, str]] = {
    "up": ("càng cao càng tốt", "higher is better"),
    "down": ("càng thấp càng tốt", "lower is better"),
    "band": ("trong khoảng", "within bounds"),
    "none": ("không xếp tốt xấu", "neither"),
}


class Thresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """From which share of what was expected a value is near, and what its bounds are."""

    near: Decimal = Decimal("0.9")
    """``up`` and ``down``: a value that falls short by no more than this leaves is near, else far
    (verify)."""
    low: Decimal | None = None
    high: Decimal | None = None
    """``band``: the bounds; also an ``up`` or ``down`` without a target is held against them."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit hands in at once; the columns are explained in migration 0300."""

    code: str
    version: int = 1
    vi: str
    en: str
    period_kind: Kind
    due: DueRule
    sector: str | None = None
    collector_org: int | None = None
    pack: str | None = None
    opened_through: date | None = None
    active: bool = True


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """A row; the columns are explained in migration 0300."""

    id: int
    version: int = 1
    code: str
    vi: str
    en: str
    definition_vi: str = ""
    definition_en: str = ""
    unit: str
    decimals: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    direction: Direction
    thresholds: Thresholds = Thresholds()
    sector: str | None = None
    owner_org: int | None = None
    level: Level
    period_kind: Kind
    form_code: str | None = None
    source_kind: Source
    aggregate: Aggregate = "none"
    legal_basis: str = ""
    legal_verify: bool = False
    shared: bool = False
    pack: str | None = None
    edited: bool = False
    retired_on: date | None = None


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """How an indicator is made, for periods that begin within its days."""

    indicator_id: int
    version: int
    valid_from: date
    valid_to: date | None = None
    vi: str
    en: str
    formula: str | None = None
    legal_basis: str = ""
    created_by: str = ""
    created_at: datetime | None = None


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """By the end of a period the value should be so much."""

    start: date
    value: Decimal
    is_goal: bool = True
    decision: str = ""


class Amiss(msgspec.Struct, frozen=True):
    """Why a number cannot be a value of an indicator."""

    code: Literal["out-of-range", "too-precise", "not-a-number"]
    vi: str
    en: str


def method_of(methods: Sequence[Method], start: date) -> Method | None:
    """Return the method that holds for a period that begins on a day; None where none does."""
    held = [
        each
        for each in methods
        if each.valid_from <= start and (each.valid_to is None or start < each.valid_to)
    ]
    return max(held, key=lambda each: each.version, default=None)


def amiss(indicator: Indicator, value: Decimal) -> Amiss | None:
    """Return what stands against a number as a value: beyond its range, or more decimals than it has."""
    if not sound(value):
        return Amiss("not-a-number", "không phải là số dùng được", "is no number that can be kept")
    if (indicator.low is not None and value < indicator.low) or (
        indicator.high is not None and value > indicator.high
    ):
        low, high = (plain(each) for each in (indicator.low, indicator.high))
        return Amiss("out-of-range", f"phải từ {low} đến {high}", f"must be from {low} to {high}")
    if round(value, indicator.decimals) != value:
        places = indicator.decimals
        return Amiss("too-precise", f"tối đa {places} chữ số thập phân", f"at most {places} decimals")
    return None


def sound(value: Decimal) -> bool:
    """Say whether a number can be kept: finite, below a thousand million million, at most twelve decimals."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) <= 12 and abs(value) < MAGNITUDE


def plain(value: Decimal | None) -> str:
    """Return a number as text without an exponent; an open bound as the sign of infinity.

    What no value can be (:func:`sound`) keeps its exponent: written out, ``1e999999999`` is a gigabyte.
    """
    if value is None:
        return "∞"
    if value.is_finite() and abs(value.adjusted()) > _WRITTEN_OUT:
        return str(value)[:_WRITTEN_OUT]
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def expected(targets: Sequence[Target], period: Period) -> Decimal | None:
    """Return what was to be reached by the end of a period, on the straight way between two points of the
    trajectory; None before the first point and after the last."""
    points = sorted(targets, key=lambda each: each.start)
    before = [each for each in points if each.start <= period.start]
    later = [each for each in points if each.start >= period.start]
    if not before or not later:
        return None
    first, last = before[-1], later[0]
    if first.start == last.start:
        return first.value
    way = Decimal((period.start - first.start).days) / Decimal((last.start - first.start).days)
    return first.value + (last.value - first.value) * way


def band(indicator: Indicator, value: Decimal | None, wanted: Decimal | None) -> Band:
    """Return how a value stands: good, near, far; unknown where there is no value, or nothing to hold it
    to."""
    if value is None or indicator.direction == "none":
        return "unknown"
    limits = indicator.thresholds
    if indicator.direction == "band" or wanted is None:
        if limits.low is None and limits.high is None:
            return "unknown"
        below = limits.low is not None and value < limits.low
        above = limits.high is not None and value > limits.high
        return "far" if below or above else "good"
    short = wanted - value if indicator.direction == "up" else value - wanted
    if short <= 0:
        return "good"
    return "near" if short <= abs(wanted) * (1 - limits.near) else "far"
