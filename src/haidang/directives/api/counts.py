"""Routes of counts: how many, how late; and whether figures of somebody else add up."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.directives.model.published import Figures, check
from haidang.directives.service import counting
from haidang.organisation.permissions import Principal
from haidang.tasks.service.desk import desk_of

ID_MAX = 2**31 - 1
Id = Annotated[int | None, QueryParameter(ge=1, le=ID_MAX)]
Word = Annotated[str | None, QueryParameter(max_length=500)]
Name = Annotated[str, QueryParameter(max_length=40)]
Day = Annotated[date | None, QueryParameter()]


@get(
    "/api/v1/directive-counts",
    opt={"permission": "directive.read"},
    tags=["directives"],
    summary="Counts of the tasks of directives",
)
async def directive_counts(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    by: Name = "all",
    reading: Name = "original",
    since: Day = None,
    until: Day = None,
    unit: Id = None,
    leader: Word = None,
    field: Word = None,
    document: Id = None,
    meeting: Id = None,
) -> dict[str, Any]:
    """Return a line for each unit, leader, field, document, meeting, month, or unit and month."""
    async with db.transaction() as connection:
        cut = await counting.asked(
            connection, by=by, reading=reading, since=since, until=until, unit=unit, leader=leader or None,
            field=field or None, document=document, meeting=meeting,
        )  # fmt: skip
        return await counting.listed(connection, desk_of(settings, clock), principal, cut)


@post(
    "/api/v1/directive-counts/check",
    opt={"permission": "directive.report"},
    tags=["directives"],
    summary="Whether published figures add up",
    status_code=200,
)
async def check_figures(data: JSONBody[Figures]) -> dict[str, Any]:
    """Return what does not add up in figures that somebody has published; nothing is written or repaired."""
    return {"source": data.source, "findings": check(data)}


ROUTES = (directive_counts, check_figures)
