"""Reading the register: a project with all that stands beside it, lists, and what the public sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.model.kinds import KINDS
from haidang.programme.model.places import centre_of
from haidang.programme.model.register import KINDS as PROJECT_KINDS
from haidang.programme.model.register import PHASES, Project
from haidang.programme.model.status import STATUSES, status_of
from haidang.programme.service import cases, money, payments, records
from haidang.programme.service.desk import Desk, holds, visible
from haidang.programme.service.money import Cut
from haidang.programme.store import plans, register, rows, totals
from haidang.tasks.service.reading import naming

_PUBLIC = (
    "public_id", "name", "description", "sector", "project_group", "project_kind", "project_phase",
    "start_on", "finish_on", "time_text", "capacity", "area_codes", "place", "geometry", "simulated",
    "changed_at",
)  # fmt: skip
_INNER = frozenset({"created_by", "contractor_id", "bidder_id", "evidence"})


async def lines(
    connection: Connection, desk: Desk, found: Sequence[tuple[Project, str]]
) -> list[dict[str, Any]]:
    """Return projects as lists carry them: words, place, total investment, status."""
    ids = [project.id for project, _ in found]
    invested = await totals.on(connection, ids, desk.today(), desk.now())
    lives = await register.lives(connection, ids)
    return [
        {
            "id": project.id, "version": project.version, "public_id": project.public_id,
            "program_id": project.program_id, "name": project.name, "sector": project.sector,
            "project_group": project.project_group, "project_kind": project.project_kind,
            "project_phase": project.project_phase,
            "phase_vi": PHASES[project.project_phase][0] if project.project_phase else None,
            "owner": {"id": project.owner_org, "name": owner}, "owner_name": project.owner_name,
            "start_on": project.start_on, "finish_on": project.finish_on, "time_text": project.time_text,
            "area_codes": project.area_codes, "place": project.place, "centre": centre_of(project.geometry),
            "total_dong": invested.get(project.id), "is_public": project.is_public,
            "simulated": project.simulated, "status": status_of(lives[project.id]),
            "status_vi": STATUSES[status_of(lives[project.id])][0],
        }
        for project, owner in found
    ]  # fmt: skip


async def opened(
    connection: Connection, desk: Desk, principal: Principal, project_id: int, *, year: int | None = None
) -> dict[str, Any]:
    """Return a project with totals, parties, decisions, the money of a year (this one), what may be done."""
    project = await visible(connection, principal, project_id)
    orgs = await rows.names(connection, "org", "name", project.orgs)
    [line] = await lines(connection, desk, [(project, orgs[project.owner_org])])
    today = desk.today()
    cut = Cut(plan_year=year or today.year, plan_as_of=today, cutoff=today, known_at=desk.now())
    standing = await money.standing(connection, project.program_id, cut, projects=[project_id])
    kind = PROJECT_KINDS.get(project.project_kind) if project.project_kind else None
    decisions = await register.decisions(connection, principal, project.program_id, project_id)
    return dict(msgspec.to_builtins(project)) | line | {
        "kind_vi": kind[0] if kind else None,
        "deciding": None if project.deciding_org is None
        else {"id": project.deciding_org, "name": orgs[project.deciding_org]},
        "totals": await totals.history(connection, project_id),
        "decisions": decisions, "money": money.shown(standing),
        "parties": await records.listed(connection, principal, project_id, "party"),
        "may": {
            "edit": holds(principal, "programme.edit", project),
            "plan": holds(principal, "programme.plan", project),
            "confirm": "finance" in payments.parts_of(principal, project),
            "cases": bool(cases.parts_of(principal, project)),
        },
    }  # fmt: skip


async def plan_history(connection: Connection, principal: Principal, project_id: int) -> list[dict[str, Any]]:
    """Return every plan amount ever recorded of a project, with the decision of each, the latest first."""
    project = await visible(connection, principal, project_id)
    found = await plans.of_project(connection, project_id)
    known = await register.decisions(connection, principal, project.program_id, None)
    numbers = {each.id: (each.doc_number, each.signed_on) for each in known}
    return [
        dict(msgspec.to_builtins(plan)) | {
            "doc_number": numbers.get(plan.decision_id, ("", None))[0],
            "signed_on": numbers.get(plan.decision_id, ("", None))[1],
        }
        for plan in found
    ]  # fmt: skip


async def timeline(
    connection: Connection, principal: Principal, project_id: int, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return who did what when with a project, newest first."""
    await visible(connection, principal, project_id)
    found = await register.timeline(connection, project_id, before, limit + 1)
    who = await naming(connection, {each["actor"] for each in found})
    shown = [each | {"who": who(each["actor"])} for each in found[:limit]]
    return {"items": shown, "next": str(shown[-1]["no"]) if len(found) > limit else None}


# --- the public part


async def public_list(connection: Connection, desk: Desk, *, after: int | None, limit: int) -> dict[str, Any]:
    """Return the projects that are open to everybody, without anything that is not."""
    found = await register.public_page(connection, limit=limit + 1, after=after)
    shown = found[:limit]
    plain = await lines(connection, desk, shown)
    items = [
        _public_facts(project, owner) | {"total_dong": line["total_dong"], "status": line["status"]}
        for (project, owner), line in zip(shown, plain, strict=True)
    ]
    return {"items": items, "next": str(shown[-1][0].id) if len(found) > limit else None}


def _public_facts(project: Project, owner: str) -> dict[str, Any]:
    return {name: getattr(project, name) for name in _PUBLIC} | {"owner": owner}


async def public_project(connection: Connection, desk: Desk, public_id: str) -> dict[str, Any]:
    """Return the public part of a project; ``Problem`` (404) where it has none."""
    found = await rows.where(connection, "project", Project, public_id=public_id, is_public=True)
    if not found:
        raise missing("Không có dự án công khai này.", "There is no such public project.")
    [project] = found
    names = await rows.names(connection, "org", "name", [project.owner_org])
    year = desk.now().astimezone(LOCAL).year
    today = desk.today()
    cut = Cut(plan_year=year, plan_as_of=today, cutoff=today, known_at=desk.now())
    standing = money.shown(await money.standing(connection, project.program_id, cut, projects=[project.id]))
    del standing["estimated"]
    beside: dict[str, Any] = {}
    for name, kind in KINDS.items():
        if kind.public:
            plain = await records.shown(
                connection, name, await rows.where(connection, kind.table, kind.row, project_id=project.id)
            )
            beside[name] = [{key: each[key] for key in each if key not in _INNER} for each in plain]
    history = await totals.history(connection, project.id)
    [line] = await lines(connection, desk, [(project, names[project.owner_org])])
    return _public_facts(project, names[project.owner_org]) | {
        "status": line["status"], "totals": history, "money": standing, "records": beside,
    }  # fmt: skip
