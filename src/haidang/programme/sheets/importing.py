"""Imports of plan sheets: a file comes in, its difference is shown, a person approves, only then it counts.

Whoever decides on the plans of a programme (``programme.plan``) does both. The approval names the diff that
was seen by its hash: where the register has changed since, it is refused and the new diff shown. What is
written goes through the register's own services: nothing here touches a project or an amount itself.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.organisation.service.orgs import orgs_called, root_org
from haidang.programme.model.register import DecisionKind, Program, Project
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, record, wrong
from haidang.programme.sheets import apart, open_json, store
from haidang.programme.sheets.description import known, named
from haidang.programme.sheets.diff import Diff, Known, compared
from haidang.programme.sheets.reading import Asked, Sheet
from haidang.programme.sheets.report import report_of
from haidang.programme.sheets.store import Import
from haidang.programme.sheets.writing import Taken, write
from haidang.programme.store import nodes, rows, totals
from haidang.tasks.service import evidence
from haidang.tasks.service.evidence import Kept

STALE = kind(
    "programme-import-stale",
    409,
    "Sổ đã đổi sau khi so sánh",
    "The register has changed since the comparison",
)
SETTLED = kind(
    "programme-import-settled", 409, "Lần nhập này đã được quyết định", "This import has been decided upon"
)
REFUSED = kind(
    "programme-import-refused", 422, "Chưa thể nhập bảng này", "This sheet cannot be imported as it is"
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROJECTS_MAX = 20_000
KEPT_READINGS = 8


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person said of the sheet where it does not say it itself."""

    sheet: str | None = None
    page: str | None = None
    numbers: Literal["vi", "en"] | None = None
    unit: Annotated[int, msgspec.Meta(ge=1, le=10**9)] | None = None
    year: Annotated[int, msgspec.Meta(ge=1990, le=2100)] | None = None


class ByDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document that gives the sheet its force."""

    doc_number: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    signed_on: date
    kind: DecisionKind = "plan"
    issuer: Annotated[str, msgspec.Meta(max_length=500)] = ""
    subject: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row in conflict that a person takes from the sheet."""

    row: int
    project_id: int | None = None
    """Which project it is, where the name stands for several; absent: the one shown, or a new one."""


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person approves of a diff."""

    diff: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    """Hash of the diff that was seen."""
    decision: ByDecision
    rows: tuple[int, ...] | None = None
    """Rows to take; absent: all that are added or changed."""
    conflicts: tuple[Choice, ...] = ()
    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    """Needed where groups do not add up and the sheet is taken nevertheless."""


_readings: OrderedDict[tuple[str, bytes], Sheet] = OrderedDict()


async def read(settings: Settings, content: bytes, options: Options) -> Sheet:
    """Return the reading of a workbook, off the loop; the latest few are kept for the next look at them."""
    key = (hashlib.sha256(content).hexdigest(), msgspec.json.encode(options))
    if key not in _readings:
        asked = Asked(
            descriptions=_descriptions(settings, options.sheet), page=options.page, numbers=options.numbers,
            unit=options.unit, year=options.year,
        )  # fmt: skip
        _readings[key] = await apart.reading("sheet", content, Sheet, asked)
    _readings.move_to_end(key)
    while len(_readings) > KEPT_READINGS:
        _readings.popitem(last=False)
    return _readings[key]


def _descriptions(settings: Settings, name: str | None) -> Any:
    return known(settings.data_dir) if name is None else (named(name, settings.data_dir),)


async def keep(settings: Settings, name: str, content: bytes) -> Kept:
    """Keep the file as evidence; the caller has read it, so that it is what it says."""
    media_type = "application/json" if open_json.is_json(content) else XLSX
    return await evidence.keep_as(settings, name, media_type, content)


async def content_of(settings: Settings, found: Import) -> bytes:
    """Return the bytes of an import's file, as they came."""
    content = await asyncio.to_thread(evidence.place(settings.data_dir, found.sha256).read_bytes)
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise missing("Tệp gốc không còn nguyên vẹn.", "The file is not what came in.")
    return content


async def take_in(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    *,
    kept: Kept,
    sheet: Sheet,
    options: Options,
    valid_from: date,
) -> tuple[Import, Diff]:
    """Register a sheet that came in, and compare it; writes nothing into the register of projects."""
    program = await programs.kept(connection, principal, program_id)
    diff = compared(sheet, await held(connection, desk, program_id, sheet, valid_from), valid_from)
    [number] = await rows.fresh_ids(connection, "programme_import", 1)
    made = Import(
        id=number, program_id=program_id, name=kept.name, sha256=kept.sha256, size_bytes=kept.size_bytes,
        media_type=kept.media_type, scan=kept.scan, options=msgspec.to_builtins(options),
        valid_from=valid_from, figures=figures_of(sheet, diff), created_by=principal.id,
        recorded_at=desk.now(),
    )  # fmt: skip
    await rows.add(connection, "programme_import", [made])
    await record(
        connection, desk, principal.id, action="import.compare", subject=f"import:{number}", about=program,
        body={"sha256": kept.sha256, "name": kept.name} | made.figures,
    )  # fmt: skip
    return made, diff


def figures_of(sheet: Sheet, diff: Diff) -> dict[str, Any]:
    """Return the figures of a reading and of its difference."""
    report = report_of(sheet, b"")
    plain = ("leaf_projects", "groups", "plan_total_dong", "unreconciled", "importable_dong", "description")
    return {name: report[name] for name in plain} | {
        "refused_cells": len(sheet.refused), "notes": len(sheet.notes), "diff": diff.counts(),
    }  # fmt: skip


async def held(connection: Connection, desk: Desk, program_id: int, sheet: Sheet, valid_from: date) -> Known:
    """Return what the register holds that a sheet can touch."""
    projects = await rows.where(connection, "project", Project, program_id=program_id, limit=PROJECTS_MAX + 1)
    if len(projects) > PROJECTS_MAX:
        raise wrong("program_id", f"quá {PROJECTS_MAX} dự án", f"more than {PROJECTS_MAX} projects")
    year = sheet.year
    years = {plan.year for plan in sheet.plans}
    owners: dict[str, int | None] = {}
    for name in sorted({each.owner for each in sheet.projects if each.owner}):
        called = await orgs_called(connection, name, valid_from)
        owners[name] = called[0].id if len(called) == 1 else None
    sources = {each.code: each.id for each in await programs.fund_sources(connection)}
    unknown = {plan.fund_source for plan in sheet.plans} - set(sources)
    if unknown:
        raise wrong(
            "fund_source", "không có nguồn vốn này", "no such fund source", ", ".join(sorted(unknown))
        )
    return Known(
        projects=projects,
        totals=await totals.on(connection, [each.id for each in projects], valid_from, desk.now()),
        plans=await store.plans_of(connection, program_id, years),
        nodes=await nodes.of_year(connection, program_id, year) if year else (),
        places=await nodes.places(connection, program_id, year) if year else (),
        sources=sources,
        owners=owners,
    )


async def program_for(
    connection: Connection, desk: Desk, principal: Principal, code: str | None, sheet: Sheet
) -> Program:
    """Return the programme of a code; without one that of the sheet's year, begun where there is none."""
    year = sheet.year
    wanted = code or f"KH-{year}"
    found = await rows.where(connection, "program", Program, code=wanted)
    if found:
        return await programs.kept(connection, principal, found[0].id)
    if code is not None or year is None:
        raise wrong("program", "không có chương trình này", "there is no such programme", wanted)
    last = max(plan.year_last for plan in sheet.plans)
    new = programs.NewProgram(
        code=wanted, name=f"Kế hoạch vốn đầu tư công năm {year}", period_from=year, period_to=last,
        owner_org=(await root_org(connection)).id, source_document=sheet.title[:500],
    )  # fmt: skip
    return await programs.create(connection, desk, principal, new)


async def find(
    connection: Connection, principal: Principal, import_id: int, *, lock: bool = False
) -> tuple[Import, Program]:
    """Return an import of a programme whose plans the asker decides on; ``Problem`` (404) otherwise."""
    found = await rows.get(connection, "programme_import", Import, import_id, lock=lock)
    if found is None:
        raise missing("Không có lần nhập này.", "There is no such import.")
    return found, await programs.kept(connection, principal, found.program_id)


async def listed(
    connection: Connection, principal: Principal, program_id: int, *, before: int | None, limit: int
) -> tuple[list[Import], str | None]:
    """Return a page of a programme's imports, and where the next one begins."""
    await programs.kept(connection, principal, program_id)
    found = await store.page(connection, program_id, before=before, limit=limit + 1)
    return found[:limit], str(found[limit - 1].id) if len(found) > limit else None


async def approve(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    import_id: int,
    *,
    approval: Approval,
    sheet: Sheet,
    version: int,
) -> Import:
    """Write the approved rows through the register's services; all of them, or none.

    ``Problem``: decided already, the register has changed since the diff that was seen, sums that do not
    agree and no reason, a row that cannot be taken.
    """
    found, program = await find(connection, principal, import_id)
    await store.turn(connection, found.program_id)
    found = (await find(connection, principal, import_id, lock=True))[0]
    if found.state != "compared":
        raise Problem(SETTLED, state=found.state)
    unchanged(found, version)
    state = await held(connection, desk, found.program_id, sheet, found.valid_from)
    diff = compared(sheet, state, found.valid_from)
    if diff.hash != approval.diff:
        raise Problem(STALE, diff=diff.hash, counts=diff.counts())
    if sheet.unreconciled and not approval.reason.strip():
        raise Problem(
            REFUSED, f"{sheet.unreconciled_groups} nhóm không khớp: cần lý do.",
            f"{sheet.unreconciled_groups} groups do not add up: a reason is needed.",
            unreconciled=[each.cell for each in sheet.unreconciled][:200],
        )  # fmt: skip
    taken = Taken.of(diff, approval.rows, {each.row: each.project_id for each in approval.conflicts})
    result, decision = await write(
        connection, desk, principal, program=program, source=found, approval=approval, sheet=sheet,
        known=state, taken=taken,
    )  # fmt: skip
    after = msgspec.structs.replace(
        found, version=found.version + 1, state="approved", decision_id=decision, result=result,
        reason=approval.reason.strip(), decided_by=principal.id, decided_at=desk.now(),
    )  # fmt: skip
    await rows.put(connection, "programme_import", after)
    await record(
        connection, desk, principal.id, action="import.approve", subject=f"import:{import_id}", about=program,
        body={"sha256": found.sha256, "diff": diff.hash, "rows": len(taken.rows)} | result,
    )  # fmt: skip
    return after


async def reject(
    connection: Connection, desk: Desk, principal: Principal, import_id: int, reason: str, *, version: int
) -> Import:
    """Decide that a sheet is not taken."""
    found, program = await find(connection, principal, import_id, lock=True)
    if found.state != "compared":
        raise Problem(SETTLED, state=found.state)
    unchanged(found, version)
    after = msgspec.structs.replace(
        found, version=found.version + 1, state="rejected", reason=reason, decided_by=principal.id,
        decided_at=desk.now(),
    )  # fmt: skip
    await rows.put(connection, "programme_import", after)
    await record(
        connection, desk, principal.id, action="import.reject", subject=f"import:{import_id}", about=program,
        body={"sha256": found.sha256, "reason": reason},
    )  # fmt: skip
    return after
