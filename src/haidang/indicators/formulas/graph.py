"""What depends on what: cycles by name, the order of making, and which figures a changed one reaches.

A dependency is a path from a value to the figure that uses it: the same period last year, one of the periods
of a year, a part of a coarser period, a place below. Walking the path from a change gives exactly the keys
that must be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Literal

import msgspec

from haidang.base.problems import Fault, Problem
from haidang.indicators.formulas.checking import Checked
from haidang.indicators.formulas.nodes import Aggregate, Fact, Node, Ref, Shift, below
from haidang.indicators.formulas.problems import CYCLE
from haidang.indicators.model.period import Kind, Period, containing, span

Step = Literal["last_year", "previous", "period", "year", "area", "units"]
Path = tuple[Step, ...]
"""From the value outwards."""
REACH_MAX = 200_000
"""Figures that one change may reach."""


class Key(msgspec.Struct, frozen=True, order=True):
    """A figure: an indicator, a place, a period."""

    code: str
    place: int
    period: Period


_IN_CIRCLE = ("nằm trong vòng lặp", "is part of the circle")
Above = Callable[[int, Literal["area", "units"]], int | None]
"""Returns the place above one: the province of a commune, the unit that a unit belongs to."""


def paths(node: Node) -> dict[str, set[Path]]:
    """Return, for each indicator that a formula names, the ways in which it uses it."""
    found: dict[str, set[Path]] = {}
    for code, path in _paths(node, ()):
        found.setdefault(code, set()).add(path)
    return found


def _paths(node: Node, outside: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(node, Ref):
        yield node.code, tuple(reversed(outside))
    step: tuple[Step, ...] = ()
    if isinstance(node, Shift):
        step = (node.to,)
    elif isinstance(node, Aggregate):
        step = (node.over,)
    for part in below(node):
        yield from _paths(part, (*outside, *step))


def facts(node: Node) -> set[Fact]:
    """Return what a formula asks of the product itself."""
    found = {node} if isinstance(node, Fact) else set()
    return found.union(*(facts(part) for part in below(node))) if below(node) else found


class Graph:
    """The formulas of a register; ``Problem`` (formula-cycle) where they go round in a circle."""

    def __init__(self, formulas: Mapping[str, Checked]) -> None:
        self.formulas = dict(formulas)
        self.uses: dict[str, dict[str, set[Path]]] = {
            code: paths(each.node) for code, each in formulas.items()
        }
        self.used_by: dict[str, set[str]] = {}
        for code, sources in self.uses.items():
            for source in sources:
                self.used_by.setdefault(source, set()).add(code)
        self.order = self._ordered()

    def _ordered(self) -> list[str]:
        """Return the computed indicators, each after all that it uses."""
        sorter = TopologicalSorter(
            {code: sorted(set(sources) & set(self.formulas)) for code, sources in sorted(self.uses.items())}
        )
        try:
            return list(sorter.static_order())
        except CycleError as error:
            round_ = list(reversed(error.args[1]))
            told = " → ".join(round_)
            raise Problem(
                CYCLE, f"{told}.", f"{told}.",
                faults=tuple(Fault(code, *_IN_CIRCLE) for code in round_[:-1]), cycle=round_,
            ) from error  # fmt: skip

    def above(self, code: str) -> set[str]:
        """Return every indicator that is made from one, directly or through others."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            for user in self.used_by.get(waiting.pop(), set()) - found:
                found.add(user)
                waiting.append(user)
        return found

    def reached(self, changed: Collection[Key], above: Above, until: Period | None = None) -> list[Key]:
        """Return the figures that a change reaches, in the order in which they must be made again.

        ``until`` holds the day beyond whose period nothing is made: tomorrow's year to date is not yet.
        """
        keys: dict[str, set[Key]] = {}
        for key in changed:
            keys.setdefault(key.code, set()).add(key)
        waiting = set().union(*(self.above(code) for code in keys)) if keys else set()
        found: list[Key] = []
        for code in (each for each in self.order if each in waiting):
            made = {
                reached
                for source, ways in self.uses[code].items()
                for key in keys.get(source, ())
                for path in ways
                for reached in self._out(code, key, path, above)
                if until is None or reached.period.start <= until.last
            }
            keys[code] = keys.get(code, set()) | made
            found += sorted(made)
            if len(found) > REACH_MAX:
                raise ValueError(f"one change reaches more than {REACH_MAX} figures")
        return found

    def _out(self, code: str, key: Key, path: Path, above: Above) -> Iterator[Key]:
        """Walk a path from a value to the figures of an indicator that use it."""
        kind = self.formulas[code].subject.period_kind
        places: int | None = key.place
        periods = [key.period]
        for step in path:
            if step in ("area", "units"):
                places = None if places is None else above(places, step)
            else:
                periods = [later for period in periods for later in _later(period, step, kind)]
        if places is not None:
            yield from (Key(code, places, period) for period in set(periods))


def _later(period: Period, step: Step, kind: Kind) -> Iterator[Period]:
    """Yield the periods whose figure looks back at one by a step."""
    match step:
        case "previous":
            yield period.next()
        case "last_year":
            yield from next_year(period)
        case "period":
            held = period.within(kind)
            if held is not None:
                yield held
        case _:
            yield from span(period, _last_of_year(period))


def next_year(period: Period) -> Iterator[Period]:
    """Yield the period, if any, whose same period last year is this one."""
    try:
        later = containing(period.kind, period.start.replace(year=period.start.year + 1))
    except ValueError:
        return
    for each in (later.previous(), later, later.next()):
        if each.same_last_year() == period:
            yield each


def _last_of_year(period: Period) -> Period:
    last = period
    while last.next().year == period.year:
        last = last.next()
    return last
