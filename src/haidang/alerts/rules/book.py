"""The rules that hold now: packs, with what the site has decided over them. One book for a city of a process.

It learns of changed files, modes and overrides by looking (:meth:`RuleBook.refresh`) between two stretches of
the log. A set with a fault is not taken: the one before goes on, and the faults are told to whoever asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from haidang.alerts.model.signal import Rationale
from haidang.alerts.rules import decided
from haidang.alerts.rules.checking import condition_faults
from haidang.alerts.rules.index import Override, Overrides, overridden
from haidang.alerts.rules.model import Condition, Mode, Rule, Rules
from haidang.alerts.rules.reading import Reading, files, read_rules
from haidang.base.database import Connection
from haidang.base.log import logger
from haidang.base.problems import Fault, Problem
from haidang.city.packs import BUILTIN
from haidang.city.service import City
from haidang.city.times import to_us
from haidang.organisation.store import areas

LOOK_S = 2.0
"""How often the files are looked at."""
_log = logger("alerts.rules")

Stamp = tuple[tuple[str, int, int], ...]


class RuleBook:
    """All rules, by name, with their modes and overrides."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._revision = -1
        self._stamp: Stamp | None = None
        self._looked_s = -LOOK_S
        self._ends_us: int | None = None
        self.rules = Rules({})
        self.faults: tuple[Fault, ...] = ()
        self.modes: dict[str, Mode] = {}
        self.overrides: Overrides = {}
        self.below: dict[str, frozenset[str]] = {}
        """Areas that rules name, and all below them."""
        self._refreshing = asyncio.Lock()
        self.edition = 0
        """Grows whenever anything here is another."""

    def rationale(self, rule: str) -> Rationale | None:
        """Return what the present version of a rule says about its alerts."""
        return self.rules.rationale(rule)

    def mode(self, rule: Rule) -> Mode:
        """Return how a rule runs: as the site has decided, else as it was delivered."""
        return self.modes.get(rule.rule, rule.mode)

    @property
    def running(self) -> Rules:
        """The rules that are looked at: on, or on trial."""
        return Rules({name: rule for name, rule in self.rules.by_name.items() if self.mode(rule) != "off"})

    async def refresh(self, conn: Connection, now: datetime) -> None:
        """Learn what has changed; files are looked at every :data:`LOOK_S`."""
        # One at a time: a reading that began before a change must not end after one that knows it.
        async with self._refreshing:
            await self._refresh(conn, now)

    async def _refresh(self, conn: Connection, now: datetime) -> None:
        revision = await decided.revision(conn)
        moment = asyncio.get_running_loop().time()
        stamp = self._stamp
        if revision != self._revision or moment - self._looked_s >= LOOK_S:
            self._looked_s = moment
            stamp = await asyncio.to_thread(_stamp, self._folders)
        over = self._ends_us is not None and self._ends_us <= to_us(now)
        if revision == self._revision and stamp == self._stamp and not over:
            return
        if stamp != self._stamp:
            self._take(await asyncio.to_thread(read_rules, self._folders))
            self._stamp = stamp
        await self._decide(conn, now)
        self._revision = revision
        self.edition += 1

    def _take(self, read: Reading) -> None:
        self.faults = read.faults
        for fault in read.faults:
            _log.error("a rule is not valid", where=fault.field, reason=fault.en)
        # At the start the sound ones are better than none.
        if not read.faults or not self.rules.by_name:
            self.rules = read.rules

    async def _decide(self, conn: Connection, now: datetime) -> None:
        self.modes = {name: row.mode for name, row in (await decided.modes(conn)).items()}
        found: dict[tuple[str, str], Override] = {}
        ends: list[int] = []
        for row in await decided.overrides(conn):
            until = None if row.until is None else to_us(row.until)
            if until is not None and until <= to_us(now):
                continue
            if not self._fits(row):
                continue
            if until is not None:
                ends.append(until)
            found[row.rule, row.entity] = Override(row.changes, row.off, until)
        self.overrides = found
        self._ends_us = min(ends, default=None)
        named = {code for rule in self.rules.by_name.values() for code in codes(rule)}
        self.below = {code: await areas.subtree(conn, code) | {code} for code in sorted(named)}

    def _fits(self, row: decided.OverrideRow) -> bool:
        """Say whether an override still fits its rule, which a pack may have changed since; log where not."""
        rule = self.rules.by_name.get(row.rule)
        if rule is None:
            return False
        if row.off or rule.when.kind in ("count", "together"):
            return row.off
        try:
            faults = list(condition_faults(overridden(rule, row.changes), "set", inside=None))
        except Problem as problem:
            faults = list(problem.faults)
        for fault in faults:
            _log.error("an override does not fit its rule", rule=row.rule, entity=row.entity, reason=fault.en)
        return not faults


def codes(rule: Rule) -> set[str]:
    """Return the areas that a rule names."""
    return set(rule.only.areas) | _fenced(rule.when)


def _fenced(condition: Condition) -> set[str]:
    found: set[str] = set()
    if condition.count is not None:
        found |= _fenced(condition.count.of)
    for one in condition.together.all_ if condition.together is not None else ():
        found |= _fenced(one)
    fence = condition.geofence and (condition.geofence.inside or condition.geofence.outside)
    if fence and fence.area:
        found |= {fence.area} if isinstance(fence.area, str) else set(fence.area)
    return found


def _stamp(folders: tuple[Path, ...]) -> Stamp:
    found = []
    for file in files(folders):
        try:
            about = file.stat()
        except OSError:
            continue
        found.append((str(file), about.st_mtime_ns, about.st_size))
    return tuple(found)


_BOOKS: WeakKeyDictionary[City, RuleBook] = WeakKeyDictionary()


def book_of(city: City) -> RuleBook:
    """Return the one book of a city in this process."""
    found = _BOOKS.get(city)
    if found is None:
        found = _BOOKS[city] = RuleBook([BUILTIN, city.settings.data_dir / "sectors"])
    return found
