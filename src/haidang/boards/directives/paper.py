"""The leader's page of a morning as a paper: the figures of the board, on one page."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.boards.directives.brief import brief
from haidang.directives.papers.brief import paper
from haidang.documents import press
from haidang.organisation.permissions import Principal
from haidang.organisation.service.letterhead import letterhead


@get(
    "/api/v1/directive-brief",
    opt={"permission": "directive.read"},
    tags=["directives"],
    summary="Bản tóm tắt buổi sáng trên giấy / the morning brief as a paper",
)
async def brief_paper(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    day: Annotated[date | None, QueryParameter(name="date")] = None,
    leader: Annotated[str | None, QueryParameter(max_length=500)] = None,
    form: Annotated[Literal["docx", "pdf", "json"], QueryParameter(name="format")] = "pdf",
) -> Response[Any]:
    """Return what the board of the morning says, for the asker, for a leader, or (empty) for all."""
    async with db.transaction() as connection:
        found = await brief(connection, settings, clock, principal, day=day, leader=leader)
        head = await letterhead(connection, principal.org_id, settings.province_code)
    if form == "json":
        return Response(found, headers={"cache-control": "no-store"})
    content = await press.printed(paper(found, head), form)
    name = f"bao-cao-nhanh-{found['date']:%Y-%m-%d}"
    return Response(content, media_type=press.MEDIA[form], headers=press.headers(name, form))


ROUTES = (brief_paper,)
