"""The course of attributes summed up by hours and periods, from the hours that are kept and from the rows.

Which of them answers is decided for each hour (``tiers.summing``): a kept hour that is not marked and not
touched by a change beyond the step's cursor is answered by what it came to; all else is made of the rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from psycopg import sql

from haidang.base.database import Connection
from haidang.city.store import rollup
from haidang.city.store.history import keysets_with, know_keysets
from haidang.city.store.observations import ONCE, more_of
from haidang.city.terms import Terms
from haidang.city.tiers import unpacking
from haidang.city.times import to_us

ORIGIN = datetime.fromisoformat("1970-01-01T00:00:00Z")
_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_PERIOD = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z")


class Bin(NamedTuple):
    """One attribute over one period; what only numbers have is None where there are none."""

    attr: int
    start: datetime
    end: datetime
    total: int
    distinct: int | None
    """None where it was not asked for."""
    numbers: int
    """How many of them are numbers."""
    sum: float | None
    avg: float | None
    min: float | None
    max: float | None
    stddev: float | None
    """Of the population."""
    sumsq: float | None


class Hour(NamedTuple):
    """One attribute over one hour of UTC that has data."""

    attr: int
    start: datetime
    mean: float
    low: float
    high: float
    n: int
    unit: str | None


class _Part(NamedTuple):
    """What some observations of an attribute came to."""

    attr: int
    at: datetime
    """Start of the hour or period they belong to."""
    total: int
    n: int
    sum: float
    dev: float
    low: float
    high: float
    unit: str
    distinct: int | None = None
    first: datetime | None = None
    last: datetime | None = None


Span = tuple[datetime, datetime]


async def hours(
    conn: Connection, terms: Terms, eid: int, *, attrs: Sequence[int], start: datetime, end: datetime
) -> list[Hour]:
    """Return mean, least, greatest and count per hour of UTC, oldest first; hours without data are absent.

    Of two observations of the same instant the one received last counts. Only the default instance counts.
    """
    parts, spans = await _kept(conn, terms, eid, attrs, (start, end), observed_only=False)
    group = "date_trunc('hour', t, 'UTC')"
    parts += await _from_rows(conn, terms, eid, attrs, spans, group=group, observed_only=False)
    merged = _merged((part.attr, part.at, part) for part in parts)
    return [
        Hour(attr, at, part.sum / part.n, part.low, part.high, part.n, part.unit or None)
        for (attr, at), part in sorted(merged.items())
        if part.n
    ]


async def bins(
    conn: Connection,
    terms: Terms,
    eid: int,
    *,
    attrs: Sequence[int],
    start: datetime | None,
    end: datetime | None,
    period: str | None,
    limit: int,
    origin: datetime | None = None,
    distinct: bool = True,
) -> list[Bin]:
    """Return the periods that have data, by attribute and time, at most ``limit``.

    ``period`` is an ISO 8601 duration of days and less (counted from ``origin``, else ``start``, else 1970),
    ``P1M`` or ``P1Y`` (of the calendar, UTC); None takes all as one period. Observed default instances count,
    each instant once. How many values are ``distinct`` can only be told from the rows.
    """
    zero = origin or start or ORIGIN
    span = (start or _FIRST, end or _LAST)
    parts: list[_Part] = []
    spans = [span]
    if not distinct and _whole_hours(period, zero):
        open_ended = period is None and (start is None or end is None)
        parts, spans = await _kept(conn, terms, eid, attrs, span, observed_only=True, open_ended=open_ended)
    group = _group(period)
    parts += await _from_rows(
        conn,
        terms,
        eid,
        attrs,
        spans,
        group=group,
        observed_only=True,
        values={"zero": zero, "period": period},
    )
    merged = _merged((part.attr, _bin(part.at, period, zero), part) for part in parts)
    found = []
    for (attr, at), part in sorted(merged.items())[:limit]:
        first, last = at, _end(at, period)
        if period is None:
            first, last = start or part.first or at, end or part.last or at
        found.append(_shown(attr, first, last, part, distinct=distinct))
    return found


def _shown(attr: int, first: datetime, last: datetime, part: _Part, *, distinct: bool) -> Bin:
    n = part.n
    return Bin(
        attr, first, last, part.total, part.distinct if distinct else None, n,
        part.sum if n else None,
        part.sum / n if n else None,
        part.low if n else None,
        part.high if n else None,
        math.sqrt(max(part.dev, 0.0) / n) if n else None,
        part.dev + part.sum * part.sum / n if n else None,
    )  # fmt: skip


async def _kept(
    conn: Connection,
    terms: Terms,
    eid: int,
    attrs: Sequence[int],
    span: Span,
    *,
    observed_only: bool,
    open_ended: bool = False,
) -> tuple[list[_Part], list[Span]]:
    """Return what hours of a span came to, and the spans that the rows have to answer.

    ``open_ended``: the first and the last hour of each attribute are left to the rows, which know
    the instants.
    """
    state = await rollup.state(conn)
    if state is None:
        return [], [span]
    first, last = _ceil(span[0]), min(_floor(span[1]), state[0])
    if first >= last:
        return [], [span]
    bad = {hour for _, hour in await rollup.changed(conn, first, last, state[1], eid=eid)}
    rows = await rollup.kept(conn, eid, first, last)
    await know_keysets(conn, terms, (row[1] for row in rows if row[1] > 0))
    wanted = set(attrs)
    bad |= {row[0] for row in rows if row[5] and not wanted.isdisjoint(row[5])}
    parts = [
        part
        for row in rows
        if row[0] not in bad
        for part in _parts_of(terms, row, wanted, observed_only=observed_only)
    ]
    if open_ended:
        for attr in wanted:
            times = [part.at for part in parts if part.attr == attr]
            bad |= {min(times), max(times)} if times else set()
        parts = [part for part in parts if part.at not in bad]
    return parts, _rest(span, (first, last), sorted(bad))


def _parts_of(
    terms: Terms, row: tuple[Any, ...], wanted: set[int], *, observed_only: bool
) -> Iterable[_Part]:
    hour, k, x, attrs, units, _ = row
    if k > 0:
        keyset = terms.keysets[k]
        if observed_only and not keyset.observed:
            return
        columns: Iterable[tuple[int, str, str]] = zip(
            keyset.attrs, keyset.units, keyset.datasets, strict=True
        )
    elif observed_only and k == -1:
        return
    else:
        columns = ((attr, unit, "") for attr, unit in zip(attrs, units, strict=True))
    for place, (attr, unit, dataset) in enumerate(columns):
        if attr in wanted and not dataset:
            n, total, dev, low, high = x[5 * place : 5 * place + 5]
            if n:
                yield _Part(attr, hour, int(n), int(n), total, dev, low, high, unit)


def _rest(span: Span, kept: Span, bad: Sequence[datetime]) -> list[Span]:
    """Return what is left of ``span`` where ``kept`` without the hours ``bad`` is taken out."""
    spans = [(span[0], kept[0]), *((hour, hour + _HOUR) for hour in bad), (kept[1], span[1])]
    joined: list[Span] = []
    for start, end in spans:
        if start >= end:
            continue
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


async def _from_rows(
    conn: Connection,
    terms: Terms,
    eid: int,
    attrs: Sequence[int],
    spans: Sequence[Span],
    *,
    group: str,
    observed_only: bool,
    values: dict[str, Any] | None = None,
) -> list[_Part]:
    """Sum up the rows of some spans."""
    if not spans or not attrs:
        return []
    keysets = keysets_with(terms, attrs)
    packed = await unpacking.rows(
        conn,
        terms,
        [unpacking.Window(eid, to_us(start), to_us(end)) for start, end in spans],
        unpacking.Wanted(frozenset(keysets), frozenset(attrs)),
    )
    found = await conn.execute(
        sql.SQL(f"""{ONCE}
        SELECT attr, {group}, count(*)::int, count(x)::int, coalesce(sum(x), 0),
               coalesce(var_pop(x) * count(x), 0),
               coalesce(min(x), 0), coalesce(max(x), 0), max(unit), count(DISTINCT y)::int, min(t), max(t)
        FROM once WHERE observed OR NOT %(observed_only)s GROUP BY 1, 2
        """),  # the composed parts are constants of ours
        {
            "eids": [eid] * len(spans),
            "starts": [start for start, _ in spans],
            "ends": [end for _, end in spans],
            "attrs": list(attrs),
            "keysets": keysets,
            "keys": [str(attr) for attr in attrs],
            "more": more_of(packed),
            "observed_only": observed_only,
            **(values or {}),
        },
    )
    return [_Part(*row) for row in await found.fetchall()]


def _merged(parts: Iterable[tuple[int, datetime, _Part]]) -> dict[tuple[int, datetime], _Part]:
    """Return the parts of one attribute and period as one (Chan, Golub and LeVeque for the spread)."""
    found: dict[tuple[int, datetime], _Part] = {}
    for attr, at, part in parts:
        known = found.get((attr, at))
        found[attr, at] = part if known is None else _joined(known, part)
    return found


def _joined(a: _Part, b: _Part) -> _Part:
    total, unit = a.total + b.total, max(a.unit, b.unit)
    first = min((one for one in (a.first, b.first) if one), default=None)
    last = max((one for one in (a.last, b.last) if one), default=None)
    if not a.n or not b.n:
        one = a if a.n else b
        return one._replace(total=total, unit=unit, first=first, last=last, distinct=None)
    apart = b.sum / b.n - a.sum / a.n
    dev = a.dev + b.dev + apart * apart * a.n * b.n / (a.n + b.n)
    return _Part(
        a.attr, a.at, total, a.n + b.n, a.sum + b.sum, dev, min(a.low, b.low), max(a.high, b.high), unit,
        None, first, last,
    )  # fmt: skip


def _group(period: str | None) -> str:
    if period is None:
        return "%(zero)s::timestamptz"
    whole = {"P1M": "month", "P1Y": "year"}.get(period)
    if whole:
        return f"date_trunc('{whole}', t, 'UTC')"
    return "date_bin(%(period)s::interval, t, %(zero)s::timestamptz)"


def _bin(at: datetime, period: str | None, zero: datetime) -> datetime:
    """Return the start of the period in which an hour, or a period, begins."""
    if period is None:
        return zero
    if period == "P1M":
        return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if period == "P1Y":
        return at.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    length = _length(period)
    return zero + (at - zero) // length * length


def _end(at: datetime, period: str | None) -> datetime:
    if period is None:
        return at
    if period == "P1M":
        return at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    if period == "P1Y":
        return at.replace(year=at.year + 1)
    return at + min(_length(period), _LAST - at)


def _length(period: str) -> timedelta:
    match = _PERIOD.match(period)
    if match is None:
        raise ValueError(f"{period!r} is no duration of weeks, days or less")
    weeks, days, hours_, minutes, seconds = (float(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours_, minutes=minutes, seconds=seconds)


def _whole_hours(period: str | None, zero: datetime) -> bool:
    """Say whether every period begins with an hour of UTC."""
    if period in (None, "P1M", "P1Y"):
        return True
    return _floor(zero) == zero and not _length(str(period)) % timedelta(hours=1)


def _floor(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _ceil(at: datetime) -> datetime:
    whole = _floor(at)
    return whole if whole == at else whole + _HOUR
