"""The routes of open data: the public part of the register in others' words, for everybody."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.organisation.permissions import PUBLIC
from haidang.programme.service import open_data
from haidang.programme.service.desk import desk_of
from haidang.programme.service.open_data import PROJECTS_MAX, Standard

Limit = Annotated[int, msgspec.Meta(ge=1, le=PROJECTS_MAX)]
Code = Annotated[str, msgspec.Meta(max_length=100)]


@get(
    "/open-data/{standard:str}",
    opt={"permission": PUBLIC},
    tags=["open data"],
    summary="Public projects as OC4IDS 0.9, their contracting processes as OCDS 1.1",
)
async def get_package(
    *,
    standard: FromPath[Standard],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    program: FromQuery[Code | None] = None,
    after: FromQuery[int | None] = None,
    limit: FromQuery[Limit] = PROJECTS_MAX,
) -> Response[dict[str, Any]]:
    """Return a package; ``Link: rel="next"`` names the next one where there are more projects."""
    asked = {name: each for name, each in {"program": program, "after": after}.items() if each is not None}
    base = f"{settings.address}/open-data/{standard}"
    async with db.transaction() as connection:
        found = await open_data.package(
            connection, desk_of(settings, clock), settings, standard,
            address=_with(base, asked), program=program, after=after, limit=limit,
        )  # fmt: skip
    headers = {"Access-Control-Allow-Origin": "*"}
    if found.next is not None:
        headers["Link"] = f'<{_with(base, asked | {"after": found.next})}>; rel="next"'
    return Response(found.document, headers=headers)


def _with(base: str, query: dict[str, Any]) -> str:
    return f"{base}?{urlencode(query)}" if query else base


ROUTES = (get_package,)
