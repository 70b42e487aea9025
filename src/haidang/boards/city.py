"""The city board: all entities as rows, now or as known at a moment, and how they went on from there.

One row function serves the snapshot, the stream (:func:`rows_of`, :func:`rows_of_changes`) and the replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection, Database
from haidang.base.text import fold
from haidang.boards import store
from haidang.boards.model import BoardRow, Facts, Types, row
from haidang.boards.reducer import Asked, Filter, Reducer, facts_from
from haidang.city.log import as_of, reach
from haidang.city.model import Changed, Entity, Kind
from haidang.city.store import history, log, read
from haidang.city.terms import Terms
from haidang.city.times import NEVER
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.store.areas import subtree

ROWS_MAX = 20_000
GONE_MAX = 2_000
FRAME_ROWS_MAX = 5_000
"""Rows of the log that one call for frames reads at most."""

_decode_json = msgspec.json.Decoder(dict[str, Any]).decode


class Board(msgspec.Struct, frozen=True):
    """A snapshot of the city."""

    seq: int
    """The log's number up to which the rows know everything; the stream goes on from here."""
    rows: list[BoardRow]
    counts: list[tuple[int, int, int]]
    """(type number, entities, simulated ones), also of what was cut."""
    truncated: bool


class Frame(msgspec.Struct, frozen=True):
    """What changed between one recorded moment and the next."""

    seq: int
    at: datetime
    rows: list[BoardRow]
    removed: list[str]


async def snapshot(
    db: Database, terms: Terms, types: Types, principal: Principal, *, which: Filter, at: datetime | None
) -> Board:
    """Return the board of now, or with ``at`` as it was known at that moment, no later."""
    async with read.reading(db) as conn:
        asked = await _asked(conn, terms, types, principal, which)
        where, values = _where(asked)
        if at is None:
            seq = await log.head(conn)
            facts = await store.now(conn, where, values, _headlines(types, terms), ROWS_MAX + 1)
        else:
            seq, recorded = await log.moment(conn, at)
            await reach(conn, seq)
            facts = await _facts_then(conn, asked, seq, recorded=recorded) if recorded else []
        truncated = len(facts) > ROWS_MAX
        counts = await store.counts(conn, where, values) if at is None and truncated else _counted(facts)
    return Board(seq, [row(one, types) for one in facts[:ROWS_MAX]], counts, truncated)


async def rows_of(conn: Connection, terms: Terms, types: Types, eids: Sequence[int]) -> list[BoardRow]:
    """Return the present rows of entities by number, whoever may see them: the caller filters."""
    facts = await store.now(
        conn, "e.eid = ANY(%(eids)s::int[])", {"eids": list(eids)}, _headlines(types, terms), ROWS_MAX
    )
    return [row(one, types) for one in facts]


def rows_of_changes(changes: Iterable[Changed], types: Types) -> tuple[list[BoardRow], list[BoardRow]]:
    """Return (rows, last rows of what was deleted) of a committed group, without asking the database."""
    rows: list[BoardRow] = []
    removed: list[BoardRow] = []
    for change in changes:
        entity = change.entity
        if entity is not None and entity.tenant_id == 0:
            (removed if change.kind == Kind.DELETE else rows).append(row(facts_of(entity, types), types))
    return rows, removed


def facts_of(entity: Entity, types: Types) -> Facts:
    """Return the facts of an entity as the writer holds it."""
    number = types.of(entity.type_id)[1]
    key = "" if number is None else str(number)
    at = None if entity.at == NEVER else entity.at
    headline: Any = None
    short = None
    if key in entity.keys:
        headline, short = _decode_json(entity.doc).get(key), at
    elif key in entity.static_keys:
        headline = _decode_json(entity.static).get(key)
    origin = entity.origin
    return Facts(
        entity.eid, entity.id, entity.type_id, entity.name, entity.lon, entity.lat, headline, short,
        at, origin.owner_org, origin.area_code, origin.sector, origin.source, origin.simulated,
    )  # fmt: skip


async def frames(
    db: Database,
    terms: Terms,
    types: Types,
    principal: Principal,
    *,
    which: Filter,
    start: datetime,
    end: datetime,
    after: int | None,
    limit: int,
) -> tuple[list[Frame], int | None]:
    """Return how the board went on from ``start`` (or from the number ``after``) to ``end``.

    Reads at most ``limit`` rows of the log; the second part is where to go on, None when ``end`` is reached.
    """
    async with read.reading(db) as conn:
        asked = await _asked(conn, terms, types, principal, which)
        first = await as_of(conn, start) if after is None else after
        await reach(conn, first)
        until = await as_of(conn, end)
        changes = await log.rows_after(conn, first, max(0, min(limit, FRAME_ROWS_MAX, until - first)))
        if not changes:
            return [], None
        await history.know_keysets(conn, terms, (change[4] for change in changes))
        last = changes[-1][0]
        marks = await log.moments(conn, first, last)
        eids = {change[3] for change in changes if change[1] != Kind.EVENT}
        reducer = Reducer(asked, await _facts_then(conn, asked, first, eids=eids))
    found: list[Frame] = []
    place = 0
    for seq, at in marks:
        place = reducer.take(changes, place, seq)
        rows, removed = reducer.frame()
        if rows or removed:
            found.append(Frame(seq, at, rows, removed))
    return found, last if last < until else None


async def _facts_then(
    conn: Connection,
    asked: Asked,
    seq: int,
    *,
    recorded: datetime | None = None,
    eids: set[int] | None = None,
) -> list[Facts]:
    """Return the facts known at ``seq`` of the selected entities that existed then.

    ``recorded`` is when that number was recorded; ``eids`` narrows to these entities.
    """
    where, values = _where(asked)
    if recorded is not None:
        where, values = where + " AND e.created <= %(recorded)s", values | {"recorded": recorded}
    if eids is not None:
        where += " AND e.eid = ANY(%(eids)s::int[])"
        where += " AND EXISTS (SELECT FROM change f WHERE f.eid = e.eid AND f.seq <= %(seq)s)"
        values = values | {"eids": sorted(eids)}
    by_headline: dict[int | None, list[int]] = {}
    for number in asked.terms.type_iris:
        by_headline.setdefault(asked.types.of(number)[1], []).append(number)
    found: list[Facts] = []
    for headline, numbers in by_headline.items():
        keysets = [] if headline is None else history.keysets_with(asked.terms, [headline])
        answers = await store.then(
            conn,
            where + " AND e.type_id = ANY(%(numbers)s::int[])",
            values | {"numbers": numbers},
            headline=headline,
            keysets=keysets,
            location=asked.location,
            seq=seq,
            limit=ROWS_MAX + 1,
        )
        rows = [one for _, _, *pair in answers for one in pair if one is not None]
        await history.know_keysets(conn, asked.terms, (one[2] for one in rows))
        for facts, same, said, placed in answers:
            if not same:
                facts.headline = facts.short_us = facts.latest_us = None
                for one in (placed, said):
                    if one is not None:
                        asked.apply(facts, one)
            found.append(facts)
    found += await _gone_then(conn, asked, seq, eids)
    return sorted(found, key=lambda one: one.id)


async def _gone_then(conn: Connection, asked: Asked, seq: int, eids: set[int] | None) -> list[Facts]:
    """Return the facts of selected entities that existed at ``seq`` and have been deleted since."""
    found: list[Facts] = []
    text = fold(asked.which.text or "")
    for eid, passport in await store.gone(conn, seq, GONE_MAX):
        if (eids is not None and eid not in eids) or not asked.selects(passport):
            continue
        rows = await history.rows(conn, asked.terms, eid, seq_until=seq, limit=10_000)
        if not rows:
            continue
        facts = facts_from(eid, passport)
        for one in reversed(rows):
            asked.apply(facts, one)
        if text in fold(f"{facts.name} {facts.id}"):
            found.append(facts)
    return found


async def _asked(conn: Connection, terms: Terms, types: Types, principal: Principal, which: Filter) -> Asked:
    areas = sorted(await subtree(conn, which.area) | {which.area}) if which.area else None
    return Asked(terms, types, principal, which, areas)


def _where(asked: Asked) -> tuple[str, dict[str, Any]]:
    visible, values = scope_sql(asked.principal, "entity.read")
    parts = ["e.tenant_id = 0", visible]
    if asked.areas is not None:
        parts.append("e.area_code = ANY(%(areas)s::text[])")
        values["areas"] = asked.areas
    if asked.which.sector:
        parts.append("e.sector = %(sector)s::text")
        values["sector"] = asked.which.sector
    if asked.type_ids is not None:
        parts.append("e.type_id = ANY(%(type_ids)s::int[])")
        values["type_ids"] = asked.type_ids
    if asked.which.text:
        parts.append("(s.name_fold LIKE %(text)s OR lower(e.id) LIKE %(text)s)")
        values["text"] = read.containing(fold(asked.which.text))
    return " AND ".join(parts), values


def _headlines(types: Types, terms: Terms) -> dict[int, int]:
    found = {number: types.of(number)[1] for number in terms.type_iris}
    return {number: attr for number, attr in found.items() if attr is not None}


def _counted(facts: Sequence[Facts]) -> list[tuple[int, int, int]]:
    counted: dict[int, tuple[int, int]] = {}
    for one in facts:
        everything, simulated = counted.get(one.type_id, (0, 0))
        counted[one.type_id] = (everything + 1, simulated + one.simulated)
    return [(number, *found) for number, found in sorted(counted.items())]
