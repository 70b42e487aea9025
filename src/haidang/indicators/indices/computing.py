"""What a unit's index is by a method: exact, from whatever tier of components a table has.

A component that a table tells nothing about takes its own published value in its place; a component whose
parts the table has is computed from them and its published value stands beside it. What is missing in one of
them makes the index not rated; nothing is ever a partial sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import msgspec

from haidang.indicators.indices.model import Aggregate, Component, Method, counts, shared, unfilled, walk


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A component of one unit."""

    code: str
    value: Fraction | None
    """As computed, or as given where the table has nothing below it; None: not rated."""
    given: Fraction | None
    """As published."""
    computed: bool
    """Whether it was made from its components."""

    @property
    def difference(self) -> Fraction | None:
        """Computed less published; None where one of them is not there."""
        if not self.computed or self.value is None or self.given is None:
            return None
        return self.value - self.given


class OutOfScale(msgspec.Struct, frozen=True, kw_only=True):
    """A value beyond the scale of its component."""

    code: str
    value: Fraction
    min: Fraction
    max: Fraction | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The index of one unit."""

    total: Fraction | None
    """None: not rated, or the method cannot compute; ``why`` says which."""
    why: str | None
    """``not_rated``, ``out_of_scale``, ``template``, ``no_total``, ``no_components``."""
    missing: tuple[str, ...]
    """The components without which it is not rated, each as high in the tree as it is missing whole."""
    beyond: tuple[OutOfScale, ...]
    figures: dict[str, Figure]


def told(component: Component, columns: frozenset[str]) -> bool:
    """Say whether a table with these columns tells a component, by itself or by all that make it."""
    if component.code in columns:
        return True
    return _below(component, columns)


def _below(component: Component, columns: frozenset[str]) -> bool:
    """Say whether a table has every part of a component that counts."""
    parts = [each for each in component.components if counts(each)]
    return bool(parts) and all(told(each, columns) for each in parts)


def untold(method: Method, columns: frozenset[str]) -> tuple[str, ...]:
    """Return the components that a table would need a column for, and has none."""
    return tuple(each.code for each in method.components if counts(each) and not told(each, columns))


def coefficients(method: Method, columns: frozenset[str]) -> dict[str, Fraction]:
    """Return what the total gains for one point of each component that it is made of, given these columns."""
    found: dict[str, Fraction] = {}

    def spread(aggregate: Aggregate, components: tuple[Component, ...], share: Fraction) -> None:
        parts = dict(shared(aggregate, components))
        for each in components:
            if not counts(each):
                continue
            if _below(each, columns):
                spread(each.aggregate or "sum", each.components, share * parts[each.code])
            else:
                found[each.code] = share * parts[each.code]

    spread(method.aggregate, method.components, method.factor)
    return found


def compute(method: Method, given: Mapping[str, Fraction], columns: frozenset[str] | None = None) -> Outcome:
    """Return the index of a unit from the values that are there; ``columns`` are all that the table has.

    Without ``columns`` the unit stands alone, and every component without parts is asked for.
    """
    has = frozenset(columns) if columns is not None else _whole(method, given)
    figures: dict[str, Figure] = {}
    missing: list[str] = []
    for each in method.components:
        _figure(each, given, has, figures, missing)
    beyond = tuple(_beyond(method, given))
    why = _hindrance(method, has, missing, beyond)
    total = None
    if why is None:
        parts = shared(method.aggregate, method.components)
        total = method.factor * sum((share * _value(figures, code) for code, share in parts), Fraction(0))
    return Outcome(total=total, why=why, missing=tuple(missing), beyond=beyond, figures=figures)


def _whole(method: Method, given: Mapping[str, Fraction]) -> frozenset[str]:
    """Return the columns of a table that would have every leaf, and what this unit has beside them."""
    bare = {each.code for each in walk(method.components) if not each.components}
    # Where a unit has a component itself and nothing below it, it comes from a table of that tier.
    for each in walk(method.components):
        parts = {part.code for part in walk(each.components)}
        if parts and each.code in given and not parts & set(given):
            bare -= parts
    return frozenset(bare | set(given))


def _figure(
    component: Component, given: Mapping[str, Fraction], has: frozenset[str], figures: dict[str, Figure],
    missing: list[str],
) -> Fraction | None:  # fmt: skip
    """Work out a component and all below it; note what is missing, if it counts."""
    own, lacking = given.get(component.code), list[str]()
    below = _below(component, has)
    values = [_figure(each, given, has, figures, lacking) for each in component.components]
    value = own
    if below:
        value = _combined(component, figures) if not lacking else None
    figures[component.code] = Figure(code=component.code, value=value, given=own, computed=below)
    if value is None and counts(component):
        whole = not below or all(each is None for each in values)
        missing += [component.code] if whole else lacking
    return value


def _combined(component: Component, figures: Mapping[str, Figure]) -> Fraction:
    parts = shared(component.aggregate or "sum", component.components)
    return sum((share * _value(figures, code) for code, share in parts), Fraction(0))


def _value(figures: Mapping[str, Figure], code: str) -> Fraction:
    value = figures[code].value
    if value is None:  # a caller asked for a total although something is missing
        raise ValueError(code)
    return value


def _beyond(method: Method, given: Mapping[str, Fraction]) -> list[OutOfScale]:
    found = []
    for each in walk(method.components):
        value = given.get(each.code)
        if value is not None and not within(each, value):
            found.append(OutOfScale(code=each.code, value=value, min=each.min, max=each.max))
    return found


_ROUNDED = Fraction(1, 200)
"""Half of what two decimals tell."""


def within(component: Component, value: Fraction) -> bool:
    """Say whether a value lies on the scale of its component.

    Where the scale ends at a third, as 10/3 does, what rounds to its end is within.
    """
    low, high = component.min, component.max
    below = value < low - _slack(low)
    return not below and (high is None or value <= high + _slack(high))


def _slack(end: Fraction) -> Fraction:
    return _ROUNDED if end.denominator % 3 == 0 else Fraction(0)


def _hindrance(
    method: Method, has: frozenset[str], missing: list[str], beyond: tuple[OutOfScale, ...]
) -> str | None:
    if method.aggregate == "none":
        return "no_total"
    if unfilled(method):
        return "template"
    if not any(told(each, has) for each in method.components):
        return "no_components"
    if beyond:
        return "out_of_scale"
    return "not_rated" if missing else None
