"""HTTP handlers of history as a whole: what it weighs, and one attribute of many entities by the hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.city.packs import site_packs, symbol
from haidang.city.query.conditions import type_numbers
from haidang.city.query.problems import bad
from haidang.city.query.selection import parse_types
from haidang.city.query.temporal import parse_instant
from haidang.city.service import City
from haidang.city.store import citywide, read
from haidang.city.tiers import storage
from haidang.city.times import format_us, to_us
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.store.areas import subtree

HOURS_MAX = 24 * 400
_Word = Annotated[str | None, QueryParameter(max_length=2_000)]
_Code = Annotated[str | None, QueryParameter(max_length=32)]


@get(
    "/api/v1/storage",
    opt={"permission": "system.read"},
    tags=["operations"],
    summary="Lưu trữ theo tầng / what history weighs, tier by tier",
)
async def storage_tiers(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
) -> dict[str, Any]:
    """Rows, values, bytes, bytes a value, age and lag of each tier; null is not known, never zero."""
    async with db.transaction() as conn:
        return await storage.figures(conn, settings, clock, city.terms)


@get(
    "/api/v1/hours",
    opt={"permission": "entity.read"},
    tags=["entities"],
    summary="Toàn thành phố theo giờ / many entities by the hour",
)
async def city_hours(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    attr: Annotated[str, QueryParameter(max_length=512)],
    entity_type: Annotated[str | None, QueryParameter(name="type", max_length=2_000)] = None,
    area: _Code = None,
    sector: _Code = None,
    start: Annotated[str | None, QueryParameter(name="from", max_length=40)] = None,
    end: Annotated[str | None, QueryParameter(name="to", max_length=40)] = None,
) -> dict[str, Any]:
    """Mean, least, greatest and count of an attribute over all entities in sight, by hours of UTC.

    By default the last 24 hours. Hours without data are absent; each points [ms, mean, min, max, n].
    """
    now = clock.now()
    last = now if end is None else parse_instant(end, "to")
    first = last - timedelta(days=1) if start is None else parse_instant(start, "from")
    first, last = _whole(first), _whole(last + timedelta(hours=1) - timedelta(microseconds=1))
    if first > last:
        raise bad("from đứng sau to.", "from is after to.")
    if last - first > timedelta(hours=HOURS_MAX):
        raise bad(f"Nhiều nhất {HOURS_MAX} giờ.", f"At most {HOURS_MAX} hours.")
    number = city.terms.attr_id(attr)
    found: list[citywide.CityHour] = []
    if number is not None:
        async with read.reading(db) as conn:
            visible, values = scope_sql(principal, "entity.read")
            parts = ["e.tenant_id = 0", visible]
            if entity_type:
                parts.append("e.type_id = ANY(%(type_ids)s::int[])")
                values["type_ids"] = type_numbers(parse_types(entity_type), city.terms, city.terms.context)
            if area:
                parts.append("e.area_code = ANY(%(areas)s::text[])")
                values["areas"] = sorted(await subtree(conn, area) | {area})
            if sector:
                parts.append("e.sector = %(sector)s::text")
                values["sector"] = sector
            where = " AND ".join(parts)
            found = await citywide.hours(conn, city.terms, number, where, values, start=first, end=last)
    described = site_packs(settings.data_dir).attribute(entity_type or "", attr)
    return {
        "attr": attr,
        "label_vi": described.vi,
        "label_en": described.en,
        "unit": symbol(described, None),
        "from": format_us(to_us(first)),
        "to": format_us(to_us(last)),
        "as_of": format_us(to_us(now)),
        "points": [[to_us(one.start) // 1000, one.mean, one.low, one.high, one.n] for one in found],
    }


def _whole(at: Any) -> Any:
    return at.replace(minute=0, second=0, microsecond=0)


ROUTES = (storage_tiers, city_hours)
