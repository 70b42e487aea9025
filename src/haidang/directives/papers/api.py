"""Routes of the papers: reports of a week or a month, those that were issued, and reminder letters."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, cursor_number, page_size, write
from haidang.base.settings import Settings
from haidang.directives.api.counts import Id
from haidang.directives.papers import gathering, issuing, letter, letters, report, workbook
from haidang.directives.papers.issuing import NewReport
from haidang.directives.papers.letters import NewLetter
from haidang.directives.papers.model import Figures, Kind
from haidang.documents import press
from haidang.documents.report import Report
from haidang.organisation.permissions import Principal
from haidang.tasks.service.desk import desk_of

READ = {"permission": "directive.read"}
MAKE = {"permission": "directive.report"}
R = "/api/v1/directive-reports"
L = "/api/v1/directive-letters"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Form = Annotated[Literal["json", "docx", "pdf", "xlsx"], QueryParameter(name="format")]
LetterForm = Annotated[Literal["json", "docx", "pdf"], QueryParameter(name="format")]


@get(f"{R}/{{kind:str}}", opt=READ, tags=["directives"], summary="The report of a week or a month, as of now")
async def preview_report(
    *,
    kind: FromPath[Kind],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    day: Annotated[date | None, QueryParameter(name="date")] = None,
    unit: Id = None,
    form: Form = "json",
) -> Response[Any]:
    """Return the report of the period that holds a day, as far as the asker counts; it has no number yet."""
    async with db.transaction() as connection:
        found = await gathering.gathered(
            connection, desk_of(settings, clock), principal, kind, on=day, unit=unit,
            province=settings.province_code,
        )  # fmt: skip
    return await _report(found, form, symbol="")


async def _report(
    found: Figures, form: str, *, symbol: str, row: dict[str, Any] | None = None
) -> Response[Any]:
    name = f"bao-cao-{'tuan' if found.kind == 'weekly' else 'thang'}-{found.period_from:%Y-%m-%d}"
    if form == "json":
        body = {"figures": found, "issued": row, "reconciles": found.reconciles()}
        return Response(body, headers={"cache-control": "no-store"})
    if form == "xlsx":
        content = await asyncio.to_thread(workbook.written, found)  # not on the loop that serves everybody
        return Response(content, media_type=XLSX, headers=press.headers(name, form))
    digits, _, tail = symbol.partition("/")
    return await _printed(report.paper(found, number=digits, symbol=tail), form, name)


async def _printed(paper: Report, form: Any, name: str) -> Response[Any]:
    content = await press.printed(paper, form)
    media = press.MEDIA["pdf" if form == "pdf" else "docx"]
    return Response(content, media_type=media, headers=press.headers(name, form))


@get(R, opt=MAKE, tags=["directives"], summary="Reports that were issued")
async def list_reports(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the reports of the asker's offices, newest first, each with the hash of its figures."""
    async with db.transaction() as connection:
        return await issuing.listed(
            connection, principal, before=cursor_number(cursor), limit=page_size(limit)
        )


@post(R, opt=MAKE, tags=["directives"], summary="Issue a report: number it and freeze its figures")
async def issue_report(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewReport],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Freeze the figures as they are now under the next number; from then on the report stays as it is."""

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        return await issuing.issue(connection, desk, principal, data, province=settings.province_code)

    return await write(request, db, principal.id, key, work)


@get(f"{R}/issued/{{report_id:int}}", opt=MAKE, tags=["directives"], summary="An issued report, as it was")
async def issued_report(
    *,
    report_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    form: Form = "json",
) -> Response[Any]:
    """Return the paper of the figures that were frozen, whatever has happened to the tasks since."""
    async with db.transaction() as connection:
        row, found = await issuing.issued(connection, principal, report_id)
    return await _report(found, form, symbol=row["number"], row=row)


@get(L, opt=READ, tags=["directives"], summary="Reminder letters")
async def list_letters(
    *,
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    org: Id = None,
    year: Annotated[int | None, QueryParameter(ge=1990, le=2150)] = None,
    task: Annotated[int | None, QueryParameter(ge=1, le=2**62)] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return the letters of the asker's offices and to the asker's units, newest first, with their tasks."""
    async with db.transaction() as connection:
        return await letters.listed(
            connection, principal, org=org, year=year, task=task, before=cursor_number(cursor),
            limit=page_size(limit),
        )  # fmt: skip


@get(f"{L}/due", opt=MAKE, tags=["directives"], summary="Units to which a reminder letter is due")
async def due_letters(
    *,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return units for whose tasks the ladder calls for a letter that was not written yet."""
    async with db.transaction() as connection:
        return await letters.due(connection, desk_of(settings, clock), principal)


@post(L, opt=MAKE, tags=["directives"], summary="Write a reminder letter to a unit")
async def write_letter(
    *,
    request: Asked,
    key: Key,
    data: JSONBody[NewLetter],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Remind a unit of what is overdue: of chosen tasks, or of all whose ladder calls for a letter."""

    async def work(connection: Connection) -> Any:
        desk = desk_of(settings, clock)
        return await letters.write(connection, desk, principal, data, province=settings.province_code)

    return await write(request, db, principal.id, key, work)


@get(f"{L}/{{letter_id:int}}", opt=READ, tags=["directives"], summary="A reminder letter")
async def read_letter(
    *,
    letter_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    form: LetterForm = "json",
) -> Response[Any]:
    """Return a letter as it was written."""
    async with db.transaction() as connection:
        row, said = await letters.one(connection, principal, letter_id)
    if form == "json":
        return Response(row | {"letter": said}, headers={"cache-control": "no-store"})
    return await _printed(letter.paper(said, row["number"]), form, f"cong-van-don-doc-{letter_id}")


ROUTES = (
    preview_report, list_reports, issue_report, issued_report, list_letters, due_letters, write_letter,
    read_letter,
)  # fmt: skip
