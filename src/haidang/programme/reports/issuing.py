"""Issuing a report: its number, and its figures kept so that it can be produced again as it was."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.documents import numbering
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.model.plans import Year
from haidang.programme.model.register import Program, Project
from haidang.programme.reports import gathering, store
from haidang.programme.reports.content import subtitle
from haidang.programme.reports.gathering import Wanted
from haidang.programme.reports.model import Figures, Notes
from haidang.programme.reports.periods import PATTERN
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, editable, record, visible, wrong
from haidang.programme.store import register
from haidang.tasks.model.due import local_day

TYPE = "BC"
Period = Annotated[str, msgspec.Meta(pattern=PATTERN, max_length=7)]


class NewProgramReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which report of a programme is issued."""

    kind: Literal["monthly", "overview"]
    period: Period
    plan_year: Year | None = None
    deciding: int | None = None
    notes: Notes = Notes()


class NewProjectReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which report of a project's owner is issued."""

    period: Period
    plan_year: Year | None = None
    notes: Notes = Notes()


def frozen(figures: Figures) -> tuple[str, str]:
    """Return figures as the text that is kept, and its SHA-256."""
    text = msgspec.json.encode(figures, order="deterministic").decode()
    return text, hashlib.sha256(text.encode()).hexdigest()


async def issue_program(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    new: NewProgramReport,
    *,
    province: str | None,
) -> dict[str, Any]:
    """Freeze a programme's figures under a number of the asker's unit, which keeps or oversees it."""
    program = await programs.visible(connection, principal, program_id)
    if not principal.may("programme.oversee", org_id=program.owner_org):
        principal.require("programme.plan", org_id=program.owner_org)
    if principal.org_id is None:
        raise wrong("issuer", "người lập phải thuộc một đơn vị", "whoever issues it must belong to a unit")
    wanted = Wanted(
        kind=new.kind, period=new.period, plan_year=new.plan_year, deciding=new.deciding, notes=new.notes
    )
    figures = await gathering.of_program(
        connection, desk, principal, program_id, wanted, issuer=principal.org_id, province=province
    )
    return await _issue(connection, desk, principal, figures, about=program, issuer=principal.org_id)


async def issue_project(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    project_id: int,
    new: NewProjectReport,
    *,
    province: str | None,
) -> dict[str, Any]:
    """Freeze a project's figures under a number of its owner."""
    project = await editable(connection, principal, project_id)
    wanted = Wanted(kind="supervision", period=new.period, plan_year=new.plan_year, notes=new.notes)
    figures = await gathering.of_project(connection, desk, principal, project_id, wanted, province=province)
    return await _issue(connection, desk, principal, figures, about=project, issuer=project.owner_org)


async def _issue(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    figures: Figures,
    *,
    about: Program | Project,
    issuer: int,
) -> dict[str, Any]:
    now = desk.now()
    text, sha256 = frozen(figures)
    number = await numbering.take(
        connection, issuer_org=issuer, type_code=TYPE, year=local_day(now).year, subject=subtitle(figures),
        actor=principal.id, at=now,
    )  # fmt: skip
    of_project = isinstance(about, Project)
    facts = {
        "kind": figures.kind, "program_id": about.program_id if isinstance(about, Project) else about.id,
        "project_id": about.id if of_project else None, "period": figures.period,
        "plan_year": figures.plan_year, "issuer_org": issuer, "number": number.symbol, "cut_off": now,
        "figures": text, "sha256": sha256, "made_by": principal.id,
    }  # fmt: skip
    report_id = await store.add(connection, facts)
    await record(
        connection, desk, principal.id, action="report.issue",
        subject=f"{'project' if of_project else 'program'}:{about.id}", about=about,
        body={"report": report_id, "number": number.symbol, "sha256": sha256, "kind": figures.kind,
              "period": figures.period},
    )  # fmt: skip
    found = await store.one(connection, report_id)
    assert found is not None  # noqa: S101 - written above
    return shown(found)


async def issued(
    connection: Connection, principal: Principal, report_id: int
) -> tuple[dict[str, Any], Figures]:
    """Return an issued report and its figures; ``Problem`` (404) where there is none for this asker."""
    found = await store.one(connection, report_id)
    if found is None:
        raise missing("Không có báo cáo này.", "There is no such report.")
    if found["project_id"] is not None:
        await visible(connection, principal, found["project_id"])
    else:
        program = await programs.visible(connection, principal, found["program_id"])
        await gathering.all_of(connection, principal, program)
    return shown(found), msgspec.json.decode(found["figures"], type=Figures)


async def listed(
    connection: Connection, principal: Principal, program_id: int, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return issued reports of a programme and of its projects in sight, newest first."""
    program = await programs.visible(connection, principal, program_id)
    names = await register.names_in_sight(connection, principal, program_id)
    whole = principal.may("programme.read", org_id=program.owner_org)
    whole = whole and len(names) == await register.count(connection, program_id)
    found = await store.page(
        connection, program_id, projects=names, whole=whole, before=before, limit=limit + 1
    )
    more = str(found[limit - 1]["id"]) if len(found) > limit else None
    return {"items": [shown(each) for each in found[:limit]], "next": more}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as an answer carries it."""
    project = None if row["project_id"] is None else {"id": row["project_id"], "name": row["project"]}
    kept = ("id", "kind", "program_id", "period", "plan_year", "number", "cut_off", "sha256")
    return {name: row[name] for name in kept} | {
        "issuer": {"id": row["issuer_org"], "name": row["issuer"]}, "project": project,
        "made_by": row["made_by_name"] or row["made_by"],
    }  # fmt: skip
