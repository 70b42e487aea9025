"""Which improvement moves a unit's place most, if the others stay as they are.

Feasible is what others have reached: the median of a component, its upper quarter, its best. Where the table
of the year before is known too, a raise is called quick when it is within what three quarters of the risen
units rose in that year; that is their past, not a promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

from haidang.indicators.indices import ranking
from haidang.indicators.indices.analysis import Field
from haidang.indicators.indices.report import maybe, shown

PAIRS_OF = 12
"""Pairs are looked for among so many components, those that bring most."""
PAIRS_TOLD = 10
_LEVELS = (("median", Fraction(1, 2)), ("upper", Fraction(3, 4)), ("best", Fraction(1)))


class Step(NamedTuple):
    """An improvement of one component."""

    code: str
    to: str
    """``median``, ``upper`` (the upper quarter) or ``best``."""
    value: Fraction
    gain: Fraction
    """What it brings to the total."""


def steps(field: Field, key: str) -> list[Step]:
    """Return every improvement that others have reached and this unit has not."""
    own, found = field.values[key], []
    for code, share in field.shares.items():
        column, reached = field.column(code), own[code]
        for name, part in _LEVELS:
            target = ranking.quantile(column, part)
            if target > reached and share > 0:
                found.append(Step(code, name, target, share * (target - own[code])))
                reached = target
    return found


def raises(before: Field, after: Field) -> dict[str, Fraction]:
    """Return, by component, the raise that three quarters of the risen units did not go beyond in a year."""
    found = {}
    for code in set(before.shares) & set(after.shares):
        both = set(before.values) & set(after.values)
        risen = [change for key in both if (change := after.values[key][code] - before.values[key][code]) > 0]
        if risen:
            found[code] = ranking.quantile(risen, Fraction(3, 4))
    return found


class _Race(NamedTuple):
    """A unit among the others, whose totals stay as they are."""

    field: Field
    key: str
    others: list[Fraction]
    """Ascending."""
    quick: Mapping[str, Fraction]

    @property
    def own(self) -> dict[str, Fraction]:
        return self.field.values[self.key]

    @property
    def total(self) -> Fraction:
        return self.field.totals[self.key]

    @property
    def now(self) -> int:
        return ranking.place_of(self.total, self.others)


def what_if(
    field: Field, key: str, *, place: int | None = None, quick: Mapping[str, Fraction] | None = None
) -> dict[str, Any]:
    """Return single improvements and pairs by the places they bring, and what a place needs of one component.

    ``place`` is the one to reach; absent: the next one above.
    """
    others = sorted(total for name, total in field.totals.items() if name != key)
    race = _Race(field, key, others, quick or {})
    single = steps(field, key)
    return {
        "place": race.now,
        "units": len(field.totals),
        "steps": sorted((_told(race, [step]) for step in single), key=_worth),
        "pairs": _pairs(race, single),
        "needed": _needed(race, race.now - 1 if place is None else place),
    }


def _told(race: _Race, taken: list[Step]) -> dict[str, Any]:
    gain = sum((step.gain for step in taken), Fraction(0))
    after = ranking.place_of(race.total + gain, race.others)
    return {
        "components": [_step(race, step) for step in taken],
        "gain": shown(gain),
        "total": shown(race.total + gain),
        "place": after,
        "places": race.now - after,
        "effort": shown(sum((_effort(race, step) for step in taken), Fraction(0))),
    }


def _step(race: _Race, step: Step) -> dict[str, Any]:
    rise, limit = step.value - race.own[step.code], race.quick.get(step.code)
    return {
        "code": step.code,
        "to": step.to,
        "from": shown(race.own[step.code]),
        "value": shown(step.value),
        "raise": shown(rise),
        "gain": shown(step.gain),
        "quick": None if limit is None else rise <= limit,
    }


def _effort(race: _Race, step: Step) -> Fraction:
    """Return the raise as a part of the component's scale."""
    component = race.field.component(step.code)
    width = (component.max or step.value) - component.min
    return (step.value - race.own[step.code]) / width if width else Fraction(0)


def _worth(told: dict[str, Any]) -> tuple[float, float, str]:
    """Order improvements: most places first; among equals the smaller effort."""
    return (-told["places"], told["effort"], told["components"][0]["code"])


def _pairs(race: _Race, single: list[Step]) -> list[dict[str, Any]]:
    """Return the pairs of improvements to the upper quarter that bring more places than either alone."""
    upper = sorted((step for step in single if step.to == "upper"), key=lambda step: -step.gain)[:PAIRS_OF]
    alone = {step.code: race.now - ranking.place_of(race.total + step.gain, race.others) for step in upper}
    better = [
        told
        for one, two in combinations(upper, 2)
        if (told := _told(race, [one, two]))["places"] > max(alone[one.code], alone[two.code])
    ]
    return sorted(better, key=_worth)[:PAIRS_TOLD]


def _needed(race: _Race, place: int) -> dict[str, Any] | None:
    """Return what each component alone would have to be for a place, and whether anybody has it."""
    if not 1 <= place < race.now:
        return None
    target = race.others[len(race.others) - place]
    lacking = target - race.total
    told = []
    for code, share in race.field.shares.items():
        if share <= 0:
            continue
        limit, value = race.field.component(code).max, race.own[code] + lacking / share
        possible = limit is None or value <= limit
        told.append(
            {
                "code": code,
                "from": shown(race.own[code]),
                "value": shown(value) if possible else None,
                "max": maybe(limit),
                "possible": possible,
                "reached_by_others": possible and value <= max(race.field.column(code)),
            }
        )
    return {"place": place, "total": shown(target), "lacking": shown(lacking), "components": told}
