"""Where a unit stands and why: against the best, the median, those beside it; what each component adds.

Every method is linear, so the gap between two units is exactly the sum of what their components add to it:
coefficient × difference. Places are those among the units of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import msgspec

from haidang.indicators.indices import ranking
from haidang.indicators.indices.computing import coefficients
from haidang.indicators.indices.model import Component, Method
from haidang.indicators.indices.report import Computed, Rated, maybe, shown

BESIDE = 2
"""So many units above and below count as neighbours where nobody names others."""


class Field(msgspec.Struct, frozen=True):
    """The rated units of a table as what-if and gaps see them."""

    method: Method
    shares: dict[str, Fraction]
    """What the total gains for one point of a component."""
    values: dict[str, dict[str, Fraction]]
    """Unit → component → value, of rated units."""
    totals: dict[str, Fraction]

    def column(self, code: str) -> list[Fraction]:
        """Return the values of a component."""
        return [values[code] for values in self.values.values()]

    def total(self, values: dict[str, Fraction]) -> Fraction:
        """Return the total of a profile."""
        return sum((share * values[code] for code, share in self.shares.items()), Fraction(0))

    def component(self, code: str) -> Component:
        """Return a component that is known to be there."""
        found = self.method.find(code)
        if found is None:
            raise KeyError(code)
        return found


def field_of(found: Computed) -> Field | None:
    """Return the field of a table; None where the method computes nothing from it."""
    if found.basis != "computed":
        return None
    times = Fraction(1) if found.scale is None or found.method.max is None else found.scale / found.method.max
    parts = coefficients(found.method, frozenset(found.table.columns))
    shares = {code: share * times for code, share in parts.items()}
    values = {
        each.row.key: {code: each.outcome.figures[code].value or Fraction(0) for code in shares}
        for each in found.rated
        if each.computed is not None
    }
    totals = {each.row.key: each.computed for each in found.rated if each.computed is not None}
    return Field(method=found.method, shares=shares, values=values, totals=totals)


def gap(field: Field, own: dict[str, Fraction], other: dict[str, Fraction]) -> list[dict[str, Any]]:
    """Return what each component adds to the gap from ``own`` to ``other``, the largest first."""
    added = [(code, share * (other[code] - own[code])) for code, share in field.shares.items()]
    return [
        {"code": code, "own": shown(own[code]), "other": shown(other[code]), "adds": shown(adds)}
        for code, adds in sorted(added, key=lambda each: -each[1])
    ]


def weakest(field: Field, key: str) -> str:
    """Return the component with the largest weighted gap to the best value that anybody has in it."""
    own = field.values[key]
    return max(field.shares, key=lambda code: field.shares[code] * (max(field.column(code)) - own[code]))


def profile(found: Computed, key: str, neighbours: Sequence[str] = ()) -> dict[str, Any]:
    """Return a unit's profile: each component against the best, the median and its neighbours, and the gaps.

    A unit that is not rated has a profile of the components it has, and neither place nor gaps.
    """
    unit = found.find(key)
    if unit is None:
        raise KeyError(key)
    field, totals = field_of(found), found.totals
    beside = [name for name in neighbours if name in totals] or _beside(totals, key)
    told: dict[str, Any] = {
        "unit": unit.row.unit, "name": unit.row.name, "key": key, "basis": found.basis,
        "total": maybe(found.total(unit)), "published": maybe(unit.row.published), "units": len(totals),
        "place": ranking.places(totals).get(key), "quarter": ranking.quarters(totals).get(key),
        "median": maybe(ranking.median(list(totals.values())) if totals else None),
        "neighbours": [_named(found, name) for name in beside],
    }  # fmt: skip
    if totals:
        best = max(totals, key=lambda name: totals[name])
        told["best"] = _named(found, best) | {"total": shown(totals[best])}
    told["components"] = (
        [] if field is None else [_standing(found, field, unit, code, beside) for code in field.shares]
    )
    if field is not None and key in field.values:
        told |= _gaps(found, field, key, beside) | rounding(found, field, key)
    return told


def _beside(totals: dict[str, Fraction], key: str) -> list[str]:
    """Return the units next to one in the order of totals."""
    if key not in totals:
        return []
    order = sorted(totals, key=lambda name: (-totals[name], name))
    at = order.index(key)
    return [
        order[place] for place in range(max(0, at - BESIDE), min(len(order), at + BESIDE + 1)) if place != at
    ]


def _named(found: Computed, key: str) -> dict[str, Any]:
    unit = found.find(key)
    return {"key": key, "name": unit.row.name if unit else key}


def _standing(found: Computed, field: Field, unit: Rated, code: str, beside: list[str]) -> dict[str, Any]:
    component, column = field.component(code), field.column(code)
    own = unit.outcome.figures[code].value
    near = [field.values[name][code] for name in beside if name in field.values]
    best = max(column)
    leaders = [name for name, values in field.values.items() if values[code] == best]
    return {
        "code": code, "vi": component.vi, "en": component.en, "coefficient": shown(field.shares[code]),
        "min": maybe(component.min), "max": maybe(component.max), "value": maybe(own), "best": shown(best),
        "best_units": [_named(found, name) for name in leaders[:5]],
        "median": shown(ranking.median(column)),
        "neighbours": maybe(ranking.median(near) if near else None),
        "place": None if own is None else ranking.place_of(own, sorted(column)),
    }  # fmt: skip


def _gaps(found: Computed, field: Field, key: str, beside: list[str]) -> dict[str, Any]:
    own, totals = field.values[key], field.totals
    best = max(totals, key=lambda name: totals[name])
    middle = {code: ranking.median(field.column(code)) for code in field.shares}
    others = {"best": (best, field.values[best])} | {name: (name, field.values[name]) for name in beside}
    told = [
        {"to": "best" if name == "best" else "neighbour", **_named(found, other),
         "gap": shown(totals[other] - totals[key]), "components": gap(field, own, values)}
        for name, (other, values) in others.items()
    ]  # fmt: skip
    told.append({
        "to": "median", "key": None, "name": None,
        # The medians of the components make a unit of their own, which is not the one with the median total.
        "gap": shown(field.total(middle) - totals[key]),
        "components": gap(field, own, middle),
    })  # fmt: skip
    return {"gaps": told, "weakest": weakest(field, key)}


def half_width(found: Computed, field: Field) -> Fraction:
    """Return how far a total may be off because its components were rounded when they were published."""
    return sum(
        (
            abs(share) * Fraction(1, 2 * 10 ** found.table.decimals.get(code, 8))
            for code, share in field.shares.items()
        ),
        Fraction(0),
    )


def rounding(found: Computed, field: Field, key: str) -> dict[str, Any]:
    """Return the best and the worst place that a unit can have within the rounding of what was published."""
    half = half_width(found, field)
    best, worst = ranking.reach(field.totals, half)[key]
    return {"rounding": {"half_width": shown(half), "best_place": best, "worst_place": worst}}
