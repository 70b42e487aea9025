"""Routes of monthly forms: out as a workbook, compared when it comes back, written when approved."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked as Request
from haidang.base.requests import Key, write
from haidang.base.settings import Settings
from haidang.documents import press
from haidang.organisation.permissions import Principal
from haidang.programme.model.plans import Year
from haidang.programme.model.records import Period
from haidang.programme.service.desk import desk_of
from haidang.programme.sheets import apart
from haidang.programme.sheets.importing import XLSX
from haidang.programme.sheets.monthly import service as monthly
from haidang.programme.sheets.monthly.forms import Filled, FormName, Scope
from haidang.programme.sheets.monthly.service import Approved


class Application(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The approved rows of a form."""

    form: FormName
    program: int
    year: Year
    period: Period
    rows: Annotated[tuple[Approved, ...], msgspec.Meta(min_length=1)]


@get(
    "/api/v1/programme/forms/{form:str}",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="A monthly form as a workbook",
)
async def export_form(
    *,
    form: FormName,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    program: FromQuery[int],
    year: FromQuery[Year],
    period: FromQuery[Period],
) -> Response[bytes]:
    """Return a form of a month for the projects whose register the asker keeps."""
    async with db.transaction() as connection:
        content = await monthly.export(
            connection, desk_of(settings, clock), principal, form, Scope(program, year, period)
        )
    headers = press.headers(f"{form}-{year}-{period:02}", "xlsx")
    return Response(content, media_type=XLSX, headers=headers)


@post(
    "/api/v1/programme/forms/compare",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="What a filled monthly form would change",
    status_code=200,
)
async def compare_form(
    *,
    request: Request,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the diff of a workbook (the body): changed, unchanged, conflicts, refused; writes nothing."""
    content = await request.body()
    filled = await apart.reading("monthly", content, Filled)
    async with db.transaction() as connection:
        lines = await monthly.compared(connection, desk_of(settings, clock), principal, filled)
    kinds = ("changed", "unchanged", "conflict", "refused")
    return {
        "form": filled.form, "program": filled.scope.program, "year": filled.scope.year,
        "period": filled.scope.period, "sha256": hashlib.sha256(content).hexdigest(),
        "counts": {kind: sum(line.kind == kind for line in lines) for kind in kinds},
        "rows": msgspec.to_builtins(lines), "notes": msgspec.to_builtins(filled.notes),
    }  # fmt: skip


@post(
    "/api/v1/programme/forms/apply",
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="Take the approved rows of a monthly form",
    status_code=200,
)
async def apply_form(
    *,
    request: Request,
    key: Key,
    data: JSONBody[Application],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Write the approved rows, each against the version that was seen; 207 where one was refused."""
    desk = desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        done = await monthly.apply(
            connection, desk, principal, data.rows, form=data.form,
            scope=Scope(data.program, data.year, data.period),
        )  # fmt: skip
        return {"items": done}

    found = await write(request, db, principal.id, key, work)
    refused = any(not each["done"] for each in found["items"])
    return Response(found, status_code=207 if refused else 200)


ROUTES = (export_form, compare_form, apply_form)
