"""Checking counts that somebody else has made: does what a report says add up?

Figures are taken as they were printed and never repaired. A whole that its parts do not come to is told with
how much is missing or too much; a percentage is told as not reproducible where no whole number of things
could give it, and as another figure's where one could, but not the one that is named.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from math import ceil, floor
from typing import Annotated, Literal

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Number = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
STATEMENTS_MAX = 500


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named number."""

    name: Name
    number: Number


class Sum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="says", tag="sum"):
    """A whole and the parts it is said to be made of."""

    whole: Part
    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=100)]


class Share(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="says", tag="share"
):
    """A percentage, as printed ("91,8"), of a whole; with the part where the source names it."""

    percent: Annotated[str, msgspec.Meta(min_length=1, max_length=12)]
    of: Part
    part: Part | None = None


class Mean(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="says", tag="mean"
):
    """So many to each, as printed ("5,4")."""

    each: Annotated[str, msgspec.Meta(min_length=1, max_length=12)]
    total: Part
    among: Part


Statement = Sum | Share | Mean


class Figures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one source says."""

    source: Name
    statements: Annotated[tuple[Statement, ...], msgspec.Meta(min_length=1, max_length=STATEMENTS_MAX)]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What does not add up; nothing is repaired."""

    code: Literal["missing", "excess", "not-reproducible", "other-figure", "unreadable"]
    statement: int
    """Which statement of the source, from 0."""
    about: str
    difference: int | None = None
    vi: str
    en: str


def check(figures: Figures) -> tuple[Finding, ...]:
    """Return what of a source's figures does not add up; nothing where all does."""
    found = (_checked(number, each) for number, each in enumerate(figures.statements))
    return tuple(each for each in found if each is not None)


def _checked(number: int, statement: Statement) -> Finding | None:
    if isinstance(statement, Sum):
        return _sum(number, statement)
    if isinstance(statement, Share):
        return _share(number, statement)
    return _mean(number, statement)


def _sum(number: int, it: Sum) -> Finding | None:
    missing = it.whole.number - sum(part.number for part in it.parts)
    if missing == 0:
        return None
    parts = " + ".join(str(part.number) for part in it.parts)
    many = abs(missing)
    if missing > 0:
        vi, en = (
            f"{it.whole.number} so với {parts}: thiếu {many}",
            f"{it.whole.number} against {parts}: {many} missing",
        )
    else:
        vi, en = (
            f"{it.whole.number} so với {parts}: thừa {many}",
            f"{it.whole.number} against {parts}: {many} too many",
        )
    code: Literal["missing", "excess"] = "missing" if missing > 0 else "excess"
    return Finding(code=code, statement=number, about=it.whole.name, difference=many, vi=vi, en=en)


def _share(number: int, it: Share) -> Finding | None:
    printed = _decimal(it.percent)
    if printed is None:
        return _unreadable(number, it.of.name, it.percent)
    possible = parts_of(printed, it.of.number)
    said = f"{it.percent} %"
    if not possible:
        return Finding(
            code="not-reproducible", statement=number, about=it.of.name,
            vi=f"{said} không tính lại được: không số nguyên nào trên {it.of.number} cho tỷ lệ này",
            en=f"{said} is not reproducible: no whole number of {it.of.number} gives it",
        )  # fmt: skip
    if it.part is not None and it.part.number not in possible:
        right = f"{possible[0]}" if len(possible) == 1 else f"{possible[0]}–{possible[-1]}"
        return Finding(
            code="other-figure", statement=number, about=it.part.name,
            difference=min(abs(it.part.number - each) for each in (possible[0], possible[-1])),
            vi=f"{said} của {it.of.number} là {right}, không phải {it.part.number}",
            en=f"{said} of {it.of.number} is {right}, not {it.part.number}",
        )  # fmt: skip
    return None


def _mean(number: int, it: Mean) -> Finding | None:
    printed = _decimal(it.each)
    if printed is None:
        return _unreadable(number, it.total.name, it.each)
    half = _half(printed)
    exact = Decimal(it.total.number) / it.among.number if it.among.number else None
    if exact is not None and abs(exact - printed) <= half:
        return None
    return Finding(
        code="not-reproducible", statement=number, about=it.total.name,
        vi=f"{it.total.number} chia {it.among.number} không ra {it.each}",
        en=f"{it.total.number} over {it.among.number} is not {it.each}",
    )  # fmt: skip


def parts_of(percent: Decimal, whole: int) -> range:
    """Return the whole numbers of which the percentage, as printed, may be that of ``whole``.

    Whichever way it was rounded: half up or down both count.
    """
    half = _half(percent)
    low, high = ceil((percent - half) * whole / 100), floor((percent + half) * whole / 100)
    return range(max(0, low), min(whole, high) + 1)


def _half(printed: Decimal) -> Decimal:
    """Return half a unit of the last printed place."""
    exponent = printed.as_tuple().exponent
    return Decimal((0, (5,), (exponent if isinstance(exponent, int) else 0) - 1))


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found <= 10**9 else None


def _unreadable(number: int, about: str, text: str) -> Finding:
    return Finding(
        code="unreadable", statement=number, about=about,
        vi=f"“{text}” không phải là số", en=f"“{text}” is no number",
    )  # fmt: skip
