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
from haidang.indicators.formulas.checking import Checked, Subject, check, unknown
from haidang.indicators.formulas.evaluating import Formula
from haidang.indicators.formulas.graph import Graph
from haidang.indicators.formulas.nodes import Fact, Ref, walk
from haidang.indicators.formulas.problems import bad
from haidang.indicators.formulas.store import Ruled
from haidang.indicators.formulas.text import read
from haidang.indicators.model.register import Indicator
from haidang.indicators.store import register
from haidang.organisation.permissions import Principal
from haidang.organisation.service import root_org


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


async def admit(connection: Connection, principal: Principal, indicator: Indicator, text: str | None) -> None:
    """Raise ``Problem`` where a formula for an indicator does not fit it, would close a circle, or counts
    what its keeper may not see."""
    if text:
        known = await register.by_codes(connection)
        await within(connection, principal, text, known)
        checked_with(await book_of(connection, known), subject_of(indicator), text)


async def within(
    connection: Connection, principal: Principal, text: str, indicators: Mapping[str, Indicator]
) -> None:
    """Raise ``Problem`` where a formula names what its keeper may not see everywhere.

    A figure is read by all who may read its indicator, whatever it is made from: another agency's indicator
    is as good as not there, and facts, which are counted over the whole house, are for whoever keeps its
    indicators.
    """
    root = await root_org(connection)
    if principal.may("indicator.manage", org_id=root.id, area_code=None, sector=None):
        return
    for node in walk(read(text)):
        if isinstance(node, Fact):
            raise bad(
                node.at, "dữ kiện đếm trên toàn hệ thống, cần quyền quản lý chỉ tiêu của toàn hệ thống",
                "facts are counted over the whole house: its indicators must be yours to keep", node.name,
            )  # fmt: skip
        if isinstance(node, Ref) and not _open_to(principal, indicators.get(node.code)):
            raise bad(node.at, *unknown(node.code), node.code)


def _open_to(principal: Principal, found: Indicator | None) -> bool:
    """Say whether all values of an indicator are within sight."""
    return (
        found is not None
        and found.owner_org is not None
        and principal.may(
            "indicator.read", org_id=found.owner_org, area_code=None, sector=found.sector or None
        )
    )
