"""Rows of the log folded into facts: the one rule by which a board moves, replays and looks back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from haidang.boards.model import BoardRow, Facts, Types, middle, row
from haidang.city.model import Kind
from haidang.city.query.conditions import type_numbers
from haidang.city.query.selection import parse_types
from haidang.city.store import log
from haidang.city.store.history import LogRow, decode
from haidang.city.terms import Terms
from haidang.city.times import to_us
from haidang.organisation.permissions import Principal


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entities a board shows; everything given must hold."""

    area: str | None = None
    """An area's code; those in it count too."""
    sector: str | None = None
    type: str | None = None
    """Type selection language."""
    text: str | None = None
    """Part of a name or id, accents aside."""


class Asked:
    """One question to the board: who asks, what for, and the names it needs."""

    def __init__(
        self, terms: Terms, types: Types, principal: Principal, which: Filter, areas: list[str] | None
    ) -> None:
        self.terms = terms
        self.types = types
        self.principal = principal
        self.which = which
        self.areas = areas
        """Codes of the area asked for and of those in it; None for everywhere."""
        self.type_ids = (
            None if which.type is None else type_numbers(parse_types(which.type), terms, terms.context)
        )
        self.location = terms.attr_id("location")
        self.name = terms.attr_id("name")

    def selects(self, passport: dict[str, Any]) -> bool:
        """Say whether an entity of which the log holds this passport may be seen and is asked for."""
        area, sector = passport.get("area_code"), passport.get("sector")
        return (
            not passport.get("tenant_id")
            and self.principal.may("entity.read", org_id=passport["owner_org"], area_code=area, sector=sector)
            and (self.areas is None or area in self.areas)
            and self.which.sector in (None, sector)
            and (self.type_ids is None or passport["type_id"] in self.type_ids)
        )

    def apply(self, facts: Facts, change: LogRow) -> bool:
        """Fold one row of the log into its entity's facts; say whether the board's row changed."""
        headline = self.types.of(facts.type_id)[1]
        wanted = frozenset(one for one in (headline, self.location, self.name) if one is not None)
        changed = False
        for one in decode(change, self.terms, wanted):
            if one.dataset is not None:
                continue
            if one.attr == headline:
                at = one.at_us if one.observed else None
                # What was observed earlier but came later is history, not news.
                if at is None or facts.short_us is None or at >= facts.short_us:
                    facts.headline, facts.short_us = one.stored, at
                    changed = True
            elif one.attr == self.location:
                facts.lon, facts.lat = middle(one.value) or (None, None)
                changed = True
            else:
                facts.name = one.value if isinstance(one.value, str) else ""
                changed = True
        if self.terms.keysets[change[2]].observed and change[2] != 0:
            facts.latest_us = max(facts.latest_us or 0, to_us(change[1]))
        return changed


class Reducer:
    """Folds the log into facts and gives, frame by frame, the rows that changed."""

    def __init__(self, asked: Asked, facts: Sequence[Facts]) -> None:
        self._asked = asked
        self._facts = {one.eid: one for one in facts}
        self._changed: set[int] = set()
        self._removed: list[str] = []

    def take(self, changes: Sequence[log.Row], place: int, until: int) -> int:
        """Fold in the rows from ``place`` up to the number ``until``; return the place of the next one."""
        while place < len(changes) and changes[place][0] <= until:
            self._fold(changes[place])
            place += 1
        return place

    def frame(self) -> tuple[list[BoardRow], list[str]]:
        """Return rows and removed ids since the last frame."""
        rows = [row(self._facts[eid], self._asked.types) for eid in sorted(self._changed)]
        removed, self._removed = self._removed, []
        self._changed = set()
        return rows, removed

    def _fold(self, change: log.Row) -> None:
        seq, kind, t, eid, k, v, j = change
        if kind == Kind.EVENT:
            return
        if kind == Kind.DELETE:
            gone = self._facts.pop(eid, None)
            if gone is not None:
                self._removed.append(gone.id)
                self._changed.discard(eid)
            return
        passport = (j or {}).get("@e")
        if passport and kind == Kind.CREATE and self._asked.selects(passport):
            self._facts[eid] = facts_from(eid, passport)
            self._changed.add(eid)
        facts = self._facts.get(eid)
        if facts is not None and self._asked.apply(facts, (seq, t, k, v, j)):
            self._changed.add(eid)


def facts_from(eid: int, passport: dict[str, Any]) -> Facts:
    """Return the facts of an entity of which only its passport in the log is known yet."""
    return Facts(
        eid, passport["id"], passport["type_id"], "", None, None, None, None, None, passport["owner_org"],
        passport.get("area_code"), passport.get("sector"), passport.get("source", ""),
        bool(passport.get("simulated")),
    )  # fmt: skip
