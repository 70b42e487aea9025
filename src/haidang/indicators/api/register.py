"""Routes of the register: forms, indicators, methods, targets, who owes what."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.indicators.service import expecting, looking
from haidang.indicators.service import register as keeping
from haidang.indicators.service.desk import desk_of
from haidang.indicators.service.expecting import DUTIES_MAX, TARGETS_MAX, NewDuty, NewTarget
from haidang.indicators.service.register import FirstMethod, FormPatch, IndicatorPatch, NewForm, NewIndicator
from haidang.indicators.store import places
from haidang.indicators.store import register as store
from haidang.organisation.permissions import Principal

ROOT = "/api/v1/indicators"
ONE = ROOT + "/{indicator_id:int}"
_READ = {"permission": "indicator.read"}
_MANAGE = {"permission": "indicator.manage"}


class Targets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an indicator should come to at a place."""

    place: int
    targets: Annotated[tuple[NewTarget, ...], msgspec.Meta(min_length=1, max_length=TARGETS_MAX)]


class Duties(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who owes an indicator, from when on."""

    duties: Annotated[tuple[NewDuty, ...], msgspec.Meta(min_length=1, max_length=DUTIES_MAX)]


@get(ROOT, opt=_READ, tags=["indicators"], summary="The register of indicators")
async def list_indicators(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    q: FromQuery[str | None] = None,
    sector: FromQuery[str | None] = None,
    level: FromQuery[str | None] = None,
    form: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 100,
) -> dict[str, Any]:
    """Return indicators by code; those of another agency that concern the asker in nothing are left out."""
    size = page_size(limit)
    async with db.transaction() as connection:
        found = await store.page(
            connection, principal, limit=size + 1, after=cursor, q=q, sector=sector, level=level,
            form_code=form,
            source_kind=source,
        )  # fmt: skip
    shown = found[:size]
    return {
        "items": [looking.entry(each) for each in shown],
        "next": shown[-1].code if len(found) > size else None,
    }


@post(ROOT, opt=_MANAGE, tags=["indicators"], summary="Add an indicator")
async def add_indicator(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewIndicator],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add an indicator with its first method; its code, unit, period and level stay."""

    async def work(connection: Connection) -> Any:
        return looking.entry(await keeping.add(connection, desk_of(settings, clock), principal, data))

    return await write(request, db, principal.id, key, work)


@get(ONE, opt=_READ, tags=["indicators"], summary="One indicator")
async def get_indicator(
    indicator_id: FromPath[int], db: NamedDependency[Database], principal: NamedDependency[Principal]
) -> Any:
    """Return an indicator with all versions of its method, and who owes it."""
    async with db.transaction() as connection:
        return await looking.opened(connection, principal, indicator_id)


@patch(ONE, opt=_MANAGE, tags=["indicators"], summary="Change an indicator")
async def change_indicator(
    *,
    request: Asked,
    key: Key,
    indicator_id: FromPath[int],
    data: JSONBody[IndicatorPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change an indicator; from then on its sector pack no longer does."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        return looking.entry(
            await keeping.change(connection, desk, principal, indicator_id, data, version=version)
        )

    return await write(request, db, principal.id, key, work)


@post(ONE + "/methods", opt=_MANAGE, tags=["indicators"], summary="Make an indicator another way")
async def add_method(
    *,
    request: Asked,
    key: Key,
    indicator_id: FromPath[int],
    data: JSONBody[FirstMethod],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Add a version of the method for periods from a day on; values keep the version they were made by."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        return await keeping.add_method(
            connection, desk_of(settings, clock), principal, indicator_id, data, version=version
        )

    return await write(request, db, principal.id, key, work)


@get(ONE + "/targets", opt=_READ, tags=["indicators"], summary="Targets of an indicator at a place")
async def list_targets(
    indicator_id: FromPath[int],
    place: FromQuery[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
) -> Any:
    """Return the targets that hold and the points on the way to them."""
    async with db.transaction() as connection:
        return {"items": await expecting.targets(connection, principal, indicator_id, place), "next": None}


@post(ONE + "/targets", opt=_MANAGE, tags=["indicators"], summary="Set targets")
async def set_targets(
    *,
    request: Asked,
    key: Key,
    indicator_id: FromPath[int],
    data: JSONBody[Targets],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Set targets and the points on the way; what held for the same periods is kept as superseded."""

    async def work(connection: Connection) -> Any:
        found = await expecting.set_targets(
            connection, desk_of(settings, clock), principal, indicator_id, place=data.place, new=data.targets
        )
        return {"items": found}

    return await write(request, db, principal.id, key, work)


@post(ONE + "/duties", opt=_MANAGE, tags=["indicators"], summary="Say who owes an indicator")
async def set_duties(
    *,
    request: Asked,
    key: Key,
    indicator_id: FromPath[int],
    data: JSONBody[Duties],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Let units owe the figure about themselves or an area, from a period on, or owe it no longer."""

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        return {"changed": await expecting.set_duties(connection, desk, principal, indicator_id, data.duties)}

    return await write(request, db, principal.id, key, work)


@get(ROOT + "/places", opt=_READ, tags=["indicators"], summary="What values are about")
async def list_places(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 200,
) -> dict[str, Any]:
    """Return the areas and units that values are about, within the asker's sight."""
    size = page_size(limit)
    async with db.transaction() as connection:
        found = await places.visible(connection, principal, limit=size + 1, after=cursor_number(cursor))
    shown = found[:size]
    return {"items": shown, "next": str(shown[-1].id) if len(found) > size else None}


@get(ROOT + "/forms", opt=_READ, tags=["indicators"], summary="Forms that units hand in")
async def list_forms(db: NamedDependency[Database], principal: NamedDependency[Principal]) -> dict[str, Any]:
    """Return the forms with their period and due rule."""
    async with db.transaction() as connection:
        found = await store.forms_seen(connection, principal)
    return {"items": [looking.form_entry(each) for each in found], "next": None}


@post(ROOT + "/forms", opt=_MANAGE, tags=["indicators"], summary="Add a form")
async def add_form(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewForm],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Add what units hand in at once: its period and when it is due."""

    async def work(connection: Connection) -> Any:
        return looking.form_entry(
            await keeping.add_form(connection, desk_of(settings, clock), principal, data)
        )

    return await write(request, db, principal.id, key, work)


@patch(ROOT + "/forms/{form:str}", opt=_MANAGE, tags=["indicators"], summary="Change a form")
async def change_form(
    *,
    request: Asked,
    key: Key,
    form: FromPath[str],
    data: JSONBody[FormPatch],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Change a form; periods that are open keep their dues."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        return looking.form_entry(
            await keeping.change_form(connection, desk, principal, form, data, version=version)
        )

    return await write(request, db, principal.id, key, work)


ROUTES = (
    list_indicators, add_indicator, get_indicator, change_indicator, add_method, list_targets, set_targets,
    set_duties, list_places, list_forms, add_form, change_form,
)  # fmt: skip
