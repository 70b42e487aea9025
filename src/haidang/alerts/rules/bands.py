"""What is usual at this hour of the week: from the hours that history keeps, the same hour of eight weeks.

An hour of the week in Vietnam is one of UTC, seven hours before: there is no summer time. Each hour is learnt
once, for all entities of the types that have such a rule; the newest few stay.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from haidang.alerts.rules import hourly
from haidang.alerts.rules.conditions import Band
from haidang.alerts.rules.conditions.baseline import Unusual
from haidang.alerts.rules.entity import Entity
from haidang.alerts.rules.hourly import Part
from haidang.alerts.rules.index import Index
from haidang.base.database import Connection
from haidang.city.terms import Terms
from haidang.city.times import EPOCH

WEEKS = 8
HOURS_KEPT = 4
HOUR_US = 3_600_000_000
WEEK = timedelta(weeks=1)


class Bands:
    """The bands of the newest hours."""

    def __init__(self) -> None:
        self._hours: dict[int, dict[tuple[int, str], Band]] = {}
        self._for: Index | None = None

    def of(self, entity: Entity, attr: str, t: int) -> Band | None:
        """Return what is usual for an entity's attribute in the hour of ``t``; None where nobody knows."""
        hour = self._hours.get(t // HOUR_US * HOUR_US)
        return None if hour is None else hour.get((entity.eid, attr))

    async def know(self, conn: Connection, terms: Terms, index: Index, hours: Iterable[int]) -> None:
        """Learn these hours (µs of their start) where any rule asks."""
        asked = asked_of(index)
        if index is not self._for:
            self._hours.clear()
            self._for = index
        if not asked:
            return
        for hour in sorted(hours):
            if hour in self._hours:
                continue
            start = EPOCH + timedelta(microseconds=hour)
            self._hours[hour] = await _learn(conn, terms, asked, start)
            for old in sorted(self._hours)[:-HOURS_KEPT]:
                del self._hours[old]


def asked_of(index: Index) -> frozenset[tuple[str, str]]:
    """Return the (type, attribute) that rules ask the usual of."""
    return frozenset(
        (type_, part.attrs[0])
        for watch in index.watches.values()
        for type_, part in watch.parts
        if isinstance(part, Unusual)
    )


async def _learn(
    conn: Connection, terms: Terms, asked: Iterable[tuple[str, str]], start: datetime
) -> dict[tuple[int, str], Band]:
    found: dict[tuple[int, str], Band] = {}
    before = [start - week * WEEK for week in range(1, WEEKS + 1)]
    for type_, attr in sorted(asked):
        types = [number for number in terms.type_iris if type_ in terms.type_names(number)]
        attr_id = terms.attr_id(attr)
        if not types or attr_id is None:
            continue
        parts: dict[int, list[Part]] = {}
        for eid, part in await hourly.of_types(conn, attr_id, types, before):
            parts.setdefault(eid, []).append(part)
        for eid, each in parts.items():
            band = band_of(each)
            if band is not None:
                found[eid, attr] = band
    return found


def band_of(parts: Iterable[Part]) -> Band | None:
    """Return mean and deviation of single observations over all parts, each part one week."""
    some = [part for part in parts if part.n > 0]
    count = sum(part.n for part in some)
    if not count:
        return None
    mean = math.fsum(part.total for part in some) / count
    # Within each hour and between the hours' means.
    spread = math.fsum(part.spread + part.n * (part.total / part.n - mean) ** 2 for part in some)
    return Band(mean, math.sqrt(max(0.0, spread) / count), len({part.hour for part in some}))
