"""The aggregated temporal representation (GS CIM 009, 4.5.19): methods over periods.

Numbers of one present entity are answered by the hours that are kept (``store.aggregates``); what these
cannot tell (texts, arrays, instances by datasetId, other time properties, deleted entities) is summed up from
the instances themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from haidang.base.database import Connection
from haidang.city.ngsild.asking import Ask, invalid, words
from haidang.city.query.evolution import Collector, kinds_of
from haidang.city.query.instances import SCOPE, Cut, Life, Point, Wish
from haidang.city.query.periods import Duration, bounds, duration_of, place_of
from haidang.city.query.problems import bad, complex_
from haidang.city.query.sums import METHODS, came_to
from haidang.city.represent import stored_attributes
from haidang.city.store import aggregates, history, read
from haidang.city.store.aggregates import Bin
from haidang.city.times import EPOCH, format_us, to_us

PARAMETERS = ("aggrMethods", "aggrPeriodDuration")
BINS_MAX = 10_000
"""Periods of one answer."""
INSTANCES_MAX = 50_000
"""Instances that one entity may be summed up from where the kept hours cannot tell."""
_OF_BINS = dict(
    zip(METHODS, ("total", "distinct", "sum", "avg", "min", "max", "stddev", "sumsq"), strict=True)
)

Series = dict[tuple[int, str | None], dict[str, list[list[Any]]]]
"""(attribute, datasetId) to method to [value, start, end]."""


class _Sum(NamedTuple):
    """What is asked for."""

    methods: tuple[str, ...]
    duration: Duration | None
    wish: Wish


async def aggregated(
    ask: Ask, lives: Sequence[Life], wish: Wish, params: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the entities with their attributes summed up; ``Problem`` where a parameter is wrong."""
    methods = tuple(dict.fromkeys(words(params.get("aggrMethods"))))
    if not methods or not set(methods) <= set(METHODS):
        raise bad(
            f"aggrMethods cần một hay nhiều trong: {', '.join(METHODS)}.",
            f"aggrMethods needs one or more of: {', '.join(METHODS)}.",
        )
    if wish.span.last is not None or wish.span.timeproperty == "deletedAt":
        raise bad(
            "Tổng hợp không đi cùng lastN hay deletedAt.",
            "Aggregates go without lastN and without deletedAt.",
        )
    asked = _Sum(methods, duration_of(params.get("aggrPeriodDuration")), wish)
    left = BINS_MAX
    answer: list[dict[str, Any]] = []
    async with read.reading(ask.db) as conn:
        for life in lives:
            summing = _Summing(conn, ask, life, asked)
            series = await summing.series()
            left -= sum(len(each) for one in series.values() for each in one.values()) // len(methods)
            if left < 0:
                raise _too_many()
            answer.append(_body(ask, life, series))
            if words(params.get("attrs")):
                _check(ask, asked, series, summing.seen)
    return answer


class _Summing:
    """Sums up one entity."""

    def __init__(self, conn: Connection, ask: Ask, life: Life, asked: _Sum) -> None:
        self._conn = conn
        self._terms = ask.city.terms
        self._life = life
        self._asked = asked
        self._span = asked.wish.span
        self._several = {
            attr
            for keyset in ask.city.terms.keysets.values()
            for attr, dataset in zip(keyset.attrs, keyset.datasets, strict=True)
            if dataset
        }
        """Attributes that anywhere have instances by datasetId."""
        self.seen: set[int] = set()
        """Attributes that have an instance in the span."""

    async def series(self) -> Series:
        """Return what the attributes come to."""
        attrs = await self._attributes()
        plain = [attr for attr in attrs if attr in self._plain()]
        start = self._span.start or await self._first(attrs)
        found: Series = {}
        slow = [attr for attr in attrs if attr not in plain]
        for attr, bins in (await self._bins(plain, start)).items():
            if any(one.total > one.numbers for one in bins):
                slow.append(attr)  # there are values that are no numbers
                continue
            self.seen.add(attr)
            found[attr, None] = self._of_bins(bins)
        if slow:
            found |= await self._from_instances(slow, start)
        return found

    async def _attributes(self) -> list[int]:
        if self._asked.wish.attrs is not None:
            return [attr for attr in self._asked.wish.attrs if attr != SCOPE]
        if self._life.row is not None and self._span.timeproperty == "observedAt":
            return [number for number, _, _ in stored_attributes(self._life.row.doc, "{}")]
        found: set[int] = set()
        for eid in self._life.eids:
            found |= await history.attributes(self._conn, self._terms, eid)
        return sorted(found)

    def _plain(self) -> set[int]:
        """Return the attributes that are one number at a time: what the kept hours can answer about."""
        row, wish = self._life.row, self._asked.wish
        if row is None or len(self._life.eids) > 1 or wish.span.timeproperty != "observedAt" or wish.filters:
            return set()
        return {
            number
            for number, stored, _ in stored_attributes(row.doc, "{}")
            if not (type(stored) is dict and ("m" in stored or "d" in stored or "k" in stored))
        } - self._several

    async def _first(self, attrs: Sequence[int]) -> datetime | None:
        """Return the first instant there is: periods are counted from it where the question has no start."""
        if self._asked.duration is None or not attrs or self._span.timeproperty != "observedAt":
            return None
        instants: list[datetime] = []
        for eid in self._life.eids:
            rows = await history.rows(
                self._conn, self._terms, eid, attrs=attrs, end=self._span.end, limit=100, newest_first=False
            )
            instants += [row[1] for row in rows if self._terms.keysets[row[2]].observed][:1]
        return min(instants, default=None)

    async def _bins(self, attrs: Sequence[int], start: datetime | None) -> dict[int, list[Bin]]:
        found: dict[int, list[Bin]] = {}
        if not attrs:
            return found
        duration, end = self._asked.duration, self._span.end
        edges = [(self._span.start, end)]
        if duration is not None and not duration.fixed:
            if start is None:
                return found
            marks = bounds(start, end or await self._last(attrs), duration)
            edges = list(pairwise(marks))
        for first, last in edges:
            bins = await aggregates.bins(
                self._conn,
                self._terms,
                self._life.eids[0],
                attrs=attrs,
                start=first,
                end=last if end is None or last is None else min(last, end),
                period=duration.text() if duration is not None and duration.fixed else None,
                limit=BINS_MAX + 1,
                origin=start,
                distinct="distinctCount" in self._asked.methods,
            )
            if len(bins) > BINS_MAX:
                raise _too_many()
            for one in bins:
                whole = one if duration is None or duration.fixed or last is None else one._replace(end=last)
                found.setdefault(one.attr, []).append(whole)
        return found

    async def _last(self, attrs: Sequence[int]) -> datetime:
        rows = await history.rows(self._conn, self._terms, self._life.eids[0], attrs=attrs, limit=1)
        return rows[0][1] + timedelta(microseconds=1) if rows else EPOCH

    def _of_bins(self, bins: Sequence[Bin]) -> dict[str, list[list[Any]]]:
        found: dict[str, list[list[Any]]] = {}
        for one in bins:
            for method in self._asked.methods:
                value = getattr(one, _OF_BINS[method])
                if value is not None:
                    found.setdefault(method, []).append([value, _text(one.start), _text(one.end)])
        return found

    async def _from_instances(self, attrs: Sequence[int], start: datetime | None) -> Series:
        cut = Cut(INSTANCES_MAX, backwards=False)
        wish = self._asked.wish._replace(attrs=tuple(attrs))
        await Collector(self._conn, self._terms, wish, cut, INSTANCES_MAX).collect(self._life, 0)
        if cut.was:
            raise _too_many()
        points = [one for one in cut.of(0) if one.value is not None]
        if not points:
            return {}
        self.seen |= {one.attr for one in points}
        return self._summed(points, start)

    def _summed(self, points: Sequence[Point], start: datetime | None) -> Series:
        duration = self._asked.duration
        # Of two instances of one instant the one entered last counts.
        latest = {
            (one.attr, one.dataset, one.at_us if one.observed_us is None else one.observed_us): one
            for one in sorted(points, key=lambda one: one.seq)
        }
        zero = start or _instant(min(one.at_us for one in points))
        last = _instant(max(one.at_us for one in points))
        edges = (
            bounds(zero, last + timedelta(microseconds=1), duration)
            if duration and not duration.fixed
            else []
        )
        periods: dict[tuple[int, str | None, datetime, datetime], list[Point]] = {}
        for one in latest.values():
            if duration is None:
                period = self._span.start or zero, self._span.end or last
            else:
                period = place_of(_instant(one.at_us), zero, duration, edges)
            periods.setdefault((one.attr, one.dataset, *period), []).append(one)
        found: Series = {}
        for (attr, dataset, first, end), mine in sorted(periods.items(), key=_in_order):
            came = came_to([one.value for one in mine], mine[0].kind)
            for method in self._asked.methods:
                if method in came:
                    series = found.setdefault((attr, dataset), {}).setdefault(method, [])
                    series.append([came[method], _text(first), _text(end)])
        return found


def _in_order(
    item: tuple[tuple[int, str | None, datetime, datetime], list[Point]],
) -> tuple[int, str, datetime]:
    attr, dataset, first, _ = item[0]
    return attr, dataset or "", first


def _body(ask: Ask, life: Life, series: Series) -> dict[str, Any]:
    terms = ask.city.terms
    types = terms.type_names(life.type_id, ask.context)
    body: dict[str, Any] = {"id": life.id, "type": types[0] if len(types) == 1 else list(types)}
    kinds = kinds_of(life)
    by_attr: dict[int, list[dict[str, Any]]] = {}
    for (attr, dataset), methods in series.items():
        kind = "Relationship" if kinds.get(attr) in ("R", "LR") else "Property"
        shown = {"type": kind} | ({"datasetId": dataset} if dataset else {}) | methods
        by_attr.setdefault(attr, []).append(shown)
    for attr, found in by_attr.items():
        body[terms.attr_name(attr, ask.context)] = found[0] if len(found) == 1 else found
    return body


def _check(ask: Ask, asked: _Sum, series: Series, seen: set[int]) -> None:
    """Refuse methods none of which says anything of an attribute that was asked for by name (5.7.3.4)."""
    for attr in seen - {attr for attr, _ in series}:
        name = ask.city.terms.attr_name(attr, ask.context)
        raise invalid(
            f"“{name}” không tổng hợp được bằng {', '.join(asked.methods)}.",
            f"{name!r} cannot be summed up by {', '.join(asked.methods)}.",
        )


def _instant(us: int) -> datetime:
    return EPOCH + timedelta(microseconds=us)


def _text(at: datetime) -> str:
    return format_us(to_us(at))


def _too_many() -> Exception:
    return complex_(
        f"Quá {BINS_MAX} khoảng thời gian hay {INSTANCES_MAX} giá trị; hãy thu hẹp câu hỏi.",
        f"More than {BINS_MAX} periods or {INSTANCES_MAX} instances; please narrow the question.",
    )
