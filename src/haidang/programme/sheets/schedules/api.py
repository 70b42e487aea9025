"""Routes of schedules: compared with a project's milestones, written when approved."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked as Request
from haidang.base.requests import Key, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.service.desk import desk_of, editable
from haidang.programme.sheets import apart
from haidang.programme.sheets.schedules import service
from haidang.programme.sheets.schedules.reading import Schedule
from haidang.programme.sheets.schedules.service import APPLY_MAX, Approved


class Application(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The approved steps of a schedule."""

    rows: Annotated[tuple[Approved, ...], msgspec.Meta(min_length=1, max_length=APPLY_MAX)]


@post(
    "/api/v1/programme/projects/{project_id:int}/schedule/compare",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="What an MS Project XML or XER would change of the milestones",
    status_code=200,
)
async def compare_schedule(
    request: Request,
    project_id: int,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the diff of a schedule (the body) against a project's milestones; writes nothing."""
    async with db.transaction() as connection:
        await editable(connection, principal, project_id)
    content = await request.body()
    schedule = await apart.reading("schedule", content, Schedule)
    async with db.transaction() as connection:
        lines = await service.compared(connection, principal, project_id, schedule)
    return {
        "source": schedule.source, "title": schedule.title, "steps": len(schedule.steps),
        "rows": msgspec.to_builtins(lines),
    }  # fmt: skip


@post(
    "/api/v1/programme/projects/{project_id:int}/schedule/apply",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="Take the approved milestones of a schedule",
    status_code=200,
)
async def apply_schedule(
    *,
    request: Request,
    project_id: int,
    key: Key,
    data: JSONBody[Application],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add new milestones and let known ones follow the file; a baseline stays as it was first said."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await editable(connection, principal, project_id, lock=True)
        return await service.apply(connection, desk, principal, project_id, data.rows)

    return await write(request, db, principal.id, key, work)


ROUTES = (compare_schedule, apply_schedule)
