"""The temporal evolution of entities (GS CIM 009, 5.7.3, 5.7.4): instances by a time property, cut to size.

An answer that is cut is whole over a shorter range of time, the same for every attribute of every entity:
without ``lastN`` it begins with the least recent instants, with it at the most recent ones (6.3.10).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from haidang.base.database import Connection, Database
from haidang.city.query.instances import SCOPE, Cut, Keep, Life, Point, Wish
from haidang.city.represent import Stored, instances, stored_attributes
from haidang.city.store import history, log, read, temporal
from haidang.city.store.history import LogRow, Observation
from haidang.city.terms import Terms
from haidang.city.times import ALWAYS, EPOCH, NEVER, to_us

ROWS_MAX = 20_000
"""Rows of history that are looked at together for one entity; an answer then ends where they end."""
STEP = timedelta(microseconds=1)
_GONE: Stored = {"v": None}


class Collector:
    """Reads the evolution of entities into one answer."""

    def __init__(self, conn: Connection, terms: Terms, wish: Wish, cut: Cut, most: int) -> None:
        self._conn = conn
        self._terms = terms
        self._wish = wish
        self._cut = cut
        self._most = most
        self._numbers = None if wish.attrs is None else [attr for attr in wish.attrs if attr != SCOPE]

    async def collect(self, life: Life, place: int) -> None:
        """Add the instances of one entity to the answer."""
        span = self._wish.span
        for eid in life.eids:
            if span.timeproperty == "deletedAt":
                points, edge = await self._deleted(life, eid), None
            elif span.timeproperty != "observedAt":
                points, edge = await self._recorded(life, eid)
            elif span.last is None:
                points, edge = await self._forwards(eid, self._cut.edge)
            else:
                points, edge = await self._backwards(life, eid, self._cut.edge)
            points += await self._scopes(life, eid)
            if span.last is not None:
                points = _last(points, span.last, ties=span.timeproperty == "observedAt")
            self._cut.add(place, points, edge)

    async def _forwards(self, eid: int, edge_us: int) -> tuple[list[Point], int | None]:
        """Return observed instances, oldest first, and where reading stopped if it did."""
        start, end = self._wish.span.start, self._wish.span.end
        if edge_us != ALWAYS:
            end = EPOCH + timedelta(microseconds=edge_us)
        limit, looked = self._most + 1, 0
        points: list[Point] = []
        while True:
            rows = await self._rows(
                eid, attrs=self._numbers, start=start, end=end, limit=limit, newest_first=False
            )
            found = [one for one in points_of(self._terms, rows, self._wish) if one.observed_us is not None]
            if len(rows) < limit:
                return points + found, None
            stop, looked = to_us(rows[-1][1]), looked + len(rows)
            if looked >= ROWS_MAX and to_us(rows[0][1]) == stop:
                return points + found, stop + 1
            points += [one for one in found if one.at_us < stop]
            if len(points) > self._most or looked >= ROWS_MAX:
                return points, stop
            start = EPOCH + timedelta(microseconds=stop)
            limit = min(4 * limit, ROWS_MAX)

    async def _backwards(self, life: Life, eid: int, edge_us: int) -> tuple[list[Point], int | None]:
        """Return for each attribute its last N observed instances, and where reading stopped if it did."""
        last = self._wish.span.last or 1
        start = self._wish.span.start if edge_us == NEVER else EPOCH + timedelta(microseconds=edge_us + 1)
        few = min(last, self._most) + 1
        rows = await self._rows(eid, attrs=self._numbers, start=start, end=self._wish.span.end, limit=few)
        points = [one for one in points_of(self._terms, rows, self._wish) if one.observed_us is not None]
        if len(rows) < few:
            return points, None
        stop = to_us(rows[-1][1])
        points = [one for one in points if one.at_us > stop]
        edges: list[int] = []
        for attr in await self._attributes(life, eid):
            if len({one.at_us for one in points if one.attr == attr}) >= last:
                continue
            points = [one for one in points if one.attr != attr]
            more, edge = await self._last_of(eid, attr, start, few)
            points += more
            if edge is not None:
                edges.append(edge)
        return points, max(edges, default=None)

    async def _last_of(
        self, eid: int, attr: int, start: datetime | None, few: int
    ) -> tuple[list[Point], int | None]:
        last, limit, end = self._wish.span.last or 1, few, self._wish.span.end
        wish = self._wish._replace(attrs=(attr,))
        points: list[Point] = []
        looked = 0
        while True:
            rows = await self._rows(eid, attrs=[attr], start=start, end=end, limit=limit)
            found = [one for one in points_of(self._terms, rows, wish) if one.observed_us is not None]
            if len(rows) < limit:
                return points + found, None
            stop, looked = to_us(rows[-1][1]), looked + len(rows)
            points += [one for one in found if one.at_us > stop]
            if len({one.at_us for one in points}) >= last:
                return points, None
            if len(points) > self._most or looked >= ROWS_MAX:
                return points, stop
            end = EPOCH + timedelta(microseconds=stop) + STEP
            limit = min(4 * limit, ROWS_MAX)

    async def _recorded(self, life: Life, eid: int) -> tuple[list[Point], int | None]:
        """Return instances by when they were entered (createdAt) or last corrected (modifiedAt)."""
        span = self._wish.span
        modified = span.timeproperty == "modifiedAt"
        start, end = span.start, span.end
        if self._cut.was and span.last is None:
            end = EPOCH + timedelta(microseconds=self._cut.edge)
        elif self._cut.was:
            start = EPOCH + timedelta(microseconds=self._cut.edge + 1)
        after = 0 if start is None else (await log.moment(self._conn, start - STEP))[0]
        until = None if end is None else (await log.moment(self._conn, end - STEP))[0]
        limit, edge = self._most + 1, None
        while True:
            rows = await self._rows(
                eid,
                attrs=self._numbers,
                seq_after=after,
                seq_until=until,
                limit=limit,
                newest_first=span.last is not None,
                by_seq=True,
            )
            when = await recorded(self._conn, [row[0] for row in rows])
            edge = when(rows[-1][0]) if len(rows) == limit else None
            if edge is None or when(rows[0][0]) != edge:
                break
            if limit >= ROWS_MAX:
                edge += 1 if span.last is None else -1
                break
            limit = min(4 * limit, ROWS_MAX)
        if modified:
            known = {row[:2] for row in rows}
            late = [row for row in await temporal.corrected(self._conn, eid) if row[:2] not in known]
            await history.know_keysets(self._conn, self._terms, (row[2] for row in late))
            rows += late
            when = await recorded(self._conn, [row[0] for row in rows])
        start_us, end_us = self._ends()
        found: list[Point] = []
        for one in points_of(self._terms, rows, self._wish):
            at = one.corrected_us if modified and one.corrected_us is not None else when(one.seq)
            if one.value is not None and start_us <= at < end_us:
                found.append(one._replace(at_us=at))
        if edge is not None and span.last is not None:
            counts = Counter(one.attr for one in found if one.at_us > edge)
            if all(counts[attr] >= span.last for attr in await self._attributes(life, eid)):
                edge = None
        return found, edge

    async def _deleted(self, life: Life, eid: int) -> list[Point]:
        """Return what was deleted when: attributes by themselves, and all of them with their entity."""
        rows = await temporal.deletions(self._conn, eid)
        await history.know_keysets(self._conn, self._terms, (row[2] for row in rows))
        points = [one for one in points_of(self._terms, rows, self._wish) if one.value is None]
        for mine, seq, at in life.ended:
            if mine != eid:
                continue
            gone = {one.attr for one in points if one.seq > seq}
            for attr in sorted(await history.attributes(self._conn, self._terms, eid)):
                if attr in gone or (self._wish.attrs is not None and attr not in self._wish.attrs):
                    continue
                last = await self._before(eid, attr, seq)
                if last is not None and last.value is not None:
                    when = to_us(at)
                    points.append(
                        last._replace(at_us=when, seq=seq, value=None, stored=_GONE, observed_us=None)
                    )
        found: list[Point] = []
        for one in points:
            last = await self._before(eid, one.attr, one.seq) if one.kind == "P" else None
            found.append(one if last is None else one._replace(kind=last.kind))
        start_us, end_us = self._ends()
        return [one for one in found if start_us <= one.at_us < end_us]

    async def _before(self, eid: int, attr: int, seq: int) -> Point | None:
        rows = await self._rows(eid, attrs=[attr], seq_until=seq - 1, limit=1)
        points = points_of(self._terms, rows, self._wish._replace(attrs=(attr,)))
        return points[0] if points else None

    async def _scopes(self, life: Life, eid: int) -> list[Point]:
        """Return what the scope was, from when; the log of an entity is looked through only if it has one."""
        if self._wish.attrs is not None and SCOPE not in self._wish.attrs:
            return []
        by = self._wish.span.timeproperty
        if life.row is not None and '"scope"' not in life.row.static and by != "deletedAt":
            return []
        start_us, end_us = self._ends()
        rows = await temporal.scopes(self._conn, eid)
        when = await recorded(self._conn, [row[0] for row in rows])
        found: list[Point] = []
        for seq, t, value in rows:
            at = to_us(t) if by in ("observedAt", "deletedAt") else when(seq)
            if start_us <= at < end_us and (value is None) == (by == "deletedAt"):
                found.append(
                    Point(at, SCOPE, seq, value, "P", {"v": value or [], "o": to_us(t)}, to_us(t), None, None)
                )
        return found

    async def _rows(self, eid: int, **which: Any) -> list[LogRow]:
        rows = await history.rows(self._conn, self._terms, eid, **which)
        self._wish.effort.spend(len(rows))
        return rows

    def _ends(self) -> tuple[int, int]:
        span = self._wish.span
        return (
            NEVER if span.start is None else to_us(span.start),
            ALWAYS if span.end is None else to_us(span.end),
        )

    async def _attributes(self, life: Life, eid: int) -> Sequence[int]:
        if self._numbers is not None:
            return self._numbers
        if life.row is not None and life.row.eid == eid:
            return [number for number, _, _ in stored_attributes(life.row.doc, "{}")]
        return sorted(await history.attributes(self._conn, self._terms, eid))


def points_of(terms: Terms, rows: Sequence[LogRow], wish: Wish) -> list[Point]:
    """Return the wanted instances in rows of history, at their times of observation or receipt."""
    only = None if wish.attrs is None else frozenset(wish.attrs)
    found: list[Point] = []
    for row in rows:
        for seen in history.decode(row, terms, only):
            point = _point(seen, wish.keep)
            if point is not None:
                found.append(point)
    return found


def _point(seen: Observation, keep: Keep) -> Point | None:
    stored = seen.stored
    if stored is None:
        stored = _GONE
    elif type(stored) is dict and seen.observed and "o" not in stored:
        stored = stored | {"o": seen.at_us}
    kept = keep(stored)
    if kept is None:
        return None
    return Point(
        seen.at_us, seen.attr, seen.seq, seen.value, seen.kind, kept,
        seen.at_us if seen.observed else None, seen.dataset,
        stored.get("w") if type(stored) is dict else None,
    )  # fmt: skip


async def recorded(conn: Connection, numbers: Sequence[int]) -> Callable[[int], int]:
    """Return what tells when a number of the log was recorded, to the second, in µs."""
    marks = await log.moments(conn, min(numbers) - 1, max(numbers)) if numbers else []

    def when(seq: int) -> int:
        place = min(bisect_left(marks, seq, key=lambda mark: mark[0]), len(marks) - 1)
        return to_us(marks[place][1])

    return when


def _last(points: Sequence[Point], last: int, *, ties: bool) -> list[Point]:
    """Return for each attribute the instances at its last N instants.

    Without ``ties`` its last N instances: what is entered together has one time of entry.
    """
    by_attr: dict[int, set[tuple[int, int]]] = {}
    for one in points:
        by_attr.setdefault(one.attr, set()).add((one.at_us, 0 if ties else one.seq))
    wanted = {attr: set(sorted(times)[-last:]) for attr, times in by_attr.items()}
    return [one for one in points if (one.at_us, 0 if ties else one.seq) in wanted[one.attr]]


def kinds_of(life: Life) -> dict[int, str]:
    """Return the attributes that an entity has now and the kind of each."""
    if life.row is None:
        return {}
    return {
        number: next(iter(instances(stored, at))).kind
        for number, stored, at in stored_attributes(life.row.doc, life.row.static)
    }


async def ever(db: Database, terms: Terms, life: Life, attrs: Sequence[int] | None) -> bool:
    """Say whether history holds anything at all of an entity, or of these attributes of it."""
    async with read.reading(db) as conn:
        for eid in life.eids:
            if (attrs is None or SCOPE in attrs) and await temporal.scopes(conn, eid):
                return True
            numbers = None if attrs is None else [attr for attr in attrs if attr != SCOPE]
            only = None if numbers is None else frozenset(numbers)
            for row in await history.rows(conn, terms, eid, attrs=numbers, limit=100):
                if any(True for _ in history.decode(row, terms, only)):
                    return True
    return False
