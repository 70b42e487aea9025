"""Routes of what stands beside a project: records of every kind, files, bottlenecks, companies."""

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
from haidang.base.requests import Asked, Key, Seen, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.api.programs import ROOT
from haidang.programme.api.projects import J
from haidang.programme.service import bottlenecks, files, records
from haidang.programme.service.bottlenecks import NewBottleneck
from haidang.programme.service.desk import desk_of
from haidang.programme.service.records import NewContractor

Facts = dict[str, Any]


@get(J + "/records/{kind:str}", opt={"permission": "programme.read"}, tags=["programme"], summary="Records")
async def list_records(
    project_id: FromPath[int],
    kind: FromPath[str],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the records of a kind (``docs/programme.md`` lists the kinds), the oldest first."""
    async with db.transaction() as connection:
        return {"items": await records.listed(connection, principal, project_id, kind), "next": None}


@post(
    J + "/records/{kind:str}",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="Add a record",
)
async def add_record(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    kind: FromPath[str],
    data: JSONBody[Facts],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add a package, contract, milestone, acceptance … to a project that the asker keeps."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await records.add_many(connection, desk, principal, project_id, [(kind, data)])
        [shown] = await records.shown(connection, kind, made)
        return shown

    return await write(request, db, principal.id, key, work)


@patch(
    ROOT + "/records/{kind:str}/{record_id:int}",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="Amend a record",
)
async def amend_record(
    *,
    request: Asked,
    key: Key,
    kind: FromPath[str],
    record_id: FromPath[int],
    data: JSONBody[Facts],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change what is said of a record; papers and baselines stay as they are."""
    version, desk = version_of(seen), desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        after = await records.amend(connection, desk, principal, record_id, data, name=kind, version=version)
        [shown] = await records.shown(connection, kind, [after])
        return shown

    return await write(request, db, principal.id, key, work)


@get(J + "/files", opt={"permission": "programme.read"}, tags=["programme"], summary="Files")
async def list_files(
    project_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return the files of a project in the order they came."""
    async with db.transaction() as connection:
        return {"items": await files.listed(connection, principal, project_id), "next": None}


@post(J + "/files", opt={"permission": "programme.edit"}, tags=["programme"], summary="Attach a file")
async def attach_project_file(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    name: FromQuery[Annotated[str, msgspec.Meta(max_length=300)]],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Keep the body as a file named ``name``: a photo, a record of acceptance, a report."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        await files.may_attach(connection, principal, project_id)
    kept = await files.keep(settings, name, await request.body())

    async def work(connection: Connection) -> Any:
        return await files.attach(connection, desk, principal, project_id, kept)

    return await write(request, db, principal.id, key, work)


@get(J + "/files/{file_id:int}", opt={"permission": "programme.read"}, tags=["programme"], summary="A file")
async def get_project_file(
    project_id: FromPath[int],
    file_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Return the file as an attachment, never to be shown within our pages."""
    async with db.transaction() as connection:
        found = await files.find(connection, principal, project_id, file_id)
    path = files.place(settings.data_dir, found["sha256"])
    if not path.is_file():
        raise missing("Tệp không còn trên đĩa.", "The file is no longer on the disk.")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(found['name'])}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    content = await asyncio.to_thread(path.read_bytes)
    return Response(content, media_type=found["media_type"], headers=headers)


@get(J + "/bottlenecks", opt={"permission": "programme.read"}, tags=["programme"], summary="Bottlenecks")
async def list_bottlenecks(
    project_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return what stands in a project's way with what the tasks say of owner, due and state."""
    async with db.transaction() as connection:
        return {"items": await bottlenecks.of_project(connection, principal, project_id), "next": None}


@post(
    J + "/bottlenecks",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Report a bottleneck",
)
async def report_bottleneck(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[NewBottleneck],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Report a bottleneck and give it to a unit as a task; the owner's or the office's to do."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        return await bottlenecks.report(connection, desk, principal, project_id, data)

    return await write(request, db, principal.id, key, work)


@get(ROOT + "/contractors", opt={"permission": "programme.read"}, tags=["programme"], summary="Companies")
async def list_contractors(
    db: NamedDependency[Database], q: FromQuery[str] = "", limit: FromQuery[int] = 50
) -> dict[str, Any]:
    """Return companies by a part of the name or by tax code: name and code only."""
    async with db.transaction() as connection:
        found = await records.contractors(connection, q[:200], page_size(limit))
    return {
        "items": [{"id": each.id, "name": each.name, "tax_code": each.tax_code} for each in found],
        "next": None,
    }


@post(
    ROOT + "/contractors", opt={"permission": "programme.edit"}, tags=["programme"], summary="Know a company"
)
async def add_contractor(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewContractor],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Know a company by its tax code; one that is known already is returned as it is."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        found = await records.add_contractor(connection, desk, principal, data)
        return {"id": found.id, "name": found.name, "tax_code": found.tax_code}

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_records, add_record, amend_record, list_files, attach_project_file, get_project_file,
    list_bottlenecks, report_bottleneck, list_contractors, add_contractor,
)  # fmt: skip
