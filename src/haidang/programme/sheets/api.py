"""Routes of plan sheets: a file in, its difference, approval or rejection; the file as it came."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked as Request
from haidang.base.requests import Key, Seen, cursor_number, page_size, version_of, write
from haidang.base.settings import Settings
from haidang.documents import press
from haidang.organisation.permissions import Principal
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, desk_of
from haidang.programme.sheets import importing
from haidang.programme.sheets.description import known
from haidang.programme.sheets.diff import KINDS, Diff, Kind, compared
from haidang.programme.sheets.importing import XLSX, Approval, Options
from haidang.programme.sheets.reading import Sheet
from haidang.programme.sheets.report import report_of
from haidang.programme.sheets.store import Import

ROWS_MAX = 500
"""Rows of a diff in one answer."""


class Rejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a sheet is not taken."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


@get(
    "/api/v1/programme/sheets",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="Kinds of sheets that are recognised",
)
async def list_sheets(settings: NamedDependency[Settings]) -> dict[str, Any]:
    """Return the descriptions, shipped and the site's own."""
    plain = msgspec.to_builtins(known(settings.data_dir))
    return {"items": [{name: each[name] for name in ("sheet", "version", "vi", "en")} for each in plain]}


@post(
    "/api/v1/programme/imports",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="Bring a plan sheet in and compare it",
    status_code=201,
)
async def bring_in(
    *,
    request: Request,
    key: Key,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    program: FromQuery[int],
    name: FromQuery[str],
    valid_from: FromQuery[date],
    sheet: FromQuery[str | None] = None,
    page: FromQuery[str | None] = None,
    numbers: FromQuery[Literal["vi", "en"] | None] = None,
    unit: FromQuery[int | None] = None,
    year: FromQuery[int | None] = None,
) -> Any:
    """Read the workbook in the body; return the import with its report and diff. Writes into no register."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        await programs.kept(connection, principal, program)
    options = msgspec.convert(
        {"sheet": sheet, "page": page, "numbers": numbers, "unit": unit, "year": year}, Options
    )
    content = await request.body()
    found = await importing.read(settings, content, options)
    kept = await importing.keep(settings, name, content)

    async def work(connection: Connection) -> Any:
        made, diff = await importing.take_in(
            connection, desk, principal, program, kept=kept, sheet=found, options=options,
            valid_from=valid_from,
        )  # fmt: skip
        return _shown(made, found, diff, kind=None, after=0)

    return await write(request, db, principal.id, key, work)


@get(
    "/api/v1/programme/imports",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="Plan sheets that came in",
)
async def list_imports(
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    program: FromQuery[int],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the imports of a programme, the latest first."""
    async with db.transaction() as connection:
        found, following = await importing.listed(
            connection, principal, program, before=cursor_number(cursor), limit=page_size(limit)
        )
    return {"items": msgspec.to_builtins(found), "next": following}


@get(
    "/api/v1/programme/imports/{import_id:int}",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="A plan sheet with its report and its difference",
)
async def show_import(
    *,
    import_id: int,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    kind: FromQuery[Kind | None] = None,
    cursor: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """Return an import and how it compares with the register now; ``kind`` and ``cursor`` choose its rows."""
    desk = desk_of(settings, clock)
    async with db.transaction() as connection:
        found, _ = await importing.find(connection, principal, import_id)
    sheet = await _sheet_of(settings, found)
    async with db.transaction() as connection:
        diff = await _diff(connection, desk, found, sheet)
    return _shown(found, sheet, diff, kind=kind, after=cursor_number(cursor) or 0)


@get(
    "/api/v1/programme/imports/{import_id:int}/file",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="The workbook as it came",
)
async def show_file(
    import_id: int,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Return the file, its SHA-256 checked."""
    async with db.transaction() as connection:
        found, _ = await importing.find(connection, principal, import_id)
    content = await importing.content_of(settings, found)
    ending = "xlsx" if found.media_type == XLSX else "json"
    headers = press.headers(f"bang-ke-hoach-{import_id}", ending)
    return Response(content, media_type=found.media_type, headers=headers)


@post(
    "/api/v1/programme/imports/{import_id:int}/approve",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="Take the approved rows of a plan sheet",
    status_code=200,
)
async def approve_import(
    *,
    request: Request,
    import_id: int,
    key: Key,
    seen: Seen = None,
    data: JSONBody[Approval],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Write the approved rows in one transaction, by a decision; the diff must be the one that was seen."""
    desk, version = desk_of(settings, clock), version_of(seen)
    async with db.transaction() as connection:
        found, _ = await importing.find(connection, principal, import_id)
    sheet = await _sheet_of(settings, found)

    async def work(connection: Connection) -> Any:
        done = await importing.approve(
            connection, desk, principal, import_id, approval=data, sheet=sheet, version=version
        )
        return msgspec.to_builtins(done)

    return await write(request, db, principal.id, key, work)


@post(
    "/api/v1/programme/imports/{import_id:int}/reject",
    opt={"permission": "programme.plan"},
    tags=["programme"],
    summary="Decide that a plan sheet is not taken",
    status_code=200,
)
async def reject_import(
    *,
    request: Request,
    import_id: int,
    key: Key,
    seen: Seen = None,
    data: JSONBody[Rejection],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Note that a sheet is not taken, and why; the file stays."""
    desk, version = desk_of(settings, clock), version_of(seen)

    async def work(connection: Connection) -> Any:
        done = await importing.reject(connection, desk, principal, import_id, data.reason, version=version)
        return msgspec.to_builtins(done)

    return await write(request, db, principal.id, key, work)


async def _sheet_of(settings: Settings, found: Import) -> Sheet:
    content = await importing.content_of(settings, found)
    return await importing.read(settings, content, msgspec.convert(found.options, Options))


async def _diff(connection: Connection, desk: Desk, found: Import, sheet: Sheet) -> Diff:
    state = await importing.held(connection, desk, found.program_id, sheet, found.valid_from)
    return compared(sheet, state, found.valid_from)


def _shown(found: Import, sheet: Sheet, diff: Diff, *, kind: Kind | None, after: int) -> dict[str, Any]:
    """Return an import with its report and a page of its diff."""
    report = report_of(sheet, b"")
    for name in ("projects", "group_rows", "sha256"):
        del report[name]
    rows = [row for row in diff.rows if row.row > after and kind in (None, row.kind)]
    page = rows[:ROWS_MAX]
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain | {
        "report": report,
        "diff": {
            "hash": diff.hash, "counts": diff.counts(), "kinds": list(KINDS),
            "rows": msgspec.to_builtins(page),
            "next": str(page[-1].row) if len(rows) > ROWS_MAX else None,
            "missing": [{"id": number, "name": name} for number, name in diff.missing[:ROWS_MAX]],
        },
    }  # fmt: skip


ROUTES = (list_sheets, bring_in, list_imports, show_import, show_file, approve_import, reject_import)
