"""The one way from the log to the course of attributes: keysets and packed numbers in, observations out.

Whoever wants history (charts, temporal queries, boards of the past) asks here, and is answered from the log,
packed days and Parquet alike. Sums over hours and periods stand in ``aggregates``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from psycopg import sql

from haidang.base.database import Connection
from haidang.city.represent import Stored, instances
from haidang.city.store import names, tiers
from haidang.city.terms import Terms
from haidang.city.tiers import unpacking
from haidang.city.times import EPOCH, to_us


class Observation(NamedTuple):
    """One instance of one attribute at one time."""

    attr: int
    at_us: int
    """Observed, or received where ``observed`` is false."""
    observed: bool
    seq: int
    kind: str
    """Kind letter, ``represent.KINDS``."""
    value: Any
    """None where the attribute was deleted."""
    unit: str | None
    dataset: str | None
    stored: Stored
    """The stored form, with sub-attributes."""


LogRow = tuple[int, datetime, int, list[float] | None, dict[str, Any] | None]
"""seq, t, k, v, j."""


def keysets_with(terms: Terms, attrs: Sequence[int]) -> list[int]:
    """Return the keysets in which one of the attributes has a number."""
    wanted = set(attrs)
    return [number for number, keyset in terms.keysets.items() if not wanted.isdisjoint(keyset.attrs)]


def decode(row: LogRow, terms: Terms, only: frozenset[int] | None = None) -> Iterator[Observation]:
    """Yield what one row of the log says, deletions of attributes included."""
    seq, t, k, v, j = row
    keyset = terms.keysets[k]
    at = to_us(t)
    for place, attr in enumerate(keyset.attrs if v else ()):
        number = v[place] if v else math.nan
        if (only is None or attr in only) and not math.isnan(number):
            value: float | int = int(number) if keyset.integers[place] else number
            unit, dataset = keyset.units[place] or None, keyset.datasets[place] or None
            stored: Stored = {"v": value} if dataset else value if unit is None else [value, unit]
            if dataset:
                stored |= {"d": dataset} | ({"u": unit} if unit else {})
            yield Observation(attr, at, keyset.observed, seq, "P", value, unit, dataset, stored)
    for key, form in (j or {}).items():
        if not key.isdecimal() or (only is not None and int(key) not in only):
            continue
        if form is None:
            yield Observation(int(key), at, keyset.observed, seq, "P", None, None, None, None)
            continue
        forms = form["m"] if type(form) is dict and "m" in form else [form]
        for one_form in forms:
            one = next(iter(instances(one_form, at if keyset.observed else None)))
            moment = one.observed_us
            yield Observation(
                int(key), at if moment is None else moment, moment is not None, seq,
                one.kind, one.value, one.unit, one.dataset, one_form,
            )  # fmt: skip


async def rows(
    conn: Connection,
    terms: Terms,
    eid: int,
    *,
    attrs: Sequence[int] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    seq_after: int | None = None,
    seq_until: int | None = None,
    limit: int,
    newest_first: bool = True,
    by_seq: bool = False,
) -> list[LogRow]:
    """Return an entity's log rows with ``start <= t < end`` in order of time, at most ``limit``.

    ``by_seq``: in the order in which they were recorded.

    Whoever asks holds one snapshot: between two, rows may have moved from one tier to another.
    """
    parts = ["c.eid = %(eid)s", "c.kind < 4"]
    values: dict[str, Any] = {"eid": eid, "limit": limit, "start": start, "end": end}
    if start is not None:
        parts.append("c.t >= %(start)s")
    if end is not None:
        parts.append("c.t < %(end)s")
    if seq_after is not None:
        parts.append("c.seq > %(seq_after)s")
    if seq_until is not None:
        parts.append("c.seq <= %(seq_until)s")
    values |= {"seq_after": seq_after, "seq_until": seq_until}
    if attrs is not None:
        parts.append("(c.k = ANY(%(keysets)s::int[]) OR c.j ?| %(keys)s::text[])")
        values |= {"keysets": keysets_with(terms, attrs), "keys": [str(attr) for attr in attrs]}
    first, second = ("c.seq", "c.t") if by_seq else ("c.t", "c.seq")
    order = f"{first} DESC, {second} DESC" if newest_first else f"{first}, {second}"
    found = await conn.execute(
        sql.SQL(
            f"SELECT c.seq, c.t, c.k, c.v, c.j FROM change c WHERE {' AND '.join(parts)} "
            f"ORDER BY {order} LIMIT %(limit)s"
        ),
        values,
    )
    answer: list[LogRow] = await found.fetchall()
    asked = _Asked(terms, eid, start, end, seq_after or 0, seq_until, limit, newest_first, by_seq, attrs)
    answer = await _with_packed(conn, asked, answer)
    await know_keysets(conn, terms, (row[2] for row in answer))
    return answer


class _Asked(NamedTuple):
    """A question to :func:`rows`."""

    terms: Terms
    eid: int
    start: datetime | None
    end: datetime | None
    seq_after: int
    seq_until: int | None
    limit: int
    newest_first: bool
    by_seq: bool
    attrs: Sequence[int] | None


async def _with_packed(conn: Connection, asked: _Asked, found: list[LogRow]) -> list[LogRow]:
    """Merge packed rows into those of the log, day by day, until no other day can matter."""
    start_us, end_us = unpacking.span_us(asked.start, asked.end)
    span = unpacking.day_of(start_us), unpacking.day_of(end_us - 1)
    days = await tiers.packed_days(conn, asked.eid, *span)
    if not asked.newest_first:
        days.reverse()
    wanted = None
    if asked.attrs is not None:
        keysets = frozenset(keysets_with(asked.terms, asked.attrs))
        wanted = unpacking.Wanted(keysets, frozenset(asked.attrs))
    together = 1
    while days and not _enough(asked, found, days[0]):
        some, days = days[:together], days[together:]
        together = min(2 * together, _DAYS_TOGETHER)
        window = unpacking.Window(
            asked.eid,
            max(start_us, unpacking.start_us(min(some))),
            min(end_us, unpacking.start_us(max(some)) + unpacking.DAY_US),
        )
        known = {row[:2] for row in found}
        found += [
            (seq, t, k, v, j)
            for _, seq, at, k, v, j, _ in await unpacking.rows(conn, asked.terms, [window], wanted)
            if (seq, t := EPOCH + timedelta(microseconds=at)) not in known
            and seq > asked.seq_after
            and (asked.seq_until is None or seq <= asked.seq_until)
        ]
        order = (0, 1) if asked.by_seq else (1, 0)
        found.sort(key=itemgetter(*order), reverse=asked.newest_first)
        del found[asked.limit :]
    return found


_DAYS_TOGETHER = 16


def _enough(asked: _Asked, found: list[LogRow], day: date) -> bool:
    """Say whether no row of ``day``, or beyond it, would be among the first ``limit``."""
    if len(found) < asked.limit or asked.by_seq:
        return False
    last = to_us(found[-1][1])
    if asked.newest_first:
        return last >= unpacking.start_us(day) + unpacking.DAY_US
    return last < unpacking.start_us(day)


async def know_keysets(conn: Connection, terms: Terms, keysets: Iterable[int]) -> None:
    """Learn keysets that another process made since ``terms`` were loaded."""
    if any(number not in terms.keysets for number in keysets):
        await names.load(conn, terms)


async def attributes(conn: Connection, terms: Terms, eid: int) -> set[int]:
    """Return the attributes of which an entity has, or had, observations, in whatever tier they lie."""
    found = await conn.execute(
        """
        SELECT DISTINCT k, NULL::int FROM change WHERE eid = %(eid)s AND kind < 4
        UNION SELECT k, NULL FROM chunk WHERE eid = %(eid)s
        UNION SELECT k, NULL FROM rollup WHERE eid = %(eid)s
        UNION SELECT 0, key::int FROM change c, jsonb_object_keys(c.j) AS a (key)
              WHERE c.eid = %(eid)s AND c.kind < 4 AND key ~ '^[0-9]+$'
        UNION SELECT 0, unnest(others) FROM chunk WHERE eid = %(eid)s
        UNION SELECT 0, unnest(attrs) FROM rollup WHERE eid = %(eid)s
        """,
        {"eid": eid},
    )
    answer = await found.fetchall()
    await know_keysets(conn, terms, (k for k, _ in answer))
    return {attr for k, _ in answer for attr in terms.keysets[k].attrs} | {
        attr for _, attr in answer if attr is not None
    }
