"""Meeting entities: who they are; their newest observations go through the engine, silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from haidang.alerts.rules import store
from haidang.alerts.rules.entity import Entity
from haidang.alerts.rules.store import Face
from haidang.base.database import Connection
from haidang.city.represent import observed_of, stored_attributes, value_of
from haidang.city.store.history import know_keysets
from haidang.city.terms import Terms
from haidang.city.times import EPOCH, to_us

if TYPE_CHECKING:
    from haidang.alerts.rules.live import Live

TOGETHER = 2_000
"""Entities whose past is asked for at once."""
ROWS_MAX = 500
"""Most rows of an entity's past that windows are made of."""
_HALF_DAY = timedelta(hours=12)
_US = timedelta(microseconds=1)


async def meet(live: Live, conn: Connection, eids: Sequence[int], until: int) -> None:
    """Take in the entities among these that rules look at, with their past up to a number of the log."""
    for start in range(0, len(eids), TOGETHER):
        await meet_faces(live, conn, await store.faces(conn, eids[start : start + TOGETHER]), until)


async def meet_faces(live: Live, conn: Connection, faces: Iterable[Face], until: int) -> None:
    """Do as :func:`meet` for entities of which the rows are at hand."""
    ahead: list[int] = []
    windows: dict[timedelta, list[int]] = {}
    for face in faces:
        type_ = watched_type(live, face.type_id)
        if type_ is None:
            continue
        entity = entity_of(face, type_)
        _from_documents(live, entity, face, whole=face.seq <= until)
        live.engine.adopt(entity)
        span = window_of(entity)
        if span:
            windows.setdefault(timedelta(microseconds=span), []).append(face.eid)
        elif face.seq > until:
            ahead.append(face.eid)
    for window, eids in windows.items():
        for start in range(0, len(eids), TOGETHER):
            await _warm(
                live, conn, eids[start : start + TOGETHER], until=until, window=window, limit=ROWS_MAX
            )
    for start in range(0, len(ahead), TOGETHER):
        await _warm(live, conn, ahead[start : start + TOGETHER], until=until, window=_HALF_DAY, limit=5)


async def _warm(
    live: Live, conn: Connection, eids: list[int], *, until: int, window: timedelta, limit: int
) -> None:
    since = live.checked - window
    found = await store.recent(conn, eids, until, since, limit)
    await know_keysets(conn, live.columns.terms, {row[4] for _, row in found})
    for eid, (_, _, t, _, k, v, j) in found:
        entity = live.engine.entities[eid]
        live.engine.warm(entity, (t - EPOCH) // _US, live.columns.pairs(entity.type, k, v, j))


def _from_documents(live: Live, entity: Entity, face: Face, *, whole: bool) -> None:
    """Learn values from the present state, and its times where nothing in it is newer than the cursor."""
    wanted = live.engine.index.attrs(entity.type)
    for number, stored, at_us in stored_attributes(face.doc, face.static or {}):
        observed = observed_of(stored, at_us)
        if whole and observed is not None:
            entity.heard = max(entity.heard, observed)
        name = live.columns.terms.attr_name(number)
        if name not in wanted:
            continue
        entity.values[name] = value_of(stored)
        if whole and observed is not None:
            entity.last[name] = observed


async def look_again(live: Live, conn: Connection, eids: Sequence[int]) -> None:
    """Take note of what entities are now: another area, owner or type."""
    for face in await store.faces(conn, eids):
        known = live.engine.entities.get(face.eid)
        type_ = watched_type(live, face.type_id)
        if known is None:
            continue
        if type_ is None:
            live.engine.forget(known, to_us(live.checked))
            continue
        fresh = entity_of(face, type_)
        for field in ("name", "owner_org", "area", "sector", "source", "simulated", "lon", "lat", "type"):
            setattr(known, field, getattr(fresh, field))
        known.slots = None
        live.engine.adopt(known)


def watched_type(live: Live, type_id: int) -> str | None:
    """Return the name under which rules look at a type, or at one of a combination; None where none does."""
    watched = live.engine.index.types
    return next((name for name in live.columns.terms.type_names(type_id) if name in watched), None)


def window_of(entity: Entity) -> int:
    """Return how far back, in µs, an entity's past matters to windows; 0 where it has none."""
    return entity.slots.window_us if entity.slots else 0


def entity_of(face: Face, type_: str) -> Entity:
    """Return an entity as its row has it."""
    return Entity(
        face.eid,
        face.id,
        type_,
        name=face.name or "",
        owner_org=face.owner_org,
        area=face.area,
        sector=face.sector,
        source=face.source,
        simulated=face.simulated,
        lon=face.lon,
        lat=face.lat,
    )


def entity_of_end(eid: int, j: dict[str, Any], terms: Terms) -> Entity | None:
    """Return an entity as the row of its deletion tells of it."""
    passport = j.get("@e")
    if not passport:
        return None
    return Entity(
        eid,
        passport["id"],
        " ".join(terms.type_names(passport["type_id"])),
        owner_org=passport["owner_org"],
        area=passport["area_code"],
        sector=passport["sector"],
        source=passport["source"],
        simulated=passport["simulated"],
    )
