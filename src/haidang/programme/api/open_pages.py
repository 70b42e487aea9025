"""The pages of open data: server-rendered, for everybody, without scripts."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.organisation.permissions import PUBLIC
from haidang.organisation.service.letterhead import letterhead
from haidang.programme.open_data import pages, table
from haidang.programme.open_data.pages import About, Lang
from haidang.programme.service import reading
from haidang.programme.service.desk import Desk, desk_of
from haidang.programme.store import open_data as store

OPT = {"permission": PUBLIC}
PAGE = 50
CSV_MAX = 20_000
After = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
PublicId = Annotated[str, msgspec.Meta(max_length=40)]


@get("/open-data", opt=OPT, tags=["open data"], summary="The page of public projects and open data")
async def open_data_page(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    after: FromQuery[After | None] = None,
    lang: FromQuery[Lang] = "vi",
) -> Response[bytes]:
    """Return the datasets with standard, terms and age, and public projects, 50 a page."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        found = await reading.public_list(connection, desk, after=after, limit=PAGE)
        about = await _about(connection, settings)
    return _html(pages.listing(found, about, lang, after=after))


@get("/open-data/projects/{public_id:str}", opt=OPT, tags=["open data"], summary="A public project's page")
async def open_project_page(
    *,
    public_id: FromPath[PublicId],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    lang: FromQuery[Lang] = "vi",
) -> Response[bytes]:
    """Return the public part of a project: money of the year, approvals, milestones, contracts."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        found = await reading.public_project(connection, desk, public_id)
        about = await _about(connection, settings)
    return _html(pages.project(found, about, lang))


@get("/open-data/projects.csv", opt=OPT, tags=["open data"], summary="Public projects as CSV")
async def open_projects_table(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> Response[bytes]:
    """Return all public projects, a line each."""
    async with db.transaction() as connection:
        content = table.written(await _all(connection, desk_of(settings, clock)))
    headers = {
        "content-disposition": 'attachment; filename="projects.csv"',
        "Access-Control-Allow-Origin": "*",
    }
    return Response(content, media_type="text/csv", headers=headers)


@get("/open-data/page.css", opt=OPT, tags=["open data"], summary="The look of the pages of open data")
async def open_data_style() -> Response[bytes]:
    """Return the style sheet."""
    return Response(pages.CSS.encode(), media_type="text/css", headers={"cache-control": "max-age=3600"})


async def _all(connection: Connection, desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: int | None = None
    while len(found) < CSV_MAX:
        page = await reading.public_list(connection, desk, after=after, limit=1_000)
        found += page["items"]
        if page["next"] is None:
            break
        after = int(page["next"])
    return found


async def _about(connection: Connection, settings: Settings) -> About:
    publisher = (await letterhead(connection, None, settings.province_code)).name
    updated = await store.register_changed(connection)
    return About(publisher=publisher, licence=settings.open_data_licence or "", updated=updated)


def _html(page: str) -> Response[bytes]:
    return Response(page.encode(), media_type="text/html", headers={"cache-control": "max-age=60"})


ROUTES = (open_data_page, open_project_page, open_projects_table, open_data_style)
