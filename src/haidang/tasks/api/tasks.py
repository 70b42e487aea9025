"""Routes of one task: giving it, looking at it, acting on it, its evidence."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.acts import Act
from haidang.tasks.service import acting, evidence, giving, reading
from haidang.tasks.service.desk import desk_of
from haidang.tasks.service.giving import NewChild, NewTask, TaskPatch

T = "/api/v1/tasks/{task_id:int}"


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act; its word stands in ``act``, its facts beside it."""

    do: Act


@post("/api/v1/tasks", opt={"permission": "task.assign"}, tags=["tasks"], summary="Give a task")
async def give_task(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewTask],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Give a task to its one lead unit, or keep it as a draft."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        task = await giving.give(connection, desk, principal, data)
        return await reading.opened(connection, desk, principal, task.id)

    return await write(request, db, principal.id, key, work)


@get(T, opt={"permission": "task.read"}, tags=["tasks"], summary="One task")
async def get_task(
    task_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a task with parties, clock, reports, dues, evidence, and what the asker may do now."""
    async with db.transaction() as connection:
        return await reading.opened(connection, desk_of(settings, clock), principal, task_id)


@patch(T, opt={"permission": "task.assign"}, tags=["tasks"], summary="Change what a task asks for")
async def change_task(
    *,
    request: Asked,
    key: Key,
    task_id: FromPath[int],
    data: JSONBody[TaskPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change title, description, product, priority, monitor, cooperating units; the due has its acts."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await giving.change(connection, desk, principal, task_id, data, version=version)
        return await reading.opened(connection, desk, principal, task_id)

    return await write(request, db, principal.id, key, work)


@post(
    T + "/acts",
    opt={"permission": "task.read"},
    tags=["tasks"],
    summary="Act on a task",
    status_code=200,
)
async def act_on_task(
    *,
    request: Asked,
    key: Key,
    task_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Receive, report, accept, extend, transfer …: ``{"do": {"act": "report", "text": "…"}}``."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        await acting.perform(connection, desk, principal, task_id, data.do, version=version)
        return await reading.opened(connection, desk, principal, task_id)

    return await write(request, db, principal.id, key, work)


@post(
    T + "/children", opt={"permission": "task.work"}, tags=["tasks"], summary="Hand a part on within the unit"
)
async def split_task(
    *,
    request: Asked,
    key: Key,
    task_id: FromPath[int],
    data: JSONBody[NewChild],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Make a sub-task within the lead unit; the parent stays with the unit."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        child = await giving.split(connection, desk, principal, task_id, data, version=version)
        return await reading.opened(connection, desk, principal, child.id)

    return await write(request, db, principal.id, key, work)


@get(T + "/timeline", opt={"permission": "task.read"}, tags=["tasks"], summary="Its log")
async def get_timeline(
    *,
    task_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return who did what when, newest first; the entries are those of the chained log ``tasks``."""
    async with db.transaction() as connection:
        return await reading.timeline(
            connection, principal, task_id, before=cursor_number(cursor), limit=page_size(limit)
        )


@get(T + "/colleagues", opt={"permission": "task.work"}, tags=["tasks"], summary="Who may take it")
async def get_colleagues(
    task_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the people of the lead unit."""
    async with db.transaction() as connection:
        return {"items": await reading.colleagues(connection, principal, task_id), "next": None}


@post(T + "/evidence", opt={"permission": "task.work"}, tags=["tasks"], summary="Attach a file")
async def attach_evidence(
    *,
    request: Asked,
    key: Key,
    task_id: FromPath[int],
    name: FromQuery[Annotated[str, msgspec.Meta(max_length=300)]],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    supersedes: FromQuery[int | None] = None,
) -> Any:
    """Keep the body as a file named ``name``; ``supersedes`` is the file whose place it takes."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        await evidence.may_attach(connection, principal, task_id)
    kept = await evidence.keep(settings, name, await request.body())

    async def work(connection: Connection) -> Any:
        found = await evidence.attach(connection, desk, principal, task_id, kept, supersedes=supersedes)
        return {"id": found.id, "sha256": found.sha256, "media_type": found.media_type, "scan": found.scan}

    return await write(request, db, principal.id, key, work)


@get(
    T + "/evidence/{evidence_id:int}",
    opt={"permission": "task.read"},
    tags=["tasks"],
    summary="A file of evidence",
)
async def get_evidence(
    task_id: FromPath[int],
    evidence_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Return the file as an attachment, never to be shown within our pages."""
    async with db.transaction() as connection:
        found = await evidence.find(connection, principal, task_id, evidence_id)
    path = evidence.place(settings.data_dir, found.sha256)
    if not path.is_file():
        raise missing("Tệp không còn trên đĩa.", "The file is no longer on the disk.")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    content = await asyncio.to_thread(path.read_bytes)
    return Response(content, media_type=found.media_type, headers=headers)


ROUTES = (
    give_task, get_task, change_task, act_on_task, split_task, get_timeline, get_colleagues, attach_evidence,
    get_evidence,
)  # fmt: skip
