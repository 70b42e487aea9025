"""SQL of data models: modes chosen at run time, what was looked at, what did not fit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from haidang.base.database import Connection
from haidang.city.models.model import Mode

EXAMPLES_MAX = 200
"""Kinds of violation that one answer shows, the most frequent first."""
SAMPLE_MAX = 1_000
"""Entities looked at to say which attributes are really in use."""


class Chosen(NamedTuple):
    """A mode that somebody chose."""

    mode: Mode
    version: int
    changed_at: datetime
    changed_by: str


class Owner(NamedTuple):
    """Whose an entity is; '' stands for no area and no sector."""

    org: int
    area: str
    sector: str


class Seen(NamedTuple):
    """How many entities of a type were looked at, and in how many something did not fit."""

    type: str
    owner: Owner
    checked: int
    faulty: int


class Violation(NamedTuple):
    """Something that did not fit, so often, and the last time it did not."""

    type: str
    attribute: str
    reason: str
    owner: Owner
    times: int
    refused: int
    first_at: datetime
    last_at: datetime
    entity_id: str
    value: str | None
    vi: str
    en: str


async def modes(conn: Connection) -> dict[str, Chosen]:
    """Return what was chosen, by type."""
    found = await conn.execute("SELECT type, mode, version, changed_at, changed_by FROM model_mode")
    return {row[0]: Chosen(Mode(row[1]), *row[2:]) for row in await found.fetchall()}


async def lock_mode(conn: Connection, type_name: str) -> Chosen | None:
    """Return what was chosen for a type; nobody else chooses until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('model_mode'), hashtext(%s))", (type_name,))
    return (await modes(conn)).get(type_name)


async def choose(conn: Connection, type_name: str, chosen: Chosen) -> None:
    """Keep a choice."""
    await conn.execute(
        """INSERT INTO model_mode (type, mode, version, changed_at, changed_by) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (type) DO UPDATE SET mode = excluded.mode, version = excluded.version,
            changed_at = excluded.changed_at, changed_by = excluded.changed_by""",
        (type_name, *chosen),
    )


async def add_seen(conn: Connection, seen: Iterable[Seen], now: datetime) -> None:
    """Add to the counts of entities looked at."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """INSERT INTO model_seen (type, owner_org, area_code, sector, checked, faulty, since)
            VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (type, owner_org, area_code, sector) DO UPDATE
            SET checked = model_seen.checked + excluded.checked,
                faulty = model_seen.faulty + excluded.faulty""",
            [(one.type, *one.owner, one.checked, one.faulty, now) for one in seen],
        )


async def add_violations(conn: Connection, violations: Iterable[Violation]) -> None:
    """Add to the counts of what did not fit; the newest example stays."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """INSERT INTO model_violation (type, attribute, reason, owner_org, area_code, sector, count,
                refused, first_at, last_at, entity_id, value, vi, en)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (type, attribute, reason, owner_org, area_code, sector) DO UPDATE SET
                count = model_violation.count + excluded.count,
                refused = model_violation.refused + excluded.refused, last_at = excluded.last_at,
                entity_id = excluded.entity_id, value = excluded.value, vi = excluded.vi, en = excluded.en""",
            [(*one[:3], *one.owner, *one[4:]) for one in violations],
        )


async def seen(
    conn: Connection, visible: str, scopes: dict[str, Any], type_name: str | None = None
) -> dict[str, tuple[int, int]]:
    """Return (looked at, faulty) by type, of what the asker may see."""
    found = await conn.execute(
        f"""SELECT type, sum(checked)::bigint, sum(faulty)::bigint FROM model_seen AS v
        WHERE {visible} AND (%(type)s::text IS NULL OR type = %(type)s) GROUP BY type""",
        scopes | {"type": type_name},
    )
    return {row[0]: (row[1], row[2]) for row in await found.fetchall()}


async def violations(
    conn: Connection, visible: str, scopes: dict[str, Any], type_name: str
) -> list[dict[str, Any]]:
    """Return what did not fit in entities of a type, newest first, of what the asker may see."""
    found = await conn.execute(
        f"""SELECT attribute, reason, sum(count)::bigint, sum(refused)::bigint, min(first_at), max(last_at),
            (array_agg(ARRAY[entity_id, value, vi, en] ORDER BY last_at DESC))[1:1]
        FROM model_violation AS v WHERE {visible} AND type = %(type)s
        GROUP BY attribute, reason ORDER BY max(last_at) DESC LIMIT {EXAMPLES_MAX}""",
        scopes | {"type": type_name},
    )
    return [
        {
            "attribute": row[0], "reason": row[1], "count": row[2], "refused": row[3], "first_at": row[4],
            "last_at": row[5], "entity_id": row[6][0][0], "value": row[6][0][1], "vi": row[6][0][2],
            "en": row[6][0][3],
        }
        for row in await found.fetchall()
    ]  # fmt: skip


async def count(conn: Connection, visible: str, scopes: dict[str, Any], type_ids: list[int]) -> int:
    """Return how many entities of some types the asker may see, in the default tenant."""
    found = await conn.execute(
        f"""SELECT count(*) FROM entity e
        WHERE {visible} AND e.tenant_id = 0 AND e.type_id = ANY(%(types)s::int[])""",
        scopes | {"types": type_ids},
    )
    row = await found.fetchone()
    return row[0] if row else 0


async def in_use(
    conn: Connection, visible: str, scopes: dict[str, Any], type_ids: list[int]
) -> tuple[int, dict[int, int]]:
    """Return of how many entities, and how many of them carry each attribute number."""
    found = await conn.execute(
        f"""WITH sampled AS MATERIALIZED (
            SELECT e.eid, e.doc FROM entity e
            WHERE {visible} AND e.tenant_id = 0 AND e.type_id = ANY(%(types)s::int[]) LIMIT {SAMPLE_MAX}
        ), keys AS (
            SELECT jsonb_object_keys(doc) AS key FROM sampled
            UNION ALL
            SELECT jsonb_object_keys(s.doc) FROM sampled JOIN entity_static s USING (eid)
        )
        SELECT (SELECT count(*) FROM sampled), key, count(*) FROM keys WHERE key ~ '^[0-9]+$' GROUP BY key""",
        scopes | {"types": type_ids},
    )
    rows = await found.fetchall()
    return (rows[0][0] if rows else 0), {int(row[1]): row[2] for row in rows}


async def types_of(
    conn: Connection, tenant_id: int, ids: list[str]
) -> dict[str, tuple[str, int, str | None, str | None]]:
    """Return (types as full names joined by a space, owner, area, sector) of stored entities."""
    found = await conn.execute(
        """SELECT e.id, t.iri, e.owner_org, e.area_code, e.sector
        FROM entity e JOIN type t ON t.id = e.type_id WHERE e.tenant_id = %s AND e.id = ANY(%s)""",
        (tenant_id, ids),
    )
    return {row[0]: row[1:] for row in await found.fetchall()}
