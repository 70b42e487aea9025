"""Projects: taking them into the register, one or thousands; changing what is said of them; their totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.text import fold
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, unchanged
from haidang.programme.model.money import Dong
from haidang.programme.model.places import faults_of
from haidang.programme.model.register import (
    Decision,
    Project,
    ProjectGroup,
    ProjectKind,
    ProjectPhase,
    Total,
)
from haidang.programme.service.desk import (
    Desk,
    balanced,
    holds,
    known_orgs,
    record,
    require,
    visible,
    wrong,
)
from haidang.programme.service.programs import visible as visible_program
from haidang.programme.store import register, rows, totals
from haidang.programme.store.register import Filter

MANY_MAX = 5_000
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Short = Annotated[str, msgspec.Meta(max_length=500)]
Long = Annotated[str, msgspec.Meta(max_length=20_000)]
Codes = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=20)], ...], msgspec.Meta(max_length=200)]
Level = Annotated[int, msgspec.Meta(ge=1, le=5)]


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a project when it is taken in."""

    name: Name
    owner_org: int | None = None
    """The unit that owns it; absent: the asker's own."""
    owner_name: Short = ""
    national_code: Short = ""
    budget_code: Short = ""
    description: Long = ""
    sector: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    project_group: ProjectGroup | None = None
    project_kind: ProjectKind | None = None
    project_phase: ProjectPhase | None = None
    deciding_org: int | None = None
    start_on: date | None = None
    finish_on: date | None = None
    time_text: Short = ""
    capacity: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    area_codes: Codes = ()
    """The first one is what permissions go by."""
    place: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    geometry: dict[str, Any] | None = None
    security_level: Level | None = None
    is_public: bool = False
    source_ref: Short = ""


class NewProject(Facts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project to be taken in."""

    program_id: int


class ProjectPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays. Money and dates of decisions have ways of their own."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    owner_org: int | msgspec.UnsetType = msgspec.UNSET
    owner_name: Short | msgspec.UnsetType = msgspec.UNSET
    national_code: Short | msgspec.UnsetType = msgspec.UNSET
    budget_code: Short | msgspec.UnsetType = msgspec.UNSET
    description: Long | msgspec.UnsetType = msgspec.UNSET
    sector: str | msgspec.UnsetType | None = msgspec.UNSET
    project_group: ProjectGroup | msgspec.UnsetType | None = msgspec.UNSET
    project_kind: ProjectKind | msgspec.UnsetType | None = msgspec.UNSET
    project_phase: ProjectPhase | msgspec.UnsetType | None = msgspec.UNSET
    deciding_org: int | msgspec.UnsetType | None = msgspec.UNSET
    start_on: date | msgspec.UnsetType | None = msgspec.UNSET
    finish_on: date | msgspec.UnsetType | None = msgspec.UNSET
    time_text: Short | msgspec.UnsetType = msgspec.UNSET
    capacity: Long | msgspec.UnsetType = msgspec.UNSET
    area_codes: Codes | msgspec.UnsetType = msgspec.UNSET
    place: Long | msgspec.UnsetType = msgspec.UNSET
    geometry: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    security_level: Level | msgspec.UnsetType | None = msgspec.UNSET
    is_public: bool | msgspec.UnsetType = msgspec.UNSET
    cancelled_on: date | msgspec.UnsetType = msgspec.UNSET
    cancelled_by: Short | msgspec.UnsetType = msgspec.UNSET


class NewTotal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Total investment that a decision sets; with parts by source where they are known."""

    project_id: int
    amount_dong: Dong
    decision_id: int
    valid_from: date
    finish_on: date | None = None
    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    parts: dict[int, Dong] = {}
    """Source → đồng; together the whole amount."""


async def create(connection: Connection, desk: Desk, principal: Principal, new: NewProject) -> Project:
    """Take a project in; ``Problem`` where the asker neither edits nor plans for its owner."""
    [project] = await create_many(connection, desk, principal, [new])
    return project


async def create_many(
    connection: Connection, desk: Desk, principal: Principal, news: Sequence[NewProject]
) -> list[Project]:
    """Take many projects of one programme in, by a handful of statements, in their order."""
    if not news:
        return []
    program_ids = {new.program_id for new in news}
    if len(program_ids) > 1 or len(news) > MANY_MAX:
        raise wrong(
            "projects", f"một chương trình, tối đa {MANY_MAX}", f"of one programme, {MANY_MAX} at most"
        )
    program = await visible_program(connection, principal, news[0].program_id)
    now, year = desk.now(), desk.today().year
    owners = [new.owner_org if new.owner_org is not None else principal.org_id for new in news]
    if None in owners:
        raise wrong("owner_org", "cần có", "is needed")
    await known_orgs(connection, "owner_org", [*owners, *(new.deciding_org for new in news)])
    first = await register.next_numbers(connection, year, len(news))
    ids = await rows.fresh_ids(connection, "project", len(news))
    made = []
    for place, (number, new, owner) in enumerate(zip(ids, news, owners, strict=True)):
        facts = msgspec.structs.asdict(new) | {"name": " ".join(new.name.split()), "owner_org": owner}
        made.append(
            Project(
                id=number, public_id=f"DA-{year}-{first + place:06}", simulated=program.simulated,
                orgs=orgs_of(owner, new.deciding_org),
                area_code=new.area_codes[0] if new.area_codes else None,
                created_by=principal.id, recorded_at=now, changed_at=now, **facts,
            )
        )  # fmt: skip
    for project in made:
        _check(project)
        if not holds(principal, "programme.plan", project):
            require(principal, "programme.edit", project)
    await _known_areas(connection, made)
    await rows.add(connection, "project", made, [{"name_fold": fold(each.name)} for each in made])
    said = {"count": len(made), "projects": [[each.id, each.public_id] for each in made[:1_000]]}
    about: Any = made[0] if len(made) == 1 else program
    subject = f"project:{made[0].id}" if len(made) == 1 else f"program:{program.id}"
    await record(
        connection, desk, principal.id, action="project.create", subject=subject, about=about, body=said
    )
    return made


def orgs_of(owner: int | None, deciding: int | None, parties: Sequence[int] = ()) -> tuple[int, ...]:
    """Return who has to do with a project: its owner, who decides, and every present party."""
    return tuple(dict.fromkeys(org for org in (owner, deciding, *parties) if org is not None))


async def _known_areas(connection: Connection, made: Sequence[Project]) -> None:
    """Raise ``Problem`` that names codes of no administrative area."""
    codes = {code for project in made for code in project.area_codes}
    unknown = await register.unknown_areas(connection, codes) if codes else []
    if unknown:
        raise wrong("area_codes", "không có địa bàn này", "there is no such area", ", ".join(unknown[:20]))


def _check(project: Project) -> None:
    """Raise ``Problem`` for what does not fit together within one project."""
    if project.start_on and project.finish_on and project.finish_on < project.start_on:
        raise wrong("finish_on", "trước ngày khởi công", "before it starts", str(project.finish_on))
    if (project.cancelled_on is None) != (project.cancelled_by == ""):
        raise wrong("cancelled_by", "cần ngày và số văn bản hủy", "needs day and document of the cancelling")
    for vi, en in faults_of(project.geometry):
        raise wrong("geometry", vi, en)


async def change(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    project_id: int,
    patch: ProjectPatch,
    *,
    version: int,
) -> Project:
    """Change what is said of a project; the owner's to do, and whoever hands it over must hold both."""
    before = await visible(connection, principal, project_id, lock=True)
    require(principal, "programme.edit", before)
    unchanged(before, version)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    if "area_codes" in given:
        given["area_code"] = given["area_codes"][0] if given["area_codes"] else None
    after = msgspec.structs.replace(before, **given)
    await known_orgs(connection, "owner_org", (after.owner_org, after.deciding_org))
    after = msgspec.structs.replace(
        after,
        orgs=orgs_of(
            after.owner_org, after.deciding_org, await register.parties(connection, project_id, desk.today())
        ),
    )
    require(principal, "programme.edit", after)
    _check(after)
    await _known_areas(connection, [after])
    return await write(connection, desk, principal, before, after, action="project.change")


async def write(
    connection: Connection, desk: Desk, principal: Principal, before: Project, after: Project, *, action: str
) -> Project:
    """Write a project's next version with its entry; the caller has locked and checked it."""
    differing = changes(before, after)
    after = msgspec.structs.replace(after, version=before.version + 1, changed_at=desk.now())
    await rows.put(connection, "project", after, {"name_fold": fold(after.name)})
    await record(
        connection, desk, principal.id, action=action, subject=f"project:{after.id}", about=after,
        body=differing,
    )  # fmt: skip
    return after


async def set_totals(
    connection: Connection, desk: Desk, principal: Principal, news: Sequence[NewTotal]
) -> list[Total]:
    """Set the total investment of many projects of one programme, each by its decision.

    A total from a day on which one stands already corrects it: the old row is superseded and stays.
    """
    if not news:
        return []
    wanted = {new.project_id for new in news}
    projects = await register.in_sight(connection, principal, wanted, lock=True)
    if wanted - set(projects):
        raise wrong("project_id", "không có dự án này", "there is no such project")
    for project in projects.values():
        if not holds(principal, "programme.plan", project):
            require(principal, "programme.edit", project)
    await _check_decisions(connection, news, projects)
    known = {each.id for each in await rows.where(connection, "fund_source", _Numbered)}
    if any(set(new.parts) - known for new in news):
        raise wrong("parts", "không có nguồn vốn này", "there is no such fund source")
    now = desk.now()
    await totals.supersede(connection, [(new.project_id, new.valid_from) for new in news], now)
    ids = await rows.fresh_ids(connection, "project_total", len(news))
    made = []
    for number, new in zip(ids, news, strict=True):
        facts = msgspec.structs.asdict(new)
        del facts["parts"]
        made.append(Total(id=number, recorded_at=now, created_by=principal.id, **facts))
    with balanced():
        await rows.add(connection, "project_total", made)
        await totals.add_parts(connection, {each.id: new.parts for each, new in zip(made, news, strict=True)})
        await rows.settle(connection)
    about = projects[news[0].project_id]
    said = [[each.project_id, each.amount_dong, str(each.valid_from)] for each in made[:1_000]]
    subject = f"project:{about.id}" if len(wanted) == 1 else f"program:{about.program_id}"
    await record(
        connection, desk, principal.id, action="total.set", subject=subject, about=about,
        body={"count": len(made), "sum_dong": sum(each.amount_dong for each in made), "totals": said},
    )  # fmt: skip
    return made


class _Numbered(msgspec.Struct, frozen=True):
    id: int


async def _check_decisions(
    connection: Connection, news: Sequence[NewTotal], projects: dict[int, Project]
) -> None:
    found = {
        each.id: each
        for each in await rows.where(
            connection, "programme_decision", Decision, id=sorted({new.decision_id for new in news})
        )
    }
    for new in news:
        decision, project = found.get(new.decision_id), projects[new.project_id]
        if (
            decision is None
            or decision.program_id != project.program_id
            or decision.project_id not in (None, project.id)
        ):
            raise wrong(
                "decision_id", "không phải quyết định của dự án", "is no decision on it", str(new.decision_id)
            )


def numbered_parts(parts: dict[str, int]) -> dict[int, int]:
    """Return parts by the number of their source, which JSON carries as text."""
    foreign = [key for key in parts if not (key.isascii() and key.isdigit() and len(key) < 10)]
    if foreign:
        raise wrong("parts", "cần số của nguồn vốn", "needs the number of a source", foreign[0])
    return {int(key): amount for key, amount in parts.items()}


async def listed(
    connection: Connection, principal: Principal, wanted: Filter, *, limit: int, after: int | None
) -> tuple[list[tuple[Project, str]], str | None]:
    """Return a page of projects with their owners' names, and where the next one begins."""
    found = await register.page(connection, principal, wanted, limit=limit + 1, after=after)
    shown = found[:limit]
    return shown, str(shown[-1][0].id) if len(found) > limit else None


async def project(connection: Connection, principal: Principal, project_id: int) -> Project:
    """Return a project in sight."""
    return await visible(connection, principal, project_id)
