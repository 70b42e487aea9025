"""Routes of OCDS packages: a file in, its difference, approval or rejection."""

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
from haidang.organisation.permissions import Principal
from haidang.programme.service import programs
from haidang.programme.service.desk import desk_of
from haidang.programme.sheets import apart
from haidang.programme.sheets.diff import KINDS, Kind
from haidang.programme.sheets.ocds import service
from haidang.programme.sheets.ocds.diff import Diff
from haidang.programme.sheets.ocds.reading import Reading
from haidang.programme.sheets.ocds.service import Approval
from haidang.programme.sheets.ocds.store import Import

P = "/api/v1/programme/programs/{program_id:int}/contracting-imports"
ONE = "/api/v1/programme/contracting-imports/{import_id:int}"
EDIT = {"permission": "programme.edit"}
READ = {"permission": "programme.read"}
ROWS_MAX = 500
"""Rows of a diff in one answer."""


class Rejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a package is not taken."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


@post(P, opt=EDIT, tags=["programme"], summary="Bring an OCDS package in and compare it", status_code=201)
async def bring_contracting_in(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    name: FromQuery[str],
) -> Any:
    """Read the JSON in the body; return the import with its diff. Writes nothing beside any project."""
    async with db.transaction() as connection:
        await programs.visible(connection, principal, program_id)
    content = await request.body()
    reading = await apart.reading("contracting", content, Reading)
    kept = await service.keep(settings, name, content)

    async def work(connection: Connection) -> Any:
        made, diff = await service.take_in(
            connection, desk_of(settings, clock), principal, program_id, settings=settings, kept=kept,
            reading=reading,
        )  # fmt: skip
        return _shown(made, reading, diff, kind=None, after=0)

    return await write(request, db, principal.id, key, work)


@get(P, opt=READ, tags=["programme"], summary="OCDS packages that came in")
async def list_contracting_imports(
    *,
    program_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return one's own imports, or all where the asker plans for the programme or oversees it."""
    async with db.transaction() as connection:
        return await service.listed(
            connection, principal, program_id, before=cursor_number(cursor), limit=page_size(limit)
        )


@get(ONE, opt=READ, tags=["programme"], summary="An OCDS package with its difference as of now")
async def show_contracting_import(
    *,
    import_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    principal: NamedDependency[Principal],
    kind: FromQuery[Kind | None] = None,
    cursor: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """Return an import and how it compares with the register now; ``kind`` and ``cursor`` choose rows."""
    async with db.transaction() as connection:
        found, _ = await service.find(connection, principal, import_id)
    reading = await _reading(settings, found)
    async with db.transaction() as connection:
        diff = await service.difference(connection, principal, settings, found.program_id, reading)
    return _shown(found, reading, diff, kind=kind, after=cursor_number(cursor) or 0)


@post(f"{ONE}/approve", opt=EDIT, tags=["programme"], summary="Take the approved rows", status_code=200)
async def approve_contracting(
    *,
    request: Asked,
    import_id: FromPath[int],
    key: Key,
    seen: Seen = None,
    data: JSONBody[Approval],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Write the approved rows in one transaction, by a decision; the diff must be the one that was seen."""
    version = version_of(seen)
    async with db.transaction() as connection:
        found, _ = await service.find(connection, principal, import_id)
    reading = await _reading(settings, found)

    async def work(connection: Connection) -> Any:
        done = await service.approve(
            connection, desk_of(settings, clock), principal, import_id, settings=settings, approval=data,
            reading=reading, version=version,
        )  # fmt: skip
        return msgspec.to_builtins(done)

    return await write(request, db, principal.id, key, work)


@post(f"{ONE}/reject", opt=EDIT, tags=["programme"], summary="Do not take an OCDS package", status_code=200)
async def reject_contracting(
    *,
    request: Asked,
    import_id: FromPath[int],
    key: Key,
    seen: Seen = None,
    data: JSONBody[Rejection],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Decide that a package is not taken, and why; the file stays as evidence."""
    version = version_of(seen)

    async def work(connection: Connection) -> Any:
        done = await service.reject(
            connection, desk_of(settings, clock), principal, import_id, data.reason, version=version
        )
        return msgspec.to_builtins(done)

    return await write(request, db, principal.id, key, work)


async def _reading(settings: Settings, found: Import) -> Reading:
    content = await service.content_of(settings, found)
    return await apart.reading("contracting", content, Reading)


def _shown(found: Import, reading: Reading, diff: Diff, *, kind: Kind | None, after: int) -> dict[str, Any]:
    """Return an import with its findings and a page of its diff."""
    rows = [row for row in diff.rows if row.row > after and kind in (None, row.kind)]
    page = rows[:ROWS_MAX]
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain | {
        "report": {
            "releases": len(reading.releases), "refused": msgspec.to_builtins(reading.refused[:ROWS_MAX]),
            "notes": msgspec.to_builtins(reading.notes[:ROWS_MAX]),
        },
        "diff": {
            "hash": diff.hash, "counts": service.counts(diff), "kinds": list(KINDS),
            "rows": msgspec.to_builtins(page),
            "next": str(page[-1].row) if len(rows) > ROWS_MAX else None,
        },
    }  # fmt: skip


ROUTES = (
    bring_contracting_in, list_contracting_imports, show_contracting_import, approve_contracting,
    reject_contracting,
)  # fmt: skip
