"""What is wrong with a rule that has the right shape: contradictions that a person must hear about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from haidang.alerts.rules.duration import Duration, duration
from haidang.alerts.rules.expression import ExpressionError, parse
from haidang.alerts.rules.model import (
    Baseline,
    Condition,
    Fence,
    Formula,
    Geofence,
    Many,
    Missing,
    Nearby,
    Rate,
    Rule,
    Stuck,
    Threshold,
    Together,
)
from haidang.base.geometry import is_position
from haidang.base.problems import Fault

WINDOW_MAX = duration("1 day")
"""Longest window of ``rate``, ``count`` and ``together``."""
WAIT_MAX = duration("30 days")
_NESTED = frozenset({"threshold", "rate", "stuck", "missing", "baseline", "geofence", "expression"})


def faults_of(rule: Rule) -> Iterator[Fault]:
    """Yield what is wrong with a rule."""
    if rule.respond_within <= 0:
        yield Fault("respond_within", "phải lớn hơn 0", "must be above zero")
    yield from condition_faults(rule.when, "when", inside=None)
    if rule.when.type is not None:
        yield Fault("when.type", "chỉ dùng bên trong `together`", "belongs only inside `together`")


def condition_faults(condition: Condition, place: str, inside: str | None) -> Iterator[Fault]:
    """Yield what is wrong with a condition; ``inside`` names the kind that it is a part of."""
    kinds = condition.kinds
    if len(kinds) != 1:
        said = ", ".join(kinds) or "-"
        yield Fault(
            place, f"cần đúng một loại điều kiện (đang có: {said})", f"needs one kind of condition: {said}"
        )
        return
    if inside and kinds[0] not in _NESTED:
        yield Fault(f"{place}.{kinds[0]}", f"không lồng trong `{inside}`", f"cannot stand inside `{inside}`")
        return
    body = condition.body
    place = f"{place}.{kinds[0]}"
    if inside and not isinstance(body, Stuck | Missing):
        for field in ("for_", "clears_after"):
            if getattr(body, field, None) is not None:
                name = field.rstrip("_")
                yield Fault(
                    f"{place}.{name}", f"không dùng trong `{inside}`", f"has no place inside `{inside}`"
                )
    yield from _durations(body, place)
    yield from _BY_KIND[type(body)](body, place)


def _durations(body: Any, place: str) -> Iterator[Fault]:
    for field in ("for_", "clears_after", "within"):
        value = getattr(body, field, None)
        if not isinstance(value, Duration):
            continue
        most = WINDOW_MAX if field == "within" else WAIT_MAX
        if not 0 < value <= most:
            name = field.rstrip("_")
            yield Fault(
                f"{place}.{name}", f"phải lớn hơn 0, tối đa {most.vi()}", f"above zero, at most {most}"
            )


def _one_of(body: Any, place: str, *names: str) -> Iterator[Fault]:
    if sum(getattr(body, name) is not None for name in names) != 1:
        words = ", ".join(f"`{name.rstrip('_')}`" for name in names)
        yield Fault(place, f"cần đúng một trong {words}", f"needs exactly one of {words}")


def _threshold(body: Threshold, place: str) -> Iterator[Fault]:
    yield from _one_of(body, place, "above", "below")
    wrong = "clears_above" if body.above is not None else "clears_below"
    if getattr(body, wrong) is not None:
        yield Fault(f"{place}.{wrong}", "không đi với giới hạn này", "does not go with this limit")
    clears = body.clears_below if body.above is not None else body.clears_above
    limit = body.above if body.above is not None else body.below
    if clears is not None and body.margin is not None:
        yield Fault(
            f"{place}.margin", "chỉ dùng một cách nói mức hết", "say the level at which it clears once"
        )
    if isinstance(limit, str):
        if clears is not None:
            yield Fault(
                f"{place}.clears",
                "giới hạn là thuộc tính: dùng `margin`",
                "limit is an attribute: use margin",
            )
        if limit == body.attr:
            yield Fault(f"{place}.above", "so với chính nó", "is compared with itself")
    elif clears is not None and limit is not None:
        if body.above is not None and clears > limit:
            yield Fault(
                f"{place}.clears_below", "phải không lớn hơn `above`", "must not be more than `above`"
            )
        if body.above is None and clears < limit:
            yield Fault(
                f"{place}.clears_above", "phải không nhỏ hơn `below`", "must not be less than `below`"
            )


def _rate(body: Rate, place: str) -> Iterator[Fault]:
    yield from _one_of(body, place, "rises", "falls")
    asked = body.rises if body.rises is not None else body.falls
    if body.clears_under is not None and asked is not None and body.clears_under > asked:
        yield Fault(f"{place}.clears_under", "phải không lớn hơn mức đổi", "must not be more than the change")


def _stuck(body: Stuck, place: str) -> Iterator[Fault]:
    if body.for_ > duration("7 days"):
        yield Fault(f"{place}.for", "tối đa 7 ngày", "at most 7 days")


def _missing(body: Missing, place: str) -> Iterator[Fault]:
    yield from _one_of(body, place, "for_", "periods")


def _baseline(body: Baseline, place: str) -> Iterator[Fault]:
    if body.clears_at is not None and body.clears_at > body.deviates:
        yield Fault(f"{place}.clears_at", "phải không lớn hơn `deviates`", "must not be more than `deviates`")


def _geofence(body: Geofence, place: str) -> Iterator[Fault]:
    yield from _one_of(body, place, "inside", "outside")
    name = "inside" if body.inside is not None else "outside"
    fence: Fence | None = getattr(body, name)
    if fence is None:
        return
    place = f"{place}.{name}"
    yield from _one_of(fence, place, "area", "polygon", "circle")
    if fence.polygon is not None:
        if len(set(fence.polygon)) < 3:
            yield Fault(f"{place}.polygon", "cần ít nhất ba góc", "needs at least three corners")
        if not all(is_position(lon, lat) for lon, lat in fence.polygon):
            yield Fault(f"{place}.polygon", "mỗi góc là [kinh độ, vĩ độ]", "each corner is [lon, lat]")


def _formula(body: Formula, place: str) -> Iterator[Fault]:
    for field in ("that", "clears"):
        text = getattr(body, field)
        if text is None:
            continue
        try:
            if not parse(text).names:
                yield Fault(f"{place}.{field}", "không xét thuộc tính nào", "looks at no attribute")
        except ExpressionError as wrong:
            yield Fault(f"{place}.{field}", wrong.vi, wrong.en, text[:80])


def _many(body: Many, place: str) -> Iterator[Fault]:
    if body.at_least < 2:
        yield Fault(f"{place}.at_least", "ít nhất 2", "at least 2")
    if body.of.type is not None:
        yield Fault(f"{place}.of.type", "chỉ dùng bên trong `together`", "belongs only inside `together`")
    if isinstance(body.in_, Nearby) and body.in_.radius_m <= 0:
        yield Fault(f"{place}.in.radius_m", "phải lớn hơn 0", "must be above zero")
    yield from condition_faults(body.of, f"{place}.of", inside="count")


def _together(body: Together, place: str) -> Iterator[Fault]:
    for number, one in enumerate(body.all_):
        here = f"{place}.all[{number}]"
        if one.type is not None and body.same == "entity":
            yield Fault(f"{here}.type", "chỉ đi với `same: area`", "goes only with `same: area`")
        yield from condition_faults(one, here, inside="together")


_BY_KIND: dict[type, Any] = {
    Threshold: _threshold,
    Rate: _rate,
    Stuck: _stuck,
    Missing: _missing,
    Baseline: _baseline,
    Geofence: _geofence,
    Formula: _formula,
    Many: _many,
    Together: _together,
}
