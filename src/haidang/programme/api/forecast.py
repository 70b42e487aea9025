"""The route of forecasts: what a year will have paid by 31 January."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.service import foreseeing
from haidang.programme.service.desk import desk_of

Year = Annotated[int, msgspec.Meta(ge=1990, le=2100)]


@get(
    "/api/v1/programme/forecast",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="What each project's year will have paid by 31 January, by every method",
)
async def get_forecast(
    *,
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    program: FromQuery[int | None] = None,
) -> dict[str, Any]:
    """Return P10, P50, P90 by method with its past error, the pace that is needed, and the total."""
    async with db.transaction() as connection:
        return await foreseeing.forecast(
            connection, desk_of(settings, clock), principal, program_id=program, year=year
        )


ROUTES = (get_forecast,)
