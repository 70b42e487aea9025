"""Routes of what units hand in: the list of what is owed, a form, its figures, acts on it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.indicators.api.register import ROOT
from haidang.indicators.model.submission import Act, State
from haidang.indicators.service import submissions
from haidang.indicators.service.desk import desk_of
from haidang.indicators.service.submissions import ROWS_MAX, Entry
from haidang.indicators.store import submissions as store
from haidang.organisation.permissions import Principal

ONE = ROOT + "/submissions/{submission_id:int}"


class Entries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures of a form."""

    entries: Annotated[tuple[Entry, ...], msgspec.Meta(min_length=1, max_length=ROWS_MAX)]


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done with a form."""

    do: Act


@get(
    ROOT + "/submissions",
    opt={"permission": "indicator.read"},
    tags=["indicators"],
    summary="What units hand in",
)
async def list_submissions(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    org: FromQuery[int | None] = None,
    form: FromQuery[str | None] = None,
    stage: FromQuery[State | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return what is owed and what was handed in, the latest due first: the one inbox of a focal point."""
    size = page_size(limit)
    async with db.transaction() as connection:
        found = await store.page(
            connection, principal, limit=size + 1, after=cursor_number(cursor), org_id=org, form_code=form,
            state=stage,
        )  # fmt: skip
        shown = found[:size]
        items = await submissions.listed(connection, desk_of(settings, clock), shown)
    return {"items": items, "next": str(shown[-1].id) if len(found) > size else None}


@get(ONE, opt={"permission": "indicator.read"}, tags=["indicators"], summary="A form of a unit and a period")
async def get_submission(
    submission_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Return a form with every figure that is owed, those of the period before beside them."""
    async with db.transaction() as connection:
        row = await submissions.visible(connection, principal, submission_id)
        return await submissions.shown(connection, desk_of(settings, clock), principal, row)


@post(
    ONE + "/values", opt={"permission": "indicator.submit"}, tags=["indicators"], summary="Enter figures",
    status_code=200,
)  # fmt: skip
async def enter(
    *,
    request: Asked,
    key: Key,
    submission_id: FromPath[int],
    data: JSONBody[Entries],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Keep figures as drafts, all or none; each carries the revision that was seen."""

    async def work(connection: Connection) -> Any:
        return await submissions.enter(
            connection, desk_of(settings, clock), principal, submission_id, data.entries
        )

    return await write(request, db, principal.id, key, work)


@post(
    ONE + "/acts", opt={"permission": "indicator.read"}, tags=["indicators"],
    summary="Hand in, return, approve, lock, unlock", status_code=200,
)  # fmt: skip
async def act(
    *,
    request: Asked,
    key: Key,
    submission_id: FromPath[int],
    data: JSONBody[Doing],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Do an act on a form (docs/indicators.md names who may do which, from which state)."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        row = await submissions.perform(connection, desk, principal, submission_id, data.do, version=version)
        return (await submissions.listed(connection, desk, [row]))[0]

    return await write(request, db, principal.id, key, work)


ROUTES = (list_submissions, get_submission, enter, act)
