"""Routes of values: series, revisions, corrections, what another system hands over; what is asleep."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, write
from haidang.base.settings import Settings
from haidang.indicators.api.register import ONE, ROOT
from haidang.indicators.service import handing, looking, values
from haidang.indicators.service.desk import desk_of, wrong
from haidang.indicators.service.handing import HANDED_MAX, Handed
from haidang.indicators.service.values import Correction
from haidang.organisation.permissions import Principal

PLACES_MAX = 500


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures that another system hands over."""

    source_ref: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """Which system, and which run of it."""
    values: Annotated[tuple[Handed, ...], msgspec.Meta(min_length=1, max_length=HANDED_MAX)]


@get(
    ONE + "/values",
    opt={"permission": "indicator.read"},
    tags=["indicators"],
    summary="Values of an indicator",
)
async def list_values(
    *,
    indicator_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    first: FromQuery[str],
    last: FromQuery[str],
    place: FromQuery[list[int] | None] = None,
    known_at: FromQuery[datetime | None] = None,
) -> Any:
    """Return the series of an indicator by place; ``known_at``: as it was known at an instant."""
    if known_at is not None and known_at.tzinfo is None:
        raise wrong("known_at", "cần múi giờ", "needs a time zone")
    if place is not None and len(place) > PLACES_MAX:
        raise wrong("place", f"tối đa {PLACES_MAX}", f"at most {PLACES_MAX}")
    async with db.transaction() as connection:
        return await looking.series(
            connection, principal, indicator_id, wanted=place, first=first, last=last, known_at=known_at
        )


@get(
    ONE + "/revisions", opt={"permission": "indicator.read"}, tags=["indicators"],
    summary="All that was known of a figure",
)  # fmt: skip
async def list_revisions(
    indicator_id: FromPath[int],
    place: FromQuery[int],
    period: FromQuery[str],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> Any:
    """Return every revision of a figure: who, when, from where, by which method, why."""
    async with db.transaction() as connection:
        found = await looking.revisions(connection, principal, indicator_id, place=place, period=period)
    return {"items": found, "next": None}


@post(
    ONE + "/corrections",
    opt={"permission": "indicator.read"},
    tags=["indicators"],
    summary="Correct a figure",
)
async def correct(
    *,
    request: Asked,
    key: Key,
    indicator_id: FromPath[int],
    data: JSONBody[Correction],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Change an approved or locked figure with its reason; the revision that was seen stands in the body."""

    async def work(connection: Connection) -> Any:
        return await values.correct(connection, desk_of(settings, clock), principal, indicator_id, data)

    return await write(request, db, principal.id, key, work)


@post(
    ROOT + "/values", opt={"permission": "indicator.submit"}, tags=["indicators"],
    summary="Figures of another system",
)  # fmt: skip
async def hand_over(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[Batch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Take figures of indicators that are pulled; each wrong one is returned with its reason, the rest is
    kept."""

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        return await handing.take(connection, desk, principal, data.values, source_ref=data.source_ref)

    found = await write(request, db, principal.id, key, work)
    return Response(found, status_code=207 if found["refused"] else 200)


@get(ROOT + "/health", opt={"permission": "indicator.read"}, tags=["indicators"], summary="What is asleep")
async def health(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Return indicators of which nothing was heard for longer than expected, the worst first."""
    async with db.transaction() as connection:
        return await looking.health(connection, desk_of(settings, clock), principal)


ROUTES = (list_values, list_revisions, correct, hand_over, health)
