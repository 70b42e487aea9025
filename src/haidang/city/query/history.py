"""The course of an entity's attributes, as charts want it: every observation, or hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from haidang.base.database import Database
from haidang.city.represent import Stored, stored_attributes, value_of
from haidang.city.store import aggregates, history, log, read
from haidang.city.store.read import Row
from haidang.city.terms import Terms
from haidang.city.times import to_us

POINTS_MAX = 20_000
"""Points one answer carries over all attributes."""
Step = Literal["raw", "hour"]


class Series(msgspec.Struct, frozen=True):
    """One attribute's course, oldest first."""

    attr: str
    unit: str | None
    """UN/CEFACT code of the newest point."""
    points: list[list[Any]]
    """raw: [epoch ms, value or null]; hour: [epoch ms of its start, mean, min, max, n]."""


class Course(msgspec.Struct, frozen=True):
    """The answer, and whether older points were left out."""

    series: list[Series]
    truncated: bool


async def course(
    db: Database,
    terms: Terms,
    row: Row,
    *,
    attrs: tuple[str, ...],
    start: datetime,
    end: datetime,
    step: Step,
    points_max: int = POINTS_MAX,
) -> Course:
    """Return the course of attributes (by name; none given: all numbers it has) with ``start <= t < end``.

    A gap stays a gap: nothing is filled in, an hour without data is absent.
    """
    numbers = [number for name in attrs if (number := terms.attr_id(name)) is not None]
    if not attrs:
        numbers = [
            number
            for number, stored, _ in stored_attributes(row.doc, row.static)
            if isinstance(value_of(stored), int | float) and not isinstance(value_of(stored), bool)
        ]
    if not numbers:
        return Course([], False)
    async with read.reading(db) as conn:
        if step == "hour":
            found = await aggregates.hours(conn, terms, row.eid, attrs=numbers, start=start, end=end)
            return Course(_hourly(terms, numbers, found), False)
        rows_max = max(1, points_max // len(numbers))
        rows = await history.rows(
            conn, terms, row.eid, attrs=numbers, start=start, end=end, limit=rows_max + 1
        )
    truncated = len(rows) > rows_max
    return Course(_raw(terms, numbers, rows[:rows_max], (start, end)), truncated)


async def as_known(
    db: Database, terms: Terms, row: Row, at: datetime
) -> tuple[int, list[tuple[int, Stored, int | None]]] | None:
    """Return (number of the log, attributes) of an entity as it was known at a moment.

    Each attribute is (number, stored form, time of its short forms in µs); None where it did not exist yet.
    """
    async with read.reading(db) as conn:
        seq, recorded = await log.moment(conn, at)
        if recorded is None or row.created > recorded:
            return None
        found: list[tuple[int, Stored, int | None]] = []
        for number, stored, at_us in stored_attributes(row.doc, row.static):
            if row.seq <= seq:
                found.append((number, stored, at_us))
                continue
            rows = await history.rows(conn, terms, row.eid, attrs=[number], seq_until=seq, limit=1)
            said = list(history.decode(rows[0], terms, frozenset({number}))) if rows else []
            forms = [(one, one.at_us if one.observed else None) for one in said if one.stored is not None]
            if len(forms) == 1:
                found.append((number, forms[0][0].stored, forms[0][1]))
            elif forms:
                longs = [one.stored if type(one.stored) is dict else {"v": one.value} for one, _ in forms]
                found.append((number, {"m": longs}, None))
    return seq, found


def _raw(
    terms: Terms, numbers: list[int], rows: list[history.LogRow], span: tuple[datetime, datetime]
) -> list[Series]:
    first, last = to_us(span[0]), to_us(span[1])
    wanted = frozenset(numbers)
    # Of two observations of one instant the one received last counts.
    latest: dict[int, dict[int, history.Observation]] = {number: {} for number in numbers}
    for row in rows:
        for one in history.decode(row, terms, wanted):
            if one.dataset is None and first <= one.at_us < last:
                known = latest[one.attr].get(one.at_us)
                if known is None or known.seq < one.seq:
                    latest[one.attr][one.at_us] = one
    return [
        Series(
            terms.attr_name(number),
            next((found[at].unit for at in sorted(found, reverse=True) if found[at].unit), None),
            [[at // 1000, _plain(found[at].value)] for at in sorted(found)],
        )
        for number, found in latest.items()
    ]


def _hourly(terms: Terms, numbers: list[int], found: list[aggregates.Hour]) -> list[Series]:
    by_attr: dict[int, list[aggregates.Hour]] = {number: [] for number in numbers}
    for hour in found:
        by_attr[hour.attr].append(hour)
    return [
        Series(
            terms.attr_name(number),
            next((hour.unit for hour in reversed(hours) if hour.unit), None),
            [[to_us(hour.start) // 1000, hour.mean, hour.low, hour.high, hour.n] for hour in hours],
        )
        for number, hours in by_attr.items()
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str | None) else msgspec.json.encode(value).decode()
