"""A method: the tree of components by which an index is made, with weights, scales and the years it holds.

Every method here is linear in its leaves: a sum, a weighted mean or a sum of points. That is checked when a
method is read, and everything else (gaps, what-if, rounding) follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

import msgspec

Aggregate = Literal["sum", "weighted_mean", "points", "none"]
"""none: the components are compared one by one and have no total (ISO 37120)."""
Missing = Literal["not_rated", "left_out"]
"""not_rated: without this component the index is not rated · left_out: it counts nothing, rated or not."""
Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Year = Annotated[int, msgspec.Meta(ge=1990, le=2100)]
COMPONENTS_MAX = 2_000
DEPTH_MAX = 6


class Component(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A component of an index; a leaf is what a table gives a value for."""

    code: Code
    vi: str
    en: str = ""
    columns: tuple[str, ...] = ()
    """Headings of a table that mean it, beside its code and its names."""
    weight: Fraction | None = None
    """Its share in a weighted mean; the weights of a mean need not sum to 100."""
    min: Fraction = Fraction(0)
    max: Fraction | None = None
    """Its scale; of points the most that can be had. Absent in a template: nobody has filled it in."""
    aggregate: Aggregate | None = None
    """How its own components make it."""
    components: tuple[Component, ...] = ()
    missing: Missing = "not_rated"
    criteria: int | None = None
    """How many criteria the official table has below it, where those are not spelled out here."""
    unit: str = ""
    """The unit of measure of an indicator that has no scale (ISO)."""
    unchecked: bool = False
    """Not yet held against the official text."""


class Method(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way to make an index, valid for some years."""

    method: Code
    index: Code
    version: Annotated[int, msgspec.Meta(ge=1)]
    vi: str
    en: str
    publisher: str
    basis: str
    """The text or report that the figures of this file come from."""
    since: Year
    until: Year | None = None
    """The last year it was used; absent: still in use."""
    units: Literal["province", "any"] = "province"
    aggregate: Aggregate
    factor: Fraction = Fraction(1)
    """What the aggregate is multiplied by."""
    min: Fraction = Fraction(0)
    max: Fraction | None = None
    components: tuple[Component, ...] = ()
    published_scales: tuple[Fraction, ...] = ()
    """The maxima of the scales that the total is published on; absent: its own."""
    compare: Literal["rank", "quartiles"] = "rank"
    """quartiles: the publisher groups by quarters and gives no ranks (PAPI)."""
    decimals: Annotated[int, msgspec.Meta(ge=0, le=8)] = 2
    """Of the published total, usually."""
    note_vi: str = ""
    note_en: str = ""

    def holds(self, year: int) -> bool:
        """Say whether it was the method of a year."""
        return self.since <= year and (self.until is None or year <= self.until)

    def find(self, code: str) -> Component | None:
        """Return a component by its code."""
        return next((each for each in walk(self.components) if each.code == code), None)


def walk(components: tuple[Component, ...]) -> Iterator[Component]:
    """Yield every component of a tree, each before its own components."""
    for each in components:
        yield each
        yield from walk(each.components)


def leaves(components: tuple[Component, ...]) -> Iterator[Component]:
    """Yield the components that have none below them."""
    return (each for each in walk(components) if not each.components)


def counts(component: Component) -> bool:
    """Say whether a component brings anything into the total."""
    return component.missing != "left_out"


def unfilled(method: Method) -> tuple[str, ...]:
    """Return the codes of components whose weight or points are not filled in: the method is a template.

    ``total`` stands for a method that has no components at all.
    """
    if method.aggregate == "none":
        return ()
    if not method.components:
        return ("total",)
    return tuple(_unfilled(method.aggregate, method.components))


def _unfilled(aggregate: Aggregate, components: tuple[Component, ...]) -> Iterator[str]:
    for each in components:
        if not counts(each):
            continue
        if (aggregate == "weighted_mean" and each.weight is None) or each.max is None:
            yield each.code
        if each.components:
            yield from _unfilled(each.aggregate or "sum", each.components)


def is_template(method: Method) -> bool:
    """Say whether a method still waits for somebody to fill it in from the official text."""
    return bool(unfilled(method)) or all(each.unchecked for each in leaves(method.components))


def faults(method: Method) -> list[str]:
    """Return what is wrong with a method: a contradiction within it, in English, for its author."""
    found = [f"{fault}" for fault in _tree_faults(method)]
    if method.until is not None and method.until < method.since:
        found.append("until lies before since")
    if method.max is not None and method.max <= method.min:
        found.append("the scale of the total is empty")
    if method.published_scales and method.max is None:
        found.append("published_scales need the scale of the total")
    if not found and method.components and not unfilled(method) and method.aggregate != "none":
        low, high = _reach(method.aggregate, method.components)
        if method.max is not None and high * method.factor > method.max:
            found.append(f"its components reach {float(high * method.factor):g}, its scale ends at less")
        if low * method.factor < method.min:
            found.append(f"its components begin at {float(low * method.factor):g}, below its scale")
    return found


def _tree_faults(method: Method) -> Iterator[str]:
    codes = [each.code for each in walk(method.components)]
    if len(codes) > COMPONENTS_MAX or _depth(method.components) > DEPTH_MAX:
        yield f"more than {COMPONENTS_MAX} components or {DEPTH_MAX} tiers"
    for code in {code for code in codes if codes.count(code) > 1}:
        yield f"the code {code} stands twice"
    for each in walk(method.components):
        if each.max is not None and each.max < each.min:
            yield f"{each.code}: the scale is empty"
        if each.weight is not None and each.weight < 0:
            yield f"{each.code}: the weight is below zero"
        if not counts(each) and each.weight not in (None, 0) and each.max not in (None, 0):
            yield f"{each.code}: what is left out must weigh nothing"
        if bool(each.components) != (each.aggregate is not None):
            yield f"{each.code}: components and aggregate come together"
        if each.aggregate == "none":
            yield f"{each.code}: only an index can be without a total"


def _depth(components: tuple[Component, ...]) -> int:
    return 1 + max((_depth(each.components) for each in components), default=0) if components else 0


def _reach(aggregate: Aggregate, components: tuple[Component, ...]) -> tuple[Fraction, Fraction]:
    """Return the lowest and the highest that the components can make together."""
    shares = dict(shared(aggregate, components))
    low = sum((shares[each.code] * each.min for each in components if each.code in shares), Fraction(0))
    high = sum(
        (shares[each.code] * (each.max or 0) for each in components if each.code in shares), Fraction(0)
    )
    return low, high


def shared(aggregate: Aggregate, components: tuple[Component, ...]) -> Iterator[tuple[str, Fraction]]:
    """Yield what each component that counts brings into its parent for one point of its own."""
    counted = [each for each in components if counts(each)]
    if aggregate != "weighted_mean":
        yield from ((each.code, Fraction(1)) for each in counted)
        return
    whole = sum((each.weight or Fraction(0) for each in counted), Fraction(0))
    for each in counted:
        yield each.code, (each.weight or Fraction(0)) / whole if whole else Fraction(0)
