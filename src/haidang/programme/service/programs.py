"""Programmes, decisions, fund sources: what projects and plans refer to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, missing, unchanged
from haidang.programme.model.plans import Year
from haidang.programme.model.register import CapitalClass, Decision, DecisionKind, FundSource, Program
from haidang.programme.service.desk import Desk, known_orgs, record, wrong
from haidang.programme.store import register, rows

EXISTS = kind(
    "programme-code-taken", 409, "Mã này đã có trong sổ chương trình", "The register has this code already"
)
Code = Annotated[str, msgspec.Meta(pattern=r"^[\w./-]{1,60}$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Short = Annotated[str, msgspec.Meta(max_length=500)]


class NewProgram(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to keep a programme."""

    code: Code
    name: Name
    period_from: Year
    period_to: Year
    owner_org: int | None = None
    """The unit that keeps it; absent: the asker's own."""
    committee_org: int | None = None
    source_document: Short = ""
    simulated: bool = False


class ProgramPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    period_from: Year | msgspec.UnsetType = msgspec.UNSET
    period_to: Year | msgspec.UnsetType = msgspec.UNSET
    committee_org: int | msgspec.UnsetType | None = msgspec.UNSET
    source_document: Short | msgspec.UnsetType = msgspec.UNSET


class NewDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that decides."""

    kind: DecisionKind
    doc_number: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    signed_on: date
    project_id: int | None = None
    issuer: Short = ""
    signatory: Short = ""
    subject: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    file_sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")] = ""


class NewFundSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source of money that the site tells apart."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: Name
    name_en: Name
    capital_class: CapitalClass
    parent: str | None = None


async def create(connection: Connection, desk: Desk, principal: Principal, new: NewProgram) -> Program:
    """Begin a programme; ``Problem`` where the code is taken or the asker may not approve plans there."""
    owner = new.owner_org if new.owner_org is not None else principal.org_id
    if owner is None:
        raise wrong("owner_org", "cần có", "is needed")
    principal.require("programme.plan", org_id=owner)
    if new.period_to < new.period_from:
        raise wrong("period_to", "không trước năm đầu", "not before the first year")
    await known_orgs(connection, "owner_org", (owner, new.committee_org))
    if await rows.where(connection, "program", Program, code=new.code):
        raise Problem(EXISTS, code_taken=new.code)
    now = desk.now()
    [number] = await rows.fresh_ids(connection, "program", 1)
    facts = msgspec.structs.asdict(new) | {"owner_org": owner, "name": new.name.strip()}
    program = Program(id=number, created_by=principal.id, recorded_at=now, changed_at=now, **facts)
    await rows.add(connection, "program", [program])
    await record(
        connection, desk, principal.id, action="program.create", subject=f"program:{number}", about=program,
        body=msgspec.to_builtins(new),
    )  # fmt: skip
    return program


async def visible(
    connection: Connection, principal: Principal, program_id: int, *, lock: bool = False
) -> Program:
    """Return a programme that the asker may see: whose keeper, or one of whose projects, is in sight."""
    program = await rows.get(connection, "program", Program, program_id, lock=lock)
    if program is None or not (
        principal.may("programme.read", org_id=program.owner_org)
        or await register.sees_a_project(connection, principal, program_id)
    ):
        raise missing("Không có chương trình này.", "There is no such programme.")
    return program


async def kept(connection: Connection, principal: Principal, program_id: int) -> Program:
    """Return a programme over whose plans the asker decides."""
    program = await visible(connection, principal, program_id)
    principal.require("programme.plan", org_id=program.owner_org)
    return program


async def change(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    patch: ProgramPatch,
    *,
    version: int,
) -> Program:
    """Change what is said of a programme."""
    before = await visible(connection, principal, program_id, lock=True)
    principal.require("programme.plan", org_id=before.owner_org)
    unchanged(before, version)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    after = msgspec.structs.replace(before, **given)
    if after.period_to < after.period_from:
        raise wrong("period_to", "không trước năm đầu", "not before the first year")
    await known_orgs(connection, "committee_org", (after.committee_org,))
    differing = changes(before, after)
    after = msgspec.structs.replace(after, version=before.version + 1, changed_at=desk.now())
    await rows.put(connection, "program", after)
    await record(
        connection, desk, principal.id, action="program.change", subject=f"program:{program_id}",
        about=after, body=differing,
    )  # fmt: skip
    return after


async def listed(connection: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return the programmes in sight with how many of their projects the asker sees."""
    return await register.programs(connection, principal)


async def decide(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    decisions: Sequence[NewDecision],
) -> list[Decision]:
    """Register signed documents of a programme, or of projects in it; they are never changed afterwards.

    What is of the whole programme needs ``programme.plan`` over its keeper; what is of one project
    ``programme.edit`` over the project's owner, or ``programme.plan`` over it.
    """
    program = await visible(connection, principal, program_id)
    for_projects = {new.project_id for new in decisions if new.project_id is not None}
    projects = await register.of_program(connection, program_id, for_projects)
    for new in decisions:
        if new.project_id is None:
            principal.require("programme.plan", org_id=program.owner_org)
        elif new.project_id not in projects:
            raise wrong("project_id", "không thuộc chương trình", "is not of the programme")
        else:
            owner = projects[new.project_id].owner_org
            if not principal.may("programme.plan", org_id=owner):
                principal.require("programme.edit", org_id=owner)
    now = desk.now()
    numbers = await rows.fresh_ids(connection, "programme_decision", len(decisions))
    made = [
        Decision(
            id=number, program_id=program_id, created_by=principal.id, recorded_at=now,
            **msgspec.structs.asdict(new),
        )
        for number, new in zip(numbers, decisions, strict=True)
    ]  # fmt: skip
    await rows.add(connection, "programme_decision", made)
    if made:
        said = [[each.id, each.kind, each.doc_number, str(each.signed_on)] for each in made[:200]]
        await record(
            connection, desk, principal.id, action="decision.register", subject=f"program:{program_id}",
            about=program, body={"count": len(made), "decisions": said},
        )  # fmt: skip
    return made


async def decisions_of(
    connection: Connection, principal: Principal, program_id: int, project_id: int | None
) -> list[Decision]:
    """Return the decisions of a programme, or those of one project, by day; of others' projects none."""
    await visible(connection, principal, program_id)
    return await register.decisions(connection, principal, program_id, project_id)


async def fund_sources(connection: Connection) -> list[FundSource]:
    """Return the sources that the site tells apart."""
    return await rows.where(connection, "fund_source", FundSource)


async def add_fund_source(
    connection: Connection, desk: Desk, principal: Principal, new: NewFundSource
) -> FundSource:
    """Add a source; they are the whole house's, so the permission must be too."""
    principal.require("programme.plan", org_id=None, area_code=None, sector=None)
    found = {each.code: each for each in await fund_sources(connection)}
    if new.code in found:
        raise Problem(EXISTS, code_taken=new.code)
    if new.parent is not None and new.parent not in found:
        raise wrong("parent", "không có nguồn này", "there is no such source", new.parent)
    [number] = await rows.fresh_ids(connection, "fund_source", 1)
    made = FundSource(
        id=number, code=new.code, name=new.name, name_en=new.name_en, capital_class=new.capital_class,
        parent_id=found[new.parent].id if new.parent else None,
    )  # fmt: skip
    await rows.add(connection, "fund_source", [made])
    await chain.audit(
        connection, principal, "fund_source.create", f"fund_source:{new.code}", new, clock=desk.clock
    )
    return made
