"""Values and facts of a stretch of time in memory: where formulas find what they are made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Literal

from haidang.base.database import Connection
from haidang.indicators.formulas import facts, store
from haidang.indicators.formulas.evaluating import UNKNOWN, Found
from haidang.indicators.formulas.facts import Counted
from haidang.indicators.formulas.nodes import Fact, Scope
from haidang.indicators.formulas.store import Spot
from haidang.indicators.model.period import Period
from haidang.indicators.model.register import Indicator, Level
from haidang.indicators.model.value import REASONS


class Places:
    """What lies below and above what. The whole province is the place of the root unit."""

    def __init__(self, spots: Iterable[Spot], root: int) -> None:
        self._spots = {each.id: each for each in spots}
        units = {each.org_id: each.id for each in self._spots.values() if each.kind == "unit"}
        self.whole = units.get(root)
        self.units = tuple(sorted(units.values()))
        below: dict[int | None, list[int]] = {}
        for each in self._spots.values():
            if each.kind == "unit":
                below.setdefault(each.parent_org, []).append(each.id)
        self._units = {number: tuple(below.get(org, ())) for org, number in units.items()}
        self._parent = {
            each.id: units.get(each.parent_org or 0) for each in self._spots.values() if each.kind == "unit"
        }
        self._areas = tuple(each for each in self._spots.values() if each.kind == "area")

    def areas(self, day: date) -> tuple[int, ...]:
        """Return the communes that stood on a day."""
        return tuple(each.id for each in self._areas if _stood(each, day))

    def of(self, level: Level, day: date) -> tuple[int, ...]:
        """Return the places that a level has on a day."""
        if level == "province":
            return () if self.whole is None else (self.whole,)
        return self.units if level == "unit" else self.areas(day)

    def below(self, place: int, scope: Scope, day: date) -> tuple[int, ...]:
        """Return the areas or units directly below a place."""
        if scope == "area":
            return self.areas(day) if place == self.whole else ()
        return self._units.get(place, ())

    def above(self, place: int, scope: Literal["area", "units"]) -> int | None:
        """Return the place above one."""
        if scope == "area":
            return self.whole
        return self._parent.get(place)

    def __contains__(self, place: int) -> bool:
        return place in self._spots

    def key(self, place: int) -> str | int | None:
        """Return what facts call a place: the code of an area, the number of a unit; None: the whole."""
        spot = self._spots[place]
        if place == self.whole:
            return None
        return spot.org_id if spot.kind == "unit" else spot.area_code


def _stood(spot: Spot, day: date) -> bool:
    return (spot.since is None or spot.since <= day) and (spot.until is None or day < spot.until)


class Loaded:
    """A scene: values that were read, figures that were made meanwhile, facts that were counted."""

    def __init__(self, places: Places, indicators: dict[str, Indicator]) -> None:
        self.places = places
        self._numbers = {each.id: each.code for each in indicators.values()}
        self._ids = {each.code: each.id for each in indicators.values()}
        self._values: dict[tuple[str, int, date], Found] = {}
        self._facts: dict[tuple[str, tuple[tuple[str, str], ...], Period], Counted] = {}
        self._day: date | None = None
        self._below: dict[tuple[int, Scope, date], tuple[int, ...]] = {}

    async def read(
        self, connection: Connection, codes: Collection[str], start: date, places: Collection[int] | None
    ) -> None:
        """Read the values of indicators for the periods that begin on a day."""
        ids = [self._ids[code] for code in codes if code in self._ids]
        for number, place, value, missing, flags in await store.values_of(connection, ids, start, places):
            found = Found(value, REASONS[missing - 1] if missing else None, flags, 0 if missing else 1, 1)
            self._values[self._numbers[number], place, start] = found

    async def count(
        self, connection: Connection, wanted: Iterable[tuple[Fact, Period]], now: datetime
    ) -> None:
        """Count facts that were not counted yet."""
        for fact, period in wanted:
            key = (fact.name, fact.given, period)
            if key not in self._facts:
                self._facts[key] = await facts.counted(connection, fact.name, period, now, dict(fact.given))

    def put(self, code: str, place: int, start: date, found: Found) -> None:
        """Keep a figure that was just made, for those that are made from it."""
        self._values[code, place, start] = found

    def standing(self, code: str, place: int, start: date) -> Found | None:
        """Return a value that was read or made."""
        return self._values.get((code, place, start))

    def value(self, code: str, place: int, period: Period) -> Found:
        """Return a value; unknown where nothing has come."""
        return self._values.get((code, place, period.start), UNKNOWN)

    def below(self, place: int, scope: Scope) -> tuple[int, ...]:
        """Return the places below one, as they stood on the day that figures are made for."""
        day = self._day or date.max
        key = (place, scope, day)
        if key not in self._below:
            self._below[key] = self.places.below(place, scope, day)
        return self._below[key]

    def on(self, day: date) -> None:
        """Say for which day figures are made now: communes are those of that day."""
        self._day = day

    def fact(self, fact: Fact, place: int, period: Period) -> Found:
        """Return what was counted."""
        counted = self._facts[fact.name, fact.given, period]
        key = self.places.key(place)
        found = counted.whole if key is None else counted.parts.get(key, counted.else_)
        return found if found is not None else UNKNOWN
