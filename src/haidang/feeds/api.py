"""The feeds screen's routes. A feed out of the asker's sight answers 404, as if it did not exist."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.requests import Key, Seen, cursor_number, page_size, version_of
from haidang.feeds import store
from haidang.feeds.service import FeedRunner, overview, screen
from haidang.organisation.permissions import Principal


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody found when looking into a refused row."""

    note: Annotated[str, msgspec.Meta(max_length=screen.NOTE_MAX)] = ""


@get(
    "/api/v1/feeds", opt={"permission": "feed.read"}, tags=["feeds"], summary="Mọi nguồn dữ liệu / all feeds"
)
async def list_feeds(
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    feeds: NamedDependency[FeedRunner],
) -> dict[str, Any]:
    """Return every feed the asker may see, and the site's faulty declarations to who may mend them."""
    async with db.transaction() as connection:
        items = await overview.every(connection, principal, clock.now())
    undeclared: list[Any] = []
    if principal.everywhere("feed.manage"):
        undeclared = [msgspec.to_builtins(fault) for fault in feeds.undeclared.values()]
    return {"items": items, "next": None, "undeclared": undeclared}


@get(
    "/api/v1/feeds/{name:str}",
    opt={"permission": "feed.read"},
    tags=["feeds"],
    summary="Một nguồn dữ liệu / one feed",
)
async def get_feed(
    name: FromPath[str],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return one feed."""
    async with db.transaction() as connection:
        return await overview.one(connection, principal, name, clock.now())


@get(
    "/api/v1/feeds/{name:str}/runs",
    opt={"permission": "feed.read"},
    tags=["feeds"],
    summary="Các lượt chạy của nguồn / its runs",
)
async def list_runs(
    *,
    name: FromPath[str],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return a feed's runs, newest first."""
    size = page_size(limit)
    async with db.transaction() as connection:
        feed = await overview.visible(connection, principal, name, "feed.read")
        found = await store.runs(connection, feed.id, cursor_number(cursor), size + 1)
    shown = [overview.present_run(msgspec.structs.asdict(run)) for run in found[:size]]
    return {"items": shown, "next": str(found[size - 1].id) if len(found) > size else None}


@get(
    "/api/v1/feeds/{name:str}/refused",
    opt={"permission": "feed.read"},
    tags=["feeds"],
    summary="Dòng bị từ chối / rows that were not taken as they came",
)
async def list_refused(
    *,
    name: FromPath[str],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    run: FromQuery[int | None] = None,
    is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
) -> dict[str, Any]:
    """Return refused rows, refused values and warnings, newest first, each with reason and original text."""
    size = page_size(limit)
    async with db.transaction() as connection:
        feed = await overview.visible(connection, principal, name, "feed.read")
        found = await store.refused(
            connection, feed.id, before=cursor_number(cursor), run_id=run, is_open=is_open, limit=size + 1
        )
    shown = [screen.present_refused(row) for row in found[:size]]
    return {"items": shown, "next": str(found[size - 1]["id"]) if len(found) > size else None}


@post(
    "/api/v1/feeds/{name:str}/refused/{refused_id:int}/looked",
    opt={"permission": "feed.run"},
    tags=["feeds"],
    summary="Ghi nhận đã xem xét / mark a refused row as looked into",
    status_code=200,
)
async def looked(
    *,
    name: FromPath[str],
    refused_id: FromPath[int],
    data: JSONBody[Note],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    key: Key,
    seen: Seen = None,
) -> dict[str, Any]:
    """Keep who looked into a refused row, and what was found."""
    return await screen.look(
        screen.Asked(db, clock, principal, key), name, refused_id, data.note, version_of(seen)
    )


@post(
    "/api/v1/feeds/{name:str}/run",
    opt={"permission": "feed.run"},
    tags=["feeds"],
    summary="Chạy nguồn ngay / run a feed now",
    status_code=202,
)
async def run_feed(
    *,
    name: FromPath[str],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    feeds: NamedDependency[FeedRunner],
    key: Key,
) -> dict[str, Any]:
    """Ask for a run; its record appears among the runs, and the live stream tells its end."""
    shown = await screen.ask_run(screen.Asked(db, clock, principal, key), name)
    feeds.kick(name)
    return shown


@post(
    "/api/v1/feeds/{name:str}/pause",
    opt={"permission": "feed.run"},
    tags=["feeds"],
    summary="Tạm dừng nguồn / pause a feed",
    status_code=200,
)
async def pause_feed(
    *,
    name: FromPath[str],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    feeds: NamedDependency[FeedRunner],
    key: Key,
    seen: Seen = None,
) -> dict[str, Any]:
    """Stop a feed until it is resumed."""
    shown = await screen.set_paused(screen.Asked(db, clock, principal, key), name, True, version_of(seen))
    feeds.look()
    return shown


@post(
    "/api/v1/feeds/{name:str}/resume",
    opt={"permission": "feed.run"},
    tags=["feeds"],
    summary="Cho nguồn chạy tiếp / resume a feed",
    status_code=200,
)
async def resume_feed(
    *,
    name: FromPath[str],
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    feeds: NamedDependency[FeedRunner],
    key: Key,
    seen: Seen = None,
) -> dict[str, Any]:
    """Let a paused feed go on."""
    shown = await screen.set_paused(screen.Asked(db, clock, principal, key), name, False, version_of(seen))
    feeds.look()
    return shown


ROUTES = (list_feeds, get_feed, list_runs, list_refused, looked, run_feed, pause_feed, resume_feed)
