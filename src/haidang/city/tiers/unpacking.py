"""Reading what is packed: rows of entities from chunks and Parquet, as the log had them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from haidang.base.database import Connection
from haidang.city.store import tiers as store
from haidang.city.store.observations import Unpacked
from haidang.city.terms import Terms
from haidang.city.tiers import codec
from haidang.city.times import to_us

DAY_US = 86_400_000_000
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
_INLINE = 8
"""Chunks that are decoded without leaving the event loop: less than a thread costs."""


class Window(NamedTuple):
    """A span of one entity, ``start <= t < end`` in µs since 1970."""

    eid: int
    start_us: int
    end_us: int


class Wanted(NamedTuple):
    """Which attributes are asked for: the keysets that have them, and their numbers for all else."""

    keysets: frozenset[int]
    attrs: frozenset[int]


async def rows(
    conn: Connection, terms: Terms, windows: Sequence[Window], wanted: Wanted | None = None
) -> list[Unpacked]:
    """Return the packed rows in any of the windows, in no order, each once.

    Rows that lie in the log as well are among them; ``seq`` and time tell.
    """
    if not windows:
        return []
    first, last = day_of(min(one.start_us for one in windows)), day_of(max(one.end_us - 1 for one in windows))
    eids = sorted({one.eid for one in windows})
    packed = await store.chunks(
        conn,
        eids,
        first,
        last,
        keysets=None if wanted is None else sorted(wanted.keysets),
        attrs=None if wanted is None else sorted(wanted.attrs),
    )
    by_entity: dict[int, list[Window]] = {}
    for window in windows:
        by_entity.setdefault(window.eid, []).append(window)
    packed = [one for one in packed if _touches(one.day, by_entity[one.eid])]
    if len(packed) <= _INLINE:
        found = _decoded(packed, by_entity, wanted)
    else:
        found = await asyncio.to_thread(_decoded, packed, by_entity, wanted)
    found += await _from_files(conn, terms, by_entity, (first, last), wanted)
    return list({(row[0], row[1], row[2]): row for row in found}.values())


async def exactly(
    conn: Connection, terms: Terms, eids: Sequence[int], times_us: Sequence[int]
) -> list[tuple[int, int, int, list[float] | None, Any]]:
    """Return (eid, µs since 1970, k, v, j) of packed rows at exactly these times."""
    asked = set(zip(eids, times_us, strict=True))
    days = sorted({(eid, at // DAY_US * DAY_US) for eid, at in asked})
    found = await rows(conn, terms, [Window(eid, start, start + DAY_US) for eid, start in days])
    return [(eid, at, k, v, j) for eid, _, at, k, v, j, _ in found if (eid, at) in asked]


def day_of(at_us: int) -> date:
    """Return the day of UTC; what lies outside the calendar counts to its first or last day."""
    days = at_us // DAY_US
    return FIRST + timedelta(days=min(max(days + 719_162, 0), (LAST - FIRST).days))


def start_us(day: date) -> int:
    """Return when a day of UTC begins."""
    return (day.toordinal() - 719_163) * DAY_US


def span_us(start: datetime | None, end: datetime | None) -> tuple[int, int]:
    """Return a span in µs since 1970, open ends at the ends of the calendar."""
    return (
        -(2**62) if start is None else to_us(start),
        2**62 if end is None else to_us(end),
    )


def _touches(day: date, windows: Sequence[Window]) -> bool:
    start = start_us(day)
    return any(one.start_us < start + DAY_US and one.end_us > start for one in windows)


def _decoded(
    packed: Sequence[store.Chunk], windows: dict[int, list[Window]], wanted: Wanted | None
) -> list[Unpacked]:
    found: list[Unpacked] = []
    for one in packed:
        decoded = codec.decode(one.body)
        spans = windows[one.eid]
        whole = wanted is None or one.k in wanted.keysets
        for seq, at, kind, v, j in codec.log_rows(decoded):
            if any(span.start_us <= at < span.end_us for span in spans) and (whole or _has(j, wanted)):
                found.append((one.eid, seq, at, one.k, v, j, kind))
    return found


def _has(j: object, wanted: Wanted | None) -> bool:
    return wanted is None or (isinstance(j, dict) and any(str(attr) in j for attr in wanted.attrs))


async def _from_files(
    conn: Connection,
    terms: Terms,
    windows: dict[int, list[Window]],
    days: tuple[date, date],
    wanted: Wanted | None,
) -> list[Unpacked]:
    held = await store.files(conn, sorted(windows), *days)
    chosen: dict[str, list[int]] = {}
    for file, eid in held:
        if _touches(file.day, windows[eid]):
            chosen.setdefault(file.name, []).append(eid)
    if not chosen:
        return []
    from haidang.city.tiers import lake  # noqa: PLC0415 - the engine is loaded only by whoever needs it

    found = await asyncio.to_thread(lake.read, lake.folder(terms), chosen, terms.keysets)
    return [
        row
        for row in found
        if any(span.start_us <= row[2] < span.end_us for span in windows[row[0]])
        and (wanted is None or row[3] in wanted.keysets or _has(row[5], wanted))
    ]
