"""The one way from the log to the course of attributes: keysets and packed numbers in, observations out.

Whoever wants history (charts, temporal queries, boards of the past) asks here, so that roll-ups, closed days
or a lake can later answer instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql

from haidang.base.database import Connection
from haidang.city.represent import Stored, instances
from haidang.city.store import names
from haidang.city.terms import Terms
from haidang.city.times import to_us


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


class Hour(NamedTuple):
    """One attribute over one hour of UTC that has data."""

    attr: int
    start: datetime
    mean: float
    low: float
    high: float
    n: int
    unit: str | None


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
) -> list[LogRow]:
    """Return an entity's log rows with ``start <= t < end`` in order of time, at most ``limit``."""
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
    order = "c.t DESC, c.seq DESC" if newest_first else "c.t, c.seq"
    found = await conn.execute(
        sql.SQL(
            f"SELECT c.seq, c.t, c.k, c.v, c.j FROM change c WHERE {' AND '.join(parts)} "
            f"ORDER BY {order} LIMIT %(limit)s"
        ),
        values,
    )
    answer: list[LogRow] = await found.fetchall()
    await know_keysets(conn, terms, (row[2] for row in answer))
    return answer


async def know_keysets(conn: Connection, terms: Terms, keysets: Iterable[int]) -> None:
    """Learn keysets that another process made since ``terms`` were loaded."""
    if any(number not in terms.keysets for number in keysets):
        await names.load(conn, terms)


async def hours(
    conn: Connection, terms: Terms, eid: int, *, attrs: Sequence[int], start: datetime, end: datetime
) -> list[Hour]:
    """Return mean, least, greatest and count per hour of UTC, oldest first; hours without data are absent.

    Of two observations of the same instant the one received last counts. Only the default instance counts.
    """
    found = await conn.execute(
        """
        WITH seen AS (
            SELECT c.t, c.seq, p.attr, p.unit, p.x
            FROM change c JOIN keyset k ON k.id = c.k
            CROSS JOIN LATERAL unnest(k.attrs, k.units, k.datasets, c.v) AS p(attr, unit, dataset, x)
            WHERE c.eid = %(eid)s AND c.t >= %(start)s AND c.t < %(end)s AND c.k = ANY(%(keysets)s::int[])
              AND p.attr = ANY(%(attrs)s::int[]) AND p.dataset = '' AND p.x <> 'NaN'
            UNION ALL
            SELECT c.t, c.seq, a.attr, coalesce(c.j->a.attr::text->>'u', ''),
                   attr_value(c.j->a.attr::text)::text::float8
            FROM change c CROSS JOIN unnest(%(attrs)s::int[]) AS a(attr)
            WHERE c.eid = %(eid)s AND c.t >= %(start)s AND c.t < %(end)s AND c.kind < 4
              AND jsonb_typeof(attr_value(c.j->a.attr::text)) = 'number'
        ), once AS (
            SELECT DISTINCT ON (attr, t) attr, t, unit, x FROM seen ORDER BY attr, t, seq DESC
        )
        SELECT attr, date_trunc('hour', t, 'UTC'), avg(x), min(x), max(x), count(*)::int, max(unit)
        FROM once GROUP BY 1, 2 ORDER BY 1, 2
        """,
        {
            "eid": eid,
            "attrs": list(attrs),
            "keysets": keysets_with(terms, attrs),
            "start": start,
            "end": end,
        },
    )
    return [
        Hour(attr, hour, mean, low, high, n, unit or None)
        for attr, hour, mean, low, high, n, unit in await found.fetchall()
    ]
