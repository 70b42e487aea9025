"""SQL of values: many at a time, what stands, what was known before, what was known at an instant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.indicators.model.value import REASONS, SOURCES, Flag, NewValue, Source, Standing
from haidang.indicators.store import register
from haidang.organisation.permissions import Principal, scope_sql

CHUNK = 20_000
"""Values that one statement writes."""
_STANDING = ", ".join(f"v.{name}" for name in Standing.__struct_fields__)
_KEPT = int(Flag.OUTDATED | Flag.LATE | Flag.CORRECTED)
"""Flags that do not make a value another one."""

_GIVEN = (
    "SELECT %(batch)s::bigint AS batch, x.indicator_id, x.place_id, x.start, %(source)s::smallint AS source, "
    "x.missing, x.flags, x.method, x.value FROM unnest(%(indicators)s::int[], %(places)s::int[], "
    "%(starts)s::date[], %(missing)s::smallint[], %(flags)s::smallint[], %(methods)s::smallint[], "
    "%(values)s::numeric[]) AS x (indicator_id, place_id, start, missing, flags, method, value)"
)
_PUT = f"""
INSERT INTO indicator_value AS v (batch, judged, indicator_id, place_id, start, source, missing, flags,
method,
                                  revision, state, value)
SELECT g.batch, g.batch, g.indicator_id, g.place_id, g.start, g.source, g.missing, g.flags, g.method, 1,
%(state)s, g.value
FROM ({_GIVEN}) AS g ORDER BY g.indicator_id, g.place_id, g.start
ON CONFLICT (indicator_id, place_id, start) DO UPDATE SET
    batch = EXCLUDED.batch, judged = EXCLUDED.judged, source = EXCLUDED.source, missing = EXCLUDED.missing,
    flags = EXCLUDED.flags, method = EXCLUDED.method, revision = v.revision + 1, state = EXCLUDED.state,
    value = EXCLUDED.value
"""
# ``model.value.hinders`` and ``same`` for sources without people, in one statement; a test holds them
# together.
_PUT_AUTOMATIC = f"""{_PUT}
WHERE v.state <> 3 AND v.flags & {int(Flag.CORRECTED)} = 0
    AND NOT (EXCLUDED.source > v.source AND v.missing = 0 AND v.source <= 3)
    AND (v.value, v.missing, v.source, v.method, v.flags & ~{_KEPT}, v.flags & {int(Flag.OUTDATED)})
        IS DISTINCT FROM
        (EXCLUDED.value, EXCLUDED.missing, EXCLUDED.source, EXCLUDED.method, EXCLUDED.flags & ~{_KEPT}, 0)
RETURNING v.indicator_id, v.place_id, v.start
"""
# What could not be gone over although it differs is marked, so that a person sees it.
_MARK_HELD = f"""
UPDATE indicator_value v SET flags = v.flags | {int(Flag.OUTDATED)} FROM ({_GIVEN}) AS g
WHERE (v.indicator_id, v.place_id, v.start) = (g.indicator_id, g.place_id, g.start)
    AND v.start BETWEEN %(first)s AND %(last)s AND v.batch <> g.batch
    AND (v.state = 3 OR v.flags & {int(Flag.CORRECTED)} > 0)
    AND (v.value, v.missing) IS DISTINCT FROM (g.value, g.missing)
RETURNING v.indicator_id, v.place_id, v.start
"""

Key = tuple[int, int, date]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """An act on many values: who, when, from where, why."""

    id: int = 0
    at: datetime
    author: str
    act: str
    source_kind: Source
    source_ref: str = ""
    reason: str = ""
    document: str = ""
    file_sha256: str | None = None
    org_id: int | None = None
    simulated: bool = False


async def add_batch(connection: Connection, batch: Batch) -> int:
    """Write an act down; return its number."""
    cursor = await connection.execute(
        "INSERT INTO indicator_batch (at, author, act, source_kind, source_ref, reason, document, "
        "file_sha256, "
        "org_id, simulated) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (batch.at, batch.author, batch.act, batch.source_kind, batch.source_ref, batch.reason, batch.document,
         batch.file_sha256, batch.org_id, batch.simulated),
    )  # fmt: skip
    [(number,)] = await cursor.fetchall()
    return int(number)


async def batches(connection: Connection, ids: Collection[int]) -> dict[int, Batch]:
    """Return acts by their numbers."""
    names = ", ".join(Batch.__struct_fields__)
    cursor = await connection.execute(
        f"SELECT {names} FROM indicator_batch WHERE id = ANY(%s)", (sorted(ids),)
    )
    found = [Batch(**dict(zip(Batch.__struct_fields__, row, strict=True))) for row in await cursor.fetchall()]
    return {each.id: each for each in found}


def _given(batch: int, source: Source, state: int, new: Sequence[NewValue]) -> dict[str, Any]:
    return {
        "batch": batch, "source": SOURCES.index(source) + 1, "state": state,
        "indicators": [each.indicator_id for each in new], "places": [each.place_id for each in new],
        "starts": [each.start for each in new],
        "missing": [REASONS.index(each.missing) + 1 if each.missing else 0 for each in new],
        "flags": [int(each.flags) for each in new], "methods": [each.method for each in new],
        "values": [each.value for each in new],
        "first": min(each.start for each in new), "last": max(each.start for each in new),
    }  # fmt: skip


async def put(
    connection: Connection, batch: int, source: Source, state: int, new: Sequence[NewValue]
) -> None:
    """Write values that the caller has locked and judged; the schema keeps what stood before."""
    for at in range(0, len(new), CHUNK):
        await connection.execute(_PUT, _given(batch, source, state, new[at : at + CHUNK]))


async def put_automatic(
    connection: Connection, batch: int, source: Source, state: int, new: Sequence[NewValue]
) -> tuple[list[Key], list[Key]]:
    """Write values of a source without people; return the keys that changed, and those that were held."""
    changed: list[Key] = []
    held: list[Key] = []
    for at in range(0, len(new), CHUNK):
        given = _given(batch, source, state, new[at : at + CHUNK])
        cursor = await connection.execute(_PUT_AUTOMATIC, given)
        changed += await cursor.fetchall()
        cursor = await connection.execute(_MARK_HELD, given)
        held += await cursor.fetchall()
    return changed, held


async def standing(connection: Connection, keys: Sequence[Key], *, lock: bool = False) -> dict[Key, Standing]:
    """Return how values stand now, by key; ``lock`` holds them in one order for the caller's change."""
    if not keys:
        return {}
    cursor = await connection.execute(
        f"SELECT {_STANDING} FROM indicator_value v WHERE (v.indicator_id, v.place_id, v.start) IN "
        "(SELECT * FROM unnest(%(indicators)s::int[], %(places)s::int[], %(starts)s::date[])) "
        "AND v.start BETWEEN %(first)s AND %(last)s ORDER BY v.indicator_id, v.place_id, v.start"
        + (" FOR NO KEY UPDATE" if lock else ""),
        {
            "indicators": [key[0] for key in keys], "places": [key[1] for key in keys],
            "starts": [key[2] for key in keys],
            "first": min(key[2] for key in keys), "last": max(key[2] for key in keys),
        },
    )  # fmt: skip
    found = [_standing(row) for row in await cursor.fetchall()]
    return {(each.indicator_id, each.place_id, each.start): each for each in found}


def _standing(row: Sequence[Any]) -> Standing:
    return Standing(**dict(zip(Standing.__struct_fields__, row, strict=True)))


async def move(connection: Connection, keys: Sequence[Key], *, to: int, judged: int, flags: int = 0) -> None:
    """Give values another state, and flags beside those they have."""
    await connection.execute(
        "UPDATE indicator_value v SET state = %(to)s, judged = %(judged)s, flags = v.flags | %(flags)s "
        "FROM unnest(%(indicators)s::int[], %(places)s::int[], %(starts)s::date[]) AS k (i, p, s) "
        "WHERE (v.indicator_id, v.place_id, v.start) = (k.i, k.p, k.s) AND v.start BETWEEN %(first)s AND "
        "%(last)s",
        {
            "to": to, "judged": judged, "flags": flags,
            "indicators": [key[0] for key in keys], "places": [key[1] for key in keys],
            "starts": [key[2] for key in keys],
            "first": min(key[2] for key in keys), "last": max(key[2] for key in keys),
        },
    )  # fmt: skip


async def outdate(connection: Connection, keys: Sequence[Key]) -> int:
    """Mark values that something they are made from has changed since; return how many."""
    if not keys:
        return 0
    cursor = await connection.execute(
        f"UPDATE indicator_value v SET flags = v.flags | {int(Flag.OUTDATED)} "
        "FROM unnest(%(indicators)s::int[], %(places)s::int[], %(starts)s::date[]) AS k (i, p, s) "
        "WHERE (v.indicator_id, v.place_id, v.start) = (k.i, k.p, k.s) AND v.start BETWEEN %(first)s AND "
        "%(last)s",
        {
            "indicators": [key[0] for key in keys], "places": [key[1] for key in keys],
            "starts": [key[2] for key in keys],
            "first": min(key[2] for key in keys), "last": max(key[2] for key in keys),
        },
    )  # fmt: skip
    return cursor.rowcount


def readable(principal: Principal) -> tuple[str, dict[str, Any]]:
    """Return the predicate of the values (``i`` indicator, ``p`` place) that an asker may see: about its own
    places, of its own indicators, or owed by its own units."""
    if not principal.may("indicator.read"):
        return "FALSE", {}
    about, values = scope_sql(
        principal, "indicator.read", org="p.org_id", area="p.area_code", sector="i.sector"
    )
    kept, more = scope_sql(principal, "indicator.read", org="i.owner_org", area=None, sector="i.sector")
    owed, most = scope_sql(principal, "indicator.read", org="d.org_id", area=None, sector="i.sector")
    where = (
        f"(i.shared OR {about} OR {kept} OR EXISTS (SELECT FROM indicator_duty d "
        f"WHERE d.indicator_id = i.id AND d.place_id = p.id AND {owed}))"
    )
    return where, values | more | most


async def series(
    connection: Connection,
    principal: Principal,
    indicators: Collection[int],
    places: Collection[int] | None,
    *,
    first: date,
    last: date,
    known_at: datetime | None = None,
    limit: int = 20_000,
) -> list[Standing]:
    """Return values that the asker may see, by indicator, place and period; drafts are left out.

    ``known_at``: as they were known at an instant.
    """
    where, values = readable(principal)
    at_places = "" if places is None else "AND v.place_id = ANY(%(places)s) "
    source = "indicator_value v"
    if known_at is not None:
        source = (
            f"(SELECT {_STANDING} FROM indicator_value v JOIN indicator_batch b ON b.id = v.batch "
            f"WHERE b.at <= %(known_at)s UNION ALL SELECT {_STANDING} "
            "FROM indicator_revision v JOIN indicator_batch b ON b.id = v.batch "
            "JOIN indicator_batch l ON l.id = v.superseded WHERE b.at <= %(known_at)s AND l.at > "
            "%(known_at)s) v"
        )
    cursor = await connection.execute(
        f"SELECT {_STANDING} FROM {source} JOIN indicator i ON i.id = v.indicator_id "
        f"JOIN indicator_place p ON p.id = v.place_id WHERE v.indicator_id = ANY(%(indicators)s) {at_places}"
        f"AND v.start BETWEEN %(first)s AND %(last)s AND v.state > 0 AND {where} "
        "ORDER BY v.indicator_id, v.place_id, v.start LIMIT %(limit)s",
        values
        | {
            "indicators": sorted(indicators), "places": None if places is None else sorted(places),
            "first": first, "last": last, "known_at": known_at, "limit": limit,
        },
    )  # fmt: skip
    return [_standing(row) for row in await cursor.fetchall()]


async def revisions(connection: Connection, key: Key) -> list[Standing]:
    """Return all that was ever known of a value, the latest first."""
    cursor = await connection.execute(
        f"SELECT {_STANDING} FROM indicator_value v WHERE (v.indicator_id, v.place_id, v.start) = (%s, %s, "
        f"%s)",
        key,
    )
    found = [_standing(row) for row in await cursor.fetchall()]
    cursor = await connection.execute(
        f"SELECT {_STANDING} FROM indicator_revision v WHERE (v.indicator_id, v.place_id, v.start) = (%s, "
        f"%s, %s) "
        "ORDER BY v.revision DESC",
        key,
    )
    return found + [_standing(row) for row in await cursor.fetchall()]


async def may_read(connection: Connection, principal: Principal, indicator_id: int, place_id: int) -> bool:
    """Say whether the asker may see values of an indicator about a place."""
    where, values = readable(principal)
    cursor = await connection.execute(
        f"SELECT 1 FROM indicator i, indicator_place p WHERE i.id = %(i)s AND p.id = %(p)s AND {where}",
        values | {"i": indicator_id, "p": place_id},
    )
    return await cursor.fetchone() is not None


async def heard(connection: Connection, lives: dict[int, date], at: datetime) -> None:
    """Note when something was last heard of indicators."""
    ids = sorted(lives)
    await connection.execute(
        "INSERT INTO indicator_life AS l (indicator_id, last_start, last_at) "
        "SELECT x.i, x.s, %(at)s FROM unnest(%(ids)s::int[], %(starts)s::date[]) AS x (i, s) ORDER BY 1 "
        "ON CONFLICT (indicator_id) DO UPDATE SET last_start = greatest(l.last_start, EXCLUDED.last_start), "
        "last_at = greatest(l.last_at, EXCLUDED.last_at)",
        {"ids": ids, "starts": [lives[number] for number in ids], "at": at},
    )


async def lives(connection: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return when each running indicator was last heard of, among those the asker may see."""
    where, values = register.readable(principal)
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT i.id, i.code, i.vi, i.en, i.sector, i.period_kind, i.source_kind, i.form_code, "
            "l.last_start, l.last_at FROM indicator i LEFT JOIN indicator_life l ON l.indicator_id = i.id "
            f"WHERE i.retired_on IS NULL AND {where} ORDER BY i.code LIMIT 5000",
            values,
        )
        return await cursor.fetchall()


async def shares(
    connection: Connection, starts: Mapping[Any, date], orgs: Collection[int] | None = None
) -> dict[str, int]:
    """Return how many values of the last periods came from each kind of source; ``starts`` by kind of period.

    ``orgs``: only values about places of these units.
    """
    found: dict[str, int] = dict.fromkeys(SOURCES, 0)
    cursor = await connection.execute(
        "SELECT v.source, count(*) FROM indicator_value v JOIN indicator i ON i.id = v.indicator_id "
        "JOIN indicator_place p ON p.id = v.place_id "
        "JOIN unnest(%(kinds)s::text[], %(starts)s::date[]) AS k (kind, start) ON k.kind = i.period_kind "
        "AND k.start = v.start WHERE v.missing = 0 AND v.state > 0 AND v.start = ANY(%(starts)s) "
        "AND (%(orgs)s::int[] IS NULL OR p.org_id = ANY(%(orgs)s)) GROUP BY 1",
        {
            "kinds": list(starts), "starts": list(starts.values()),
            "orgs": None if orgs is None else sorted(orgs),
        },
    )  # fmt: skip
    for number, count in await cursor.fetchall():
        found[SOURCES[number - 1]] = count
    return found
