"""All formulas of a register, checked and ready; kept as long as the register says the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.indicators.formulas import facts, store
from haidang.indicators.formulas.checking import Checked, Subject, check
from haidang.indicators.formulas.evaluating import Formula
from haidang.indicators.formulas.graph import Graph
from haidang.indicators.formulas.store import Ruled
from haidang.indicators.model.register import Indicator
from haidang.indicators.store import register


class Version(NamedTuple):
    """A formula and the days of the periods that it holds for."""

    version: int
    valid_from: date
    valid_to: date | None
    formula: Formula

    def holds(self, start: date) -> bool:
        """Say whether it is the method of a period that begins on a day."""
        return self.valid_from <= start and (self.valid_to is None or start < self.valid_to)


class Book(msgspec.Struct, frozen=True):
    """The formulas of a register."""

    subjects: dict[str, Subject]
    versions: dict[str, tuple[Version, ...]]
    graph: Graph
    """What depends on what, by the latest formula of each indicator."""
    faulty: dict[str, Problem]
    """Formulas that do not fit the register (any more), and why; they make no figures."""

    def of(self, code: str, start: date) -> Version | None:
        """Return the formula of an indicator for a period that begins on a day."""
        return next((each for each in reversed(self.versions.get(code, ())) if each.holds(start)), None)


def subject_of(indicator: Indicator) -> Subject:
    """Return what formulas must know of an indicator."""
    return Subject(
        code=indicator.code, unit=indicator.unit, period_kind=indicator.period_kind, level=indicator.level,
        aggregate=indicator.aggregate,
    )  # fmt: skip


async def book_of(connection: Connection, indicators: Mapping[str, Indicator] | None = None) -> Book:
    """Return the book of the register as it stands; compiled once for what it says."""
    known = indicators if indicators is not None else await register.by_codes(connection)
    subjects = tuple(sorted((subject_of(each) for each in known.values()), key=lambda each: each.code))
    return _compiled(subjects, tuple(await store.ruled(connection)))


@lru_cache(maxsize=4)
def _compiled(subjects: tuple[Subject, ...], ruled: tuple[Ruled, ...]) -> Book:
    known = {each.code: each for each in subjects}
    kinds = {each.code: each.period_kind for each in subjects}
    versions: dict[str, list[Version]] = {}
    faulty: dict[str, Problem] = {}
    latest: dict[str, Checked] = {}
    for each in ruled:
        if each.code not in known:
            continue
        try:
            checked = check(each.text, known[each.code], known, facts.SPECS)
        except Problem as problem:
            faulty[each.code] = problem
            continue
        made = Version(each.version, each.valid_from, each.valid_to, Formula(checked, kinds))
        versions.setdefault(each.code, []).append(made)
        latest[each.code] = checked
    graph = _acyclic(latest, faulty)
    sound = {code: tuple(found) for code, found in versions.items() if code in graph.formulas}
    return Book(known, sound, graph, faulty)


def _acyclic(latest: dict[str, Checked], faulty: dict[str, Problem]) -> Graph:
    """Return the graph without those that go round in a circle; a bad formula never stops the good ones."""
    while True:
        try:
            return Graph(latest)
        except Problem as problem:
            for code in set(problem.extra["cycle"]):
                faulty[code] = problem
                del latest[code]


def checked_with(book: Book, subject: Subject, text: str) -> Checked:
    """Return a formula that somebody wants to give an indicator; ``Problem`` where it does not fit, or would
    close a circle."""
    known = book.subjects | {subject.code: subject}
    found = check(text, subject, known, facts.SPECS)
    Graph(book.graph.formulas | {subject.code: found})
    return found


async def admit(connection: Connection, indicator: Indicator, text: str | None) -> None:
    """Raise ``Problem`` where a formula for an indicator does not fit it, or would close a circle."""
    if text:
        checked_with(await book_of(connection), subject_of(indicator), text)
