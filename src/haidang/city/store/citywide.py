"""One attribute of many entities by the hour, from hours that are kept, else from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import sql

from haidang.base.database import Connection
from haidang.base.problems import UNAVAILABLE, Problem
from haidang.city.store import rollup
from haidang.city.store.history import keysets_with
from haidang.city.store.observations import WINDOWS, more_of, once_of
from haidang.city.terms import Terms
from haidang.city.tiers import unpacking
from haidang.city.times import to_us

CHANGED_MAX = 20_000
"""Hours of entities that one question makes of rows."""
_HOUR = timedelta(hours=1)


class CityHour(NamedTuple):
    """An attribute of all selected entities over one hour of UTC."""

    start: datetime
    n: int
    mean: float
    low: float
    high: float


async def hours(
    conn: Connection,
    terms: Terms,
    attr: int,
    where: str,
    values: dict[str, Any],
    *,
    start: datetime,
    end: datetime,
) -> list[CityHour]:
    """Return the hours of ``start <= t < end`` (whole hours) that have numbers, oldest first.

    ``where`` selects entities ``e``. Raises ``Problem`` (unavailable) while too many hours of the span wait
    to be summed up.
    """
    state = await rollup.state(conn)
    until, cursor = (start, 0) if state is None else (max(start, min(end, state[0])), state[1])
    changed = await rollup.changed(conn, start, until, cursor, limit=CHANGED_MAX + 1)
    if len(changed) > CHANGED_MAX:
        raise Problem(
            UNAVAILABLE,
            "Số liệu theo giờ đang được tính lại; hãy thử lại sau ít phút.",
            "The hours are being summed up again; try again in a few minutes.",
            retry_after_s=60,
        )
    asked = values | kept_parameters(attr, start, until, changed)
    found: list[tuple[Any, ...]] = []
    for statement in kept_statements(terms, attr, where, changed=bool(changed)):
        found += await (await conn.execute(sql.SQL(statement), asked)).fetchall()
    found += await _from_rows(conn, terms, attr, where, values, changed=changed, open_span=(until, end))
    merged: dict[datetime, CityHour] = {}
    for at, n, total, low, high in found:
        if n:
            one = CityHour(at, int(n), total / n, low, high)
            known = merged.get(at)
            merged[at] = one if known is None else _joined(known, one)
    return [merged[at] for at in sorted(merged)]


def kept_statements(terms: Terms, attr: int, where: str, *, changed: bool) -> list[str]:
    """Return the SQL that answers from kept hours; ``changed``: but for some of them.

    One statement for plain hours and one for those summed up carefully: an append of both costs each row more
    than the second statement costs.
    """
    # For each place that the attribute has in keysets, its five figures stand at the same subscripts.
    at: dict[int, list[int]] = {}
    for number, keyset in terms.keysets.items():
        for place, (one, dataset) in enumerate(zip(keyset.attrs, keyset.datasets, strict=True)):
            if one == attr and not dataset:
                at.setdefault(5 * place + 1, []).append(number)
    figures = "r.eid, r.hour, r.x[{0}] AS n, r.x[{0} + 1] AS s, r.x[{0} + 3] AS lo, r.x[{0} + 4] AS hi"
    span = "r.hour >= %(start)s AND r.hour < %(until)s"
    plain = [
        f"SELECT {figures.format(i)} FROM rollup r WHERE {_one_of(keysets)} AND {span}"
        for i, keysets in at.items()
    ]
    careful = (
        f"SELECT {figures.format('p.i')} FROM rollup r"
        " CROSS JOIN LATERAL (SELECT 5 * array_position(r.attrs, %(attr)s) - 4 AS i) p"
        f" WHERE r.k <= 0 AND p.i IS NOT NULL AND {span}"
    )
    but = """AND NOT EXISTS (
            SELECT FROM unnest(%(changed_eids)s::int[], %(changed_hours)s::timestamptz[]) AS b (eid, hour)
            WHERE b.eid = f.eid AND b.hour = f.hour)"""
    return [
        f"""
        SELECT f.hour, sum(f.n), sum(f.s), min(f.lo), max(f.hi)
        FROM ({source}) f
        WHERE f.eid IN (SELECT e.eid FROM entity e WHERE {where}) {but if changed else ""}
        GROUP BY 1
        """
        for source in (" UNION ALL ".join(plain), careful)
        if source
    ]


def _one_of(keysets: Sequence[int]) -> str:
    if len(keysets) == 1:
        return f"r.k = {keysets[0]}"
    return f"r.k = ANY(ARRAY[{', '.join(map(str, keysets))}])"


def kept_parameters(
    attr: int, start: datetime, until: datetime, changed: Sequence[rollup.Hour]
) -> dict[str, Any]:
    """Return the parameters of :func:`kept_statements` but for those of the predicate."""
    return {
        "attr": attr,
        "start": start,
        "until": until,
        "changed_eids": [eid for eid, _ in changed],
        "changed_hours": [hour for _, hour in changed],
    }


async def _from_rows(
    conn: Connection,
    terms: Terms,
    attr: int,
    where: str,
    values: dict[str, Any],
    *,
    changed: Sequence[rollup.Hour],
    open_span: tuple[datetime, datetime],
) -> list[tuple[Any, ...]]:
    """Sum up changed hours, and the span after the kept ones, from the rows."""
    keysets = keysets_with(terms, [attr])
    parameters = values | {
        "eids": [eid for eid, _ in changed],
        "starts": [hour for _, hour in changed],
        "ends": [hour + _HOUR for _, hour in changed],
        "attrs": [attr],
        "keysets": keysets,
        "keys": [str(attr)],
        "open_start": open_span[0],
        "open_end": open_span[1],
    }
    windows = [unpacking.Window(eid, to_us(hour), to_us(hour + _HOUR)) for eid, hour in changed]
    wanted = unpacking.Wanted(frozenset(keysets), frozenset({attr}))
    packed = await unpacking.rows(conn, terms, windows, wanted)
    found: list[tuple[Any, ...]] = []
    for source, more in ((WINDOWS, more_of(packed)), (_OPEN, "[]")):
        if (source is WINDOWS and not changed) or (source is _OPEN and open_span[0] >= open_span[1]):
            continue
        cursor = await conn.execute(
            sql.SQL(f"""{once_of(source)}
            SELECT date_trunc('hour', t, 'UTC'), count(x), sum(x), min(x), max(x)
            FROM once JOIN entity e USING (eid) WHERE {where} GROUP BY 1
            """),
            parameters | {"more": more},
        )
        found += await cursor.fetchall()
    return found


_OPEN = """
    FROM change c
    WHERE c.t >= %(open_start)s AND c.t < %(open_end)s AND c.kind < 4
      AND (c.k = ANY(%(keysets)s::int[]) OR c.j ?| %(keys)s::text[])
"""


def _joined(a: CityHour, b: CityHour) -> CityHour:
    n = a.n + b.n
    return CityHour(a.start, n, (a.mean * a.n + b.mean * b.n) / n, min(a.low, b.low), max(a.high, b.high))
