"""HTTP handlers of the boards."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.boards import city as board
from haidang.boards import displays, duty
from haidang.boards import operations as running
from haidang.boards.directives.api import ROUTES as DIRECTIVES
from haidang.boards.model import FIELDS, Types, iso
from haidang.boards.reducer import Filter
from haidang.boards.wall import Wall
from haidang.city.models.catalogue import labelled_packs
from haidang.city.packs import symbol
from haidang.city.query.temporal import parse_instant
from haidang.city.service import City
from haidang.organisation.permissions import SIGNED_IN, Principal

FRAMES_ROWS = 2_000

_Code = Annotated[str | None, QueryParameter(max_length=32)]
_Word = Annotated[str | None, QueryParameter(max_length=2_000)]


@get("/api/v1/boards/city", opt={"permission": "entity.read"}, summary="Bảng thành phố / the city board")
async def city_board(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    area: _Code = None,
    sector: _Code = None,
    entity_type: Annotated[str | None, QueryParameter(name="type", max_length=2_000)] = None,
    q: _Word = None,
    at: _Word = None,
) -> dict[str, Any]:
    """Every entity the asker may see as one row, now or as it was known at ``at``."""
    moment = None if at is None else parse_instant(at, "at")
    types = Types(city.terms, labelled_packs(settings.data_dir))
    which = Filter(area=area, sector=sector, type=entity_type or None, text=q or None)
    found = await board.snapshot(db, city.terms, types, principal, which=which, at=moment)
    return {
        "as_of": iso(clock.now()),
        "seq": found.seq,
        "at": None if moment is None else iso(moment),
        "simulated": any(simulated for _, _, simulated in found.counts),
        "truncated": found.truncated,
        "types": [_type(types, *one) for one in found.counts],
        "fields": FIELDS,
        "rows": found.rows,
    }


@get("/api/v1/replay", opt={"permission": "entity.read"}, summary="Phát lại / how the board went on")
async def replay(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    start: Annotated[str, QueryParameter(name="from", max_length=40)],
    end: Annotated[str | None, QueryParameter(name="to", max_length=40)] = None,
    after: Annotated[int | None, QueryParameter(ge=0)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=board.FRAME_ROWS_MAX)] = FRAMES_ROWS,
    area: _Code = None,
    sector: _Code = None,
    entity_type: Annotated[str | None, QueryParameter(name="type", max_length=2_000)] = None,
) -> dict[str, Any]:
    """How the board went on from a moment: rows to put in place of earlier ones, frame by frame."""
    first = parse_instant(start, "from")
    last = clock.now() if end is None else parse_instant(end, "to")
    types = Types(city.terms, labelled_packs(settings.data_dir))
    frames, following = await board.frames(
        db, city.terms, types, principal,
        which=Filter(area=area, sector=sector, type=entity_type or None),
        start=first, end=max(first, last), after=after, limit=limit,
    )  # fmt: skip
    return {
        "frames": [
            {"seq": one.seq, "at": iso(one.at), "rows": one.rows, "removed": one.removed} for one in frames
        ],
        "next": following,
    }


def _type(types: Types, number: int, count: int, simulated: int) -> dict[str, Any]:
    pack, _ = types.of(number)
    headline = pack.attributes.get(pack.headline or "")
    return {
        "type": pack.type,
        "label_vi": pack.vi,
        "label_en": pack.en,
        "sector": pack.sector or None,
        "icon": pack.icon,
        "count": count,
        "simulated_count": simulated,
        "headline": None
        if headline is None
        else {
            "attr": pack.headline,
            "label_vi": headline.vi,
            "label_en": headline.en,
            "unit": symbol(headline, None),
            "unit_code": headline.unit,
            "decimals": headline.decimals,
            "band": headline.band,
        },
        "expected_period_s": pack.expected_period_s,
    }


@get(
    "/api/v1/operations",
    opt={"permission": "system.read"},
    tags=["operations"],
    summary="Đường đi của dữ liệu / the writer, the pipeline, the outbox",
)
async def operations(
    *, db: NamedDependency[Database], clock: NamedDependency[Clock], city: NamedDependency[City]
) -> dict[str, Any]:
    """How the way of the data stands: queue, commits, how far each step is behind, what waits to go out."""
    async with db.transaction() as conn:
        return await running.operations(city, conn, clock)


@get(
    "/api/v1/contexts",
    opt={"permission": "entity.read"},
    tags=["operations"],
    summary="Ngữ cảnh JSON-LD / contexts",
)
async def contexts(
    *,
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Every JSON-LD context this site knows, and which of the asker's subscriptions use it."""
    async with db.transaction() as conn:
        return {"items": await running.held_contexts(city, conn, principal), "next": None}


@get("/api/v1/boards/duty", opt={"permission": SIGNED_IN}, summary="Bảng phòng trực / the duty console")
async def duty_board(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    priority: _Word = None,
    states: Annotated[str | None, QueryParameter(name="state", max_length=200)] = None,
    area: _Code = None,
    sector: _Code = None,
    group: _Word = None,
) -> dict[str, Any]:
    """The queue, open incidents, units, shift and sources as far as the asker may see each of them."""
    asked = duty.Asked(priority=priority, state=states, area=area, sector=sector, group=group)
    return await duty.snapshot(db, settings, clock, principal, asked)


@get("/api/v1/boards/wall", opt={"permission": "entity.read"}, summary="Bảng màn hình lớn / the wall")
async def wall_board(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    area: _Code = None,
) -> dict[str, Any]:
    """Figures, incidents, alerts, tasks by unit, health of devices: nothing names a person."""
    return await Wall(db, settings, clock, city, principal=principal, area=area).picture()


@get("/api/v1/displays", opt={"permission": SIGNED_IN}, summary="Hồ sơ màn hình / display profiles")
async def list_displays(settings: NamedDependency[Settings]) -> dict[str, Any]:
    """Every display profile of the site with the size of its letters, and the files that are none."""
    found, refused = await asyncio.to_thread(displays.load, settings.data_dir)
    return {"items": [one.shown() for one in found.values()], "refused": refused, "next": None}


ROUTES = (city_board, replay, operations, contexts, duty_board, wall_board, list_displays, *DIRECTIVES)
