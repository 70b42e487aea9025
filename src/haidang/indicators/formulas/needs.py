"""What a figure can ask for, period by period: exactly that is read before it is made."""

from __future__ import annotations

from collections.abc import Iterator

from haidang.indicators.formulas.evaluating import Formula, parts, until
from haidang.indicators.formulas.nodes import Aggregate, Fact, Node, Ref, Shift, below
from haidang.indicators.model.period import Period


def needs(formula: Formula, period: Period) -> set[tuple[str | Fact, Period]]:
    """Return the indicators (by code) and facts that a figure is made from, each with its period."""
    return set(_needs(formula, formula.checked.node, period))


def _needs(formula: Formula, node: Node, period: Period) -> Iterator[tuple[str | Fact, Period]]:
    match node:
        case Ref():
            yield node.code, period
        case Fact():
            yield node, period
        case Shift():
            then = earlier(node, period)
            if then is not None:
                yield from _needs(formula, node.of, then)
        case Aggregate(over="period"):
            for each in parts(period, formula.finer(node)):
                yield from _needs(formula, node.of, each)
        case Aggregate(over="year"):
            for each in until(period):
                yield from _needs(formula, node.of, each)
        case _:
            for part in below(node):
                yield from _needs(formula, part, period)


def earlier(node: Shift, period: Period) -> Period | None:
    """Return the period that a step back in time leads to; None where the calendar has none."""
    try:
        return period.same_last_year() if node.to == "last_year" else period.previous()
    except ValueError:
        return None
