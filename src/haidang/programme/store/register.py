"""SQL of programmes, projects and decisions: who sees which, lists by page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec
from psycopg.rows import dict_row

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.organisation.permissions import Principal, scope_sql
from haidang.programme.model.register import Decision, Project
from haidang.programme.model.status import Life
from haidang.programme.store.rows import build, columns


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of projects was asked for."""

    program: int | None = None
    owner: int | None = None
    phase: str | None = None
    kind: str | None = None
    sector: str | None = None
    area: str | None = None
    q: str = ""


def visible(principal: Principal, permission: str = "programme.read") -> tuple[str, dict[str, Any]]:
    """Return the predicate of the projects ``p`` that the asker may see; ``desk.visible`` is the same."""
    scope, values = scope_sql(principal, permission, org="party.org", area="p.area_code", sector="p.sector")
    if scope in {"TRUE", "FALSE"}:
        return scope, values
    return f"EXISTS (SELECT FROM unnest(p.orgs) AS party (org) WHERE {scope})", values


async def sees_a_project(connection: Connection, principal: Principal, program_id: int) -> bool:
    """Say whether some project of a programme is in sight."""
    scope, values = visible(principal)
    cursor = await connection.execute(
        f"SELECT EXISTS (SELECT FROM project p WHERE p.program_id = %(program)s AND {scope})",
        values | {"program": program_id},
    )
    [(found,)] = await cursor.fetchall()
    return bool(found)


async def programs(connection: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return programmes in sight, each with the number of its projects that are."""
    scope, values = visible(principal)
    kept, more = scope_sql(principal, "programme.read", org="g.owner_org", area=None, sector=None)
    # Both predicates number the same scopes alike, so that equal names carry equal values.
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT g.id, g.version, g.code, g.name, g.period_from, g.period_to, g.owner_org, "
            "o.name AS owner_name, g.committee_org, g.source_document, g.simulated, s.projects "
            "FROM program g JOIN org o ON o.id = g.owner_org CROSS JOIN LATERAL "
            f"(SELECT count(*) AS projects FROM project p WHERE p.program_id = g.id AND {scope}) s "
            f"WHERE {kept} OR s.projects > 0 ORDER BY g.period_from DESC, g.id LIMIT 500",
            values | more,
        )
        return await cursor.fetchall()


async def of_program(
    connection: Connection, program_id: int, ids: Collection[int] | None = None, *, lock: bool = False
) -> dict[int, Project]:
    """Return the projects of a programme, or those of these numbers that are of it."""
    cursor = await connection.execute(
        f"SELECT {columns(Project, 'p')} FROM project p WHERE p.program_id = %s "
        "AND (%s::int[] IS NULL OR p.id = ANY(%s)) ORDER BY p.id" + (" FOR NO KEY UPDATE" if lock else ""),
        (program_id, None if ids is None else sorted(ids), None if ids is None else sorted(ids)),
    )
    return {each.id: each for each in (build(Project, found) for found in await cursor.fetchall())}


async def page(
    connection: Connection, principal: Principal, wanted: Filter, *, limit: int, after: int | None
) -> list[tuple[Project, str]]:
    """Return projects in sight by number, each with its owner's name."""
    scope, values = visible(principal)
    asked: dict[str, tuple[str, Any]] = {
        "program": ("p.program_id = %(program)s", wanted.program),
        "owner": ("p.owner_org = %(owner)s", wanted.owner),
        "phase": ("p.project_phase = %(phase)s", wanted.phase),
        "kind": ("p.project_kind = %(kind)s", wanted.kind),
        "sector": ("p.sector = %(sector)s", wanted.sector),
        "area": ("%(area)s = ANY(p.area_codes)", wanted.area),
        "q": (r"(p.name_fold LIKE %(q)s OR p.public_id = %(code)s)", wanted.q or None),
        "after": ("p.id > %(after)s", after),
    }
    limits = [scope, *(sql for sql, value in asked.values() if value is not None)]
    values |= {name: value for name, (_, value) in asked.items()}
    pattern = fold(wanted.q).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    values |= {"q": f"%{pattern}%", "code": wanted.q.strip(), "limit": limit}
    cursor = await connection.execute(
        f"SELECT {columns(Project, 'p')}, o.name FROM project p JOIN org o ON o.id = p.owner_org "
        f"WHERE {' AND '.join(limits)} ORDER BY p.id LIMIT %(limit)s",
        values,
    )
    return [(build(Project, found[:-1]), found[-1]) for found in await cursor.fetchall()]


async def decisions(
    connection: Connection, principal: Principal, program_id: int, project_id: int | None
) -> list[Decision]:
    """Return a programme's own decisions and those of its projects in sight, or one project's."""
    scope, values = visible(principal)
    cursor = await connection.execute(
        f"SELECT {columns(Decision, 'd')} FROM programme_decision d WHERE d.program_id = %(program)s "
        "AND (%(project)s::int IS NULL OR d.project_id = %(project)s) AND (d.project_id IS NULL OR EXISTS "
        f"(SELECT FROM project p WHERE p.id = d.project_id AND {scope})) "
        "ORDER BY d.signed_on, d.id LIMIT 5000",
        values | {"program": program_id, "project": project_id},
    )
    return [build(Decision, found) for found in await cursor.fetchall()]


async def next_numbers(connection: Connection, year: int, count: int) -> int:
    """Take so many public numbers of a year and return the first; takers take turns until the commit."""
    cursor = await connection.execute(
        "INSERT INTO project_number (year, last) VALUES (%(year)s, %(count)s) ON CONFLICT (year) DO UPDATE "
        "SET last = project_number.last + %(count)s RETURNING last",
        {"year": year, "count": count},
    )
    [(last,)] = await cursor.fetchall()
    return int(last) - count + 1


async def in_sight(
    connection: Connection, principal: Principal, ids: Collection[int], *, lock: bool = False
) -> dict[int, Project]:
    """Return which of these projects the asker may see; ``lock`` holds them in the order of their numbers."""
    scope, values = visible(principal)
    cursor = await connection.execute(
        f"SELECT {columns(Project, 'p')} FROM project p WHERE p.id = ANY(%(ids)s) AND {scope} ORDER BY p.id"
        + (" FOR NO KEY UPDATE" if lock else ""),
        values | {"ids": sorted(ids)},
    )
    return {each.id: each for each in (build(Project, found) for found in await cursor.fetchall())}


async def parties(connection: Connection, project_id: int, today: date) -> list[int]:
    """Return the units that take part in a project on a day."""
    cursor = await connection.execute(
        "SELECT DISTINCT org_id FROM project_party WHERE project_id = %(project)s "
        "AND valid_from <= %(today)s AND (valid_to IS NULL OR valid_to > %(today)s) ORDER BY 1",
        {"project": project_id, "today": today},
    )
    return [number for (number,) in await cursor.fetchall()]


_SIGHT = """
WITH present AS (
    SELECT j.id, j.owner_org AS org FROM project j
    UNION SELECT j.id, j.deciding_org FROM project j WHERE j.deciding_org IS NOT NULL
    UNION SELECT y.project_id, y.org_id FROM project_party y
          WHERE y.valid_from <= %(today)s AND (y.valid_to IS NULL OR y.valid_to > %(today)s)),
found AS (SELECT id, array_agg(org ORDER BY org) AS orgs FROM present GROUP BY id)
UPDATE project p SET orgs = f.orgs FROM found f
WHERE f.id = p.id AND NOT (p.orgs @> f.orgs AND p.orgs <@ f.orgs)
"""


async def refresh_sight(connection: Connection, today: date) -> int:
    """Let units see the projects in which they take part today, and no others; return how many changed.

    What an asker wrote is not touched, so the version of the row stays.
    """
    return (await connection.execute(_SIGHT, {"today": today})).rowcount


async def lives(connection: Connection, ids: Collection[int]) -> dict[int, Life]:
    """Return what each project has reached."""
    cursor = await connection.execute(
        "SELECT p.id, p.cancelled_on IS NOT NULL, "
        "EXISTS (SELECT FROM project_total t WHERE t.project_id = p.id) OR "
        "EXISTS (SELECT FROM capital_plan c WHERE c.project_id = p.id) OR "
        "EXISTS (SELECT FROM programme_decision d WHERE d.project_id = p.id "
        "AND d.kind = 'investment'), "
        "EXISTS (SELECT FROM contract c WHERE c.project_id = p.id), "
        "EXISTS (SELECT FROM handover_record h WHERE h.project_id = p.id), "
        "EXISTS (SELECT FROM settlement s WHERE s.project_id = p.id AND s.approved_on IS NOT NULL) "
        "FROM project p WHERE p.id = ANY(%s)",
        (sorted(ids),),
    )
    return {
        number: Life(
            cancelled=cancelled, decided=decided, contracted=contracted, handed_over=handed, settled=settled
        )
        for number, cancelled, decided, contracted, handed, settled in await cursor.fetchall()
    }


async def public_page(connection: Connection, *, limit: int, after: int | None) -> list[tuple[Project, str]]:
    """Return projects whose public part is open, by number, each with its owner's name."""
    cursor = await connection.execute(
        f"SELECT {columns(Project, 'p')}, o.name FROM project p JOIN org o ON o.id = p.owner_org "
        "WHERE p.is_public AND (%(after)s::int IS NULL OR p.id > %(after)s) ORDER BY p.id LIMIT %(limit)s",
        {"limit": limit, "after": after},
    )
    return [(build(Project, found[:-1]), found[-1]) for found in await cursor.fetchall()]


async def timeline(
    connection: Connection, project_id: int, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return the entries of the chained log about a project and its payments, newest first."""
    cursor = await connection.execute(
        "SELECT no, at, actor, action, body FROM chain WHERE log = 'programme' AND subject = ANY(%(own)s "
        "|| ARRAY(SELECT 'payment:' || id FROM payment WHERE project_id = %(project)s)) "
        "AND (%(before)s::bigint IS NULL OR no < %(before)s) ORDER BY no DESC LIMIT %(limit)s",
        {"own": [f"project:{project_id}"], "project": project_id, "before": before, "limit": limit},
    )
    return [
        {"no": no, "at": at, "actor": actor, "action": action, "body": msgspec.json.decode(body)}
        for no, at, actor, action, body in await cursor.fetchall()
    ]


async def unknown_areas(connection: Connection, codes: Collection[str]) -> list[str]:
    """Return which codes are of no administrative area, of today or before."""
    cursor = await connection.execute(
        "SELECT x.code FROM unnest(%s::text[]) AS x (code) "
        "WHERE NOT EXISTS (SELECT FROM area a WHERE a.code = x.code) ORDER BY 1",
        (sorted(codes),),
    )
    return [code for (code,) in await cursor.fetchall()]


async def names_in_sight(connection: Connection, principal: Principal, program_id: int) -> dict[int, str]:
    """Return the names of a programme's projects that the asker may see."""
    scope, values = visible(principal)
    cursor = await connection.execute(
        f"SELECT p.id, p.name FROM project p WHERE p.program_id = %(program)s AND {scope}",
        values | {"program": program_id},
    )
    return dict(await cursor.fetchall())


async def count(connection: Connection, program_id: int) -> int:
    """Return how many projects a programme has."""
    cursor = await connection.execute("SELECT count(*) FROM project WHERE program_id = %s", (program_id,))
    [(found,)] = await cursor.fetchall()
    return int(found)
