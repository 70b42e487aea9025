"""Rows of the log as attributes by name: only those that rules look at, in the unit that rules mean.

For each type and keyset the places of interest are worked out once. A column in another unit than the one of
the type's pack is left out: 560 cm are not above 5.6 m.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from haidang.alerts.rules.index import Index
from haidang.city.packs import Packs
from haidang.city.represent import instances
from haidang.city.terms import Terms

Pairs = list[tuple[str, Any]]
Plan = tuple[tuple[int, str], ...]


class Columns:
    """What of a row of the log is of interest."""

    def __init__(self, terms: Terms, packs: Packs, index: Index) -> None:
        self.terms = terms
        self._packs = packs
        self.attrs: Callable[[str], frozenset[str]] = index.attrs
        self._plans: dict[tuple[str, int], Plan] = {}
        self._keys: dict[str, dict[str, str]] = {}
        self.refused: set[tuple[str, str, str]] = set()
        """(type, attribute, unit) of columns that no rule looks at because of their unit."""

    def pairs(self, type_: str, k: int, v: list[float] | None, j: dict[str, Any] | None) -> Pairs:
        """Return (name, value) of what is of interest; None where an attribute was deleted."""
        plan = self._plans.get((type_, k))
        if plan is None:
            plan = self._plan(type_, k)
        # NaN stands for an instance that was erased.
        found = [(name, v[place]) for place, name in plan if v[place] == v[place]] if v and plan else []
        if j:
            self._others(found, type_, j)
        return found

    def _plan(self, type_: str, k: int) -> Plan:
        keyset, wanted = self.terms.keysets[k], self.attrs(type_)
        found: list[tuple[int, str]] = []
        for place, attr in enumerate(keyset.attrs):
            name = self.terms.attr_name(attr)
            if name in wanted and not keyset.datasets[place] and self._fits(type_, name, keyset.units[place]):
                found.append((place, name))
        plan = self._plans[type_, k] = tuple(found)
        return plan

    def _fits(self, type_: str, name: str, unit: str | None) -> bool:
        meant = self._packs.attribute(type_, name).unit
        if not unit or meant is None or unit == meant:
            return True
        self.refused.add((type_, name, unit))
        return False

    def _others(self, found: Pairs, type_: str, j: dict[str, Any]) -> None:
        keys = self._keys.setdefault(type_, {})
        for key, form in j.items():
            name = keys.get(key)
            if name is None:
                if not key.isdecimal():
                    continue
                known = self.terms.attr_name(int(key))
                name = keys[key] = known if known in self.attrs(type_) else ""
            if not name:
                continue
            if form is None:
                found.append((name, None))
                continue
            said = [one for one in instances(form, None) if one.dataset is None]
            if said and self._fits(type_, name, said[0].unit):
                found.append((name, said[0].value))
