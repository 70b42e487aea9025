"""HTTP handlers of the city for our own screens: one entity, its course, search."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, PathParameter, QueryParameter

from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection, Database
from haidang.base.problems import NOT_FOUND, Problem
from haidang.base.settings import Settings
from haidang.base.text import fold
from haidang.city.models.catalogue import labelled_packs
from haidang.city.ngsild import identity
from haidang.city.packs import COMMON, Packs, TypePack, site_packs, symbol
from haidang.city.query import entities, history
from haidang.city.query.problems import bad
from haidang.city.query.temporal import parse_instant
from haidang.city.represent import KINDS, Names, Stored, instances, stored_attributes
from haidang.city.service import City
from haidang.city.store import read
from haidang.city.store.read import Row
from haidang.city.terms import Terms
from haidang.city.times import format_us, to_us
from haidang.organisation.permissions import PUBLIC, SIGNED_IN, Principal
from haidang.organisation.store import areas

SEARCH_MAX = 50
_Id = Annotated[str, PathParameter(max_length=2_048)]


@get("/api/v1/entities/{entity_id:str}", opt={"permission": "entity.read"}, summary="Thực thể / an entity")
async def entity(
    *,
    entity_id: _Id,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    at: Annotated[str | None, QueryParameter(max_length=40)] = None,
) -> dict[str, Any]:
    """All that is known of one entity, each value with unit, age and whether it is still fresh.

    With ``at`` as it was known at that moment; 404 where it did not exist then.
    """
    row = await _seen(db, city.terms, principal, entity_id)
    now, seq = clock.now(), row.seq
    known = list(stored_attributes(row.doc, row.static))
    if at is not None:
        now = parse_instant(at, "at")
        then = await history.as_known(db, city.terms, row, now)
        if then is None:
            raise _missing(entity_id)
        seq, known = then
    packs = labelled_packs(settings.data_dir)
    pack = _pack(packs, city.terms, row)
    async with db.transaction() as conn:
        owner, area = await read.labels(conn, row.owner_org, row.area_code)
    attributes = _attributes(city.terms, packs, pack, known, to_us(now))
    location = next((one["value"] for one in attributes if one["name"] == "location"), None)
    return {
        "id": row.id,
        "type": pack.type,
        "type_vi": pack.vi,
        "type_en": pack.en,
        "name": row.name or row.id.rsplit(":", 1)[-1],
        "owner": {"id": row.owner_org, "name": owner},
        "area": None if row.area_code is None else {"code": row.area_code, "name": area},
        "sector": row.sector,
        "source": row.source,
        "simulated": row.simulated,
        "location": location,
        "version": row.version,
        "seq": min(seq, row.seq),
        "modified_at": format_us(to_us(row.mod)),
        "expected_period_s": pack.expected_period_s,
        "attributes": [one for one in attributes if one["name"] not in ("location", "name")],
    }


@get(
    "/api/v1/entities/{entity_id:str}/history",
    opt={"permission": "entity.read"},
    summary="Lịch sử / history",
)
async def entity_history(
    *,
    entity_id: _Id,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    attrs: Annotated[str, QueryParameter(max_length=2_000)] = "",
    start: Annotated[str | None, QueryParameter(name="from", max_length=40)] = None,
    end: Annotated[str | None, QueryParameter(name="to", max_length=40)] = None,
    step: FromQuery[Literal["raw", "hour"]] = "raw",
) -> dict[str, Any]:
    """The course of some attributes (none named: all numbers), by default of the last 24 hours."""
    now = clock.now()
    last = now if end is None else parse_instant(end, "to")
    first = last - timedelta(days=1) if start is None else parse_instant(start, "from")
    if first > last:
        raise bad("from đứng sau to.", "from is after to.")
    row = await _seen(db, city.terms, principal, entity_id)
    packs = labelled_packs(settings.data_dir)
    pack = _pack(packs, city.terms, row)
    names = tuple(name for name in attrs.split(",") if name)
    course = await history.course(
        db, city.terms, row, attrs=names, start=first, end=last + timedelta(microseconds=1), step=step
    )
    return {
        "id": row.id,
        "from": _iso(first),
        "to": _iso(last),
        "step": step,
        "as_of": _iso(now),
        "expected_period_s": pack.expected_period_s,
        "series": [
            {"attr": one.attr, **_labels(packs, pack, one.attr, one.unit), "points": one.points}
            for one in course.series
        ],
        "truncated": course.truncated,
    }


@get("/api/v1/search", opt={"permission": "entity.read"}, summary="Tìm không dấu / search without accents")
async def search(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    q: Annotated[str, QueryParameter(max_length=200)],
    limit: Annotated[int, QueryParameter(ge=1, le=SEARCH_MAX)] = 20,
) -> dict[str, Any]:
    """Entities the asker may see, and areas, whose name holds the text, accents and case aside."""
    packs = labelled_packs(settings.data_dir)
    found = await entities.by_name(db, principal, q, limit)
    items = [
        {
            "kind": "entity",
            "id": id_,
            "name": name or id_.rsplit(":", 1)[-1],
            "subtitle": packs.type(city.terms.type_names(type_id)[0]).vi,
            "lon": lon,
            "lat": lat,
        }
        for id_, type_id, name, lon, lat, _ in found
    ]
    async with db.transaction() as conn:
        places = await _areas(conn, q, clock.now().astimezone(LOCAL).date(), limit)
    # Areas are few and are meant when somebody types the name of a place; they never push all entities out.
    kept = places[: max(3, limit - len(items))]
    return {"items": (kept + items)[:limit]}


async def _areas(conn: Connection, text: str, today: date, limit: int) -> list[dict[str, Any]]:
    if not fold(text):
        return []
    found = await areas.search(conn, today, text=text, limit=limit)
    return [
        {
            "kind": "area",
            "id": one.code,
            "name": one.full_name,
            "subtitle": one.parent_code or "",
            "lon": one.lon,
            "lat": one.lat,
        }
        for one in found
    ]


async def _seen(db: Database, terms: Terms, principal: Principal, entity_id: str) -> Row:
    row = await entities.entity(db, terms, principal, entity_id)
    if row is None:
        raise _missing(entity_id)
    return row


def _missing(entity_id: str) -> Problem:
    return Problem(NOT_FOUND, f"Không có thực thể {entity_id}.", f"There is no entity {entity_id}.")


def _pack(packs: Packs, terms: Terms, row: Row) -> TypePack:
    names = terms.type_names(row.type_id)
    return next((packs.types[one] for one in names if one in packs.types), packs.type(names[0]))


def _attributes(
    terms: Terms,
    packs: Packs,
    pack: TypePack,
    known: list[tuple[int, Stored, int | None]],
    now_us: int,
) -> list[dict[str, Any]]:
    order = {name: place for place, name in enumerate(pack.attributes)}
    said = Names(terms, terms.context)
    found: list[dict[str, Any]] = []
    for number, stored, at_us in known:
        name = terms.attr_name(number)
        for one in instances(stored, at_us):
            age_s = None if one.observed_us is None else (now_us - one.observed_us) / 1e6
            found.append(
                {
                    "name": name if one.dataset is None else f"{name} ({one.dataset})",
                    **_labels(packs, pack, name, one.unit),
                    "kind": KINDS[one.kind][0],
                    "value": said.vocab(one.value) if one.kind == "V" else one.value,
                    "observed_at": None if one.observed_us is None else format_us(one.observed_us),
                    "received_at": None,
                    "state": state(age_s, pack.expected_period_s),
                }
            )
    if pack.headline:
        order[pack.headline] = -1
    return sorted(found, key=lambda one: (order.get(one["name"], len(order)), one["name"]))


def state(age_s: float | None, period_s: float) -> str:
    """Return whether a value is fresh, stale (older than its period), dead (than three) or static."""
    if age_s is None:
        return "static"
    return "fresh" if age_s <= period_s else "stale" if age_s <= 3 * period_s else "dead"


def _labels(packs: Packs, pack: TypePack, name: str, unit_code: str | None) -> dict[str, Any]:
    shown = packs.attribute(pack.type, name)
    return {
        "label_vi": shown.vi,
        "label_en": shown.en,
        "unit": symbol(shown, unit_code),
        "unit_code": unit_code or shown.unit,
        "decimals": shown.decimals,
        "band": shown.band,
    }


def _iso(moment: datetime) -> str:
    return format_us(to_us(moment))


@get("/api/v1/sectors", opt={"permission": SIGNED_IN}, summary="Lĩnh vực / sectors")
async def sectors(settings: NamedDependency[Settings]) -> dict[str, Any]:
    """Return the sectors that this site knows, from the product's packs and the province's own, by name."""
    known = site_packs(settings.data_dir).sectors
    items = [{"name": one.name, "vi": one.vi, "en": one.en} for _, one in sorted(known.items())]
    return {"items": items, "next": None}


@get("/api/v1/labels", opt={"permission": SIGNED_IN}, summary="Tên gọi / labels of types and attributes")
async def labels(settings: NamedDependency[Settings]) -> dict[str, Any]:
    """What the types and attributes of this site's packs are called, for screens that show their names."""
    packs = site_packs(settings.data_dir)
    return {
        "types": {
            name: {
                "vi": pack.vi,
                "en": pack.en,
                "attributes": {each: {"vi": one.vi, "en": one.en} for each, one in pack.attributes.items()},
            }
            for name, pack in sorted(packs.types.items())
        },
        "common": {name: {"vi": one.vi, "en": one.en} for name, one in COMMON.items()},
    }


@get("/version", opt={"permission": PUBLIC}, summary="Phiên bản / which versions are spoken here")
async def version() -> dict[str, str]:
    """Return what this is and which version of NGSI-LD it conforms to; clients of brokers look here."""
    return identity.version()


ROUTES = (entity, entity_history, search, sectors, labels, version)
