"""Routes of indices: methods, a file computed at once, tables that are kept, their analysis."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.indicators.indices import methods, report, service, store
from haidang.indicators.indices.service import NewTable, Word, Year
from haidang.organisation.permissions import Principal

ROOT = "/api/v1/indices"
TABLE = ROOT + "/tables/{table_id:int}"


@get(ROOT + "/methods", opt={"permission": "indicator.read"}, tags=["indices"], summary="Methods of indices")
async def list_index_methods(settings: NamedDependency[Settings]) -> dict[str, Any]:
    """Return the methods that are known, shipped and the site's own, with their years."""
    found = methods.known(settings.data_dir).values()
    return {"items": [report.method_line(each) for each in found], "next": None}


@get(
    ROOT + "/methods/{code:str}",
    opt={"permission": "indicator.read"},
    tags=["indices"],
    summary="A method with its tree",
)
async def get_index_method(code: FromPath[str], settings: NamedDependency[Settings]) -> dict[str, Any]:
    """Return a method: components, weights, scales, and what it still waits for."""
    return report.method_tree(methods.named(code[:60], settings.data_dir))


@post(
    ROOT + "/compute",
    opt={"permission": "indicator.read"},
    tags=["indices"],
    summary="Compute a table without keeping it",
    status_code=200,
)
async def compute_index_table(
    *,
    request: Asked,
    settings: NamedDependency[Settings],
    method: FromQuery[Word],
    year: FromQuery[Year | None] = None,
    units_on: FromQuery[date | None] = None,
) -> dict[str, Any]:
    """Read the CSV in the body and return its report, faults by row and column."""
    found = await service.read(settings.data_dir, await request.body(), method, year, units_on)
    return report.report(found)


@post(
    ROOT + "/tables",
    opt={"permission": "indicator.manage"},
    tags=["indices"],
    summary="Load a published table",
)
async def load_index_table(
    *,
    request: Asked,
    key: Key,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    method: FromQuery[Word],
    name: FromQuery[Word],
    title: FromQuery[Word] = "",
    source: FromQuery[Word] = "",
    year: FromQuery[Year | None] = None,
    units_on: FromQuery[date | None] = None,
    shared: FromQuery[bool] = False,
    owner: FromQuery[int | None] = None,
    with_faults: FromQuery[bool] = False,
) -> Any:
    """Keep the CSV in the body as the table of an index and a year; a table with faults is refused."""
    content = await request.body()
    found = await service.read(settings.data_dir, content, method, year, units_on)
    new = NewTable(
        method=method, name=name, title=title, source=source, year=year, units_on=units_on, shared=shared,
        owner_org=owner, with_faults=with_faults,
    )  # fmt: skip

    async def work(connection: Connection) -> Any:
        made = await service.load(connection, clock, principal, new, content=content, found=found)
        return service.told(made, settings.data_dir)

    return await write(request, db, principal.id, key, work)


@get(ROOT + "/tables", opt={"permission": "indicator.read"}, tags=["indices"], summary="Loaded tables")
async def list_index_tables(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
    index: FromQuery[Word | None] = None,
    year: FromQuery[Year | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the tables that stand, the latest first: shared ones and one's own."""
    asked = store.Page(index=index, year=year, before=cursor_number(cursor), limit=page_size(limit))
    async with db.transaction() as connection:
        return await service.listed(connection, settings.data_dir, principal, asked)


@get(TABLE, opt={"permission": "indicator.read"}, tags=["indices"], summary="A table with its report")
async def get_index_table(
    table_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return a table: computed beside published, places, what is missing."""
    async with db.transaction() as connection:
        return await service.opened(connection, settings.data_dir, principal, table_id)


@get(TABLE + "/file", opt={"permission": "indicator.read"}, tags=["indices"], summary="The file as it came")
async def get_index_file(
    table_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> Response[bytes]:
    """Return the CSV of a table, unchanged."""
    async with db.transaction() as connection:
        table = await service.visible(connection, principal, table_id)
        content = await store.content(connection, table_id)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(table.name)}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@post(
    TABLE + "/corrections",
    opt={"permission": "indicator.manage"},
    tags=["indices"],
    summary="Correct a table by another file",
)
async def correct_index_table(
    *,
    request: Asked,
    key: Key,
    table_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    reason: FromQuery[Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]],
    name: FromQuery[Word],
    with_faults: FromQuery[bool] = False,
    seen: Seen = None,
) -> Any:
    """Put the CSV in the body in the table's place; the former file stays, superseded, with the reason."""
    version, content = version_of(seen), await request.body()
    async with db.transaction() as connection:
        before = await service.may_correct(connection, principal, table_id)
    found = await service.read(settings.data_dir, content, before.method, before.year, before.units_on)
    new = NewTable(method=before.method, name=name, reason=reason, with_faults=with_faults)

    async def work(connection: Connection) -> Any:
        made = await service.correct(
            connection, clock, principal, table_id, new, version=version, content=content, found=found
        )
        return service.told(made, settings.data_dir)

    return await write(request, db, principal.id, key, work)


@get(
    TABLE + "/analysis",
    opt={"permission": "indicator.read"},
    tags=["indices"],
    summary="A unit: profile, gaps, what-if, rounding",
)
async def analyse_index_table(
    *,
    table_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
    unit: FromQuery[Word],
    neighbours: FromQuery[Word] = "",
    place: FromQuery[Annotated[int, msgspec.Meta(ge=1, le=5_000)] | None] = None,
) -> dict[str, Any]:
    """Return where a unit stands and why, and which improvement moves its place most."""
    async with db.transaction() as connection:
        return await service.analysed(
            connection, settings.data_dir, principal, table_id, unit=unit, neighbours=neighbours, place=place
        )


@get(
    ROOT + "/trend",
    opt={"permission": "indicator.read"},
    tags=["indices"],
    summary="A unit through the years of an index",
)
async def get_index_trend(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
    index: FromQuery[Word],
    unit: FromQuery[Word],
) -> dict[str, Any]:
    """Return totals, places and what components did to each change; breaks are named."""
    async with db.transaction() as connection:
        return await service.series(connection, settings.data_dir, principal, index, unit)


ROUTES = (
    list_index_methods, get_index_method, compute_index_table, load_index_table, list_index_tables,
    get_index_table, get_index_file, correct_index_table, analyse_index_table, get_index_trend,
)  # fmt: skip
