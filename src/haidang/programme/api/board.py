"""The route of the programme board."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.programme.api.programs import P
from haidang.programme.model.money import DenominatorKind
from haidang.programme.service import board
from haidang.programme.service.desk import desk_of

Year = Annotated[int, msgspec.Meta(ge=1990, le=2100)]


@get(
    P + "/board",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Projects with plan, paid, share and what asks for attention, and the total they come to",
)
async def get_board(
    *,
    program_id: FromPath[int],
    year: FromQuery[Year],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    of: FromQuery[DenominatorKind] = "annual",
    source: FromQuery[int | None] = None,
) -> dict[str, Any]:
    """Return the board of a year: rows of the projects in sight, lines without a project, the total.

    ``of`` names what each share is a share of; ``source`` takes one fund source alone.
    """
    async with db.transaction() as connection:
        return await board.board(
            connection, desk_of(settings, clock), principal, program_id, year, of=of, source=source
        )


ROUTES = (get_board,)
