"""Routes of the reports of programmes and projects: as of now, issued under a number, as they were issued."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, cursor_number, page_size, write
from haidang.base.settings import Settings
from haidang.documents import press
from haidang.organisation.permissions import Principal
from haidang.programme.model.plans import Year
from haidang.programme.reports import gathering, issuing
from haidang.programme.reports.gathering import Wanted
from haidang.programme.reports.issuing import NewProgramReport, NewProjectReport, Period
from haidang.programme.reports.model import Figures
from haidang.programme.reports.paper import paper
from haidang.programme.reports.workbook import written
from haidang.programme.service.desk import desk_of

P = "/api/v1/programme/programs/{program_id:int}/reports"
J = "/api/v1/programme/projects/{project_id:int}/supervision-report"
R = "/api/v1/programme/reports/{report_id:int}"
READ = {"permission": "programme.read"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Form = Annotated[Literal["json", "docx", "pdf", "xlsx"], QueryParameter(name="format")]
_FILES = {
    "monthly": "bao-cao-thang",
    "supervision": "bao-cao-giam-sat",
    "overview": "bao-cao-giam-sat-tong-the",
}


@get(f"{P}/{{kind:str}}", opt=READ, tags=["programme"], summary="A programme's report, as of now")
async def preview_program_report(
    *,
    program_id: FromPath[int],
    kind: FromPath[Literal["monthly", "overview"]],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    period: FromQuery[Period],
    plan_year: FromQuery[Year | None] = None,
    deciding: FromQuery[int | None] = None,
    form: Form = "json",
) -> Response[Any]:
    """Return the month's report, or the deciding authority's overview; it has no number yet."""
    wanted = Wanted(kind=kind, period=period, plan_year=plan_year, deciding=deciding)
    async with db.transaction() as connection:
        found = await gathering.of_program(
            connection, desk_of(settings, clock), principal, program_id, wanted, issuer=principal.org_id,
            province=settings.province_code,
        )  # fmt: skip
    return await _answer(found, form)


@get(J, opt=READ, tags=["programme"], summary="The owner's supervision report on a project, as of now")
async def preview_project_report(
    *,
    project_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    period: FromQuery[Period],
    plan_year: FromQuery[Year | None] = None,
    form: Form = "json",
) -> Response[Any]:
    """Return what the owner reports under Decree 29/2021/NĐ-CP; it has no number yet."""
    wanted = Wanted(kind="supervision", period=period, plan_year=plan_year)
    async with db.transaction() as connection:
        found = await gathering.of_project(
            connection, desk_of(settings, clock), principal, project_id, wanted,
            province=settings.province_code,
        )  # fmt: skip
    return await _answer(found, form)


async def _answer(found: Figures, form: str, row: dict[str, Any] | None = None) -> Response[Any]:
    name = f"{_FILES[found.kind]}-{found.period}"
    if form == "json":
        body = {"figures": found, "issued": row, "reconciles": found.reconciles()}
        return Response(body, headers={"cache-control": "no-store"})
    if form == "xlsx":
        content = await asyncio.to_thread(written, found)  # not on the loop that serves everybody
        return Response(content, media_type=XLSX, headers=press.headers(name, form))
    digits, _, tail = (row["number"] if row else "").partition("/")
    drawn: Literal["docx", "pdf"] = "pdf" if form == "pdf" else "docx"
    content = await press.printed(paper(found, number=digits, symbol=tail), drawn)
    return Response(content, media_type=press.MEDIA[drawn], headers=press.headers(name, form))


@get(P, opt=READ, tags=["programme"], summary="Reports of a programme that were issued")
async def list_programme_reports(
    *,
    program_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> dict[str, Any]:
    """Return its own reports, where all of it is seen, and those of its projects in sight, newest first."""
    async with db.transaction() as connection:
        return await issuing.listed(
            connection, principal, program_id, before=cursor_number(cursor), limit=page_size(limit)
        )


@post(P, opt=READ, tags=["programme"], summary="Issue a programme's report: number it, freeze its figures")
async def issue_program_report(
    *,
    request: Asked,
    key: Key,
    program_id: FromPath[int],
    data: JSONBody[NewProgramReport],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Freeze the figures as they are now; for who keeps the programme's plans or oversees it."""

    async def work(connection: Connection) -> Any:
        return await issuing.issue_program(
            connection, desk_of(settings, clock), principal, program_id, data,
            province=settings.province_code,
        )  # fmt: skip

    return await write(request, db, principal.id, key, work)


@post(
    J,
    opt={"permission": "programme.edit"},
    tags=["programme"],
    summary="Issue the owner's supervision report: number it, freeze its figures",
)
async def issue_project_report(
    *,
    request: Asked,
    key: Key,
    project_id: FromPath[int],
    data: JSONBody[NewProjectReport],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Freeze the figures as they are now under the next number of the project's owner."""

    async def work(connection: Connection) -> Any:
        return await issuing.issue_project(
            connection, desk_of(settings, clock), principal, project_id, data,
            province=settings.province_code,
        )  # fmt: skip

    return await write(request, db, principal.id, key, work)


@get(R, opt=READ, tags=["programme"], summary="An issued report, as it was")
async def issued_programme_report(
    *,
    report_id: FromPath[int],
    db: NamedDependency[Database],
    principal: NamedDependency[Principal],
    form: Form = "json",
) -> Response[Any]:
    """Return the paper of the figures that were frozen, whatever has happened in the register since."""
    async with db.transaction() as connection:
        row, found = await issuing.issued(connection, principal, report_id)
    return await _answer(found, form, row)


ROUTES = (
    preview_program_report, preview_project_report, list_programme_reports, issue_program_report,
    issue_project_report, issued_programme_report,
)  # fmt: skip
