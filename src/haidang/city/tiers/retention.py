"""Erasure by age: how long the observations of each type may be kept, and the end of those that are older.

Whole days of UTC are erased, in every tier; each type's erasure is an entry of the audit log. What made and
what ended an entity stays, and so does its present state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.city.packs import Packs
from haidang.city.store import rollup, tiers
from haidang.city.terms import Terms
from haidang.city.tiers.changing import erase_days
from haidang.organisation.chain import audit
from haidang.organisation.permissions import system

ENTITIES = 500
"""Entities that one transaction erases."""


class Erased(msgspec.Struct):
    """What a run did."""

    entities: int = 0
    rows: int = 0
    """Those in Parquet not counted."""


def kept_days(terms: Terms, packs: Packs, default: int) -> dict[int, int]:
    """Return days to keep by type number, where they are bounded; of several types the shortest counts."""
    found: dict[int, int] = {}
    for number in terms.type_iris:
        asked = [
            default if pack is None or pack.keep_days is None else pack.keep_days
            for pack in (packs.types.get(name) for name in terms.type_names(number))
        ]
        bounded = [days for days in asked if days > 0]
        if bounded:
            found[number] = min(bounded)
    return found


async def retain(db: Database, clock: Clock, terms: Terms, kept: Mapping[int, int]) -> Erased:
    """Erase what is older than its type may be."""
    done = Erased()
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    by_days: dict[int, list[int]] = {}
    for number, days in kept.items():
        by_days.setdefault(days, []).append(number)
    for days, numbers in sorted(by_days.items()):
        for number in numbers:
            await _erase(db, clock, terms, (number, midnight - timedelta(days=days)), done)
    return done


async def _erase(db: Database, clock: Clock, terms: Terms, due: tuple[int, datetime], done: Erased) -> None:
    number, before = due
    while True:
        async with db.transaction() as conn:
            await conn.execute("SET LOCAL statement_timeout = '10min'")
            await rollup.lock(conn)
            eids = await tiers.older_than(conn, [number], before, ENTITIES)
            if not eids:
                return
            rows = await erase_days(conn, eids, before)
            done.entities += len(eids)
            done.rows += rows
            await audit(
                conn,
                system("history"),
                "history.erase",
                f"type:{' '.join(terms.type_names(number))}",
                {"before": before.isoformat(), "entities": len(eids), "rows": rows},
                clock=clock,
            )
