"""From a checked formula to a function of values: exact in Decimal, and what is missing stays missing.

A formula is turned into nested functions once; making half a million figures is then calls and lookups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import NamedTuple, Protocol

from haidang.indicators.formulas import measures
from haidang.indicators.formulas.checking import Checked
from haidang.indicators.formulas.measures import PURE
from haidang.indicators.formulas.nodes import (
    Aggregate,
    Binary,
    Call,
    Convert,
    Days,
    Fact,
    Minus,
    Node,
    Number,
    Ratio,
    Ref,
    Round,
    Scope,
    Shift,
    walk,
)
from haidang.indicators.model.period import Kind, Period
from haidang.indicators.model.value import Flag, Missing

EXACT = Context(prec=34, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation, Overflow])
"""34 digits: a sum of provinces' money in đồng with six decimals has room for errors of nobody."""
_CARRIED = Flag.ESTIMATE | Flag.SIMULATED | Flag.PARTIAL
"""What a figure inherits from the figures it is made from."""


class Found(NamedTuple):
    """A value, or why there is none; and how many of its parts were known."""

    value: Decimal | None
    missing: Missing | None = None
    flags: int = 0
    have: int = 1
    of: int = 1


UNKNOWN = Found(None, "incomplete", 0, 0, 1)


class Scene(Protocol):
    """Where a formula finds values. Places are numbers; the caller says which places lie below one."""

    def value(self, code: str, place: int, period: Period) -> Found:
        """Return the value of an indicator; :data:`UNKNOWN` where nothing has come."""
        ...

    def below(self, place: int, scope: Scope) -> tuple[int, ...]:
        """Return the areas or units directly below a place."""
        ...

    def fact(self, fact: Fact, place: int, period: Period) -> Found:
        """Return what the product counts in itself."""
        ...


Figure = Callable[[Scene, int, Period], Found]


class Formula:
    """A checked formula, ready to be used; every part of it can be asked for alone."""

    def __init__(self, checked: Checked, kinds: dict[str, Kind]) -> None:
        self.checked = checked
        self._kinds = kinds
        self._parts: dict[int, Figure] = {}
        self._figure = self.part(checked.node)

    def __call__(self, scene: Scene, place: int, period: Period) -> Found:
        """Return the figure of a place and a period."""
        return self._figure(scene, place, period)

    def part(self, node: Node) -> Figure:
        """Return the function of a part."""
        if node.at not in self._parts:
            self._parts[node.at] = self._made(node)
        return self._parts[node.at]

    def finer(self, node: Aggregate) -> Kind:
        """Return the kind of period that an aggregate over a period puts together."""
        return next(self._kinds[each.code] for each in walk(node.of) if isinstance(each, Ref))

    def _made(self, node: Node) -> Figure:  # noqa: PLR0911 - one return for each node
        match node:
            case Number():
                constant = Found(node.value, None, 0, 0, 0)
                return lambda scene, place, period: constant
            case Ref():
                code = node.code
                return lambda scene, place, period: scene.value(code, place, period)
            case Fact():
                return lambda scene, place, period: scene.fact(node, place, period)
            case Days():
                return lambda scene, place, period: Found(Decimal(period.days), None, 0, 0, 0)
            case Minus():
                return _over(self.part(node.of), EXACT.minus)
            case Round():
                unit = Decimal(1).scaleb(-node.decimals)
                return _over(self.part(node.of), lambda value: EXACT.quantize(value, unit))
            case Convert():
                of = self.checked.measures[node.of.at] or measures.measure(node.unit)
                factor = measures.factor(of, measures.measure(node.unit)) or Decimal(1)
                return _over(self.part(node.of), lambda value: EXACT.multiply(value, factor))
            case Binary():
                return _binary(node, self.part(node.left), self.part(node.right))
            case Shift():
                return _shift(node, self.part(node.of))
            case Ratio():
                return self._ratio(node)
            case Call():
                return _CALLS[node.name]([self.part(each) for each in node.parts])
            case Aggregate():
                return self._aggregate(node)

    def _ratio(self, node: Ratio) -> Figure:
        above, under = (self.checked.measures[each.at] or PURE for each in (node.above, node.below))
        factor = (measures.factor(above, under) or Decimal(1)) * node.times
        one, two = self.part(node.above), self.part(node.below)

        def ratio(scene: Scene, place: int, period: Period) -> Found:
            top, bottom = one(scene, place, period), two(scene, place, period)
            if top.value is None or bottom.value is None:
                return _without(top, bottom)
            if bottom.value == 0:
                return _joined(top, bottom, None, "undefined")
            return _joined(top, bottom, EXACT.divide(EXACT.multiply(top.value, factor), bottom.value))

        return ratio

    def _aggregate(self, node: Aggregate) -> Figure:
        of, put = self.part(node.of), _PUT[node.how]
        where = self._where(node)
        ends = node.how in ("first", "last")

        def aggregate(scene: Scene, place: int, period: Period) -> Found:
            found = [of(scene, where_, when) for where_, when in where(scene, place, period)]
            known = [each for each in found if each.value is not None]
            flags = 0
            for each in known:
                flags |= each.flags & _CARRIED
            have, whole = len(known), len(found)
            if ends and node.needed == 1:
                enough = bool(found) and found[0 if node.how == "first" else -1].value is not None
            else:
                enough = have > 0 and have >= node.needed * whole
                flags |= Flag.PARTIAL if have < whole else 0
            if not enough:
                return Found(None, "incomplete", 0, have, whole)
            return Found(
                put([each.value for each in known if each.value is not None]), None, flags, have, whole
            )

        return aggregate

    def _where(self, node: Aggregate) -> Callable[[Scene, int, Period], Iterator[tuple[int, Period]]]:
        """Return what an aggregate goes over: pairs of place and period, in their order."""
        if node.over == "period":
            kind = self.finer(node)
            return lambda scene, place, period: ((place, each) for each in parts(period, kind))
        if node.over == "year":
            return lambda scene, place, period: ((place, each) for each in until(period))
        scope = node.over
        return lambda scene, place, period: ((each, period) for each in scene.below(place, scope))


@lru_cache(maxsize=4_096)
def parts(period: Period, kind: Kind) -> tuple[Period, ...]:
    """Return the finer periods that make one; none where they do not fill it."""
    return tuple(period.parts(kind) or ())


@lru_cache(maxsize=4_096)
def until(period: Period) -> tuple[Period, ...]:
    """Return the periods of the year up to one and with it."""
    return tuple(period.year_to_date())


def _over(of: Figure, change: Callable[[Decimal], Decimal]) -> Figure:
    def changed(scene: Scene, place: int, period: Period) -> Found:
        found = of(scene, place, period)
        return found if found.value is None else found._replace(value=change(found.value))

    return changed


def _joined(one: Found, two: Found, value: Decimal | None, missing: Missing | None = None) -> Found:
    return Found(value, missing, (one.flags | two.flags) & _CARRIED, one.have + two.have, one.of + two.of)


def _without(*found: Found) -> Found:
    """Return what a figure is when one of its parts is not there: undefined if that is, else incomplete."""
    undefined = any(each.missing == "undefined" for each in found)
    have, whole = sum(each.have for each in found), sum(each.of for each in found)
    return Found(None, "undefined" if undefined else "incomplete", 0, have, whole)


def _binary(node: Binary, one: Figure, two: Figure) -> Figure:
    work = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply, "/": EXACT.divide}[node.sign]

    def binary(scene: Scene, place: int, period: Period) -> Found:
        left, right = one(scene, place, period), two(scene, place, period)
        if left.value is None or right.value is None:
            return _without(left, right)
        return _joined(left, right, work(left.value, right.value))

    return binary


def _shift(node: Shift, of: Figure) -> Figure:
    def shifted(scene: Scene, place: int, period: Period) -> Found:
        try:
            then = period.same_last_year() if node.to == "last_year" else period.previous()
        except ValueError:  # before the calendar of the register begins
            then = None
        return Found(None, "incomplete", 0, 0, 1) if then is None else of(scene, place, then)

    return shifted


def _all_known(put: Callable[[list[Decimal]], Decimal]) -> Callable[[list[Figure]], Figure]:
    def made(of: list[Figure]) -> Figure:
        def call(scene: Scene, place: int, period: Period) -> Found:
            found = [each(scene, place, period) for each in of]
            values = [each.value for each in found if each.value is not None]
            if len(values) < len(found):
                return _without(*found)
            flags = 0
            for each in found:
                flags |= each.flags & _CARRIED
            return Found(
                put(values), None, flags, sum(each.have for each in found), sum(each.of for each in found)
            )

        return call

    return made


def _first_known(of: list[Figure]) -> Figure:
    def call(scene: Scene, place: int, period: Period) -> Found:
        found = UNKNOWN
        for each in of:
            found = each(scene, place, period)
            if found.value is not None:
                break
        return found

    return call


def _mean(values: list[Decimal]) -> Decimal:
    return EXACT.divide(_sum(values), Decimal(len(values)))


def _sum(values: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


_CALLS: dict[str, Callable[[list[Figure]], Figure]] = {
    "abs": _all_known(lambda values: EXACT.abs(values[0])),
    "least": _all_known(min),
    "greatest": _all_known(max),
    "first_known": _first_known,
}
_PUT: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "sum": _sum,
    "mean": _mean,
    "min": min,
    "max": max,
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
    "count": lambda values: Decimal(len(values)),
}


def told(found: Found, decimals: int) -> Found:
    """Return a figure as it is recorded: with the decimals of its indicator, half away from zero."""
    if found.value is None:
        return found
    return found._replace(value=EXACT.quantize(found.value, Decimal(1).scaleb(-decimals)))
