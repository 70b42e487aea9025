"""Routes for everybody: the feeds of public warnings and each of them as it left."""

from __future__ import annotations

import re
from email.utils import format_datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from haidang.alerts.cap.service import publishing
from haidang.alerts.cap.service.desk import desk_of
from haidang.alerts.cap.service.publishing import Feeds, Page
from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.organisation.permissions import PUBLIC
from haidang.organisation.service.access import missing

FEEDS = Feeds()
"""The feeds of this process."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9.-]{1,100}")
FEED_S = 15
"""How long others may keep a feed without asking again."""
MESSAGE_S = 3600
"""A message never changes; what becomes of it is told by others."""


@get("/cap/feed.atom", opt={"permission": PUBLIC}, tags=["cap"], summary="Public warnings as Atom")
async def get_atom(
    *,
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> Response[bytes]:
    """Return warnings in force or sent in the last three days, the last first, at most 100."""
    async with db.transaction() as connection:
        page = await FEEDS.page(connection, desk_of(settings, clock), "atom")
    return answer(request, page, FEED_S)


@get("/cap/feed.rss", opt={"permission": PUBLIC}, tags=["cap"], summary="Public warnings as RSS")
async def get_rss(
    *,
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
) -> Response[bytes]:
    """Return the same as RSS 2.0."""
    async with db.transaction() as connection:
        page = await FEEDS.page(connection, desk_of(settings, clock), "rss")
    return answer(request, page, FEED_S)


@get("/cap/{name:str}", opt={"permission": PUBLIC}, tags=["cap"], summary="One public warning")
async def get_message(
    *,
    request: Request[Any, Any, Any],
    name: FromPath[Annotated[str, msgspec.Meta(max_length=120)]],
    db: NamedDependency[Database],
) -> Response[bytes]:
    """Return ``<identifier>.xml`` as it left; what is not public is not there."""
    identifier, _, ending = name.rpartition(".")
    if ending != "xml" or not _IDENTIFIER.fullmatch(identifier):
        raise missing("Không có bản tin công khai này.", "There is no such public warning.")
    async with db.transaction() as connection:
        page = await publishing.message(connection, identifier)
    return answer(request, page, MESSAGE_S)


def answer(request: Request[Any, Any, Any], page: Page, keep_s: int) -> Response[bytes]:
    """Return a page, or 304 where the asker has it."""
    headers = {
        "etag": page.etag,
        "cache-control": f"public, max-age={keep_s}",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    if page.modified is not None:
        headers["last-modified"] = format_datetime(page.modified, usegmt=True)
    asked = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if page.etag in asked or "*" in asked:
        return Response(b"", status_code=304, headers=headers)
    return Response(page.body, media_type=f"{page.media_type}; charset=utf-8", headers=headers)


ROUTES = (get_atom, get_rss, get_message)
