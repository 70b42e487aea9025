"""When the attributes of entities were made and modified: the system attributes that ``sysAttrs`` shows.

Asked for rarely, so nothing is stored for it that telemetry would have to write: an observed attribute was
modified when the log recorded the row with its time of observation, everything else follows from the entity
and from ``entity_static.times`` (decision 0067). Sub-attributes and the instances of one attribute share its
times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from haidang.base.database import Connection
from haidang.city.model import Kind
from haidang.city.represent import System, documents, stored_attributes
from haidang.city.store import history, read
from haidang.city.store.read import Row, Written
from haidang.city.terms import Terms
from haidang.city.times import EPOCH, format_us, to_us

Ages = Callable[[int], System]
"""Number of an attribute to when it was made and modified."""


async def ages(conn: Connection, terms: Terms, rows: Sequence[Row]) -> dict[int, Ages]:
    """Return the ages of the attributes of each entity, by its number."""
    observed = {row.eid: _observed(row) for row in rows}
    asked = {(eid, at) for eid, one in observed.items() for at in one.values()}
    log: dict[tuple[int, int], list[Written]] = defaultdict(list)
    if asked:
        pairs = sorted(asked)
        times = [EPOCH + timedelta(microseconds=at) for _, at in pairs]
        found = await read.written(conn, [eid for eid, _ in pairs], times)
        await history.know_keysets(conn, terms, (one.k for one in found))
        for one in found:
            log[one.eid, to_us(one.at)].append(one)
    return {row.eid: _ages_of(row, observed[row.eid], log, terms) for row in rows}


def _ages_of(
    row: Row, observed: dict[int, int], log: dict[tuple[int, int], list[Written]], terms: Terms
) -> Ages:
    born, touched = to_us(row.created), to_us(row.mod)
    kept = row.ages or {}

    def of(attr: int) -> System:
        made, modified = kept.get(str(attr), (born, born))
        at = observed.get(attr)
        if at is not None:
            modified = max(made, min(touched, _recorded(attr, at)))
        return System(format_us(made), format_us(modified))

    def _recorded(attr: int, at: int) -> int:
        for one in reversed(log.get((row.eid, at), ())):
            if attr in terms.keysets[one.k].attrs or str(attr) in one.keys:
                if one.seq == row.seq:
                    return touched
                return born if one.kind == Kind.CREATE else to_us(one.recorded)
        return at  # the row lies in a closed day: it was not recorded before it was observed

    return of


def _observed(row: Row) -> dict[int, int]:
    """Return the latest time of observation of each observed attribute."""
    doc, _ = documents(row.doc, None)
    found: dict[int, int] = {}
    for attr, stored, at in stored_attributes(doc, None):
        times = [at] if type(stored) is not dict else _times(stored)
        newest = max((one for one in times if one is not None), default=None)
        if newest is not None:
            found[attr] = newest
    return found


def _times(stored: dict[str, Any]) -> list[int | None]:
    return [one.get("o") for one in stored.get("m", (stored,))]
