"""Routes of administrative areas and of the calendar: facts for whoever is signed in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.problems import INVALID, Fault, Problem
from haidang.base.requests import page_size
from haidang.base.settings import Settings
from haidang.base.text import sort_key
from haidang.organisation.calendar import load_calendar
from haidang.organisation.permissions import SIGNED_IN
from haidang.organisation.service import areas as service

_KINDS = {
    "commune": ("commune", "ward", "township", "special_zone"),
    "province": ("province", "city"),
    "district": ("district",),
}


@get(
    "/api/v1/areas",
    opt={"permission": "area.read"},
    tags=["areas"],
    summary="Đơn vị hành chính / administrative areas",
)
async def list_areas(
    *,
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    parent: FromQuery[str | None] = None,
    kind: Annotated[
        str | None, QueryParameter(description="province, district or commune: the level")
    ] = None,
    on: FromQuery[date | None] = None,
    q: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the areas of a day (today) in dictionary order, each with its centre where known."""
    if kind is not None and kind not in _KINDS:
        raise Problem(
            INVALID, faults=(Fault("kind", "không hợp lệ", "province, district, commune", kind[:40]),)
        )
    size, day = page_size(limit), service.today_of(clock, on)
    async with db.transaction() as connection:
        last = await service.get_area(connection, cursor, day) if cursor else None
        items = await service.list_areas(
            connection,
            day,
            parent=parent,
            kinds=_KINDS[kind] if kind else (),
            text=q,
            after=(sort_key(last.name), last.code) if last else None,
            limit=size + 1,
        )
    return {"items": items[:size], "next": items[size - 1].code if len(items) > size else None}


@get(
    "/api/v1/areas/{code:str}",
    opt={"permission": "area.read"},
    tags=["areas"],
    summary="Một đơn vị hành chính / one area",
)
async def get_area(
    *,
    db: NamedDependency[Database],
    clock: NamedDependency[Clock],
    code: FromPath[str],
    on: FromQuery[date | None] = None,
) -> dict[str, Any]:
    """Return what a code means on a day, and what became of it: 24 was Bắc Giang until 30 June 2025."""
    day = service.today_of(clock, on)
    async with db.transaction() as connection:
        area = await service.get_area(connection, code, day)
        became = await service.area_today(connection, code, day)
    return {**msgspec.to_builtins(area), "today": msgspec.to_builtins(became)}


@get(
    "/api/v1/areas/outlines",
    opt={"permission": "area.read"},
    tags=["areas"],
    summary="Ranh giới / outlines of areas",
)
async def get_outlines(
    *, db: NamedDependency[Database], level: FromQuery[str] = "province", parent: FromQuery[str | None] = None
) -> Response[bytes]:
    """Return the outlines that this site imported, as a GeoJSON FeatureCollection; none where it has none."""
    async with db.transaction() as connection:
        rows = await service.outlines_of(connection, level, parent)
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"code": code, "name": name, "kind": kind, "parent_code": parent_code},
            "geometry": msgspec.Raw(geometry.encode()),
        }
        for code, name, kind, parent_code, geometry in rows
    ]
    body = msgspec.json.encode({"type": "FeatureCollection", "features": features})
    return Response(body, media_type="application/geo+json")


@get(
    "/api/v1/calendar",
    opt={"permission": SIGNED_IN},
    tags=["calendar"],
    summary="Lịch làm việc / working calendar",
)
async def get_calendar(
    *, settings: NamedDependency[Settings], clock: NamedDependency[Clock], year: FromQuery[int | None] = None
) -> dict[str, Any]:
    """Return a year's holidays, make-up days and hours; ``known`` is false where there is no file for it."""
    wanted = service.today_of(clock).year if year is None else year
    calendar = load_calendar(settings.data_dir)
    found = calendar.years.get(wanted)
    if found is None:
        return {"year": wanted, "known": False, "holidays": [], "make_up": [], "hours": []}
    return {"known": True, **msgspec.to_builtins(found)}


ROUTES = [list_areas, get_area, get_outlines, get_calendar]
