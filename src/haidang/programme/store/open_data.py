"""SQL of the public part: what others' standards ask for beside the rows themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from haidang.base.database import Connection
from haidang.programme.model.register import Project
from haidang.programme.open_data.facts import Paid
from haidang.programme.store.rows import build, columns

PAYMENTS_MAX = 200_000


async def projects(
    connection: Connection, *, limit: int, after: int | None, program: str | None
) -> list[Project]:
    """Return public projects by number, of all programmes or of one by its code."""
    cursor = await connection.execute(
        f"SELECT {columns(Project, 'p')} FROM project p WHERE p.is_public "
        "AND (%(after)s::int IS NULL OR p.id > %(after)s) AND (%(program)s::text IS NULL OR p.program_id = "
        "(SELECT id FROM program WHERE code = %(program)s)) ORDER BY p.id LIMIT %(limit)s",
        {"after": after, "limit": limit, "program": program},
    )
    return [build(Project, found) for found in await cursor.fetchall()]


async def payments(connection: Connection, projects: Collection[int]) -> dict[int, list[Paid]]:
    """Return the confirmed payments of projects, by project, oldest first."""
    cursor = await connection.execute(
        "SELECT project_id, id, contract_id, kind, confirmed_dong, paid_on FROM payment "
        "WHERE project_id = ANY(%s) AND state = 'confirmed' ORDER BY paid_on, id LIMIT %s",
        (sorted(projects), PAYMENTS_MAX),
    )
    found: dict[int, list[Paid]] = {}
    for project, *row in await cursor.fetchall():
        found.setdefault(project, []).append(Paid(*row))
    return found


async def register_changed(connection: Connection) -> datetime | None:
    """Return when anything in the register of programmes was last done."""
    cursor = await connection.execute("SELECT at FROM chain WHERE log = 'programme' ORDER BY no DESC LIMIT 1")
    found = await cursor.fetchone()
    return found[0] if found else None


async def bidders(connection: Connection, projects: Collection[int]) -> dict[int, int]:
    """Return how many companies bid for each package."""
    cursor = await connection.execute(
        "SELECT package_id, count(DISTINCT bidder_id) FROM bid WHERE project_id = ANY(%s) GROUP BY 1",
        (sorted(projects),),
    )
    return dict(await cursor.fetchall())


async def companies(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return names and tax codes of contractors."""
    cursor = await connection.execute(
        "SELECT id, name, tax_code FROM contractor WHERE id = ANY(%s)", (sorted(ids),)
    )
    return {number: (name, tax_code) for number, name, tax_code in await cursor.fetchall()}


async def areas(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """Return names of administrative areas of today."""
    cursor = await connection.execute(
        "SELECT code, name FROM area WHERE code = ANY(%s) AND valid_to IS NULL", (sorted(codes),)
    )
    return dict(await cursor.fetchall())


_CHANGED = """
SELECT x.project_id, max(x.at) FROM (
    SELECT project_id, max(recorded_at) AS at FROM project_total
    WHERE project_id = ANY(%(projects)s) GROUP BY 1
    UNION ALL
    SELECT project_id, max(recorded_at) FROM capital_plan WHERE project_id = ANY(%(projects)s) GROUP BY 1
    UNION ALL
    SELECT project_id, max(changed_at) FROM payment WHERE project_id = ANY(%(projects)s) GROUP BY 1
    UNION ALL
    SELECT project_id, max(changed_at) FROM contract WHERE project_id = ANY(%(projects)s) GROUP BY 1
    UNION ALL
    SELECT project_id, max(changed_at) FROM contract_change WHERE project_id = ANY(%(projects)s) GROUP BY 1
    UNION ALL
    SELECT project_id, max(changed_at) FROM package WHERE project_id = ANY(%(projects)s) GROUP BY 1
    UNION ALL
    SELECT project_id, max(changed_at) FROM milestone WHERE project_id = ANY(%(projects)s) GROUP BY 1
    UNION ALL
    SELECT project_id, max(changed_at) FROM progress WHERE project_id = ANY(%(projects)s) GROUP BY 1
) x GROUP BY 1
"""


async def changed(connection: Connection, projects: Collection[int]) -> dict[int, datetime]:
    """Return when anything beside each project last changed."""
    cursor = await connection.execute(_CHANGED, {"projects": sorted(projects)})
    return dict(await cursor.fetchall())
